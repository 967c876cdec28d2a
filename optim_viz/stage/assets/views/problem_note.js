/**
 * What was wrong with what was asked for: said at the control itself where there is one, and in a note over the picture elsewhere.
 *
 * @import { Problem } from "../state/types.js"
 * @import { Stage } from "./stage.js"
 */
import { h } from "./dom.js";
import { SETTINGS } from "./topbar.js";

const FEW = 4;

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
    const elsewhere = this.problems.some(({ field }) => !this.hasControl(field));
    const { settings } = this.stage.elements.top;
    // Beside other messages the settings' stand here too: opened by themselves they would lie over these.
    const problems = elsewhere ? this.problems.filter(({ field }) => !this.hasControl(field) || (SETTINGS.includes(field) && !settings.open)) : [];
    this.element.replaceChildren(...few(problems).map((message) => h("p", {}, message)));
    this.element.hidden = problems.length === 0;
  }

  /** @param {string} field @returns {boolean} whether the message stands at the control itself */
  hasControl(field) {
    const { lab } = this.stage;
    if (field === "formula" || field === "domain") return lab.current.surface === "formula";
    if (["start", "steps", "noise", "seed", "cloud"].includes(field)) return true;
    if (field.startsWith("parameters.")) return lab.header?.surface.parameters.some((item) => item.name === field.slice(11)) ?? false;
    const [, index, name] = field.split(".");
    const lane = field.startsWith("lanes.") ? lab.header?.lanes[Number(index)] : undefined;
    if (!lane) return false;
    return !name || name === "schedule" || (lab.find(lane.optimizer)?.hyperparameters.some((info) => info.name === name) ?? false);
  }
}

/** All of them where they are few, else the first, and how many follow (scenario/problem.py). @param {Problem[]} problems @returns {string[]} */
export function few(problems) {
  const said = problems.map(({ message }) => message);
  if (said.length <= FEW) return said;
  const more = problems.slice(FEW - 1).reduce((sum, { count }) => sum + (count ?? 1), 0);
  return [...said.slice(0, FEW - 1), `And ${more} more`];
}
