/**
 * What a symbol means, in a sentence with its present number: "β₂ = 0.999: remembers about 1000 steps."
 *
 * @import { LaneView } from "./lane_view.js"
 * @import { Chart, HyperparameterInfo } from "./types.js"
 */
import { curvesOf } from "./axes.js";
import { exact, number } from "./format.js";

/**
 * @param {HyperparameterInfo} info
 * @param {number | boolean | string} value
 * @returns {string}
 */
export function ofHyperparameter(info, value) {
  if (typeof value === "string") return info.help; // typed, and not read yet
  const named = `${info.symbol} ${typeof value === "boolean" ? "is" : "="} ${exact(value)}`;
  // What is 0 does nothing, and needs no words for what it comes to.
  const meaning = typeof value === "number" && (value !== 0 || info.meaning.includes("remembers")) ? filled(info.meaning, value) : "";
  return `${named}${meaning && `: ${meaning}`}. ${info.help} Default ${exact(info.default)}.`;
}

/** @param {string} meaning @param {number} value */
function filled(meaning, value) {
  const memory = value < 1 ? String(Number((1 / (1 - value)).toPrecision(3))) : "∞";
  return meaning.replaceAll("{value}", exact(value)).replaceAll("{memory}", memory).replace(/\b1 steps/, "1 step");
}

/**
 * What a name of the arithmetic stands for in a lane.
 *
 * @param {LaneView} lane
 * @param {string} name
 * @returns {string}
 */
export function ofName(lane, name) {
  const fixed = /** @type {Record<string, string>} */ ({
    update: "The step: what is added to θ.",
    theta: "The place of the particle after this step.",
    grad: "The gradient that the step saw, noise included.",
  })[name];
  const kept = lane.recorded.includes(name) ? `What the optimizer keeps as ${name} in its state.` : "";
  return fixed ?? lane.optimizer.meanings[name] ?? kept;
}

/**
 * Where a lane stands at a step, for the ear.
 *
 * @param {LaneView} lane
 * @param {number} time
 * @returns {string} "Adam: loss 0.0123 at (1.2, −0.3), near the minimum since step 31."
 */
export function ofLane(lane, time) {
  const name = lane.pinned ? lane.label : lane.title;
  if (lane.divergedAt >= 0 && time >= lane.divergedAt) return `${name}: diverged at step ${lane.divergedAt}.`;
  const [loss, x, y] = ["loss", "theta_x", "theta_y"].map((channel) => number(lane.run.get(channel)?.[time] ?? NaN, 3));
  const arrived = lane.arrived ?? -1;
  return `${name}: loss ${loss} at (${x}, ${y})${arrived >= 0 && time >= arrived ? `, near the minimum since step ${arrived}` : ""}.`;
}

/**
 * @param {Chart} chart
 * @param {string} help of its diagnostic
 * @param {LaneView} lane
 * @param {number} time
 * @returns {string} what the chart shows, and its value in a lane now
 */
export function ofChart(chart, help, lane, time) {
  const [curve] = curvesOf(chart, lane);
  const value = curve?.values[time];
  const now = value === undefined ? `${lane.label}: ${chart.lacking}` : Number.isFinite(value) ? `${lane.label} at step ${time}: ${number(value)}` : "";
  return now ? `${help} ${now}.` : help;
}
