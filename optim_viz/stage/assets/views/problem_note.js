/**
 * What was wrong with what was asked for: said at the control itself where there is one, and in a note over the picture elsewhere.
 *
 * @import { Problem } from "../state/types.js"
 * @import { Stage } from "./stage.js"
 */
import { h } from "./dom.js";

export class ProblemNote {
  /** @param {Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.element = h("div", { class: "ov-note", role: "status", hidden: true });
  }

  /** @returns {Problem[]} all of them */
  get problems() {
    return this.stage.lab.header?.problems ?? [];
  }

  update() {
    const problems = this.problems.filter(({ field }) => !this.hasControl(field));
    this.element.replaceChildren(...problems.map(({ message }) => h("p", {}, message)));
    this.element.hidden = problems.length === 0;
  }

  /** @param {string} field @returns {boolean} whether the message stands at the control itself */
  hasControl(field) {
    const { lab, elements } = this.stage;
    if (field === "formula" || field === "domain") return lab.current.surface === "formula";
    if (["start", "steps", "noise", "seed", "cloud"].includes(field)) return true;
    if (field.startsWith("parameters.")) return elements.top.parameterFields.has(field.slice(11));
    const [, index, name] = field.split(".");
    if (!field.startsWith("lanes.") || !lab.header?.lanes[Number(index)]) return false;
    return !name || name === "schedule" || (elements.lanes.cards[Number(index)]?.sliders.has(name) ?? false);
  }
}
