/**
 * What each chart shows, at its title: in words, with the chosen lane's number at this step.
 *
 * @import { CurvesView } from "../draw/curves_view.js"
 * @import { Clock } from "../state/clock.js"
 * @import { Lab } from "../state/lab.js"
 * @import { Chart } from "../state/types.js"
 */
import { h, oneStop } from "./dom.js";
import { explain } from "./explain.js";
import { ofChart } from "../state/sentences.js";

const TITLE = 18; // pixels above a chart

export class ChartWords {
  /** @param {HTMLElement} holder of the charts @param {Lab} lab @param {Clock} clock */
  constructor(holder, lab, clock) {
    this.lab = lab;
    this.clock = clock;
    this.element = h("div", { class: "ov-chart-words" });
    // What lies under it moves the clock when it is pressed.
    for (const type of ["pointerdown", "click"]) this.element.addEventListener(type, (event) => event.stopPropagation());
    holder.append(this.element);
    /** @type {Map<string, HTMLElement>} */ this.buttons = new Map();
  }

  /** Lies over the titles, wherever the charts are now. @param {CurvesView} curves */
  place(curves) {
    const kept = new Map(curves.charts.map((chart) => [chart.id, this.buttons.get(chart.id) ?? this.button(chart)]));
    if ([...kept.keys()].join() !== [...this.buttons.keys()].join()) {
      this.element.replaceChildren(...kept.values());
      oneStop(this.element);
    }
    this.buttons = kept;
    for (const [id, button] of kept) {
      const panel = curves.panels.get(id);
      button.hidden = !panel;
      if (panel) button.style.cssText = `left: ${panel.left}px; top: ${panel.top - TITLE}px; width: ${panel.width}px; height: ${TITLE}px`;
    }
  }

  /** @param {Chart} chart */
  button(chart) {
    const { lab, clock } = this;
    const button = h("button", { type: "button", "aria-label": chart.title.replace(/<[^>]*>/g, "") });
    explain(button, () => {
      const info = lab.plots.find(({ name }) => name === chart.diagnostic);
      const lanes = lab.lanes();
      const lane = lanes[lab.positions.indexOf(lab.current.lane)] ?? lanes[0];
      return { sentence: lane ? ofChart(chart, info?.help ?? "", lane, clock.time) : (info?.help ?? ""), section: info?.section };
    });
    return button;
  }
}
