/**
 * Where a run is out of sight, and what is said of it: the edge that it left by, the direction in which it is, or the place
 * where its numbers ended.
 *
 * @import { LaneView } from "../state/lane_view.js"
 * @import { Panel } from "./canvas.js"
 * @import { Run } from "../state/packet.js"
 * @import { Pair, Values } from "../state/types.js"
 *
 * @typedef {object} Exit
 * @property {number} px
 * @property {number} py
 * @property {number | null} angle of the way out; null where the numbers ended in sight
 * @property {string} text
 */
import { number } from "../state/format.js";

export const FAINT = 0.25; // of what a run draws once it has diverged out of sight

/** @type {WeakMap<Run, {panel: Panel, step: number}>} */
const found = new WeakMap();

/** @param {Run} run @returns {[Values, Values]} */
export function path(run) {
  const [x, y] = [run.get("theta_x"), run.get("theta_y")];
  if (!x || !y) throw new Error("a run has no theta");
  return [x, y];
}

/**
 * A run that diverges ends, for the eye, where it first leaves: what it draws from there on is faint.
 *
 * @param {LaneView} lane
 * @param {Panel} panel
 * @returns {number} the first step that is out of sight, or not finite; Infinity for a run that does not diverge
 */
export function gone(lane, panel) {
  if (!lane.divergence) return Infinity;
  const known = found.get(lane.run);
  if (known?.panel === panel) return known.step;
  const [x, y] = path(lane.run);
  const first = x.findIndex((_, i) => !panel.contains(panel.px(x[i]), panel.py(y[i])));
  const step = first < 0 ? Infinity : first;
  found.set(lane.run, { panel, step });
  return step;
}

/**
 * @param {LaneView} lane
 * @param {Panel} panel
 * @param {number} time
 * @param {Pair} start
 * @returns {Exit | null} null while the run is in sight and has not diverged out of it
 */
export function exitOf(lane, panel, time, start) {
  const [x, y] = path(lane.run);
  const inside = (/** @type {number} */ i) => panel.contains(panel.px(x[i]), panel.py(y[i]));
  const first = gone(lane, panel);
  if (time < first && inside(time)) return null;
  const last = first <= time ? first - 1 : lastBefore(time, inside);
  if (Number.isNaN(x[0]) || Number.isNaN(y[0])) {
    return { ...toEdge(panel, panel.px(start[0]), panel.py(start[1])), text: `${lane.label} cannot start here: ${lane.divergence}` };
  }
  if (last < 0) {
    const at = lastBefore(time + 1, (i) => Number.isFinite(x[i]) && Number.isFinite(y[i]));
    const where = lane.divergence || `at ${number(x[at])}, ${number(y[at])}`;
    return { ...toEdge(panel, panel.px(x[at]), panel.py(y[at])), text: `${lane.label} is out of the view: ${where}` };
  }
  const [x0, y0, x1, y1] = [panel.px(x[last]), panel.py(y[last]), panel.px(x[last + 1]), panel.py(y[last + 1])];
  const text = exitText(lane, last + 1);
  if (!Number.isFinite(x1) || !Number.isFinite(y1)) return { px: x0, py: y0, angle: null, text };
  return { ...crossing(panel, x0, y0, x1 - x0, y1 - y0), text };
}

/** @param {LaneView} lane @param {number} step */
function exitText(lane, step) {
  if (lane.divergence) return `${lane.label} left at step ${step}: ${lane.divergence}`;
  return `${lane.label} left the view at step ${step}, loss ${number(lane.run.get("loss")?.[step] ?? NaN)}`;
}

/**
 * @param {Panel} panel
 * @param {number} x0 inside
 * @param {number} y0
 * @param {number} dx the way that it goes from there
 * @param {number} dy
 * @returns {{px: number, py: number, angle: number}} where it meets the edge, or its end where it does not
 */
function crossing(panel, x0, y0, dx, dy) {
  const shareX = dx > 0 ? (panel.left + panel.width - x0) / dx : dx < 0 ? (panel.left - x0) / dx : Infinity;
  const shareY = dy > 0 ? (panel.top + panel.height - y0) / dy : dy < 0 ? (panel.top - y0) / dy : Infinity;
  const share = Math.min(shareX, shareY, 1);
  return { px: x0 + share * dx, py: y0 + share * dy, angle: Math.atan2(dy, dx) };
}

/**
 * @param {Panel} panel
 * @param {number} px
 * @param {number} py
 * @returns {{px: number, py: number, angle: number | null}} the point itself in sight, else the edge on the way to it
 */
function toEdge(panel, px, py) {
  if (panel.contains(px, py)) return { px, py, angle: null };
  const [x, y] = [panel.left + panel.width / 2, panel.top + panel.height / 2];
  const most = 1e100; // what is farther away lies in no other direction
  return crossing(panel, x, y, Math.max(-most, Math.min(px - x, most)), Math.max(-most, Math.min(py - y, most)));
}

/**
 * @param {number} time
 * @param {(step: number) => boolean} holds
 * @returns {number} the last step before `time` that holds, -1 where none does
 */
function lastBefore(time, holds) {
  for (let step = time - 1; step >= 0; step -= 1) if (holds(step)) return step;
  return -1;
}
