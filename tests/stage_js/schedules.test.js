/** A lane's schedule as text, and the learning rate of a step in the arithmetic. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readSchedule, writeSchedule } from "../../optim_viz/stage/assets/state/schedule_text.js";
import { valueAt } from "../../optim_viz/stage/assets/state/step_rows.js";

const INFO = /** @type {any} */ ({ name: "falls", parameters: [{ name: "every", default: 100 }, { name: "by", default: 0.1 }] });

test("what is written is read back, and usual values are not written", () => {
  assert.equal(writeSchedule(INFO, new Map()), "falls");
  assert.equal(writeSchedule(INFO, new Map([["every", "100"], ["by", "0.5"]])), "falls:by=0.5");
  const { name, values } = readSchedule("falls:every=50:by=0.5");
  assert.equal(name, "falls");
  assert.equal(writeSchedule(INFO, values), "falls:every=50:by=0.5");
  assert.equal(readSchedule(undefined).name, "");
});

test("a name that is a channel has the value of the step, any other that of the lane", () => {
  const channels = /** @type {Record<string, number[]>} */ ({ lr: [NaN, 0.1, 0.05], grad_x: [NaN, 3, 4] });
  const lane = /** @type {any} */ ({ run: { get: (/** @type {string} */ name) => channels[name] }, hyperparameters: { lr: 0.1, momentum: 0.9 } });
  assert.equal(valueAt(lane, "lr", "x", 2), 0.05);
  assert.equal(valueAt(lane, "grad", "x", 2), 4);
  assert.equal(valueAt(lane, "grad_prev", "x", 2), 3);
  assert.equal(valueAt(lane, "momentum", "y", 2), 0.9);
});
