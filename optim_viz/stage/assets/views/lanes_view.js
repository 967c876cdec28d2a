/**
 * The lane cards: one optimizer each, with its sliders.
 *
 * @import { Lab } from "../state/lab.js"
 * @import { LaneState, Problem } from "../state/types.js"
 * @import { Theme } from "../draw/theme.js"
 *
 * @typedef {object} LaneEvents
 * @property {(lane: number, hyperparameter: string) => void} near
 * @property {(lane: number, hyperparameter: string) => import("../state/packet.js").Family | undefined} fine
 * @property {(lane: number, hyperparameter: string, stop: number, fine?: import("../state/packet.js").Family) => void} drag
 * @property {(lane: number, hyperparameter: string) => void} release
 * @property {(lane: number, change: Partial<LaneState>) => void} change
 * @property {(lane: number) => void} choose the arithmetic panel shows this lane
 * @property {(lane: number) => void} duplicate
 * @property {(lane: number) => void} remove
 * @property {() => void} add
 * @property {() => void} opened further sliders came in sight
 * @property {(diagnostic: string) => void} plot a plot is wanted
 * @property {(lane: number) => void} compare the other conventions are wanted beside the lane
 * @property {(lane: number) => void} check torch.optim is wanted beside the lane
 */
import { h, iconButton, setIcon, svg } from "./dom.js";
import { explain } from "./explain.js";
import { ofHyperparameter } from "../state/sentences.js";
import { markerPath } from "../draw/canvas.js";
import { METRICS, scaleOf } from "../state/strips.js";
import { recall, remember } from "./remembered.js";
import { apartWords } from "../state/conventions.js";
import { ConventionControl } from "./convention_control.js";
import { number } from "../state/format.js";
import { RUNNING } from "../state/lab.js";
import { ScheduleControl } from "./schedule_control.js";
import { Slider } from "./slider.js";

/**
 * @typedef {object} Card
 * @property {string} look what it was dressed for last
 * @property {HTMLElement} element
 * @property {HTMLSelectElement} select
 * @property {HTMLButtonElement} eye
 * @property {HTMLButtonElement} copy
 * @property {HTMLButtonElement} remove
 * @property {HTMLElement} swatch
 * @property {HTMLElement} problem
 * @property {HTMLElement} note
 * @property {Map<string, Slider>} sliders
 * @property {HTMLDetailsElement} further
 * @property {ScheduleControl} schedule
 * @property {ConventionControl} convention
 * @property {HTMLElement} apart
 */

export class LanesView {
  /** @param {LaneEvents} events */
  constructor(events) {
    this.events = events;
    this.list = h("div", { class: "ov-cards" });
    this.addButton = h("button", { class: "ov-add", type: "button", onclick: () => events.add() }, "Add an optimizer");
    this.metric = METRICS.find(([name]) => name === recall("strips"))?.[0] ?? METRICS[0][0];
    this.finely = false; // sliders move as with Shift held
    this.scented = ""; // what the strips were drawn for last
    this.missing = 0; // sliders in sight whose strip is on its way
    this.keys = this.legend();
    this.said = h("p", { class: "ov-unseen", "aria-live": "polite" });
    /** @type {Lab | null} */ this.lab = null;
    this.trainAll = h("a", { class: "ov-train-all", href: "train", hidden: true, onclick: () => { this.trainAll.href = trainLink(this.lab); } }, "Train these on a real network");
    this.element = h("aside", { class: "ov-lanes", "aria-label": "Optimizers" }, this.keys, this.list, this.addButton, this.trainAll, this.said);
    /** @type {Card[]} */ this.cards = [];
    this.built = "";
    /** @type {Set<string>} cards whose further settings are open */ this.open = new Set();
  }

  /**
   * @param {Lab} lab
   * @param {Theme} theme
   * @param {Problem[]} problems
   */
  update(lab, theme, problems) {
    const lanes = lab.lanes();
    // Not by their titles, which follow their values: a card in use keeps the focus.
    const key = JSON.stringify([lanes.map((lane) => lane.optimizer.name), theme.mode]);
    if (key !== this.built) {
      this.built = key;
      this.cards = lanes.map((_, index) => this.card(lab, theme, index));
      this.list.replaceChildren(...this.cards.map((card) => card.element));
    }
    this.lab = lab;
    this.trainAll.hidden = !lab.header?.pages.some(({ path }) => path === "train");
    const limit = lab.catalog?.limits.lanes ?? 8;
    allow(this.addButton, lanes.length < limit, "", `At most ${limit} lanes`);
    for (const [index, card] of this.cards.entries()) {
      const lane = lanes[index];
      const { state } = lane;
      const look = JSON.stringify([lab.positions[index] === lab.current.lane, state, lane.title, lane.optimizer.name, lanes.length]);
      if (look !== card.look) {
        card.look = look;
        this.dress(card, lab, theme, index, limit);
      }
      card.problem.textContent = problems.find((item) => item.field === `lanes.${index}`)?.message ?? "";
      card.problem.hidden = card.problem.textContent === "";
      card.note.textContent = lane.note === RUNNING ? "running: the nearest run that is there is shown" : lane.note;
      card.note.hidden = lane.note === "";
      for (const [name, slider] of card.sliders) {
        // A switch shows what was chosen: until Python has answered, the run on screen has its old value.
        const value = slider.box ? (state.hyperparameters[name] ?? lane.hyperparameters[name]) : lane.hyperparameters[name];
        slider.update(value, problems.find((item) => item.field === `lanes.${index}.${name}`)?.message ?? "");
      }
      card.schedule.update(state.schedule, problems.find((item) => item.field === `lanes.${index}.schedule`)?.message ?? "");
      card.convention.update(state.hyperparameters, lab.parityOf(index));
      const info = lab.header?.lanes[index];
      const apart = info ? apartWords(info, lanes.map(({ title }) => title), number) : "";
      if (card.apart.textContent !== apart) card.apart.textContent = apart;
      card.apart.hidden = !apart;
      card.further.children[0].textContent = state.schedule ? `more · ${card.schedule.info.title} schedule` : "more";
    }
    this.scent(lab);
  }

  /** The menu of what the strips tell, which is also their legend. */
  legend() {
    const select = h("select", { "aria-label": "Slider tracks show", onchange: () => {
      this.metric = METRICS[select.selectedIndex][0];
      remember("strips", this.metric);
      this.events.opened();
    } }, ...METRICS.map(([name, title]) => h("option", { value: name, selected: name === this.metric }, title)));
    const fine = h("button", { class: "ov-finely", type: "button", "aria-pressed": "false",
      title: "Sliders move ten times finer, as they do while Shift is held", onclick: () => {
        this.finely = !this.finely;
        fine.setAttribute("aria-pressed", String(this.finely));
      } }, "fine");
    return h("div", { class: "ov-legend", title: "Each slider's track shows how the run would end at each of its stops" }, select,
      h("span", { class: "ov-key", title: "Pale: no better than the start. Deep: the best that this lane's sliders reach." }, h("i", {}), "better"),
      h("span", { class: "ov-key", title: "Hatched: the run diverges" }, h("i", { class: "ov-lost" }), "diverges"), fine);
  }

  /** Brings the strips up to date where one came, or where the runs on screen are others. @param {Lab} lab */
  scent(lab) {
    const { header, strips } = lab;
    if (!header) return;
    strips.opened = new Set(this.cards.flatMap(({ further }, index) => (further.open ? [index] : [])));
    const key = JSON.stringify([this.built, lab.version, strips.version, [...strips.opened], this.metric]);
    if (key === this.scented) return;
    this.scented = key;
    this.missing = lab.missingStrips().length;
    this.keys.classList.toggle("ov-early", this.missing > 0 && strips.version === 0); // it explains what is not here yet
    for (const [index, { sliders }] of this.cards.entries()) {
      const found = new Map([...sliders.keys()].map((name) => [name, strips.get(header.scenario, index, name)]));
      const scale = scaleOf([...found.values()].filter((strip) => strip !== undefined));
      for (const [name, slider] of sliders) slider.scent(found.get(name), { metric: this.metric, scale, steps: lab.steps });
    }
  }

  /** @param {Lab} lab @param {number} index @param {Slider} slider @param {number | boolean} value */
  take(lab, index, slider, value) {
    const { info, strip } = slider;
    this.set(lab, index, info.name, value);
    this.said.textContent = `${lab.lane(index).title} ${info.name} is ${value} now: ${strip?.words.textContent}`;
  }

  /**
   * Everything about a card but its values, which a drag changes with every frame.
   *
   * @param {Card} card
   * @param {Lab} lab
   * @param {Theme} theme
   * @param {number} index
   * @param {number} limit
   */
  dress(card, lab, theme, index, limit) {
    const lane = lab.lane(index);
    const { state } = lane;
    const count = lab.runs.length;
    this.rename(card.element, lane.title);
    card.element.classList.toggle("ov-chosen", lab.positions[index] === lab.current.lane);
    card.element.classList.toggle("ov-hidden-lane", !state.visible);
    card.element.style.setProperty("--lane", theme.lanes[state.colour]);
    card.select.value = lane.optimizer.name;
    card.swatch.replaceChildren(svg(markerPath(state.marker, 6), "-9 -9 18 18"));
    allow(card.copy, count < limit, `Duplicate ${lane.title}`, `At most ${limit} lanes`);
    allow(card.remove, count > 1, `Remove ${lane.title}`, "A lab needs one lane");
    setIcon(card.eye, state.visible ? "show" : "hide", `${state.visible ? "Hide" : "Show"} ${lane.title}`);
  }

  /**
   * Puts a lane's new title into the names of its controls, which all hold the old one.
   *
   * @param {HTMLElement} card
   * @param {string} title
   */
  rename(card, title) {
    const old = card.getAttribute("aria-label") ?? "";
    if (old === title) return;
    for (const control of [card, ...card.querySelectorAll("[aria-label]")]) {
      control.setAttribute("aria-label", (control.getAttribute("aria-label") ?? "").replace(old, () => title));
    }
  }

  /**
   * @param {Lab} lab
   * @param {Theme} theme
   * @param {number} index
   * @returns {Card}
   */
  card(lab, theme, index) {
    const { title, optimizer } = lab.lane(index);
    const { events } = this;
    /** @type {Map<string, Slider>} */
    const sliders = new Map(optimizer.hyperparameters.map((info) => {
      /** @type {Slider} */
      const slider = new Slider(title, info, {
        near: () => events.near(index, info.name),
        finely: () => this.finely,
        fine: () => events.fine(index, info.name),
        drag: (stop) => events.drag(index, info.name, stop),
        dragFinely: (stop, family) => events.drag(index, info.name, stop, family),
        release: () => events.release(index, info.name),
        take: (value) => this.take(lab, index, slider, value),
        set: (value) => this.set(lab, index, info.name, value),
      });
      return [info.name, slider];
    }));
    for (const { info, explained, range, strip } of sliders.values()) {
      const value = () => lab.lanes()[index]?.hyperparameters[info.name] ?? info.default;
      for (const element of explained) {
        explain(element, () => ({ sentence: ofHyperparameter(info, value()), more: element === range ? strip?.said : "", section: info.section }));
      }
    }
    const shown = [...sliders.values()].filter(({ info }) => info.primary).map(({ element }) => element);
    const further = [...sliders.values()].filter(({ info }) => !info.primary).map(({ element }) => element);
    const select = h("select", {
      class: "ov-optimizer", "aria-label": `Optimizer of lane ${index + 1}`,
      onchange: () => events.change(index, { optimizer: select.value, hyperparameters: {} }),
    }, ...(lab.catalog?.optimizers ?? []).map((item) => h("option", { value: item.name }, item.title)), ...outsideGroups(lab));
    const eye = iconButton("show", `Hide ${title}`, () => events.change(index, { visible: !lab.lane(index).state.visible }));
    const swatch = h("summary", { class: "ov-swatch", "aria-label": `Colour and marker of ${title}`, title: "Colour and marker" });
    const problem = h("p", { class: "ov-problem", role: "alert", hidden: true });
    const note = h("p", { class: "ov-note ov-muted", role: "status", hidden: true });
    const copy = iconButton("copy", `Duplicate ${title}`, () => events.duplicate(index));
    const remove = iconButton("remove", `Remove ${title}`, () => events.remove(index));
    const head = h("div", { class: "ov-card-head" }, this.picker(lab, theme, index, swatch), select, h("span", { class: "ov-space" }), eye, copy, remove);
    const schedule = new ScheduleControl(title, /** @type {import("../state/types.js").Catalog} */ (lab.catalog),
      (text) => events.change(index, { schedule: text }),
      () => events.plot(lab.catalog?.plots.find(({ control }) => control === "schedule")?.name ?? ""));
    const convention = new ConventionControl(title, optimizer, {
      follow: (settings) => events.change(index, { hyperparameters: { ...lab.lane(index).state.hyperparameters, ...settings } }),
      compare: () => events.compare(index), check: () => events.check(index),
    });
    const apart = h("p", { class: "ov-apart ov-muted", hidden: true });
    const more = this.further(title, nth(lab, index), [...further, convention.element, ...(sliders.has("lr") ? [schedule.element] : [])]);
    const element = h("section", { class: "ov-card", "aria-label": title }, head, problem, note, ...shown, apart, more, ...this.train(lab, index));
    element.addEventListener("focusin", () => events.choose(index));
    element.addEventListener("pointerdown", () => events.choose(index));
    return { look: "", element, select, eye, copy, remove, swatch, problem, note, sliders, further: more, schedule, convention, apart };
  }

  /**
   * A link that takes this lane, as it stands when it is followed, to the training page.
   *
   * @param {Lab} lab
   * @param {number} index
   */
  train(lab, index) {
    if (!lab.header?.pages.some(({ path }) => path === "train")) return [];
    const link = h("a", { class: "ov-train", href: "train", onclick: () => {
      link.href = trainLink(lab, index);
    } }, "train on MNIST");
    return [link];
  }

  /**
   * @param {string} title
   * @param {string} key which card it is, whatever its values are
   * @param {HTMLElement[]} controls
   */
  further(title, key, controls) {
    const details = h("details", { class: "ov-further", hidden: !controls.length, open: this.open.has(key) },
      h("summary", { "aria-label": `More settings of ${title}` }, "more"), ...controls);
    details.addEventListener("toggle", () => {
      if (details.open) this.open.add(key);
      else this.open.delete(key);
      this.events.opened();
    });
    return details;
  }

  /**
   * @param {Lab} lab
   * @param {number} index
   * @param {string} name
   * @param {number | boolean | string} value
   */
  set(lab, index, name, value) {
    const { hyperparameters } = lab.lane(index).state;
    this.events.change(index, { hyperparameters: { ...hyperparameters, [name]: value } });
  }

  /**
   * @param {Lab} lab
   * @param {Theme} theme
   * @param {number} index
   * @param {HTMLElement} swatch
   */
  picker(lab, theme, index, swatch) {
    const { title } = lab.lane(index);
    const names = lab.catalog?.colours ?? [];
    const colours = theme.lanes.map((colour, i) => h("button", {
      type: "button", class: "ov-dot", style: `--lane:${colour}`, "aria-label": `${title} in ${names[i] ?? colour}`, title: names[i] ?? colour,
      onclick: () => this.events.change(index, { colour: i }),
    }, svg(markerPath("circle", 6), "-9 -9 18 18")));
    const markers = (lab.catalog?.markers ?? []).map((name) => h("button", {
      type: "button", class: "ov-dot", "aria-label": `${title} as ${name}`, title: name,
      onclick: () => this.events.change(index, { marker: name }),
    }, svg(markerPath(name, 6), "-9 -9 18 18")));
    const details = h("details", { class: "ov-picker" }, swatch,
      h("div", { class: "ov-pop" }, h("div", {}, ...colours), h("div", {}, ...markers)));
    details.addEventListener("focusout", (event) => {
      if (event.relatedTarget instanceof Node && !details.contains(event.relatedTarget)) details.open = false;
    });
    return details;
  }
}

/** The outside classes of the menu, a group for each package; one that only a link names too. @param {Lab} lab */
function outsideGroups(lab) {
  const { outside = [] } = lab.catalog ?? {};
  const listed = new Set(outside.map(({ name }) => name));
  const named = [...lab.outside.values()].filter(({ name }) => !listed.has(name)).map(({ name, title }) => ({ name, title, package: name.split(":")[0] }));
  const all = [...outside, ...named];
  return [...new Set(all.map((item) => item.package))].map((name) =>
    h("optgroup", { label: name }, ...all.filter((item) => item.package === name).map((item) => h("option", { value: item.name }, item.title))));
}

/** @param {Lab} lab @param {number} index @returns {string} the optimizer of a lane, and how many of it stand before */
function nth(lab, index) {
  const names = lab.runs.map((_, i) => lab.lane(i).optimizer.name);
  return `${names[index]} ${names.slice(0, index).filter((name) => name === names[index]).length}`;
}

/** @param {HTMLButtonElement} button @param {boolean} possible @param {string} title @param {string} why not */
function allow(button, possible, title, why) {
  button.disabled = !possible;
  button.title = possible ? title : why;
}

/**
 * Where the training page opens with lanes as they stand; it leaves out what torch.optim does not have, and says so.
 *
 * @param {Lab | null} lab
 * @param {number} [index] of one lane; all of them where none is given
 */
function trainLink(lab, index) {
  const lanes = lab?.header?.lanes ?? [];
  const query = lanes.filter((_, i) => index === undefined || i === index).map(({ text }) => `lane=${encodeURIComponent(text)}`);
  return `train?${query.join("&")}`;
}
