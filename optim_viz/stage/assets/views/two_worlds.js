/**
 * One optimizer in two worlds: figures of a run on a surface and of a network's recorded moments, and one clock whose step
 * a line marks in all of them. What is shown is looked up; nothing of a run is computed here.
 *
 * @import { Block } from "../state/types.js"
 * @import { Colours, Figure } from "../draw/figures.js"
 * @import { Worlds } from "../state/worlds.js"
 * @typedef {{key: string, chosen: Worlds, surfaces: [string, string][], lanes: [string, string][], layers: string[], colour: number, marker: string, palette: string[], colours: Colours, titles: Record<string, string>, figures: Record<string, Figure>, toySteps: number, words: {look: string, toy: string, network: string}, lab: string}} News
 * @typedef {{section: HTMLElement, plot: any, mark: HTMLElement, words: HTMLElement, put: (message: Figure) => void}} Place
 */
import { markerPath } from "../draw/canvas.js";
import { plotIn } from "../draw/figures.js";
import { isDark } from "../draw/theme.js";
import { number } from "../state/format.js";
import { latest, readStep, writeWorlds } from "../state/worlds.js";
import { h, iconButton, setIcon, svg } from "./dom.js";

const ADDRESS_MS = 300;
const PLAYED_MS = 12_000; // from the first step to the last, evenly over the stops: as evenly as the axis of steps

export class TwoWorlds {
  /**
   * @param {HTMLElement} root
   * @param {{read: () => string, write: (query: string) => void}} address the page's query
   */
  constructor(root, address) {
    this.root = root;
    this.address = address;
    /** @type {News | null} */
    this.news = null;
    /** @type {Map<string, Block>} */
    this.blocks = new Map();
    /** @type {Map<string, Place>} */
    this.places = new Map();
    this.at = 0; // index of the stop
    this.playing = false;
    /** Told when another surface, lane or layer is to be shown. @type {(choice: Worlds) => void} */
    this.onChoice = () => {};
    const select = (/** @type {string} */ label) => h("select", { "aria-label": label, onchange: () => this.choose() });
    this.selects = { surface: select("Surface of the toy"), lane: select("Optimizer in both worlds"), layer: select("Layer of the network") };
    this.range = h("input", { type: "range", min: 0, max: 1, step: 1, value: 0, "aria-label": "Step in both worlds", oninput: () => { this.play(false); this.seek(this.range.valueAsNumber); } });
    this.step = h("output", {});
    this.button = iconButton("play", "Play both worlds", () => this.play(!this.playing));
    this.look = h("p", { class: "tw-look" });
    this.lab = h("a", { class: "tw-lab", target: "_self" }, "Open this run in the lab");
    this.notes = { toy: h("p", { class: "tw-note" }), network: h("p", { class: "tw-note" }) };
    this.grid = h("div", { class: "tw-grid" });
    const { surface, lane, layer } = this.selects;
    root.replaceChildren(
      h("div", { class: "tw-choices" }, h("label", {}, "optimizer ", lane), h("label", {}, "surface ", surface), h("label", {}, "layer ", layer), this.lab),
      this.look,
      h("div", { class: "tw-clock", role: "group", "aria-label": "Clock of both worlds" },
        iconButton("restart", "Back to step 1", () => { this.play(false); this.seek(0); }), iconButton("back", "One stop back", () => this.move(-1)), this.button, iconButton("forward", "One stop forward", () => this.move(1)), this.range, this.step),
      this.grid);
    root.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.place()).observe(root);
  }

  /**
   * @param {News} news
   * @param {Map<string, Block>} blocks
   */
  receive(news, blocks) {
    const before = this.news ? this.now() : readStep(this.address.read());
    this.news = news;
    this.blocks = blocks;
    const { chosen, words } = news;
    offer(this.selects.surface, news.surfaces, chosen.surface);
    offer(this.selects.lane, news.lanes, chosen.lane);
    offer(this.selects.layer, news.layers.map((name) => [name, name]), chosen.layer);
    this.look.textContent = words.look;
    this.lab.href = news.lab;
    this.notes.toy.textContent = words.toy;
    this.notes.network.textContent = words.network;
    this.showFigures();
    this.range.max = String(this.stops().length - 1);
    this.seek(before === null ? this.stops().length - 1 : Math.max(0, latest(this.stops(), before)), false);
    this.root.dataset.shown = `${chosen.surface} ${chosen.lane} ${chosen.layer}`;
  }

  stops() {
    return this.blocks.get("stops")?.values ?? [1];
  }

  now() {
    return this.stops()[this.at];
  }

  // ---- what the person does ----

  choose() {
    const { surface, lane, layer } = this.selects;
    const choice = { surface: surface.value, lane: lane.value, layer: layer.value };
    this.tell(choice);
    this.onChoice(choice);
  }

  /** @param {number} by */
  move(by) {
    this.play(false);
    this.seek(this.at + by);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.key !== " " || target.closest("select, button, a")) return;
    event.preventDefault();
    this.play(!this.playing);
  }

  /** @param {boolean} playing */
  play(playing) {
    if (playing === this.playing) return;
    this.playing = playing;
    setIcon(this.button, playing ? "pause" : "play", playing ? "Pause both worlds" : "Play both worlds");
    if (!playing) return this.tell();
    const count = this.stops().length;
    if (this.at >= count - 1) this.seek(0, false);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches; // a few stills instead of a motion
    const [begin, from] = [performance.now(), this.at];
    const tick = (/** @type {number} */ time) => {
      if (!this.playing) return;
      const passed = still ? Math.floor((time - begin) / 1000) * 1000 : time - begin;
      this.seek(Math.min(count - 1, from + Math.max(0, Math.floor((passed / PLAYED_MS) * count))), false);
      if (this.at >= count - 1 || !this.root.isConnected) this.play(false);
      else requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  /**
   * @param {number} index of a stop
   * @param {boolean} [told] whether the address is to say so
   */
  seek(index, told = true) {
    const stops = this.stops();
    this.at = Math.min(stops.length - 1, Math.max(0, index));
    const last = stops[stops.length - 1];
    const words = `step ${this.now().toLocaleString("en")} of ${last.toLocaleString("en")}`;
    this.range.value = String(this.at);
    this.range.setAttribute("aria-valuetext", words);
    this.step.textContent = words;
    this.root.dataset.step = String(this.now());
    this.showNumbers();
    this.place();
    if (told) this.tell();
  }

  /** @param {Worlds} [choice] writes the address, a moment later: a browser refuses too many changes */
  tell(choice) {
    clearTimeout(this.later);
    this.later = setTimeout(() => {
      if (this.news) this.address.write(writeWorlds(this.address.read(), choice ?? this.news.chosen, this.now()));
    }, ADDRESS_MS);
  }

  // ---- what is on the page ----

  showFigures() {
    const { figures, titles, colours } = /** @type {News} */ (this.news);
    for (const [name, { section }] of this.places) {
      if (name in figures) continue;
      section.remove();
      this.places.delete(name);
    }
    for (const name of Object.keys(figures)) {
      const place = this.places.get(name) ?? this.made(name, colours, figures[name]);
      this.places.set(name, place);
      this.grid.append(place.section);
      place.put(figures[name]);
    }
    this.grid.dataset.rows = String(Object.keys(titles).length);
    const last = (/** @type {string} */ world) => this.places.get(Object.keys(figures).filter((name) => name.startsWith(world)).at(-1) ?? "")?.section;
    (last("toy") ?? last("path"))?.append(this.notes.toy); // under its path where the toy has no charts
    last("network")?.append(this.notes.network);
  }

  /**
   * @param {string} name
   * @param {Colours} colours
   * @param {Figure} figure
   * @returns {Place}
   */
  made(name, colours, figure) {
    const [world, quantity] = name.split(".");
    const plot = h("div", {});
    const mark = h("div", { class: quantity ? "tw-cursor" : "tw-head", "aria-hidden": "true" });
    const words = h("span", { class: "tw-value" });
    const title = quantity ? `${this.news?.titles[quantity]} ${world === "toy" ? "on the surface" : "in the network"}` : "On the surface";
    const section = h("section", { class: `tw-${world}` }, h("h3", {}, title, " ", words), h("div", { class: "tw-plot" }, plot, mark));
    const put = plotIn(plot, colours, figure);
    let heard = false;
    new MutationObserver(() => {
      if (!heard) /** @type {any} */ (plot).on("plotly_afterplot", () => this.place());
      heard = true;
      this.place();
    }).observe(plot, { attributeFilter: ["data-paints"] });
    return { section, plot, mark, words, put };
  }

  showNumbers() {
    const step = this.now();
    for (const [name, { words }] of this.places) {
      const values = this.blocks.get(name);
      if (name === "path") words.textContent = this.placeWords();
      else if (!values) words.textContent = "";
      else if (name.startsWith("toy")) {
        const count = values.shape[1];
        words.textContent = `x ${number(values.values[this.at], 3)}, y ${number(values.values[count + this.at], 3)}`;
      } else words.textContent = recorded(values, step);
    }
  }

  placeWords() {
    const place = this.blocks.get("place");
    if (!place) return "";
    const count = place.shape[1];
    return `at ${number(place.values[this.at], 3)}, ${number(place.values[count + this.at], 3)}`;
  }

  /** Puts the marks where the clock's step is; of a figure that is not painted yet nothing is known. */
  place() {
    const { news } = this;
    if (!news) return;
    this.colour(news);
    for (const [name, { plot, mark }] of this.places) {
      const full = plot._fullLayout;
      if (!full?.xaxis) continue;
      const { xaxis, yaxis } = full;
      if (name !== "path") {
        const x = xaxis.d2p(this.now());
        mark.hidden = !(x >= -1 && x <= xaxis._length + 1);
        mark.style.transform = `translateX(${xaxis._offset + x}px)`;
        mark.style.top = `${yaxis._offset}px`;
        mark.style.height = `${yaxis._length}px`;
        continue;
      }
      const block = /** @type {Block} */ (this.blocks.get("place"));
      const [x, y] = [xaxis.d2p(block.values[this.at]), yaxis.d2p(block.values[block.shape[1] + this.at])];
      mark.hidden = !(x >= 0 && x <= xaxis._length && y >= 0 && y <= yaxis._length);
      mark.style.transform = `translate(${xaxis._offset + x}px, ${yaxis._offset + y}px)`;
    }
  }

  /** @param {News} news */
  colour(news) {
    const head = this.places.get("path")?.mark;
    if (!head) return;
    const light = news.palette[news.colour];
    const dark = isDark(getComputedStyle(this.root).getPropertyValue("--st-background-color").trim() || "#ffffff");
    this.root.style.setProperty("--lane", (dark && news.colours.dark[light.toLowerCase()]) || light);
    if (head.dataset.marker === news.marker) return;
    head.dataset.marker = news.marker;
    head.replaceChildren(svg(markerPath(news.marker, 7), "-9 -9 18 18"));
  }
}

/**
 * @param {Block} block rows: steps, then the quantiles
 * @param {number} step
 * @returns {string} what was recorded last
 */
function recorded({ values, shape }, step) {
  const count = shape[1];
  const at = latest(values.subarray(0, count), step);
  if (at < 0) return "nothing recorded yet";
  const value = (/** @type {number} */ row) => number(values[row * count + at], 3);
  return `median ${value(3)}, 10–90 % ${value(2)} to ${value(4)}, at step ${values[at].toLocaleString("en")}`;
}

/**
 * @param {HTMLSelectElement} select
 * @param {[string, string][]} options value and title
 * @param {string} chosen
 */
function offer(select, options, chosen) {
  const names = options.flat().join("\n");
  if (select.dataset.names !== names) {
    select.dataset.names = names;
    select.replaceChildren(...options.map(([value, title]) => h("option", { value }, title)));
  }
  select.value = chosen;
}
