import assert from "node:assert/strict";
import test from "node:test";

import { Clock } from "../../optim_viz/stage/assets/state/clock.js";
import { ofChart, ofHyperparameter, ofLane } from "../../optim_viz/stage/assets/state/sentences.js";
import { clockKeys, keyAction } from "../../optim_viz/stage/assets/views/keyboard.js";

const beta2 = { name: "beta2", symbol: "β₂", help: "Share of v kept.", meaning: "remembers about {memory} steps", default: 0.999 };

test("a decay says over how many steps it averages", () => {
  const memories = [[0.999, "1000 steps"], [0.9, "10 steps"], [0, "1 step"], [0.9999, "10000 steps"], [0.5, "2 steps"], [0.987, "76.9 steps"], [1, "∞ steps"]];
  for (const [value, memory] of memories) {
    assert.equal(ofHyperparameter(beta2, value), `β₂ = ${value}: remembers about ${memory}. Share of v kept. Default 0.999.`);
  }
  const decay = { ...beta2, symbol: "λ", meaning: "{value} times each coordinate is added to its gradient", default: 0 };
  assert.match(ofHyperparameter(decay, 0.01), /^λ = 0.01: 0.01 times each coordinate/);
});

test("without a meaning the value stands before the help; a switch is on or off; what is typed says no number", () => {
  assert.equal(ofHyperparameter({ ...beta2, symbol: "η", meaning: "", default: 0.1 }, 0.3), "η = 0.3. Share of v kept. Default 0.1.");
  assert.equal(ofHyperparameter({ ...beta2, symbol: "centered", meaning: "", default: false }, true), "centered is on. Share of v kept. Default off.");
  assert.equal(ofHyperparameter(beta2, "lots"), "Share of v kept.");
});

test("a chart says what it shows and its value now, or that a lane has none", () => {
  const chart = { diagnostic: "any", axis: "", end: "", lacking: "no v̂" };
  const lane = { label: "Adam", curves: { any: [{ channel: "any", style: "solid" }] }, run: { get: () => [1, 0.25, NaN] } };
  assert.equal(ofChart(chart, "The loss.", lane, 1), "The loss. Adam at step 1: 0.25.");
  assert.equal(ofChart(chart, "The loss.", lane, 2), "The loss.");
  assert.equal(ofChart(chart, "The loss.", { ...lane, curves: {} }, 1), "The loss. Adam: no v̂.");
});

test("a lane says its loss and place, since when it is near the minimum, and that it diverged", () => {
  const run = new Map([["loss", [4, 0.0123456, 1e-7]], ["theta_x", [1.5, -0.25, 0]], ["theta_y", [2, 1, 1e-5]]]);
  const lane = { title: "Adam", label: "Adam lr 0.1", divergedAt: -1, arrived: 2, run };
  assert.equal(ofLane(lane, 0), "Adam: loss 4 at (1.5, 2).");
  assert.equal(ofLane(lane, 1), "Adam: loss 0.0123 at (−0.25, 1).");
  assert.equal(ofLane(lane, 2), "Adam: loss 1e−7 at (0, 1e−5), near the minimum since step 2.");
  assert.equal(ofLane({ ...lane, arrived: null, divergedAt: 2 }, 1), "Adam: loss 0.0123 at (−0.25, 1).");
  assert.equal(ofLane({ ...lane, arrived: null, divergedAt: 2 }, 2), "Adam: diverged at step 2.");
  assert.equal(ofLane({ ...lane, pinned: true, label: "pinned Adam" }, 0), "pinned Adam: loss 4 at (1.5, 2).");
});

test("every key in the list does something, each a thing of its own, and a key with Ctrl is another", () => {
  const calls = [];
  const clock = new Clock(() => {});
  clock.resize(100);
  const keys = [...clockKeys(clock), { key: "z", ctrl: true, shift: false, shown: "Ctrl+Z", words: "Undo", act: () => calls.push("undo") }];
  assert.equal(new Set(keys.map(({ shown }) => shown)).size, keys.length);
  assert.equal(new Set(keys.map(({ words }) => words)).size, keys.length);
  for (const { key, ctrl = false } of keys) assert.ok(keyAction(keys, { key, shiftKey: false, ctrlKey: ctrl }), key);
  keyAction(keys, { key: "z", shiftKey: false, metaKey: true })();
  assert.deepEqual(calls, ["undo"]);
  for (const event of [{ key: "z", shiftKey: false }, { key: "Z", shiftKey: true, ctrlKey: true }, { key: " ", shiftKey: false, ctrlKey: true }]) {
    assert.equal(keyAction(keys, event), undefined);
  }
});
