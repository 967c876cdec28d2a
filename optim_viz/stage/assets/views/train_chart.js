/**
 * One chart of a run with the controls of its vertical axis.
 *
 * @import { Quantity } from "../draw/train_figure.js"
 * @import { Look } from "../state/train_look.js"
 */
import { pair } from "../state/train_look.js";
import { scaleOf } from "../draw/train_figure.js";
import { h } from "./dom.js";

export class TrainChart {
  /**
   * @param {Quantity} quantity
   * @param {{look: Look}} owner of all charts: its look may be replaced
   * @param {() => void} changed the look of this chart is another one
   */
  constructor(quantity, owner, changed) {
    this.quantity = quantity;
    this.owner = owner;
    this.changed = changed;
    this.painted = false;
    this.scale = h("button", { type: "button", class: "tr-plain", onclick: () => this.rescale() });
    const field = (/** @type {string} */ end) =>
      h("input", { inputmode: "decimal", placeholder: "auto", autocomplete: "off", "aria-label": `${quantity.title}, ${end} end of the axis`, onchange: () => this.limit() });
    this.low = field("lower");
    this.high = field("upper");
    /** @type {any} Plotly's own */
    this.plot = h("div", { class: "tr-plot", role: "img", "data-testid": `plot-train-${quantity.name}` });
    this.heading = h("h3", {}, quantity.title);
    this.notes = h("p", { class: "tr-notes" });
    const limits = h("span", { class: "tr-limits" }, "y", this.low, "to", this.high, ...(quantity.form === "percent" ? ["%"] : []));
    const tools = h("div", { class: "tr-tools" }, ...(quantity.positive ? [this.scale] : []), limits);
    this.section = h("section", { class: "tr-chart" }, h("header", {}, this.heading, tools), this.plot, this.notes);
  }

  get look() {
    return this.owner.look;
  }

  /** What a typed limit is multiplied by. */
  get factor() {
    return this.quantity.form === "percent" ? 100 : 1;
  }

  rescale() {
    this.look.scales.set(this.quantity.name, scaleOf(this.quantity, this.look) === "log" ? "linear" : "log");
    this.look.limits.delete(this.quantity.name);
    this.changed();
  }

  limit() {
    const { quantity, low, high, look, factor } = this;
    const range = pair([low.value, high.value]);
    const positive = !range || scaleOf(quantity, look) === "linear" || range[0] > 0;
    const empty = !low.value.trim() && !high.value.trim();
    const right = empty || (range !== null && positive);
    for (const input of [low, high]) input.setAttribute("aria-invalid", String(!right));
    if (!right) return;
    if (range) look.limits.set(quantity.name, [range[0] / factor, range[1] / factor]);
    else look.limits.delete(quantity.name);
    this.changed();
  }

  /** @param {string[]} notes sentences */
  update(notes) {
    const { quantity, scale, low, high, look, factor } = this;
    this.heading.textContent = quantity.title + (quantity.layered && look.layer ? `, ${look.layer}` : "");
    const words = notes.join(" ");
    if (this.notes.textContent !== words) this.notes.textContent = words;
    const now = scaleOf(quantity, look);
    scale.textContent = now;
    scale.title = `The axis is ${now === "log" ? "logarithmic: a click makes it linear" : "linear: a click makes it logarithmic"}`;
    scale.setAttribute("aria-label", `${quantity.title}, axis: ${now}`);
    const limits = look.limits.get(quantity.name);
    for (const [i, field] of [low, high].entries()) {
      if (document.activeElement === field) continue;
      field.value = limits ? String(Number((limits[i] * factor).toPrecision(4))) : "";
      field.setAttribute("aria-invalid", "false");
    }
  }
}
