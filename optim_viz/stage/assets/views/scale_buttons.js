/**
 * A button at each chart that chooses how its value axis counts.
 *
 * @import { Chart, Scale } from "../state/types.js"
 * @typedef {{chart: Chart, scale: Scale, natural: Scale}} Scaled a chart, how its value axis counts, and how it would if nobody chose
 */
import { h } from "./dom.js";

const SCALES = /** @type {Record<Scale, {short: string, words: string}>} */ ({
  log: { short: "log", words: "logarithmic" },
  linear: { short: "linear", words: "linear" },
  symlog: { short: "±log", words: "logarithmic on both sides of 0" },
});
const ORDER = /** @type {Scale[]} */ (Object.keys(SCALES));

/** @param {Scale} scale @returns {Scale} */
export function nextScale(scale) {
  return ORDER[(ORDER.indexOf(scale) + 1) % ORDER.length];
}

export class ScaleButtons {
  /** @param {(diagnostic: string, scale: Scale, natural: Scale) => void} onChoose */
  constructor(onChoose) {
    this.onChoose = onChoose;
    this.element = h("div", { class: "ov-scales" });
    /** @type {HTMLButtonElement[]} */ this.buttons = [];
    /** @type {Scaled[]} */ this.charts = [];
    // What lies under a button moves the clock when it is pressed.
    for (const type of ["pointerdown", "pointermove", "click"]) this.element.addEventListener(type, (event) => event.stopPropagation());
  }

  /**
   * @param {Scaled[]} charts
   * @param {(chart: Chart) => {left: number, top: number} | undefined} panelOf where a chart is drawn; its button stands over its value axis
   */
  update(charts, panelOf) {
    for (let i = this.buttons.length; i < charts.length; i += 1) this.add(i);
    for (const button of this.buttons.splice(charts.length)) button.remove();
    this.charts = charts;
    for (const [i, button] of this.buttons.entries()) {
      const { chart, scale } = charts[i];
      const panel = panelOf(chart);
      const { short, words } = SCALES[scale];
      button.textContent = short;
      button.title = `The value axis is ${words}. Press for ${SCALES[nextScale(scale)].words}.`;
      button.setAttribute("aria-label", `Scale of ${chart.title.replace(/<[^>]*>/g, "")}: ${short}`);
      if (panel) button.style.transform = `translate(calc(${panel.left - 2}px - 100%), calc(${panel.top}px - 100%))`;
    }
  }

  /** @param {number} i */
  add(i) {
    const button = h("button", { type: "button", onclick: () => {
      const { chart, scale, natural } = this.charts[i];
      this.onChoose(chart.diagnostic, nextScale(scale), natural);
    } });
    this.buttons.push(button);
    this.element.append(button);
  }
}
