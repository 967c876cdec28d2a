/**
 * The arithmetic panel: the chosen lane's update, line by line, with this step's own numbers in it.
 *
 * The lines come from the optimizer's own file in Python (where a test evaluates them against the recorded arrays);
 * here names are only replaced by symbols and by numbers.
 *
 * @import { LaneView } from "../state/lab.js"
 * @import { Line } from "../state/types.js"
 */
import { h } from "./dom.js";
import { render } from "../state/expression.js";
import { number } from "../state/format.js";

const READABLE_MS = 60;

/**
 * @param {LaneView} lane
 * @param {string} name
 * @returns {string}
 */
function symbol(lane, name) {
  const previous = name.endsWith("_prev");
  const base = previous ? name.slice(0, -5) : name;
  const fixed = /** @type {Record<string, string>} */ ({ grad: "g", theta: "θ", update: "Δθ", t: "t" })[base];
  const found = fixed ?? lane.optimizer.symbols[base] ?? lane.optimizer.hyperparameters.find((info) => info.name === base)?.symbol;
  return `${found ?? base}${previous ? "ₜ₋₁" : ""}`;
}

/**
 * @param {LaneView} lane
 * @param {string} name
 * @param {"x" | "y"} axis
 * @param {number} time
 * @returns {number | boolean | string}
 */
export function valueAt(lane, name, axis, time) {
  if (name === "t") return time;
  const previous = name.endsWith("_prev");
  const channel = lane.run.get(`${previous ? name.slice(0, -5) : name}_${axis}`);
  return channel ? channel[previous ? time - 1 : time] : lane.hyperparameters[name];
}

export class Arithmetic {
  /** @param {(lane: number) => void} onChoose */
  constructor(onChoose) {
    this.select = h("select", { "aria-label": "Lane shown in the arithmetic", onchange: () => onChoose(Number(this.select.value)) });
    this.step = h("span", { class: "ov-muted" });
    this.table = h("table", { "aria-label": "This step, in numbers" });
    this.element = h("section", { class: "ov-arithmetic", "aria-label": "Arithmetic of this step" },
      h("div", { class: "ov-arithmetic-head" }, h("b", {}, "This step, in numbers"), this.select, this.step), this.table);
    /** @type {{line: Line, cells: HTMLTableCellElement[]}[]} */ this.rows = [];
    this.built = "";
    this.shown = "";
    /** @type {import("../state/packet.js").Run | null} */ this.run = null;
    this.written = 0; // when the numbers were last written
  }

  /**
   * @param {LaneView[]} lanes
   * @param {number} chosen
   * @param {number} time
   * @param {boolean} playing
   */
  update(lanes, chosen, time, playing) {
    const lane = lanes[chosen] ?? lanes[0];
    this.rebuild(lanes, lane);
    if (document.activeElement !== this.select) this.select.value = String(Math.min(chosen, lanes.length - 1));
    const shown = `${this.built}|${time}`;
    if (shown === this.shown && lane.run === this.run) return; // each stop of a dragged slider is a run of its own
    // Nobody reads sixty lines a second: while it plays, the numbers (and the step they say they are of) come slower.
    const now = performance.now();
    if (playing && lane.run === this.run && now - this.written < READABLE_MS) return;
    this.written = now;
    this.shown = shown;
    this.run = lane.run;
    this.step.textContent = time ? `from step ${time - 1} to ${time}` : "step 0, the start: step forward to see the first update";
    for (const { line, cells } of this.rows) {
      for (const [i, axis] of /** @type {["x", "y"]} */ (["x", "y"]).entries()) cells[i].textContent = this.cell(lane, line, axis, time);
    }
  }

  /** @param {LaneView} lane @param {Line} line @param {"x" | "y"} axis @param {number} time */
  cell(lane, line, axis, time) {
    const result = number(valueAt(lane, line.target, axis, time));
    if (time === 0) return line.target === "theta" ? result : "";
    return `${render(line.expression, (name) => number(valueAt(lane, name, axis, time)))} = ${result}`;
  }

  /** @param {LaneView[]} lanes @param {LaneView} lane */
  rebuild(lanes, lane) {
    const key = JSON.stringify([lanes.map((item) => item.title), lane.title, lane.lines]);
    if (key === this.built) return;
    this.built = key;
    this.select.replaceChildren(...lanes.map((item, i) => h("option", { value: i }, item.title)));
    this.rows = lane.lines.map((line) => ({ line, cells: [h("td", {}), h("td", {})] }));
    const head = h("tr", {}, h("th", { scope: "col" }, "rule"), h("th", { scope: "col" }, "x"), h("th", { scope: "col" }, "y"));
    this.table.replaceChildren(head, ...this.rows.map(({ line, cells }) => h("tr", {},
      h("th", { scope: "row" }, `${symbol(lane, line.target)} = ${render(line.expression, (name) => symbol(lane, name))}`), ...cells)));
  }
}
