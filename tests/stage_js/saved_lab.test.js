/** What a saved page answers, and for how long its words stand. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SavedLab } from "../../optim_viz/stage/assets/state/saved_lab.js";

const STOPS = ["0.1", "0.2", "0.4"];

function lab() {
  const lane = { optimizer: "adam", hyperparameters: { lr: "0.1", beta1: "0.1" }, schedule: null, visible: true };
  const scenario = { surface: "booth", start: [1, 2], steps: 1, noise: 0, seed: 0, time: 0, view: "overlay", lanes: [lane] };
  const info = { key: "run", title: "Adam", text: "adam" };
  const block = { shape: [1, 2], values: new Float32Array(2) };
  const header = { seq: 0, scenario, lanes: [info], paths: [], surface: { key: "ground" }, query: "", problems: [] };
  const families = ["lr", "beta1"].map((hyperparameter) => ({
    lane: 0, hyperparameter, stops: STOPS, key: hyperparameter, texts: STOPS, titles: [[], [], []], lines: [[]], line_of_stop: [0, 0, 0],
    divergence: [null, null, null], diverged_at: [-1, -1, -1], notes: [], strip: { key: "strip" },
  }));
  const blocks = new Map(families.map(({ key }) => [key, { shape: [3, 1, 2], values: new Float32Array(6) }]));
  const opening = { header, blocks: new Map([["run", block], ["ground", block]]) };
  return new SavedLab(/** @type {any} */ (opening), /** @type {any} */ ({ header: { families }, blocks }));
}

/** @param {any} saved @param {object | null} change of the scenario as it was answered last */
function ask(saved, change) {
  const scenario = change && { ...saved.scenario, ...change };
  return saved.answer({ seq: 1, scenario, families: [], strips: [], have: [] }).header;
}

/** @param {any} saved @param {object} hyperparameters */
function lanes(saved, hyperparameters) {
  return { lanes: saved.scenario.lanes.map((/** @type {any} */ lane) => ({ ...lane, hyperparameters: { ...lane.hyperparameters, ...hyperparameters } })) };
}

test("what is said of a change stands until the next one, whatever else is asked in between", () => {
  const saved = lab();
  assert.deepEqual(ask(saved, lanes(saved, { lr: "0.2" })).problems, []);
  const { problems, scenario } = ask(saved, lanes(saved, { beta1: "0.4" }));
  assert.deepEqual(problems.map(({ message }) => message), ["This page holds one change a lane: lr went back to 0.1."]);
  assert.deepEqual(scenario.lanes[0].hyperparameters, { lr: "0.1", beta1: "0.4" });
  assert.deepEqual(ask(saved, null).problems, problems, "families were asked for");
  assert.deepEqual(ask(saved, {}).problems, problems, "the slider was let go at the stop where it stood");
  assert.deepEqual(ask(saved, lanes(saved, { beta1: "0.2" })).problems, []);
});

test("what is not inside is said, and changes nothing", () => {
  const saved = lab();
  const { problems, scenario } = ask(saved, { start: [3, 3] });
  assert.deepEqual(problems.map(({ message }) => message), ["This page does not hold another start; the full lab does."]);
  assert.deepEqual(scenario.start, [1, 2]);
  assert.deepEqual(ask(saved, null).problems, problems);
});
