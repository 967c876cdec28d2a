/**
 * The field in which the end of an axis is written down: a click on the end opens it, Enter or a click elsewhere takes what is
 * written, Escape leaves the axis as it is.
 *
 * @import { Grip } from "./axes_gestures.js"
 * @import { LightPlot } from "./light_plot.js"
 * @import { Pair } from "../state/types.js"
 */
import { typed } from "../state/typed_number.js";

const ENDS = /** @type {Record<string, string>} */ ({ w: "Left end of x", e: "Right end of x", s: "Lower end of y", n: "Upper end of y" });
const DIGITS = 6;

export class EndEntry {
  /** @param {LightPlot} owner */
  constructor(owner) {
    this.owner = owner;
    this.field = document.createElement("input");
    this.field.className = "ov-end";
    this.field.type = "text";
    this.field.inputMode = "decimal";
    /** @type {Grip | null} */ this.grip = null;
    for (const type of ["pointerdown", "click", "wheel"]) this.field.addEventListener(type, (event) => event.stopPropagation());
    this.field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") this.take();
      if (event.key === "Escape") this.close();
    });
    this.field.addEventListener("blur", () => this.take());
  }

  /** @param {Grip} grip of one end */
  open(grip) {
    const { x, y } = grip.part;
    const end = grip.x + grip.y;
    const axis = grip.x ? x : y;
    this.grip = grip;
    this.field.value = String(Number(axis.range["ws".includes(end) ? 0 : 1].toPrecision(DIGITS)));
    this.field.setAttribute("aria-label", ENDS[end]);
    this.field.dataset.end = end;
    const at = { x: x._offset + (end === "e" ? x._length : 0), y: y._offset + (end === "n" ? 0 : y._length) };
    this.field.style.cssText = `left: ${at.x}px; top: ${at.y}px`;
    this.owner.plot.append(this.field);
    this.field.select();
    this.field.focus();
  }

  take() {
    const { grip, field: { value } } = this;
    this.close();
    const at = typed(value);
    if (!grip || typeof at !== "number") return;
    const { range } = this.owner.axes[grip.x ? "xaxis" : "yaxis"];
    const [low, high] = "ws".includes(grip.x + grip.y) ? [at, range[1]] : [range[0], at];
    if (low < high) this.owner.change({ [grip.x ? "x" : "y"]: /** @type {Pair} */ ([low, high]) }, true);
  }

  close() {
    if (!this.grip) return; // it is being removed, and has lost the focus by that
    this.grip = null;
    this.field.remove();
  }
}
