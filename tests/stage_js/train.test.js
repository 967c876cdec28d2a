import assert from "node:assert/strict";
import test from "node:test";

import { unzoomed } from "../../optim_viz/stage/assets/draw/figure_style.js";
import { apart, axisRange, curveOf, figure } from "../../optim_viz/stage/assets/draw/train_figure.js";
import { pair, plainLook, readLook, writeLook } from "../../optim_viz/stage/assets/state/train_look.js";
import { fittingStop, secondsAt, smoothed, STOPS, thinned } from "../../optim_viz/stage/assets/state/smoothing.js";

const near = (a, b, tolerance = 1e-12) => assert.ok(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)), `${a} is not ${b}`);
const steps = (count, stride = 1) => Array.from({ length: count }, (_, i) => 1 + i * stride);

/** The definition: a mean of all values so far, weighted by beta to the power of their age. */
function weighted(at, values, beta) {
  return at.map((now, t) => {
    let [sum, weights] = [0, 0];
    for (let i = 0; i <= t; i += 1) {
      if (!Number.isFinite(values[i])) continue;
      const before = at.slice(0, i).findLast((_, j) => Number.isFinite(values[j]));
      const share = before === undefined ? 1 - beta : 1 - beta ** (at[i] - before);
      sum += share * beta ** (now - at[i]) * values[i];
      weights += share * beta ** (now - at[i]);
    }
    return Number.isFinite(values[t]) ? sum / weights : Number.NaN;
  });
}

test("smoothing is the weighted mean by its definition, at unequal steps and over gaps too", () => {
  const at = [1, 2, 3, 10, 11, 40, 41, 42];
  const values = [5, 4, Number.NaN, 3, Number.POSITIVE_INFINITY, 2, 1, 0.5];
  for (const beta of STOPS) {
    const found = smoothed(at, values, beta);
    weighted(at, values, beta).forEach((value, i) => (Number.isNaN(value) ? assert.ok(Number.isNaN(found[i])) : near(found[i], value, 1e-9)));
  }
});

test("smoothing starts at 0 and is divided by 1 - beta^t: a constant stays itself, and a fall is not hidden by the start", () => {
  for (const beta of STOPS) for (const value of smoothed(steps(300), Array(300).fill(7.5), beta)) near(value, 7.5, 1e-12);
  // Section 5 of the paper: v_hat of the first value is that value, and the second is (beta·x1 + x2) / (1 + beta).
  const two = smoothed([1, 2], [10, 2], 0.9);
  near(two[0], 10);
  near(two[1], (0.9 * 10 + 2) / 1.9);
  // A run that fell from 100 to 1 within ten steps: after 300 steps at 0.98 the start weighs less than a hundredth.
  const falls = Array.from({ length: 300 }, (_, i) => (i < 10 ? 100 : 1));
  assert.ok(smoothed(steps(300), falls, 0.98)[299] < 1.1);
});

test("every tenth step is smoothed as the whole curve is, where the curve is smooth", () => {
  const curve = (t) => 2.3 / Math.sqrt(t);
  const whole = smoothed(steps(5000), steps(5000).map(curve), 0.98);
  const kept = steps(500, 10);
  const thin = smoothed(kept, kept.map(curve), 0.98);
  near(thin[499], whole[4990], 0.01);
});

test("without smoothing every batch is drawn as it was", () => {
  assert.deepEqual([...smoothed(steps(4), [3, 1, 4, 1], 0)], [3, 1, 4, 1]);
});

test("the first stop of the slider fits the length of a run", () => {
  assert.equal(fittingStop(0), 0);
  assert.equal(fittingStop(469), 0.9);
  assert.equal(fittingStop(1e6), 0.98);
});

test("thinning keeps the ends, every spike, and a gap as a gap", () => {
  const count = 10_000;
  for (const spike of [0, 1, 777, 5000, count - 1]) {
    for (const height of [9, -9]) {
      const y = Array(count).fill(1);
      y[spike] = height;
      y[4321] = Number.NaN;
      const kept = thinned(steps(count), y, 1, count, 200);
      assert.ok(kept.length <= 5 * 202, `${kept.length}`);
      for (const each of [0, spike, 4321, count - 1]) assert.ok(kept.includes(each), `${each} is gone`);
      assert.deepEqual(kept, [...new Set(kept)].sort((a, b) => a - b));
    }
  }
});

test("a zoom thins its own part only, with one point beyond either end", () => {
  const kept = thinned(steps(10_000), Array(10_000).fill(1), 101, 200, 300);
  assert.deepEqual([kept[0], kept.at(-1), kept.length], [99, 200, 102]);
  assert.deepEqual(thinned([], [], 0, 1, 100), []);
});

test("seconds are read off the clock between its looks, from 0 and on at the latest pace", () => {
  const clock = { steps: [10, 20], values: [1, 3] };
  assert.deepEqual([...secondsAt([1, 10, 15, 20, 25], clock)], [0.1, 1, 2, 3, 4]);
  assert.ok(Number.isNaN(secondsAt([1], { steps: [], values: [] })[0]));
});

test("a look goes through the address and back, beside what else stands there", () => {
  const look = { ...plainLook(), x: "epoch", smoothing: 0.95, hidden: new Set(["0", "3.1"]), scales: new Map([["loss", "linear"]]), limits: new Map([["loss", [0.01, 3]]]), span: [1.5, 2], plots: ["loss", "sharpness"], layer: "layer 1, β & more" };
  const query = writeLook("?run=3&x=seconds", look);
  assert.ok(query.startsWith("run=3&x=epoch"));
  assert.deepEqual(readLook(query), look);
  assert.equal(writeLook("?run=3&x=epoch&smooth=0.5&hide=1", plainLook()), "run=3");
  assert.deepEqual(readLook("?x=parsecs&smooth=2&scale=loss:cubic&limits=loss:3:1,y:a:b&span=1"), plainLook());
  assert.equal(pair(["", "1"]), null);
});

const LOSS = { name: "loss", title: "Training loss", log: true, positive: true, form: "number", dots: false, smoothed: true, waiting: "nothing yet", panel: "Training", help: "", default: true, layered: false, bound: "limit" };
const lane = (title, values, more = {}) => ({ key: title, title, colour: 0, marker: "circle", dash: 0, stepsPerEpoch: 10, series: { loss: { steps: steps(values.length), values } }, bounds: {}, ...more });
const paper = { width: 640, height: 340, text: (words) => 6 * words.length, shade: () => "#d55e00", words: () => "#b34f00", muted: "#666666" };
const drawn = (lanes, look = plainLook(), beta = 0.9) => figure(LOSS, lanes.flatMap((each) => curveOf(each, LOSS, look.x, beta) ?? []), look, 100, paper);

test("the raw curve is faint behind the smoothed one, and both are named once, at the end", () => {
  const values = steps(50).map((t) => 2.3 / Math.sqrt(t));
  const { data, layout } = drawn([lane("Adam", values)]);
  assert.deepEqual(data.map(({ line }) => line.width), [0.75, 2]);
  assert.deepEqual([...data[0].y], values);
  assert.deepEqual(layout.annotations.map(({ text }) => text.split(" ")[0]), ["Adam"]);
  assert.deepEqual(layout.xaxis.range, [0, 100]);
});

test("labels have room, are never cut, and shrink to the number where the names are too long for the chart", () => {
  const long = "Adam lr 0.001, beta2 0.999, epsilon 1e-8";
  for (const width of [320, 480, 640, 1000]) {
    const narrow = { ...paper, width };
    const lanes = [lane(long, [1, 1]), lane(`${long} (2)`, [1, 1])].map((each) => curveOf(each, LOSS, "step", 0));
    const { layout } = figure(LOSS, lanes, plainLook(), 2, narrow);
    for (const { text } of layout.annotations) assert.ok(paper.text(text) + 6 <= layout.margin.r, `${text} in ${layout.margin.r} px of ${width}`);
    const [a, b] = layout.annotations.map(({ y }) => y * (340 - layout.margin.t - layout.margin.b));
    assert.ok(Math.abs(a - b) >= 14.99);
  }
});

test("labels that collide move apart and keep their order", () => {
  assert.deepEqual(apart([100, 100], 300), [92.5, 107.5]);
  assert.deepEqual(apart([0, 299], 300), [7.5, 292.5]);
  const many = apart(Array(40).fill(10), 300);
  assert.ok(many.every((each, i) => i === 0 || each - many[i - 1] > 7.49));
});

test("one lane that leaves flattens no other: it is named at the edge it left through", () => {
  const good = steps(50).map((t) => 2.3 / Math.sqrt(t));
  const { layout } = drawn([lane("Adam", good), lane("AdaGrad", good), lane("SGD", good.map((_, i) => 10 ** (2 + i / 2)))], plainLook(), 0);
  assert.ok(layout.yaxis.range[1] < 4, `${layout.yaxis.range}`);
  assert.ok(layout.annotations.some(({ text }) => text.startsWith("SGD") && text.endsWith("↑")));
});

test("what is not finite, or not positive on a log axis, is left out and breaks nothing", () => {
  const odd = [1, Number.NaN, Number.POSITIVE_INFINITY, 0, -1, 2];
  const { data, layout } = drawn([lane("SGD", odd)], plainLook(), 0);
  assert.deepEqual([...data[0].y].map(Number.isNaN), [false, true, true, true, true, false]);
  assert.ok(layout.yaxis.range.every(Number.isFinite));
  const none = drawn([lane("SGD", [Number.NaN, Number.NaN])]);
  assert.ok(none.layout.yaxis.range.every(Number.isFinite));
  assert.deepEqual(none.layout.annotations.length, 1);
  assert.deepEqual(axisRange(LOSS, [], plainLook(), [0, 1], true), [-1, 1]);
});

test("limits that the person chose are the axis, and stay while new points come", () => {
  const look = { ...plainLook(), limits: new Map([["loss", [0.01, 1]]]), span: [10, 20] };
  for (const count of [5, 50]) {
    const { layout } = drawn([lane("Adam", steps(count).map((t) => 2.3 / t))], look);
    assert.deepEqual([layout.yaxis.range, layout.xaxis.range], [[-2, 0], [10, 20]]);
  }
});

test("what a curve is compared with is a dashed line in its colour, and stands in the picture", () => {
  const bounds = { loss: { steps: [1, 3], values: [40, 40] } };
  const { data, layout } = drawn([lane("SGD", [2, 3, 4], { bounds })], plainLook(), 0);
  assert.deepEqual(data.map(({ name, line }) => [name, line.dash]), [["SGD: limit", "6px,4px"], ["SGD", "solid"]]);
  assert.equal(data[0].line.color, data[1].line.color);
  assert.ok(10 ** layout.yaxis.range[1] > 40 && 10 ** layout.yaxis.range[0] < 2, `${layout.yaxis.range}`);
  assert.equal(layout.annotations.length, 1, "the line alone is named at its end");
});

test("a title that is markup is text", () => {
  const { data, layout } = drawn([lane("<b>x</b>", [1, 1])]);
  assert.ok(layout.annotations[0].text.startsWith("&lt;b&gt;"));
  assert.ok(!data.at(-1).hovertemplate.includes("<b>"));
});

test("undoing a zoom goes to the figure's own range, and leaves the rest to Plotly", () => {
  assert.deepEqual(unzoomed({ xaxis: { range: [0, 500] }, yaxis2: {} }), { "xaxis.range": [0, 500], "yaxis.autorange": true, "yaxis2.autorange": true });
});
