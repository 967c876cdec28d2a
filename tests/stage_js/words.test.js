import assert from "node:assert/strict";
import test from "node:test";

import { pretty, readOtherwise } from "../../optim_viz/stage/assets/views/about.js";
import { valueAt } from "../../optim_viz/stage/assets/state/step_rows.js";
import { allDigits, exact, number } from "../../optim_viz/stage/assets/state/format.js";
import { valuesAt } from "../../optim_viz/stage/assets/views/readout.js";
import { nextScale } from "../../optim_viz/stage/assets/views/scale_buttons.js";
import { linkQuery } from "../../optim_viz/stage/assets/state/scenario_link.js";
import { isDark, readTheme } from "../../optim_viz/stage/assets/draw/theme.js";
import { heightOf, lossAt } from "../../optim_viz/stage/assets/state/heights.js";
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

test("what is a thousand for some and a one for others is no number yet", () => {
  for (const text of ["1,000", "-1,000", "12,345", "123,456"]) assert.equal(typed(text), text);
  assert.deepEqual(["0,001", "1,0", "1,0000", "0,018", ",5"].map(typed), [0.001, 1, 1, 0.018, 0.5]);
});

test("typed numbers are numbers, the rest is left for Python to judge", () => {
  assert.equal(typed(" −0.5 "), -0.5);
  assert.equal(typed("1e-3"), 0.001);
  assert.equal(typed("0,5"), 0.5);
  assert.equal(typed("fast"), "fast");
  assert.equal(typed(""), "");
  assert.equal(typed("1e999"), "1e999");
  for (const text of ["0x10", "0b11", "0o7", "1_000", "Infinity", "1 000", "1.2.3", "1,2,3", "1.5,5", "e5", "."]) assert.equal(typed(text), text);
});

test("values come from the step that is shown", () => {
  const channels = { m_x: [0, 10, 20], grad_x: [NaN, 1, 2], theta_x: [5, 6, 7], m_y: [0, -3, -4] };
  const lane = { run: { get: (name) => channels[name] }, hyperparameters: { beta1: 0.9 } };
  assert.equal(valueAt(lane, "m", "x", 2), 20);
  assert.equal(valueAt(lane, "m_prev", "x", 2), 10);
  assert.equal(valueAt(lane, "m_other", "x", 2), -4, "the other coordinate's");
  assert.equal(valueAt(lane, "m_prev_other", "y", 2), 10);
  assert.equal(valueAt(lane, "theta_prev", "x", 1), 5);
  assert.equal(valueAt(lane, "grad", "x", 1), 1);
  assert.equal(valueAt(lane, "t", "x", 2), 2);
  assert.equal(valueAt(lane, "beta1", "x", 2), 0.9);
});

test("a link keeps Python's part and carries the browser's", () => {
  const scenario = { view: "panels", speed: 0.5, axes: "equal", height: "asinh", camera: null, lane: 3, loop: null, zoom: [[-1, 1], [0, 2.5]], scales: {} };
  const query = "surface=booth&lane=adam,lr=0.1&lane=sgd&view=overlay&speed=1&show=0&time=3";
  assert.equal(linkQuery(query, scenario, 42), "surface=booth&lane=adam,lr=0.1&lane=sgd&view=panels&speed=0.5&show=3&time=42&zoom=-1,1,0,2.5");
  assert.match(linkQuery(`${query}&axes=fill`, { ...scenario, axes: "fill" }, 42), /&axes=fill$/);
  assert.doesNotMatch(linkQuery(`${query}&axes=fill`, scenario, 42), /axes=/, "the usual scale is not written");
  assert.equal(linkQuery("surface=booth", { ...scenario, zoom: null }, null), "surface=booth&view=panels&speed=0.5&show=3");
  const looped = { ...scenario, zoom: null, loop: [20, 30] };
  assert.equal(linkQuery("surface=booth&loop=1,2", looped, 25), "surface=booth&view=panels&speed=0.5&show=3&time=25&loop=20,30");
  assert.equal(linkQuery("surface=booth&loop=1,2", { ...looped, loop: null }, null), "surface=booth&view=panels&speed=0.5&show=3");
  const scaled = { ...scenario, zoom: null, scales: { a: "log", b: "linear" } };
  assert.equal(linkQuery("surface=booth&scales=a:symlog", scaled, null), "surface=booth&view=panels&speed=0.5&show=3&scales=a:log,b:linear");
});

test("all digits are those of the number itself, written as the panel writes", () => {
  const digits = { "0.1": 0.1, "−0.30000000000000004": -0.1 - 0.2, "2.631578947368421e71": 2.631578947368421e71, "1e−8": 1e-8, "−∞": -Infinity, "not a number": NaN, on: true, 300: 300 };
  for (const [text, value] of Object.entries(digits)) assert.equal(allDigits(value), text);
});

test("a readout names the value of each curve, and what a lane has not", () => {
  const channels = { f: [4, 3, NaN], "m.0_x": [NaN, 0.5, NaN], m_x: [0, 0.25, NaN] };
  const lane = { divergedAt: 2, curves: { loss: [{ channel: "f", title: "loss" }], first: [{ channel: "m.0", title: "m̂" }, { channel: "m", title: "m" }] }, run: { get: (name) => channels[name], exactAt: (step) => step !== 1 } };
  const texts = (diagnostic, axis, step) => valuesAt({ diagnostic, axis, end: axis && `_${axis}` }, lane, step).map(({ text, title }) => title + text);
  assert.deepEqual(texts("loss", "", 0), ["4"]);
  assert.deepEqual(texts("first", "x", 0), ["none", "m0"]);
  assert.deepEqual(texts("first", "x", 1), ["≈ 0.5", "m≈ 0.25"]);
  assert.deepEqual(texts("loss", "", 2), ["diverged"]);
  assert.deepEqual(texts("curvature", "", 0), []);
});

test("each press of a chart's scale gives another, and after three the first again", () => {
  for (const scale of ["log", "linear", "symlog"]) {
    const seen = [scale, nextScale(scale), nextScale(nextScale(scale))];
    assert.equal(new Set(seen).size, 3);
    assert.equal(nextScale(seen[2]), scale);
  }
});

test("light and dark backgrounds are told apart", () => {
  for (const light of ["#ffffff", "#fff", "rgb(250, 250, 249)", "#FAFBFC"]) assert.equal(isDark(light), false, light);
  for (const dark of ["#14171a", "#000", "rgba(14, 17, 23, 1)"]) assert.equal(isDark(dark), true, dark);
});

test("a page without colours of its own takes Python's light theme", () => {
  const catalog = { themes: { light: { mode: "light", background: "#FFFFFF", text: "#111111" }, dark: { mode: "dark", background: "#000000", text: "#EEEEEE" } } };
  assert.deepEqual(readTheme({ background: "", text: "", font: "" }, catalog, 1), { mode: "light", background: "#FFFFFF", text: "#111111", scale: 1, font: "system-ui, sans-serif" });
  assert.deepEqual(readTheme({ background: "#222222", text: "", font: "A" }, catalog, 1.5), { mode: "dark", background: "#222222", text: "#EEEEEE", scale: 1.5, font: "A" });
});

test("heights of the drawn surface go there and back, and the floor is a height too", () => {
  const surface = { floor: -3, scale: 0.5 };
  assert.equal(heightOf(surface, -3), 0);
  assert.ok(Math.abs(heightOf(surface, -2.5) - Math.log(1 + Math.SQRT2)) < 1e-15, "asinh(1) = log(1 + sqrt(2))");
  for (const loss of [-3.5, -2.5, 0, 7, 1e9]) assert.ok(Math.abs(lossAt(surface, heightOf(surface, loss)) - loss) <= 1e-12 * Math.abs(loss) + 1e-14);
});

test("a formula that was read as it stands is shown without a word, one that was not says so", () => {
  const header = (formula, text) => ({ scenario: { formula }, surface: { text } });
  assert.equal(readOtherwise(header("2*x + y", "2*x+y")), false);
  assert.equal(readOtherwise(header("", "x**2")), false);
  assert.equal(readOtherwise(header("2x + y", "2*x + y")), true);
  assert.equal(pretty("2*x**2 - y**12"), "2·x² − y^12");
});
