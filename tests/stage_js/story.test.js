import assert from "node:assert/strict";
import { test } from "node:test";
import { Lab } from "../../optim_viz/stage/assets/state/lab.js";
import { leader } from "../../optim_viz/stage/assets/views/story_line.js";
import { glideTo } from "../../optim_viz/stage/assets/views/story_move.js";

/** @param {string} title @param {number[]} loss @param {boolean} [visible] */
const lane = (title, loss, visible = true) => /** @type {any} */ ({ title, state: { visible }, run: { get: () => Float64Array.from(loss) } });

test("who is lowest now is said with the loss, and without it while it plays", () => {
  const lanes = [lane("SGD", [5, 3, 2]), lane("Adam", [5, 4, 1])];
  assert.equal(leader(lanes, 1, false), "SGD is lowest now: loss 3 at step 1.");
  assert.equal(leader(lanes, 2, true), "Adam is lowest now.");
});

test("a run that is no number any more, or is hidden, is not the lowest", () => {
  assert.equal(leader([lane("SGD", [5, NaN]), lane("Adam", [5, 9])], 1, true), "Adam is lowest now.");
  assert.equal(leader([lane("SGD", [5, 1], false), lane("Adam", [5, 9]), lane("Lion", [5, 10])], 1, true), "Adam is lowest now.");
  assert.equal(leader([lane("SGD", [5, NaN])], 1, false), "At step 1 no run is left: all have diverged.");
  const nowhere = "No run can begin here: the loss is not finite at the start. Drag the ring to another place.";
  assert.equal(leader([lane("SGD", [NaN, NaN]), lane("Adam", [Infinity, NaN])], 1, false), nowhere);
  assert.equal(leader([lane("SGD", [5, 1], false)], 1, false), "Every lane is hidden.");
});

test("at the start nobody leads, and one run alone is not compared", () => {
  assert.equal(leader([lane("SGD", [5, 3]), lane("Adam", [5, 4])], 0, false), "All start from the same point.");
  assert.equal(leader([lane("SGD", [5, 3]), lane("Adam", [5, 3])], 1, false), "SGD and Adam are level.");
  const three = [lane("SGD", [5, 3]), lane("Adam", [5, 3]), lane("Lion", [5, 3])];
  assert.equal(leader(three, 1, false), "All 3 are level.");
  assert.equal(leader([...three, lane("Rprop", [5, 4])], 1, false), "SGD, Adam and Lion are level.");
  assert.equal(leader([lane("SGD", [5, 3])], 1, false), "SGD: loss 3 at step 1.");
  assert.equal(leader([lane("SGD", [5, 3])], 1, true), "SGD runs alone.");
});

const stops = [0.01, 0.02, 0.03, 0.05];
const optimizer = { hyperparameters: [{ name: "lr", scale: "log", stops }, { name: "eps", scale: "log", stops }, { name: "on", scale: "choice", stops: [false, true] }] };

/** @param {Record<string, unknown>} [change] @param {Record<string, unknown>} [hyperparameters] */
function scenario(change = {}, hyperparameters = {}) {
  const lanes = [{ optimizer: "sgd", hyperparameters: { lr: 0.02, eps: 0.01, on: true, ...hyperparameters } }];
  return { surface: "booth", parameters: {}, formula: "", domain: [[0, 1], [0, 1]], start: [0, 0], steps: 3, noise: 0, seed: 0, lanes, zoom: null, ...change };
}

/** @param {object} target */
function glide(target) {
  const lab = Object.assign(new Lab(), { header: { scenario: scenario() }, catalog: { optimizers: [{ name: "sgd", ...optimizer }] } });
  return glideTo(/** @type {any} */ (lab), /** @type {any} */ (target));
}

test("a move of one slider goes through its stops; how it is looked at makes no difference", () => {
  assert.deepEqual(glide(scenario({ zoom: [[0, 1], [0, 1]] }, { lr: 0.049 })), { lane: 0, hyperparameter: "lr", from: 1, to: 3 });
});

test("a move of anything else, of two sliders, of a switch or within a stop does not", () => {
  assert.equal(glide(scenario({ steps: 4 }, { lr: 0.05 })), null);
  assert.equal(glide(scenario({}, { lr: 0.05, eps: 0.02 })), null);
  assert.equal(glide(scenario({}, { on: false })), null);
  assert.equal(glide(scenario({}, { lr: 0.0201 })), null);
  assert.equal(glide(scenario()), null);
  assert.equal(glide({ ...scenario(), lanes: [] }), null);
});
