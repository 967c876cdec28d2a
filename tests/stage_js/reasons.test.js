import assert from "node:assert/strict";
import { test } from "node:test";
import { reason } from "../../optim_viz/stage/assets/state/reasons.js";
import { leader } from "../../optim_viz/stage/assets/views/story_line.js";

const STEPS = 40;

/** @param {string} title @param {(t: number) => number} x @param {(t: number) => number} y @param {boolean} [exact] */
function lane(title, x, y, exact = true) {
  const values = /** @type {Record<string, Float64Array>} */ ({});
  for (const [name, f] of Object.entries({ theta_x: x, theta_y: y, loss: (/** @type {number} */ t) => x(t) ** 2 + 100 * y(t) ** 2 })) {
    values[name] = Float64Array.from({ length: STEPS + 1 }, (_, t) => f(t));
  }
  return /** @type {any} */ ({ title, state: { visible: true }, run: { get: (/** @type {string} */ name) => values[name], exactAt: () => exact } });
}

const bounces = lane("SGD", (t) => 8 - 0.05 * t, (t) => (-0.9) ** t);
const walks = lane("Momentum", (t) => 8 - 0.19 * t, (t) => 0.9 ** t);
const creeps = lane("Adam", (t) => 8 - 0.06 * t, (t) => 0.9 ** t);

test("a run that turns back at most steps is named, with how often, and the leader's number", () => {
  // across the valley every step of SGD but the first goes back on the one before: 0.9 of a side each, against 0.05 along it
  assert.equal(reason([walks, bounces], 20, false), "SGD turned back at 19 of 19 steps, Momentum at 0.");
  assert.equal(reason([walks, creeps, bounces], 20, true), "SGD turns back at most of its steps, Momentum at few.");
});

test("steps that are much longer are told with how much; steps that are as long are not", () => {
  const [far, near] = [lane("A", (t) => 8 - 0.2 * t, () => 0), lane("B", (t) => 8 - 0.1 * t, () => 0)];
  assert.equal(reason([far, near], 30, false), "Its steps were 2 times as long as those of B, the next.");
  assert.equal(reason([far, near], 30, true), "Its steps are longer than those of B, the next.");
  assert.equal(reason([near, lane("C", (t) => 8 - 0.09 * t, () => 0)], 30, false), "");
});

test("where the leader is slower, or bounces itself, nothing is said", () => {
  const [far, near] = [lane("A", (t) => 8 - 0.2 * t, () => 0), lane("B", (t) => 8 - 0.1 * t, () => 0)];
  assert.equal(reason([near, far], 30, false), "");
  assert.equal(reason([lane("D", (t) => 8 - 0.3 * t, (t) => (-1) ** t), near], 30, false), "");
});

test("nothing is said early, of one run, of a run that has left the numbers, or of points of a curve", () => {
  assert.equal(reason([walks, bounces], 9, false), "");
  assert.equal(reason([walks], 30, false), "");
  assert.equal(reason([walks, lane("N", (t) => (t > 3 ? NaN : t), () => 0)], 30, false), "");
  assert.equal(reason([walks, lane("P", (t) => t, () => 0, false)], 30, false), "");
});

test("the line tells it after who is lowest, where it is asked for", () => {
  assert.equal(leader([bounces, walks], 20, false, true), "Momentum is lowest now: loss 19.1 at step 20. SGD turned back at 19 of 19 steps, Momentum at 0.");
  assert.ok(!leader([bounces, walks], 20, false).includes("turned"));
});
