/**
 * The scoreboard: a table with a row for each lane, which says where it stands at this step.
 *
 * A frame writes only texts that have changed; while a run plays they come a few times a second, as nobody reads faster.
 *
 * @import { Lab } from "../state/lab.js"
 * @import { LaneView } from "../state/lane_view.js"
 * @import { Ghost } from "../state/pin.js"
 * @import { Column, Order, Standing } from "../state/standings.js"
 * @import { Theme } from "../draw/theme.js"
 *
 * @typedef {object} Row
 * @property {HTMLTableRowElement} element
 * @property {HTMLElement} marker
 * @property {HTMLButtonElement} button
 * @property {HTMLElement} note
 * @property {Record<"loss" | "distance" | "arrived" | "change" | "cloud", HTMLTableCellElement>} cells
 * @property {string} look
 * @property {string} said
 */
import { h, oneStop, setAttribute, svg } from "./dom.js";
import { explain } from "./explain.js";
import { markerPath } from "../draw/canvas.js";
import { exact, number } from "../state/format.js";
import { sorted, standings } from "../state/standings.js";

const WRITTEN_EVERY_MS = 80; // while it plays
const MOST_LETTERS = 7; // of a difference that has three digits; a longer one has two, and all of them where the pointer rests
const SORTED_EVERY_MS = 400; // while it plays
const DIGITS = 3; // of a number in the table; all of them where the pointer rests

/** @type {("loss" | "distance" | "arrived" | "change" | "cloud")[]} */
const FIGURES = ["loss", "distance", "arrived", "change", "cloud"];
const PIN = "Keeps these runs as ghosts, thin and dashed: change something, and before and after are both seen. Key: G.";
const CLOUD = "Starts each lane from 64 places around its start too, and shows them as small dots; Settings has how many, and how far. Key: C.";
const NO_CLOUD = "Lets the cloud of further starts go. Key: C.";
const UNPIN = "Lets the pinned runs go: their ghosts, and the column that compares with them. Key: G.";

export class Scoreboard {
  /**
   * @param {(lane: number) => void} onChoose
   * @param {() => void} onPin pins the lanes, or unpins them
   * @param {() => void} onCloud starts a cloud, or lets it go
   */
  constructor(onChoose, onPin, onCloud) {
    this.onChoose = onChoose;
    this.pin = h("button", { type: "button", class: "ov-pin", onclick: onPin }, "Pin");
    explain(this.pin, () => ({ sentence: PIN }));
    this.cloud = h("button", { type: "button", class: "ov-pin", "aria-pressed": "false", onclick: onCloud }, "Cloud");
    explain(this.cloud, () => ({ sentence: this.cloud.getAttribute("aria-pressed") === "true" ? NO_CLOUD : CLOUD }));
    /** @type {Ghost[]} */ this.ghosts = [];
    this.time = 0; // as written last
    /** @type {Order} */ this.order = { column: "loss", descending: false };
    /** @type {Row[]} by lane */ this.rows = [];
    /** @type {Standing[]} by lane, as written last */ this.shown = [];
    this.heads = new Map(/** @type {[Column, HTMLTableCellElement][]} */ ([
      ["title", this.head("title", "optimizer", this.pin, this.cloud)], ["loss", this.head("loss", "loss now")],
      ["distance", this.head("distance", "distance")], ["arrived", this.head("arrived", "arrived")],
      ["change", this.head("change", "vs pinned")], ["cloud", this.head("cloud", "cloud")],
    ]));
    this.heads.get("change")?.classList.add("ov-change");
    this.heads.get("cloud")?.classList.add("ov-share");
    this.caption = h("caption", { class: "ov-unseen" }, "Scoreboard: where each lane stands at this step");
    this.body = h("tbody", { onclick: (/** @type {MouseEvent} */ event) => this.clicked(event), onpointerover: (/** @type {Event} */ event) => this.tellExactly(event) });
    this.element = h("table", { class: "ov-scoreboard" }, this.caption, h("thead", {}, h("tr", {}, ...this.heads.values())), this.body);
    // On a phone the board lies below the picture, which then says itself who came first, and before that who is lowest.
    this.leader = h("p", { class: "ov-leader", "aria-hidden": "true", hidden: true }, h("span", {}), h("b", {}));
    this.wrote = { at: 0, sorted: 0, key: "", known: "", leader: "" };
  }

  /** @param {Column} column @param {string} text @param {HTMLElement[]} more that stands beside it */
  head(column, text, ...more) {
    return h("th", { scope: "col" }, h("div", {}, h("button", { type: "button", onclick: () => this.sortBy(column) }, text), ...more));
  }

  /** @param {Column} column sorted by already: the other way round */
  sortBy(column) {
    this.order = { column, descending: this.order.column === column && !this.order.descending };
    this.arrange();
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    const row = this.rows.findIndex(({ element }) => event.target instanceof Node && element.contains(event.target));
    if (row >= 0) this.onChoose(row);
  }

  /** All digits, where the pointer rests. @param {Event} event */
  tellExactly(event) {
    for (const [lane, { cells }] of this.rows.entries()) {
      for (const name of FIGURES) {
        if (cells[name] === event.target && Number.isFinite(this.shown[lane]?.[name])) cells[name].title = exact(this.shown[lane][name]);
      }
    }
  }

  /**
   * @param {Lab} lab
   * @param {LaneView[]} lanes
   * @param {Ghost[]} ghosts
   * @param {number} time
   * @param {boolean} playing
   * @param {Theme} theme
   */
  update(lab, lanes, ghosts, time, playing, theme) {
    const now = performance.now();
    this.compareWith(ghosts);
    this.gather(lab.current.cloud !== null);
    if (playing && now - this.wrote.at < WRITTEN_EVERY_MS) return;
    this.wrote.at = now;
    this.explain(lab);
    if (lanes.length !== this.rows.length) {
      this.rows = lanes.map(() => row());
      for (const [lane, { button }] of this.rows.entries()) explain(button, () => ({ sentence: this.sentence(lane) }));
      this.body.replaceChildren(...this.rows.map(({ element }) => element));
      oneStop(this.body);
    }
    this.shown = standings(lanes, time, ghosts);
    this.time = time;
    for (const standing of this.shown) {
      this.dress(standing.lane, lanes[standing.lane], lab, theme);
      this.write(standing);
    }
    this.nameLeader(lanes, theme);
    if (playing && now - this.wrote.sorted < SORTED_EVERY_MS) return;
    if (this.body.matches(":active")) return; // the row that is being pressed stays under the pointer
    this.wrote.sorted = now;
    this.arrange();
  }

  /** @param {LaneView[]} lanes @param {Theme} theme */
  nameLeader(lanes, theme) {
    const [first, ...more] = this.shown.filter((one) => one.first);
    const alone = first && !more.length;
    const best = alone ? first : this.shown.find(({ leads }) => leads);
    const lane = best && lanes[best.lane];
    const key = lane ? `${alone} ${lane.title} ${lane.state.marker} ${theme.lanes[lane.state.colour]}` : "";
    if (key === this.wrote.leader) return;
    this.wrote.leader = key;
    this.leader.hidden = !lane;
    if (!lane) return;
    const [marker, words] = this.leader.children;
    this.leader.style.setProperty("--lane", theme.lanes[lane.state.colour]);
    marker.replaceChildren(svg(markerPath(lane.state.marker, 6), "-9 -9 18 18"));
    words.textContent = `${alone ? "First" : "Lowest"}: ${lane.title}`;
  }

  /** Shows or hides the column that compares. @param {Ghost[]} ghosts */
  compareWith(ghosts) {
    const pinned = ghosts.length > 0;
    const news = pinned !== this.ghosts.length > 0;
    this.ghosts = ghosts;
    if (!news) return;
    this.element.classList.toggle("ov-pinned", pinned);
    put(this.pin, pinned ? "Unpin" : "Pin");
    explain(this.pin, () => ({ sentence: pinned ? UNPIN : PIN }));
    if (!pinned && this.order.column === "change") this.order = { column: "loss", descending: false };
  }

  /** Shows or hides the column of the clouds. @param {boolean} there */
  gather(there) {
    if (this.cloud.getAttribute("aria-pressed") === String(there)) return;
    this.cloud.setAttribute("aria-pressed", String(there));
    this.element.classList.toggle("ov-clouded", there);
    explain(this.cloud, () => ({ sentence: there ? NO_CLOUD : CLOUD }));
    if (!there && this.order.column === "cloud") this.order = { column: "loss", descending: false };
  }

  /** What the columns mean on this surface. @param {Lab} lab */
  explain(lab) {
    const { surface } = /** @type {import("../state/types.js").Header} */ (lab.header);
    const near = lab.catalog?.near ?? 0;
    const [minima, minimum] = [surface.minima.length > 0, surface.minimum !== null];
    const known = `${minima} ${minimum} ${near}`;
    if (known === this.wrote.known) return;
    this.wrote.known = known;
    const none = "This surface has no known minimum";
    describe(this.heads.get("title"), 'Click a lane to choose it. "lowest" has the smallest loss at this step; "first" arrived before the others.');
    describe(this.heads.get("change"), `Against the pinned run of the same colour: how much lower (−) or higher (+) the loss is at this step, and by how many steps it came${minimum ? ` within ${near}` : " to the minimum"} sooner or later.`);
    describe(this.heads.get("cloud"), minimum ? `How many of the lane's further starts have come within ${near} of the lowest value by this step. While a slider of it is dragged they are hidden: they are of the value before.` : `${none}, so no start can arrive.`);
    describe(this.heads.get("loss"), "Height of the surface under the particle at this step: the lower, the better.");
    describe(this.heads.get("distance"), minima ? "Straight-line distance from the particle to the nearest minimum." : `${none}, so there is no distance to it.`, minima ? "distance" : "distance: none known");
    describe(this.heads.get("arrived"), minimum ? `Arrived: the first step at which the loss was within ${near} of the lowest value of the surface.` : `${none}, so no lane can arrive.`, minimum ? "arrived" : "arrival: none known");
  }

  /** @param {number} index @param {LaneView} lane @param {Lab} lab @param {Theme} theme */
  dress(index, { state }, lab, theme) {
    const { element, marker, button, look } = this.rows[index];
    const chosen = lab.positions[index] === lab.current.lane;
    const next = `${theme.mode} ${theme.lanes[state.colour]} ${state.marker} ${chosen}`;
    if (next === look) return;
    this.rows[index].look = next;
    element.style.setProperty("--lane", theme.lanes[state.colour]);
    element.classList.toggle("ov-chosen", chosen);
    button.setAttribute("aria-pressed", String(chosen));
    marker.replaceChildren(svg(markerPath(state.marker, 6), "-9 -9 18 18"));
  }

  /** @param {Standing} standing */
  write(standing) {
    const { element, button, note, cells, said } = this.rows[standing.lane];
    const { hidden, diverged, divergence, leads, first } = standing;
    const saying = Object.values(standing).join("|");
    if (said === saying) return;
    this.rows[standing.lane].said = saying;
    put(button, standing.title);
    setAttribute(button, "aria-label", `Choose ${standing.title}`);
    put(note, hidden ? "hidden" : diverged ? "diverged" : divergence ? "diverges" : first ? "first" : leads ? "lowest" : "");
    if (note.title !== divergence) note.title = divergence;
    element.classList.toggle("ov-leads", leads);
    element.classList.toggle("ov-first", first);
    element.classList.toggle("ov-out", hidden || diverged);
    put(cells.loss, diverged ? "–" : rounded(standing.loss));
    put(cells.distance, Number.isNaN(standing.distance) ? "–" : rounded(standing.distance));
    put(cells.change, changeOf(standing));
    put(cells.cloud, standing.starts && !Number.isNaN(standing.gathered) ? `${standing.gathered}/${standing.starts}` : "–");
    put(cells.arrived, Number.isNaN(standing.arrived) ? "–" : Number.isFinite(standing.arrived) ? `step ${standing.arrived}` : "not yet");
  }

  /** @param {number} lane @returns {string} what its row says, in words */
  sentence(lane) {
    const all = sorted(this.shown.filter(({ hidden }) => !hidden), { column: "loss", descending: false });
    const place = all.findIndex((standing) => standing.lane === lane);
    const { loss, divergence } = this.shown[lane];
    const ghost = this.ghosts.find((one) => one.lane === lane);
    const stands = place < 0 ? "Hidden" : Number.isNaN(loss) ? "Diverged" : `Place ${place + 1} of ${all.length} by its loss, ${number(loss)}`;
    return `${stands}${divergence && `; ${divergence}`}.${ghost ? ` ${ofGhost(ghost, this.time)}` : ""}${ofCloud(this.shown[lane])} Click to choose the lane.`;
  }

  /** Puts the rows in order; one that holds the focus stays where it is, and the others move around it. */
  arrange() {
    for (const [column, head] of this.heads) {
      const sort = column !== this.order.column ? "none" : this.order.descending ? "descending" : "ascending";
      setAttribute(head, "aria-sort", sort);
    }
    const wanted = sorted(this.shown, this.order).map(({ lane }) => this.rows[lane].element);
    const key = wanted.map((element) => this.rows.findIndex((one) => one.element === element)).join();
    if (wanted.every((element, i) => this.body.children[i] === element) && key === this.wrote.key) return;
    this.wrote.key = key;
    const held = wanted.findIndex((element) => element.contains(document.activeElement));
    const anchor = Math.max(held, 0);
    for (let i = anchor; i > 0; i--) if (wanted[i].previousElementSibling !== wanted[i - 1]) wanted[i].before(wanted[i - 1]);
    for (let i = anchor; i < wanted.length - 1; i++) if (wanted[i].nextElementSibling !== wanted[i + 1]) wanted[i].after(wanted[i + 1]);
  }
}

/** @returns {Row} */
function row() {
  const marker = h("span", { class: "ov-score-marker", "aria-hidden": "true" });
  const button = h("button", { type: "button", "aria-pressed": "false" });
  const note = h("span", { class: "ov-score-note" });
  const cells = { loss: h("td", {}), distance: h("td", {}), arrived: h("td", {}), change: h("td", { class: "ov-change" }), cloud: h("td", { class: "ov-share" }) };
  const element = h("tr", {}, h("th", { scope: "row" }, h("div", {}, marker, button, note)), ...FIGURES.map((name) => cells[name]));
  return { element, marker, button, note, cells, look: "", said: "" };
}

/** @param {Standing} standing @returns {string} how it stands against its pinned run: the loss, then the steps to the minimum */
function changeOf({ same, change, later }) {
  if (same) return "same";
  if (Number.isNaN(change)) return "–";
  const short = number(change, 3).length <= MOST_LETTERS ? number(change, 3) : number(change, 2);
  const loss = `${change > 0 ? "+" : ""}${short}`;
  if (Number.isNaN(later)) return loss;
  if (later === 0) return `${loss}\nsame step`;
  if (!Number.isFinite(later)) return `${loss}\n${later < 0 ? "ahead" : "behind"}`;
  return `${loss}\n${Math.abs(later)} ${later < 0 ? "sooner" : "later"}`;
}

/** @param {Ghost} ghost @param {number} time @returns {string} where a pinned run stands, in words */
function ofGhost({ title, run, arrived }, time) {
  const loss = run.get("loss")?.[time] ?? NaN;
  const stands = Number.isNaN(loss) ? "had diverged" : `had a loss of ${number(loss)}`;
  return `Pinned ${title} ${stands}${arrived !== null && arrived >= 0 && arrived <= time ? `, and arrived at step ${arrived}` : ""}.`;
}

/** @param {Standing} standing @returns {string} what came of its further starts by now, in words */
function ofCloud({ starts, gathered, astray }) {
  if (!starts) return "";
  const parts = [...(Number.isNaN(gathered) ? [] : [`${gathered} arrived`]), ...(astray ? [`${astray} diverged`] : [])];
  return parts.length ? ` Of its ${starts} further starts ${parts.join(", ")}.` : "";
}

/** @param {number} value @returns {string} three digits, and a number of four places as itself */
function rounded(value) {
  return number(Number(value.toPrecision(DIGITS)));
}

/** @param {HTMLElement} element @param {string} text */
function put(element, text) {
  if (element.textContent === text) return;
  element.textContent = text;
  element.removeAttribute("title");
}

/** @param {HTMLElement | undefined} head @param {string} sentence @param {string} [text] */
function describe(head, sentence, text) {
  const button = head?.querySelector("button");
  if (!button) return;
  if (text) put(button, text);
  explain(button, () => ({ sentence }));
}
