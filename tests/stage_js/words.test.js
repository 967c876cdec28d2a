import assert from "node:assert/strict";
import test from "node:test";

import { valueAt } from "../../optim_viz/stage/assets/views/arithmetic.js";
import { exact, number } from "../../optim_viz/stage/assets/state/format.js";
import { linkQuery } from "../../optim_viz/stage/assets/state/scenario_link.js";
import { luminance } from "../../optim_viz/stage/assets/draw/theme.js";
import { typed } from "../../optim_viz/stage/assets/state/typed_number.js";

test("numbers have four significant digits and a true minus", () => {
  const cases = [[0, "0"], [1, "1"], [-12.3456, "−12.35"], [0.001, "0.001"], [0.00012345, "1.234e−4"], [123456, "1.235e5"], [100, "100"],
    [NaN, "not a number"], [Infinity, "∞"], [-Infinity, "−∞"], [true, "on"], [99999, "1e5"], [10000, "1e4"], [12345, "1.235e4"], [9999, "9999"], [0.02, "0.02"]];
  for (const [value, text] of cases) assert.ok([text, text.replace("1.234", "1.235")].includes(number(value)), `${value}: ${number(value)}`);
});

test("what a person reads in a number is within its last digit", () => {
  for (let k = 0; k < 500; k += 1) {
    const value = (Math.sin(k * 7.1) * 10) ** 3 * 10 ** ((k % 40) - 20);
    const read = Number(number(value).replaceAll("−", "-"));
    assert.ok(Math.abs(read - value) <= 0.00051 * Math.abs(value), `${value} reads as ${read}`);
  }
});

test("exact values survive being typed again", () => {
  for (const value of [0.1, 1e-8, 0.9990000000000001, 12345678.9]) assert.equal(typed(exact(value)), value);
});

test("typed numbers are numbers, the rest is left for Python to judge", () => {
  assert.equal(typed(" −0.5 "), -0.5);
  assert.equal(typed("1e-3"), 0.001);
  assert.equal(typed("0,5"), 0.5);
  assert.equal(typed("fast"), "fast");
  assert.equal(typed(""), "");
  assert.equal(typed("1e999"), "1e999");
});

test("values come from the step that is shown", () => {
  const channels = { m_x: [0, 10, 20], grad_x: [NaN, 1, 2], theta_x: [5, 6, 7] };
  const lane = { run: { get: (name) => channels[name] }, hyperparameters: { beta1: 0.9 } };
  assert.equal(valueAt(lane, "m", "x", 2), 20);
  assert.equal(valueAt(lane, "m_prev", "x", 2), 10);
  assert.equal(valueAt(lane, "theta_prev", "x", 1), 5);
  assert.equal(valueAt(lane, "grad", "x", 1), 1);
  assert.equal(valueAt(lane, "t", "x", 2), 2);
  assert.equal(valueAt(lane, "beta1", "x", 2), 0.9);
});

test("a link keeps Python's part and carries the browser's", () => {
  const scenario = { view: "panels", speed: 0.5, lane: 3, zoom: [[-1, 1], [0, 2.5]] };
  const query = "surface=booth&lane=adam,lr=0.1&lane=sgd&view=overlay&speed=1&show=0&time=3";
  assert.equal(linkQuery(query, scenario, 42), "surface=booth&lane=adam,lr=0.1&lane=sgd&view=panels&speed=0.5&show=3&time=42&zoom=-1,1,0,2.5");
  assert.equal(linkQuery("surface=booth", { ...scenario, zoom: null }, null), "surface=booth&view=panels&speed=0.5&show=3");
});

test("light and dark backgrounds are told apart", () => {
  assert.ok(luminance("#ffffff") > 0.9 && luminance("#fff") > 0.9 && luminance("rgb(250, 250, 249)") > 0.9);
  assert.ok(luminance("#14171a") < 0.2 && luminance("rgba(14, 17, 23, 1)") < 0.2);
});
