/**
 * What stands under "?": the keys, and what the symbols of the lanes on screen mean.
 *
 * @import { Lab } from "../state/lab.js"
 * @import { Key } from "./keyboard.js"
 */
import { h } from "./dom.js";
import { KEYS_OF_CONTROLS } from "./keyboard.js";
import { ofHyperparameter } from "../state/sentences.js";

/** @type {[string, string][]} what is drawn on the landscape */
const SIGNS = [
  ["+", "A minimum of the surface"],
  ["○", "The start, of all lanes; it can be dragged"],
  ["▸ at the edge", "A lane left the view here, or is in that direction"],
  ["Hollow marker, dashed trail", "A pinned run: the lane of this colour as it was when it was pinned"],
  ["Small hollow mark", "Another point that the rule keeps or looks at; its key under the picture says what it is"],
  ["Small dots", "A lane's cloud: the same run from further starts around its own"],
  ["Ellipse", "The matrix of a rule that couples x and y: long where it takes long steps"],
  ["× on a marker", "The numbers of this lane ended here"],
];

/** @type {[string, string][]} symbols that belong to no single rule */
const COMMON = [
  ["θ", "The place of the particle: x and y"],
  ["g", "The gradient that a step saw, noise included"],
  ["Δθ", "The step: what is added to θ"],
  ["f − f*", "How far the loss is above the lowest value that the surface has"],
];

export class Help {
  /**
   * @param {Lab} lab
   * @param {Key[]} keys the table that is listened to
   * @param {(section: string) => string} linkTo where a section of the Paper page is; "" where there is none
   */
  constructor(lab, keys, linkTo) {
    this.lab = lab;
    this.keys = keys;
    this.linkTo = linkTo;
    this.body = h("div", { class: "ov-help-body" });
    this.element = h("dialog", { class: "ov-help", "aria-label": "Keys and symbols" },
      h("form", { method: "dialog" }, h("h2", {}, "Keys and symbols"), h("button", { "aria-label": "Close keys and symbols" }, "Close")), this.body);
    this.button = h("button", { type: "button", class: "ov-help-button", "aria-label": "Keys and symbols", onclick: () => this.open() }, "?");
    this.element.addEventListener("click", (event) => {
      if (event.target === this.element) this.element.close(); // beside it
    });
  }

  open() {
    if (this.element.open) return;
    const keys = this.keys.map(({ shown, words }) => /** @type {[Node, string]} */ ([h("kbd", {}, shown), words]));
    this.body.replaceChildren(list("Keys", keys), list("On controls", KEYS_OF_CONTROLS), list("On the landscape", SIGNS), ...this.symbols());
    this.element.showModal();
  }

  /** @returns {HTMLElement[]} a list for what all lanes share, and one for each optimizer on screen */
  symbols() {
    const lanes = this.lab.lanes();
    const firsts = lanes.filter((lane, i) => lanes.findIndex((other) => other.optimizer === lane.optimizer) === i);
    return [list("Symbols", COMMON), ...firsts.map((lane) => {
      const states = lane.optimizer.states.map((name) => /** @type {[string, string]} */ ([lane.optimizer.symbols[name], lane.optimizer.meanings[name]]));
      const hyperparameters = lane.optimizer.hyperparameters.map((info) => /** @type {[string, Node]} */ ([info.symbol, h("span", {},
        ofHyperparameter(info, lane.hyperparameters[info.name]), ...this.link(info.section, info.words))]));
      return list(lane.label, [...hyperparameters, ...states]);
    })];
  }

  /** @param {string} section @param {string} what */
  link(section, what) {
    const href = section ? this.linkTo(section) : "";
    return href ? [" ", h("a", { href, "aria-label": `${what} in the paper` }, "See it in the paper")] : [];
  }
}

/** @param {string} title @param {[Node | string, Node | string][]} entries */
function list(title, entries) {
  return h("section", {}, h("h3", {}, title), h("dl", {}, ...entries.map(([term, words]) => h("div", {}, h("dt", {}, term), h("dd", {}, words)))));
}
