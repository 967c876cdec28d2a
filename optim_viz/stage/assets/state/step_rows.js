/**
 * The rows of the arithmetic panel: a lane's update line by line, or, where only the optimizer's own code knows its
 * formula, what was recorded of the step.
 *
 * @import { LaneView } from "./lane_view.js"
 * @import { Line } from "./types.js"
 * @typedef {"x" | "y"} Axis
 * @typedef {(value: number | boolean | string) => string} Write
 *
 * @typedef {object} Row
 * @property {string} target the quantity that it is about
 * @property {string} name what a cell's numbers are called
 * @property {string} rule what stands at its head
 * @property {(lane: LaneView, axis: Axis, time: number, write: Write) => string} written its numbers at a step
 */
import { render } from "./expression.js";

export const OTHER = "_other"; // the end of a name that stands for the other coordinate's value

/**
 * @param {LaneView} lane
 * @param {string} name
 * @returns {string}
 */
export function symbol(lane, name) {
  if (name.endsWith(OTHER)) return `${symbol(lane, name.slice(0, -OTHER.length))}′`;
  const previous = name.endsWith("_prev");
  const base = previous ? name.slice(0, -5) : name;
  const fixed = /** @type {Record<string, string>} */ ({ grad: "g", theta: "θ", update: "Δθ", t: "t" })[base];
  const found = fixed ?? lane.optimizer.symbols[base] ?? lane.optimizer.hyperparameters.find((info) => info.name === base)?.symbol;
  return `${found ?? base}${previous ? "ₜ₋₁" : ""}`;
}

/**
 * @param {LaneView} lane
 * @param {string} name
 * @param {Axis} axis
 * @param {number} time
 * @returns {number | boolean | string}
 */
export function valueAt(lane, name, axis, time) {
  if (name.endsWith(OTHER)) return valueAt(lane, name.slice(0, -OTHER.length), axis === "x" ? "y" : "x", time);
  if (name === "t") return time;
  const previous = name.endsWith("_prev");
  // With a schedule the learning rate is a channel too: that of each step, the same for both coordinates.
  const channel = lane.run.get(`${previous ? name.slice(0, -5) : name}_${axis}`) ?? lane.run.get(name);
  return channel ? channel[previous ? time - 1 : time] : lane.hyperparameters[name];
}

/** @param {LaneView} lane @returns {Row[]} */
export function rowsOf(lane) {
  return lane.lines.length ? lane.lines.map((line) => lineRow(lane, line)) : recordedRows(lane);
}

/** @param {LaneView} lane @param {Line} line @returns {Row} */
function lineRow(lane, line) {
  return {
    target: line.target,
    name: symbol(lane, line.target),
    rule: `${symbol(lane, line.target)} = ${render(line.expression, (name) => symbol(lane, name))}`,
    written: (shown, axis, time, write) => {
      const result = write(valueAt(shown, line.target, axis, time));
      if (time === 0) return line.target === "theta" ? result : "";
      return `${render(line.expression, (name) => write(valueAt(shown, name, axis, time)))} = ${result}`;
    },
  };
}

/** @param {LaneView} lane @returns {Row[]} in the order in which a step comes to them */
function recordedRows(lane) {
  const rate = "lr" in lane.hyperparameters ? [single("lr", "lr")] : [];
  return [
    single("theta_prev", "θ before"), single("grad", "g, the gradient"), ...rate,
    ...lane.recorded.map(fromTo),
    single("update", "Δθ, the step taken"), single("theta", "θ after"),
  ];
}

/** @param {string} name @param {string} rule @returns {Row} of one number */
function single(name, rule) {
  const target = name === "theta_prev" ? "theta" : name;
  const written = (/** @type {LaneView} */ lane, /** @type {Axis} */ axis, /** @type {number} */ time, /** @type {Write} */ write) => {
    if (time === 0) return name === "theta" ? write(valueAt(lane, name, axis, time)) : "";
    return known(valueAt(lane, name, axis, time), write);
  };
  return { target, name: rule.split(",")[0], rule, written };
}

/** @param {string} name of a state @returns {Row} what it was before the step and after it */
function fromTo(name) {
  const written = (/** @type {LaneView} */ lane, /** @type {Axis} */ axis, /** @type {number} */ time, /** @type {Write} */ write) => (
    time === 0 ? "" : `${known(valueAt(lane, `${name}_prev`, axis, time), write)} → ${known(valueAt(lane, name, axis, time), write)}`);
  return { target: name, name, rule: name, written };
}

/** @param {number | boolean | string} value @param {Write} write @returns {string} "none" for what the optimizer does not keep yet */
function known(value, write) {
  return Number.isNaN(value) ? "none" : write(value);
}
