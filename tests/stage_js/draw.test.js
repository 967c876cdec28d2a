import assert from "node:assert/strict";
import test from "node:test";

import { curvesOf, decadeTicks, fitAxis } from "../../optim_viz/stage/assets/state/axes.js";
import { chartRows } from "../../optim_viz/stage/assets/state/chart_rows.js";
import { curve, cutSegment, extremes, markerPath, Panel, polyline } from "../../optim_viz/stage/assets/draw/canvas.js";
import { multiply, transform } from "../../optim_viz/stage/assets/draw/matrix.js";
import { panelGrid } from "../../optim_viz/stage/assets/state/panel_grid.js";

/** Remembers what would be drawn. */
function recorder() {
  const calls = [];
  return { calls, moveTo: (x, y) => calls.push(["M", x, y]), lineTo: (x, y) => calls.push(["L", x, y]) };
}

function drawn(points) {
  const path = recorder();
  polyline(path, (i) => points[i][0], (i) => points[i][1], 0, points.length - 1);
  return path.calls;
}

test("a panel maps corners to corners and back", () => {
  const panel = new Panel({ left: 10, top: 20, width: 100, height: 50 }, [-2, 2], [0, 5]);
  assert.deepEqual([panel.px(-2), panel.py(0)], [10, 70]);
  assert.deepEqual([panel.px(2), panel.py(5)], [110, 20]);
  assert.equal(panel.x(panel.px(0.3)).toFixed(9), "0.300000000");
  assert.equal(panel.y(panel.py(1.7)).toFixed(9), "1.700000000");
});

test("a log panel cannot show zero or less, and says so with NaN", () => {
  const panel = new Panel({ left: 0, top: 0, width: 10, height: 100 }, [0, 1], [-2, 2], (y) => Math.log10(y > 0 ? y : NaN));
  assert.equal(panel.py(1), 50);
  assert.equal(panel.py(100), 0);
  assert.ok(Number.isNaN(panel.py(0)) && Number.isNaN(panel.py(-1)));
});

test("a line breaks at what is not finite and goes on after it", () => {
  assert.deepEqual(drawn([[0, 0], [5, 5], [NaN, 0], [9, 9], [20, 20]]).map(([kind]) => kind).join(""), "MLML");
});

test("points that cannot be told apart are left out, the last one never", () => {
  const calls = drawn([[0, 0], [0.1, 0], [0.2, 0], [0.3, 0.1]]);
  assert.deepEqual(calls, [["M", 0, 0], ["L", 0.3, 0.1]]);
});

/** 20001 steps on 100 pixels: 200 steps a column. */
const dense = (forward) => new Panel({ left: 7, top: 0, width: 100, height: 100 }, [0, 20000], [-2, 2], forward);
const log = (y) => Math.log10(y > 0 ? y : NaN);

test("of each column of pixels the extremes are drawn, in their order, and no spike is lost", () => {
  const values = new Float64Array(20001).map((_, i) => Math.sin(i * 12.9898));
  values[13457] = 50;
  values[13459] = -60;
  const panel = dense((y) => y);
  const steps = extremes(panel, values, 0, 20000);
  assert.ok(steps.length <= 202 && steps.length > 190);
  assert.ok(steps.every((step, k) => k === 0 || step > steps[k - 1]));
  const among = new Set(steps);
  /** @type {{ all: number[], kept: number[] }[]} */
  const columns = [];
  for (let i = 0; i < values.length; i++) {
    const column = (columns[Math.floor(panel.px(i))] ??= { all: [], kept: [] });
    column.all.push(values[i]);
    if (among.has(i)) column.kept.push(values[i]);
  }
  for (const { all, kept } of columns.filter(Boolean)) {
    assert.deepEqual([Math.min(...kept), Math.max(...kept)], [Math.min(...all), Math.max(...all)]);
  }
});

test("a column that the axis cannot show breaks the line; one that it can show in part does not", () => {
  const values = new Float64Array(20001).fill(1);
  values.fill(0, 2000, 4000); // ten columns of 0 on a log axis
  values.fill(NaN, 6000, 8000);
  values[10000] = -1;
  const path = recorder();
  curve(dense(log), values, 0, 20000, path);
  assert.equal(path.calls.filter(([kind]) => kind === "M").length, 3);
  const linear = recorder();
  curve(dense((y) => y), values, 0, 20000, linear);
  assert.equal(linear.calls.filter(([kind]) => kind === "M").length, 2);
});

test("a curve of few steps is drawn through each of them", () => {
  const panel = new Panel({ left: 0, top: 0, width: 300, height: 100 }, [0, 300], [0, 100], (y) => y);
  const path = recorder();
  curve(panel, new Float64Array(301).map((_, i) => (i * 37) % 100), 0, 300, path);
  assert.equal(path.calls.length, 301);
});

test("a segment to a far-away point keeps its direction", () => {
  const calls = drawn([[0, 0], [1e30, 2e30]]);
  const [, x, y] = calls.at(-1);
  assert.ok(Math.abs(y / x - 2) < 1e-9);
  assert.ok(Math.max(Math.abs(x), Math.abs(y)) <= 1e5 + 1e-6);
});

test("cutting agrees with walking along the segment", () => {
  for (let k = 0; k < 200; k += 1) {
    const [x0, y0, x1, y1] = [1, 2, 3, 4].map((n) => Math.sin(k * 12.9898 + n * 78.233) * 3e5);
    const inside = [...Array(20001).keys()].map((i) => i / 20000).filter((s) =>
      Math.abs(x0 + s * (x1 - x0)) <= 1e5 && Math.abs(y0 + s * (y1 - y0)) <= 1e5);
    const cut = cutSegment(x0, y0, x1, y1);
    if (inside.length) {
      assert.ok(cut);
      assert.ok(Math.hypot(cut[0] - (x0 + inside[0] * (x1 - x0)), cut[1] - (y0 + inside[0] * (y1 - y0))) < 100);
    } else if (cut) {
      assert.ok(Math.hypot(cut[2] - cut[0], cut[3] - cut[1]) < 100);
    }
  }
});

test("every marker has a closed outline", () => {
  for (const shape of ["circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "star", "hexagon"]) {
    assert.match(markerPath(shape, 6), /^M.*Z$/);
  }
  assert.equal(new Set(["square", "diamond", "star", "circle"].map((shape) => markerPath(shape, 6))).size, 4);
});

const chartOf = (more = {}) => ({ id: "any", diagnostic: "any", axis: "", end: "", title: "", note: "", scale: "log", reference: [], wide: false, lacking: "", ...more });
const laneOf = (channels, curves, more = {}) => ({ run: { get: (name) => channels[name] }, curves: { any: curves ?? [{ channel: "any", style: "solid" }] }, divergence: "", divergedAt: -1, ...more });

test("a diverging run does not flatten the others, unless it is alone", () => {
  const chart = chartOf();
  const calm = laneOf({ any: [100, 1, 0.01] });
  const wild = laneOf({ any: [100, 1e40, 1e300] }, undefined, { divergence: "lr 0.021 > 2/L = 0.02" });
  const [low, high] = fitAxis(chart, [calm, wild]).range;
  assert.ok(low < -2 && low > -3 && high > 2 && high < 3);
  assert.ok(fitAxis(chart, [wild]).range[1] > 300);
  assert.deepEqual(fitAxis(chartOf({ scale: "linear" }), [laneOf({ any: [0, 0, NaN] })]).range, [-1, 1]); // ticks that are short
});

test("a lane has the curves that it says, of the chart's own coordinate", () => {
  const lane = laneOf({ m_x: [3], m_y: [1], m_hat_x: [4], m_hat_y: [2] }, [{ channel: "m_hat", style: "solid" }, { channel: "m", style: "dotted" }, { channel: "none", style: "dashed" }]);
  assert.deepEqual(curvesOf(chartOf({ axis: "y", end: "_y" }), lane).map(({ values, style }) => [values[0], style]), [[2, "solid"], [1, "dotted"]]);
  assert.deepEqual(curvesOf(chartOf({ diagnostic: "other" }), lane), []);
});

const SCALES = ["linear", "log", "symlog"];

test("nothing to show, one value, the largest and the smallest floats still give an axis", () => {
  const cases = [[], [0], [5], [NaN, Infinity], [1e308, -1e308], [1e-320, 2e-320], [1e-310, 0], [1, 1 + 1e-15], [-3, -2]];
  for (const scale of SCALES) {
    for (const values of cases) {
      const { range: [low, high], forward, ticks } = fitAxis(chartOf({ scale }), values.length ? [laneOf({ any: values })] : []);
      const what = `${scale} ${values}`;
      assert.ok(Number.isFinite(low) && Number.isFinite(high) && Number.isFinite(high - low), what);
      assert.ok(high - low > 1e-200 && high - low > Math.max(Math.abs(low), Math.abs(high)) * 1e-12, what);
      for (const value of values) {
        const at = forward(value);
        if (Number.isFinite(value) && Math.abs(value) < 4e307 && Number.isFinite(at)) assert.ok(at >= low && at <= high, what);
      }
      assert.equal(ticks.tickvals?.length, ticks.ticktext?.length, what);
    }
  }
});

test("a symlog axis keeps the order of values of both signs, and 0 where it is", () => {
  const { forward, range, ticks } = fitAxis(chartOf({ scale: "symlog" }), [laneOf({ any: [-20, 1000] })]);
  const values = [-20, -1, -0.1, 0, 0.1, 1, 100, 1000];
  const heights = values.map(forward);
  assert.deepEqual([...heights].sort((a, b) => a - b), heights);
  assert.equal(forward(0), 0);
  assert.ok(range[0] < forward(-20) && range[1] > forward(1000));
  assert.deepEqual(ticks.ticktext, ["−10", "0", "10", "1000"]);
});

/** How much of an axis's height a lane's values take. */
function shareOf(axis, values) {
  const heights = values.map(axis.forward).filter(Number.isFinite);
  return (Math.max(...heights) - Math.min(...heights)) / (axis.range[1] - axis.range[0]);
}

test("no lane flattens another, whatever its size and sign, on any scale", () => {
  const wave = (size, sign = 1) => [...Array(200).keys()].map((i) => sign * size * (1 + Math.cos(i / 9)) * 0.5 + size * 1e-3);
  for (const scale of SCALES) {
    for (const size of [1, 30, 1e3, 1e6, 1e9, 1e11, 1e15, 1e200]) {
      for (const sign of [1, -1]) {
        const [small, large] = [wave(1), wave(size, sign)];
        const axis = fitAxis(chartOf({ scale }), [laneOf({ any: small }), laneOf({ any: large })]);
        assert.ok(shareOf(axis, small) >= 1 / 300, `${scale}, ${size}, ${sign}: the small lane takes ${shareOf(axis, small)}`);
        if (size <= 1e11 && (scale !== "log" || sign > 0)) {
          const heights = large.map(axis.forward).filter(Number.isFinite);
          assert.ok(Math.max(...heights) <= axis.range[1] && Math.min(...heights) >= axis.range[0], `${scale}, ${size}: the large lane is in sight`);
        }
      }
    }
  }
});

test("a run that grows without bound does not flatten its own beginning", () => {
  const falling = [...Array(201).keys()].map((i) => 0.5 - 1e-3 * 1.2 ** i);
  const axis = fitAxis(chartOf({ scale: "linear" }), [laneOf({ any: falling })]);
  assert.ok(shareOf(axis, falling.slice(0, 60)) > 0.05);
  assert.equal(fitAxis(chartOf({ scale: "linear" }), [laneOf({ any: [9, 3, 1, 0.1, 1e-9] })]).forward(7), 7, "one that converges stays linear");
});

test("symlog ticks are few, in order, round, apart, and say where they stand", () => {
  for (const [low, high] of [[-20, 1000], [-1e9, 1e9], [0, 1e13], [-1e13, 0], [1, 1e7], [-1e-9, 1e3], [-3, 2], [-1e15, -1]]) {
    const { ticks, forward, range } = fitAxis(chartOf({ scale: "symlog" }), [laneOf({ any: [low, high, Math.sign(high) || -1] })]);
    assert.ok(ticks.tickvals.length >= 2 && ticks.tickvals.length <= 6, `${low} to ${high}: ${ticks.ticktext}`);
    for (const [i, at] of ticks.tickvals.entries()) {
      assert.ok(at >= range[0] && at <= range[1]);
      if (i) assert.ok((at - ticks.tickvals[i - 1]) / (range[1] - range[0]) > 0.08, `${low} to ${high}: ${ticks.ticktext}`);
      const plain = ticks.ticktext[i].replaceAll("−", "-").replace(/10<sup>(.*)<\/sup>/, "1e$1");
      assert.ok(Math.abs(forward(Number(plain)) - at) < 1e-9, `${ticks.ticktext[i]} stands at ${at}`);
    }
  }
});

test("charts flow: a wide one takes a row, coordinates pair, the others share rows", () => {
  const single = (id, more = {}) => ({ id, diagnostic: id, axis: "", wide: false, ...more });
  const pair = (id) => ["x", "y"].map((axis) => ({ ...single(`${id}_${axis}`), diagnostic: id, axis }));
  const rows = chartRows([single("loss", { wide: true }), single("a"), ...pair("m"), single("b"), single("c"), ...pair("v")]);
  assert.deepEqual(rows.map((row) => row.map(({ id }) => id)), [["loss"], ["a", "b"], ["m_x", "m_y"], ["c"], ["v_x", "v_y"]]);
  assert.deepEqual(chartRows([]), []);
});

test("log ticks are few and round", () => {
  for (const range of [[-12, 2], [0.1, 0.3], [-300, 300], [-1, 1], [-3.2, -2.1], [0.05, 0.9], [0.3, 1.6], [0.4771, 0.4772], [2.9, 3.9], [-0.5, 1.4]]) {
    const { tickvals, ticktext } = decadeTicks(range);
    assert.ok(tickvals.length >= 2 && tickvals.length <= 6, `${range}: ${ticktext}`);
    assert.equal(new Set(ticktext).size, tickvals.length, `${range}: ${ticktext}`);
    assert.ok(tickvals.every((at) => at >= range[0] && at <= range[1]));
    // What a tick says is where it stands, to the digits that it shows.
    for (const [i, text] of ticktext.entries()) {
      if (!text.includes("<")) assert.ok(Math.abs(Math.log10(Number(text.replace("−", "-"))) - tickvals[i]) < 0.03, `${range}: ${text}`);
    }
  }
  assert.deepEqual(decadeTicks([-3.2, 1.1]).ticktext, ["10<sup>−3</sup>", "0.01", "0.1", "1", "10"]);
  // Of less than two powers of ten in sight the numbers are written as between them: no 1e2 beside 50.
  assert.deepEqual(decadeTicks([1.6, 2.4]).ticktext, ["50", "100", "200"]);
  assert.deepEqual(decadeTicks([2.6, 3.4]).ticktext, ["500", "1000", "2000"]);
  assert.deepEqual(decadeTicks([-2.4, -1.6]).ticktext, ["0.005", "0.01", "0.02"]);
});

test("panels are laid out as near to squares as they can be", () => {
  assert.deepEqual(panelGrid(1, 600, 600), { columns: 1, rows: 1 });
  assert.deepEqual(panelGrid(4, 600, 600), { columns: 2, rows: 2 });
  assert.deepEqual(panelGrid(5, 900, 600), { columns: 3, rows: 2 });
  assert.deepEqual(panelGrid(3, 300, 900), { columns: 1, rows: 3 });
});

test("matrices multiply as column-major ones do", () => {
  const shift = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 5, 6, 7, 1];
  const double = [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1];
  assert.deepEqual(transform(multiply(shift, double), [1, 1, 1, 1]), [7, 8, 9, 1]);
  assert.deepEqual(transform(multiply(double, shift), [1, 1, 1, 1]), [12, 14, 16, 1]);
});
