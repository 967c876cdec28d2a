/**
 * Why a run is lowest, as far as its steps tell: who turns back, and whose steps are longer. Everything is counted on the runs on
 * screen up to the step on screen; where the steps do not differ by much, nothing is said.
 *
 * @import { LaneView } from "./lane_view.js"
 *
 * @typedef {Pick<LaneView, "title" | "run">} Lane
 * @typedef {{time: number, turns: number, mean: number}} Walk of a run up to a step: how many steps went back on the one before
 *   (by more than a right angle), and how long a step was on average
 */
import { number } from "./format.js";

const EARLIEST = 10; // steps before which nothing can be said
const MOST = 0.5; // turning back at so many of the steps is bouncing
const FEW = 0.25;
const LONGER = 1.5;

/** @type {WeakMap<object, Walk>} the last one of each run */
const known = new WeakMap();

/**
 * @param {Lane[]} ordered the lanes that are still there, the lowest first
 * @param {number} time
 * @param {boolean} playing numbers that change with every frame cannot be read
 * @returns {string} a sentence; "" where nothing can be said
 */
export function reason(ordered, time, playing) {
  if (ordered.length < 2 || time < EARLIEST) return "";
  const walks = ordered.map((lane) => ({ lane, walk: walkOf(lane, time) }));
  if (!walks.every(({ walk }) => Number.isFinite(walk.mean))) return "";
  const [first, ...others] = walks;
  const pairs = time - 1;
  const bouncer = others.reduce((most, one) => (one.walk.turns > most.walk.turns ? one : most));
  if (bouncer.walk.turns >= MOST * pairs && first.walk.turns <= FEW * pairs) {
    if (playing) return `${bouncer.lane.title} turns back at most of its steps, ${first.lane.title} at few.`;
    return `${bouncer.lane.title} turned back at ${bouncer.walk.turns} of ${pairs} steps, ${first.lane.title} at ${first.walk.turns}.`;
  }
  const next = others[0];
  const times = first.walk.mean / next.walk.mean;
  if (!(times >= LONGER) || !Number.isFinite(times) || first.walk.turns > FEW * pairs) return "";
  if (playing) return `Its steps are longer than those of ${next.lane.title}, the next.`;
  return `Its steps were ${number(times, 2)} times as long as those of ${next.lane.title}, the next.`;
}

/** @param {Lane} lane @param {number} time @returns {Walk} */
function walkOf({ run }, time) {
  const before = known.get(run);
  if (before?.time === time) return before;
  const [x, y] = ["theta_x", "theta_y"].map((name) => run.get(name));
  let [turns, length, lastX, lastY] = [0, NaN, 0, 0];
  if (x && y && run.exactAt(1) && run.exactAt(time)) {
    length = 0;
    for (let i = 1; i <= time; i += 1) {
      const [dx, dy] = [x[i] - x[i - 1], y[i] - y[i - 1]];
      length += Math.hypot(dx, dy);
      if (dx * lastX + dy * lastY < 0) turns += 1;
      [lastX, lastY] = [dx, dy];
    }
  }
  const walk = { time, turns, mean: length / time };
  known.set(run, walk);
  return walk;
}
