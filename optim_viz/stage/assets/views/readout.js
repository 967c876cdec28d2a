/**
 * The values of all lanes at one step of a chart: under the pointer, or, while the charts have the focus, at the clock's step.
 *
 * @import { LaneView } from "../state/lane_view.js"
 * @import { Chart, Values } from "../state/types.js"
 * @import { Theme } from "../draw/theme.js"
 *
 * @typedef {object} Reading
 * @property {Chart} chart
 * @property {number} step
 * @property {LaneView[]} lanes
 * @property {Theme} theme
 */
import { markerPath } from "../draw/canvas.js";
import { number } from "../state/format.js";
import { h, setHidden, svg } from "./dom.js";

const DISTANCE = 12; // pixels between the pointer and the values

/**
 * What stands in a row: a lane's name and the value of each of its curves.
 *
 * @param {Chart} chart
 * @param {LaneView} lane
 * @param {number} step
 * @returns {{text: string, title: string}[]} none where the chart leaves the lane out
 */
export function valuesAt(chart, lane, step) {
  return (lane.curves[chart.diagnostic] ?? []).flatMap(({ channel, title }, i) => {
    const values = lane.run.get(channel + chart.end);
    return values ? [{ text: valueText(lane, values, step), title: i ? title : "" }] : [];
  });
}

/** @param {LaneView} lane @param {Values} values @param {number} step */
function valueText(lane, values, step) {
  if (lane.divergedAt >= 0 && step >= lane.divergedAt) return "diverged";
  if (Number.isNaN(values[step])) return "none";
  return (lane.run.exactAt(step) ? "" : "≈ ") + number(values[step]);
}

export class Readout {
  constructor() {
    this.step = h("b", {});
    this.rows = h("tbody", {});
    this.title = h("caption", {});
    this.element = h("div", { class: "ov-readout", hidden: true }, h("table", {}, this.title, this.rows));
    this.line = h("div", { class: "ov-readout-line", hidden: true });
  }

  /**
   * @param {Reading} reading
   * @param {boolean} aloud said by a screen reader, since the person asked with a key
   */
  write({ chart, step, lanes, theme }, aloud) {
    this.element.setAttribute("aria-live", aloud ? "polite" : "off");
    this.title.replaceChildren(h("b", {}, `step ${step}`), `  ${chart.title.replace(/<[^>]*>/g, "")}`);
    this.rows.replaceChildren(...lanes.filter((lane) => lane.state.visible).flatMap((lane) => {
      const values = valuesAt(chart, lane, step);
      if (!values.length) return [];
      const mark = svg(markerPath(lane.state.marker, 5), "-8 -8 16 16");
      Object.assign(mark.style, lane.pinned ? { fill: "none", stroke: theme.lanes[lane.state.colour], strokeWidth: "2" } : { fill: theme.lanes[lane.state.colour] });
      return [h("tr", {}, h("th", { scope: "row" }, mark, lane.label),
        ...values.map(({ text, title }) => h("td", {}, title ? h("span", { class: "ov-muted" }, `${title} `) : "", text)))];
    }));
    this.element.hidden = false;
  }

  /**
   * Puts the values beside a point, within the part of the charts that is in sight.
   *
   * @param {number} x pixels in the charts
   * @param {number} y
   * @param {{left: number, top: number, width: number, height: number}} panel the chart's
   * @param {HTMLElement} holder what scrolls
   */
  place(x, y, panel, holder) {
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const right = x + DISTANCE + width <= holder.clientWidth;
    const left = right ? x + DISTANCE : Math.max(0, x - DISTANCE - width);
    const lowest = holder.scrollTop + holder.clientHeight - height;
    const top = Math.max(holder.scrollTop, Math.min(y - height / 2, lowest));
    this.element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    this.line.hidden = false;
    this.line.style.transform = `translate(${Math.round(x)}px, ${panel.top}px)`;
    this.line.style.height = `${panel.height}px`;
  }

  hide() {
    setHidden(this.element, true);
    setHidden(this.line, true);
  }
}
