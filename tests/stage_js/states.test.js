/** What an outside class keeps: the rows of the arithmetic, the table of the runs, and the curves of a chart. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { curvesOf } from "../../optim_viz/stage/assets/state/axes.js";
import { allDigits } from "../../optim_viz/stage/assets/state/format.js";
import { runsCsv } from "../../optim_viz/stage/assets/state/runs_csv.js";
import { rowsOf } from "../../optim_viz/stage/assets/state/step_rows.js";
import { valuesAt } from "../../optim_viz/stage/assets/views/readout.js";

const CHANNELS = /** @type {Record<string, number[]>} */ ({
  theta_x: [1, 0.75, 0.5], theta_y: [2, 2.5, 3], loss: [9, 4, Infinity], grad_x: [NaN, 4, 6], grad_y: [NaN, -5, -7],
  update_x: [NaN, -0.25, -0.25], update_y: [NaN, 0.5, 0.5], exp_avg_x: [NaN, 0.125, 0.25], exp_avg_y: [NaN, 8, 16],
  step_x: [NaN, 1, 2], step_y: [NaN, 1, 2], "loss_gap.0": [8, 3, NaN],
});

/** @param {Record<string, number[]>} channels */
const runOf = (channels) => ({ channels: new Map(Object.entries(channels)), steps: 2, get: (/** @type {string} */ name) => channels[name], exactAt: () => true });

const lane = /** @type {any} */ ({
  title: "Lion", label: "Lion", run: runOf(CHANNELS), lines: [], recorded: ["exp_avg", "step"],
  hyperparameters: { lr: 0.1, beta1: 0.9 }, optimizer: { symbols: {}, meanings: {}, hyperparameters: [] }, divergedAt: -1,
  curves: { "state.step": [{ channel: "step", style: "solid", title: "step" }] },
});

/** @param {any} shown @param {"x" | "y"} axis @param {number} time */
const written = (shown, axis, time) => Object.fromEntries(rowsOf(shown).map((row) => [row.rule, row.written(shown, axis, time, allDigits)]));

test("without lines the arithmetic shows what was recorded of the step, before and after", () => {
  assert.deepEqual(written(lane, "x", 2), {
    "θ before": "0.75", "g, the gradient": "6", lr: "0.1", exp_avg: "0.125 → 0.25", step: "1 → 2", "Δθ, the step taken": "−0.25", "θ after": "0.5",
  });
  const first = written(lane, "y", 1);
  assert.equal(first.exp_avg, "none → 8", "nothing is kept before the first step");
  assert.equal(first["θ before"], "2");
  assert.deepEqual(Object.entries(written(lane, "y", 0)).filter(([, text]) => text), [["θ after", "2"]]);
});

test("with a schedule lr is that of the step; a class without lr has no such row", () => {
  const planned = { ...lane, run: runOf({ ...CHANNELS, lr: [NaN, 0.1, 0.01] }) };
  assert.equal(written(planned, "x", 2).lr, "0.01");
  assert.ok(!("lr" in written({ ...lane, hyperparameters: {} }, "x", 2)));
});

test("a rule with lines shows them and nothing else", () => {
  const ours = { ...lane, lines: [{ target: "update", expression: "-lr*grad" }] };
  assert.deepEqual(Object.values(written(ours, "x", 1)), ["−0.1·4 = −0.25"]);
});

test("the table has a row for each lane and step, and the names of a run's own table", () => {
  const other = { title: 'A "b", c', run: runOf({ theta_x: [0, 1, 2] }) };
  const rows = runsCsv(/** @type {any} */ ([lane, other])).split("\r\n");
  assert.equal(rows[0], "lane,step,x,y,loss,grad_x,grad_y,update_x,update_y,exp_avg_x,exp_avg_y,step_x,step_y,loss_gap");
  assert.equal(rows[1], '"Lion",0,1,2,9,,,,,,,,,8');
  assert.equal(rows[3], '"Lion",2,0.5,3,inf,6,-7,-0.25,0.5,0.25,16,2,2,');
  assert.equal(rows[4], '"A ""b"", c",0,0,,,,,,,,,,,');
  assert.deepEqual([rows.length, rows.at(-1)], [8, ""]);
});

test("a chart of one number draws and reads it once", () => {
  const chart = /** @type {any} */ ({ id: "state.step_xy", diagnostic: "state.step", axis: "", end: "_x" });
  assert.deepEqual([...curvesOf(chart, lane)[0].values], [NaN, 1, 2]);
  assert.deepEqual(valuesAt(chart, lane, 2), [{ text: "2", title: "" }]);
  assert.deepEqual(valuesAt(chart, lane, 0), [{ text: "none", title: "" }]);
});
