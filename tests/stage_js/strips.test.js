import assert from "node:assert/strict";
import test from "node:test";

import { depths, placeOf, scaleOf, sentence, Strip, StripStore } from "../../optim_viz/stage/assets/state/strips.js";

const STOPS = [0.001, 0.01, 0.1, 1];
const NEVER = NaN;

function strip({ final, steps = [NEVER, NEVER, NEVER, NEVER], diverged = [0, 0, 0, 0], ...info }) {
  const values = new Float64Array([...final, ...steps, ...diverged]);
  return new Strip({ key: "t:1", hyperparameter: "lr", start: 100, minimum: true, edge: null, ...info }, { shape: [3, 4], channels: ["final", "steps", "diverged"], values });
}

test("the best stop ends lowest, or arrives first; one that diverged is never the best", () => {
  const some = strip({ final: [5, 1e-9, 1e-4, 1e-12], steps: [NEVER, 90, 12, 30], diverged: [0, 0, 0, 1] });
  assert.deepEqual([some.best("loss"), some.best("steps"), some.best("diverged")], [1, 2, 1]);
  const none = strip({ final: [5, 4, 3, NaN], diverged: [0, 0, 0, 1] });
  assert.deepEqual([none.best("loss"), none.best("steps")], [2, -1]);
  assert.equal(strip({ final: [NaN, NaN, NaN, NaN], diverged: [1, 1, 1, 1] }).best("loss"), -1);
});

test("stretches that diverge are found wherever they are", () => {
  assert.deepEqual(strip({ final: [NaN, 1, NaN, NaN], diverged: [1, 0, 1, 1] }).lost, [[0, 0], [2, 3]]);
  assert.deepEqual(strip({ final: [1, 1, 1, 1] }).lost, []);
});

test("a strip is told in words, for each thing that it can show", () => {
  const edge = { value: 0.02, words: "2/L", above: true };
  const sgd = strip({ final: [5, 2.34e-12, NaN, NaN], steps: [NEVER, 43, NEVER, NEVER], diverged: [0, 0, 1, 1], edge });
  assert.equal(sentence(sgd, STOPS, "loss"), "best at 0.01: 2.3e−12; diverges above 0.02 = 2/L");
  assert.equal(sentence(sgd, STOPS, "steps"), "best at 0.01: step 43; diverges above 0.02 = 2/L");
  assert.equal(sentence(sgd, STOPS, "diverged"), "diverges above 0.02 = 2/L");
  const below = { value: 0.5, words: "lr = (2 + 2·momentum)/L", above: false };
  assert.match(sentence(strip({ final: [NaN, 1, 2, 3], diverged: [1, 0, 0, 0], edge: below }), STOPS, "loss"), /; diverges below 0\.5, where lr = /);
  assert.match(sentence(strip({ final: [1, 1, NaN, NaN], diverged: [0, 0, 1, 1] }), STOPS, "loss"), /; diverges from 0\.1 up$/);
  assert.match(sentence(strip({ final: [1, NaN, 1, NaN], diverged: [0, 1, 0, 1] }), STOPS, "loss"), /; diverges at 0\.01, 1$/);
  assert.equal(sentence(strip({ final: [NaN, NaN, NaN, NaN], diverged: [1, 1, 1, 1] }), STOPS, "loss"), "diverges everywhere");
  assert.equal(sentence(strip({ final: [1, 2, 3, 4] }), STOPS, "diverged"), "diverges nowhere");
  assert.equal(sentence(strip({ final: [1, 2, 3, 4] }), STOPS, "steps"), "never within 10⁻³ of the minimum");
  assert.match(sentence(strip({ final: [1, 2, 3, 4], minimum: false }), STOPS, "steps"), /no minimum is known/);
});

test("deeper is better, on one logarithmic scale for all strips of a lane", () => {
  const lr = strip({ final: [100, 1, 1e-2, 1e-8] });
  const beta2 = strip({ final: [1e-2, 1.1e-2, 0.9e-2, 1e-2] });
  const scale = scaleOf([lr, beta2]);
  const [start, middle, , best] = depths(lr, "loss", scale, 300);
  assert.deepEqual([start, best], [0, 1]);
  assert.ok(middle > 0.15 && middle < 0.25);
  const same = depths(beta2, "loss", scale, 300);
  assert.ok(Math.max(...same) - Math.min(...same) < 0.02, "a slider that changes little looks as if it did");
  const zero = depths(strip({ final: [0, 1, 1e300, NaN], diverged: [0, 0, 0, 1] }), "loss", scaleOf([strip({ final: [0, 1, 1e300, 1] })]), 300);
  assert.deepEqual([zero[0], zero[2], zero[3]], [1, 0, 0]);
});

test("losses below zero, with no minimum known, keep their order", () => {
  const slope = strip({ final: [-1e6, -10, 0, 5], minimum: false, start: 5 });
  const found = depths(slope, "loss", scaleOf([slope]), 300);
  assert.deepEqual([found[0], found[3]], [1, 0]);
  assert.ok(found[0] > found[1] && found[1] > found[2] && found[2] > found[3]);
});

test("fewer steps are deeper, and one that never arrives is pale", () => {
  const found = depths(strip({ final: [1, 1e-4, 1e-5, NaN], steps: [NEVER, 200, 20, NEVER], diverged: [0, 0, 0, 1] }), "steps", { top: 0, bottom: -1 }, 300);
  assert.ok(found[2] > found[1] && found[1] > 0.1);
  assert.deepEqual([found[0], found[3]], [0, 0]);
});

test("a value stands between its stops", () => {
  assert.equal(placeOf([1, 2, 4], 3), 1.5);
  assert.deepEqual([placeOf([1, 2, 4], 0.1), placeOf([1, 2, 4], 2), placeOf([1, 2, 4], 9)], [0, 1, 2]);
});

test("the store forgets the oldest, and knows a strip by all that it depends on", () => {
  const scenario = (seed) => ({ surface: "booth", parameters: {}, formula: "", domain: null, start: [0, 1], steps: 9, noise: 0, seed, lanes: [{ optimizer: "adam", hyperparameters: { lr: seed, beta2: 0.9 } }] });
  const store = new StripStore();
  const block = { shape: [3, 1], channels: ["final", "steps", "diverged"], values: new Float64Array(3) };
  const one = new Strip({ key: "t:1", hyperparameter: "lr", start: 1, minimum: true, edge: null }, block);
  for (let seed = 0; seed <= 700; seed += 1) store.keep(scenario(seed), 0, one);
  assert.equal(store.get(scenario(0), 0, "lr"), undefined);
  assert.ok(store.get(scenario(700), 0, "lr"));
  const other = scenario(700);
  other.lanes[0].hyperparameters.lr = 5;
  assert.ok(store.get(other, 0, "lr"), "its own slider's value makes no difference");
  other.lanes[0].hyperparameters.beta2 = 0.5;
  assert.equal(store.get(other, 0, "lr"), undefined);
});
