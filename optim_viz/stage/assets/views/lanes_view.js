/**
 * The lane cards, one optimizer each, and what belongs to all of them: the strips' menu, and the ways to add and to train lanes.
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
import { allow, h, setHidden } from "./dom.js";
import { METRICS, scaleOf } from "../state/strips.js";
import { recall, remember } from "./remembered.js";
import { LaneCard } from "./lane_card.js";
import { missingStrips } from "../state/missing.js";
import { trainLink } from "../state/scenario_link.js";

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
    /** @type {LaneCard[]} */ this.cards = [];
    this.built = ""; // the optimizers that there are cards for
    this.ground = "";
    /** @type {Set<string>} cards whose further settings are open */ this.open = new Set();
  }

  /**
   * @param {Lab} lab
   * @param {Theme} theme
   * @param {Problem[]} problems
   */
  update(lab, theme, problems) {
    const lanes = lab.lanes();
    this.build(lab, theme, lanes.map((lane) => lane.optimizer.name));
    this.lab = lab;
    setHidden(this.trainAll, !lab.header?.pages.some(({ path }) => path === "train"));
    const limit = lab.catalog?.limits.lanes ?? 8;
    allow(this.addButton, lanes.length < limit, "", `At most ${limit} lanes`);
    for (const card of this.cards) card.update(lanes, theme, limit, problems);
    this.scent(lab);
  }

  /**
   * Makes the cards that are others. Not by their titles, which follow their values: a card in use keeps the focus, and
   * what is pressed on it is clicked.
   *
   * @param {Lab} lab
   * @param {Theme} theme
   * @param {string[]} names of the lanes' optimizers
   */
  build(lab, theme, names) {
    const ground = JSON.stringify([theme.mode, lab.catalog?.key, [...lab.outside.keys()]]); // what every card depends on
    const kept = this.ground === ground ? this.cards : [];
    if (this.ground === ground && JSON.stringify(names) === this.built) return;
    const before = this.cards;
    [this.ground, this.built] = [ground, JSON.stringify(names)];
    this.cards = names.map((name, index) => (kept[index]?.optimizer === name ? kept[index] : new LaneCard(this, lab, theme, index)));
    for (const [index, { element }] of this.cards.entries()) {
      if (index >= before.length) this.list.append(element);
      else if (before[index].element !== element) before[index].element.replaceWith(element);
    }
    for (const { element } of before.slice(names.length)) element.remove();
    this.noteOpen();
  }

  /** Remembers which cards' further settings are open, by the lane that each is now. */
  noteOpen() {
    for (const card of this.cards) {
      if (card.further.open) this.open.add(card.name());
      else this.open.delete(card.name());
    }
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
    this.missing = missingStrips(lab).length;
    this.keys.classList.toggle("ov-early", this.missing > 0 && strips.version === 0); // it explains what is not here yet
    for (const [index, { sliders }] of this.cards.entries()) {
      const found = new Map([...sliders.keys()].map((name) => [name, strips.get(header.scenario, index, name)]));
      const scale = scaleOf([...found.values()].filter((strip) => strip !== undefined));
      for (const [name, slider] of sliders) slider.scent(found.get(name), { metric: this.metric, scale, steps: lab.steps });
    }
  }
}
