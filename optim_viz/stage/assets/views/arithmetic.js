/**
 * The arithmetic panel: the chosen lane's update, line by line, with this step's own numbers in it.
 *
 * The lines come from the optimizer's own file in Python (where a test evaluates them against the recorded arrays);
 * here names are only replaced by symbols and by numbers. An outside class has no lines: what was recorded of its step
 * stands in their place. A line that is pointed at, or has the focus, is written out once more below the table, with
 * all its digits.
 *
 * @import { LaneView } from "../state/lane_view.js"
 * @import { Axis, Row } from "../state/step_rows.js"
 */
import { h } from "./dom.js";
import { explain } from "./explain.js";
import { allDigits, number } from "../state/format.js";
import { ofName } from "../state/sentences.js";
import { RUNNING } from "../state/lab.js";
import { OTHER, rowsOf, symbol, valueAt } from "../state/step_rows.js";

const READABLE_MS = 60;
const AXES = /** @type {Axis[]} */ (["x", "y"]);
const HINT = "Point at a line, or move to it with the arrow keys, for all its digits.";
const PRIME = " A prime (′) marks the value of the other coordinate.";
const LATER = "The numbers of this step come when the slider is let go: while one is dragged, a run this long has those of one step only.";

export class Arithmetic {
  /** @param {(lane: number) => void} onChoose */
  constructor(onChoose) {
    this.select = h("select", { "aria-label": "Lane shown in the arithmetic", onchange: () => onChoose(Number(this.select.value)) });
    this.step = h("span", { class: "ov-muted" });
    this.table = h("table", { "aria-label": "This step, in numbers" });
    this.digits = h("p", { class: "ov-digits ov-muted", id: "ov-digits" }, HINT);
    this.unknown = h("p", { class: "ov-unknown", hidden: true });
    this.element = h("section", { class: "ov-arithmetic", "aria-label": "Arithmetic of this step" },
      h("div", { class: "ov-arithmetic-head" }, h("b", {}, "This step, in numbers"), this.select, this.step), this.unknown, this.table, this.digits);
    /** @type {{row: Row, cells: HTMLTableCellElement[]}[]} */ this.rows = [];
    this.built = "";
    this.shown = "";
    /** @type {LaneView | null} */ this.lane = null;
    this.time = 0;
    this.written = 0; // when the numbers were last written
    /** @type {[number, number] | null} */ this.pointed = null; // row and column of the line that is written out
    this.listen();
  }

  listen() {
    const { table } = this;
    const found = (/** @type {Event} */ event) => {
      const cell = event.target instanceof Element ? event.target.closest("td") : null;
      const row = this.rows.findIndex(({ cells }) => cells.some((each) => each === cell));
      return row < 0 ? null : /** @type {[number, number]} */ ([row, this.rows[row].cells[0] === cell ? 0 : 1]);
    };
    const point = (/** @type {Event} */ event) => this.point(found(event) ?? this.pointed);
    for (const type of ["pointerover", "focusin", "click"]) table.addEventListener(type, point);
    table.addEventListener("pointerleave", () => this.point(null));
    table.addEventListener("focusout", () => this.point(null));
    table.addEventListener("keydown", (event) => {
      const at = found(event);
      const moves = /** @type {Record<string, [number, number]>} */ ({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] });
      const move = moves[event.key];
      if (!at || !move) return;
      event.preventDefault();
      const [row, column] = [Math.max(0, Math.min(this.rows.length - 1, at[0] + move[0])), Math.max(0, Math.min(1, at[1] + move[1]))];
      this.reach(row, column).focus();
    });
  }

  /** @param {Row} row @returns {string} what its symbol is, and its values at this step */
  sentence({ target }) {
    const { lane, time } = this;
    const meaning = lane ? ofName(lane, target) : "";
    if (!lane || !meaning) return "";
    const now = lane.run.exactAt(time) ? AXES.map((axis) => `${number(valueAt(lane, target, axis, time))} in ${axis}`).join(", ") : "";
    return `${symbol(lane, target)}: ${meaning}${time > 0 && now ? ` At step ${time}: ${now}.` : ""}`;
  }

  /** Makes one cell the one that Tab reaches. @param {number} row @param {number} column */
  reach(row, column) {
    for (const { cells } of this.rows) for (const cell of cells) cell.tabIndex = -1;
    const cell = this.rows[row].cells[column];
    cell.tabIndex = 0;
    return cell;
  }

  /** Writes a line out below the table. @param {[number, number] | null} at row and column */
  point(at) {
    this.pointed = at;
    const { lane, time } = this;
    const row = at && this.rows[at[0]];
    const text = at && row && lane && lane.run.exactAt(time) ? row.row.written(lane, AXES[at[1]], time, allDigits) : "";
    const name = at && row && lane ? `${row.row.name} of ${AXES[at[1]]}: ` : "";
    const hint = lane?.lines.some((line) => line.expression.includes(OTHER)) ? HINT + PRIME : HINT;
    const said = lane && !lane.run.exactAt(time) ? LATER : text ? name + text : hint;
    if (this.digits.textContent !== said) this.digits.textContent = said;
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
    const same = lane.run === this.lane?.run; // each stop of a dragged slider is a run of its own
    if (shown === this.shown && same) return;
    // Nobody reads sixty lines a second: while it plays, the numbers (and the step they say they are of) come slower.
    const now = performance.now();
    if (playing && same && now - this.written < READABLE_MS) return;
    this.written = now;
    this.shown = shown;
    this.lane = lane;
    this.time = time;
    this.step.textContent = time ? `from step ${time - 1} to ${time}` : "step 0, the start: step forward to see the first update";
    const known = lane.run.exactAt(time);
    for (const { row, cells } of this.rows) {
      for (const [i, axis] of AXES.entries()) cells[i].textContent = known ? row.written(lane, axis, time, number) : "…";
    }
    this.point(this.pointed);
  }

  /** @param {LaneView[]} lanes @param {LaneView} lane */
  rebuild(lanes, lane) {
    const key = JSON.stringify([lanes.map((item) => item.title), lane.title, lane.lines, lane.recorded, lane.lines.length ? "" : lane.note]);
    if (key === this.built) return;
    this.built = key;
    this.select.replaceChildren(...lanes.map((item, i) => h("option", { value: i }, item.title)));
    this.rows = rowsOf(lane).map((row) => ({ row, cells: AXES.map(() => h("td", { tabindex: -1, "aria-describedby": "ov-digits" })) }));
    this.pointed = null;
    this.unknown.hidden = lane.lines.length > 0;
    this.unknown.textContent = unknownFormula(lane);
    const head = h("tr", {}, h("th", { scope: "col" }, lane.lines.length ? "rule" : "recorded"), h("th", { scope: "col" }, "x"), h("th", { scope: "col" }, "y"));
    this.table.replaceChildren(head, ...this.rows.map(({ row, cells }) => {
      const rule = h("th", { scope: "row" }, row.rule);
      for (const element of [rule, ...cells]) explain(element, () => ({ sentence: this.sentence(row) }));
      return h("tr", {}, rule, ...cells);
    }));
    if (this.rows.length) this.reach(0, 0);
  }
}

/** @param {LaneView} lane @returns {string} why no formula stands there */
function unknownFormula({ lines, note, optimizer }) {
  if (lines.length) return "";
  if (note) return note === RUNNING ? "Its run is on its way; the nearest one that is there is shown." : note;
  return `The formula of ${optimizer.title} is its own code, which the lab runs and does not know. Recorded of the step: what it kept before → after it, under torch's names.`;
}
