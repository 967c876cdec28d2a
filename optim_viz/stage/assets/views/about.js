/**
 * What the surface is: its formula, what to look for, where it comes from.
 *
 * @import { Lab } from "../state/lab.js"
 */
import { h } from "./dom.js";

export class About {
  constructor() {
    this.formula = h("p", { class: "ov-formula" });
    this.note = h("p", {});
    this.source = h("p", { class: "ov-muted" });
    this.element = h("section", { class: "ov-about", "aria-label": "About this surface" }, this.formula, this.note, this.source);
    this.shown = "";
  }

  /** @param {Lab} lab */
  update(lab) {
    const { header } = lab;
    if (!header) return;
    const { surface, scenario } = header;
    const shown = `${surface.key} ${scenario.formula}`; // two ways of writing are one surface
    if (shown === this.shown) return;
    this.shown = shown;
    this.formula.textContent = `${readOtherwise(header) ? "Read as " : ""}f(x, y) = ${pretty(surface.text)}`;
    this.note.textContent = surface.note;
    this.source.textContent = surface.source ? `Source: ${surface.source}` : "";
  }
}

/**
 * Whether a person's formula was read as something that they did not write letter by letter ("2x" as "2*x").
 *
 * @param {Pick<import("../state/types.js").Header, "scenario" | "surface">} header
 */
export function readOtherwise({ scenario, surface }) {
  const plain = (/** @type {string} */ text) => text.replace(/\s/g, "");
  return scenario.formula !== "" && plain(scenario.formula) !== plain(surface.text);
}

const POWERS = /** @type {Record<string, string>} */ ({ 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶" });

/** @param {string} text the parser's own notation */
export function pretty(text) {
  return text.replace(/\*\*([2-6])(?!\d|\.)/g, (_, power) => POWERS[power]).replaceAll("**", "^").replaceAll("*", "·").replaceAll("-", "−");
}
