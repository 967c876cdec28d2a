import assert from "node:assert/strict";
import test from "node:test";

import { coarse, groundPixels, heightNear, heightRange, resample } from "../../optim_viz/stage/assets/draw/ground_image.js";
import { placeLabels } from "../../optim_viz/stage/assets/draw/ground_labels.js";
import { heightOf, roundest, roundLevels } from "../../optim_viz/stage/assets/state/heights.js";
import { covers, equalised, overlap, stretch } from "../../optim_viz/stage/assets/state/windows.js";
import { stretchWords } from "../../optim_viz/stage/assets/views/ground_bar.js";

const RAMP = [[0, "#000000"], [0.5, "#808080"], [1, "#ffffff"]];
const PAINT = { ramp: RAMP, line: "#ff0000", lineStrength: 1, shade: 0, void: "#00ff00", ratio: 1 };

/** A grid of f over a square. */
function gridOf(f, size, [x0, x1] = [0, 1], [y0, y1] = [0, 1]) {
  const values = new Float32Array(size * size);
  for (let j = 0; j < size; j += 1) {
    for (let i = 0; i < size; i += 1) values[j * size + i] = f(x0 + ((x1 - x0) * i) / (size - 1), y0 + ((y1 - y0) * j) / (size - 1));
  }
  return { values, shape: [size, size], channels: [] };
}

/** Where pixel (i, j) looks. */
const looksAt = ([[x0, x1], [y0, y1]], width, height, i, j) => [x0 + ((i + 0.5) / width) * (x1 - x0), y1 - ((j + 0.5) / height) * (y1 - y0)];

test("resampling passes through a quadratic exactly, and turns y upward", () => {
  const f = (x, y) => 3 * x * x - 2 * x * y + y * y + x - 4 * y;
  const cover = [[-2, 2], [-1, 3]];
  const window = [[-1.5, 1.2], [0, 2]];
  const { z, missing } = resample(gridOf(f, 17, ...cover), cover, window, 50, 40);
  assert.equal(missing, null);
  for (const [i, j] of [[0, 0], [49, 0], [0, 39], [49, 39], [20, 13]]) {
    assert.ok(Math.abs(z[j * 50 + i] - f(...looksAt(window, 50, 40, i, j))) < 1e-4, `${i} ${j}`);
  }
});

test("the height at a point is a quadratic's own, and none where nothing is defined or covered", () => {
  const f = (x, y) => (x > 1.6 ? NaN : 3 * x * x - 2 * x * y + y * y + x - 4 * y);
  const cover = [[-2, 2], [-1, 3]];
  const grid = gridOf(f, 41, ...cover);
  for (const [x, y] of [[0.123, 0.456], [-1.87, 2.83], [1.2, -0.85], [0, 2.8]]) assert.ok(Math.abs(heightNear(grid, cover, x, y) - f(x, y)) < 1e-4, `${x} ${y}`);
  for (const [x, y] of [[1.8, 0], [-2.1, 0], [0, 3.01], [NaN, 0]]) assert.ok(Number.isNaN(heightNear(grid, cover, x, y)), `${x} ${y}`);
});

test("a picture is too coarse for waves that are shorter than a few of its points, and for nothing else", () => {
  const whole = [[0, 1], [0, 1]];
  const at = (f) => {
    const grid = gridOf(f, 161);
    const [picture, finer] = [resample(grid, whole, whole, 20, 20), resample(grid, whole, whole, 40, 40)];
    return coarse(picture, finer, heightRange(finer));
  };
  assert.equal(at((x, y) => x * x + 3 * y), false);
  assert.equal(at((x, y) => Math.sin(12 * x) + y), false, "ten points a wave");
  assert.equal(at((x, y) => Math.sin(55 * x) + 0.1 * y), true, "two points a wave");
  assert.equal(at((x) => (x < 0.5 ? NaN : x)), false, "an edge is no wave");
});

test("a plane is carried on to the very edge of the grid", () => {
  const f = (x, y) => 2 * x - y;
  const whole = [[0, 1], [0, 1]];
  const { z } = resample(gridOf(f, 5), whole, whole, 40, 40);
  for (const [i, j] of [[0, 0], [39, 39], [0, 39], [1, 20]]) assert.ok(Math.abs(z[j * 40 + i] - f(...looksAt(whole, 40, 40, i, j))) < 1e-6);
});

test("what is undefined is marked at its edge to within half a cell, and does not pull at what is defined", () => {
  const f = (x, y) => (x < 0 ? NaN : 5 + x + y);
  const cover = [[-1, 1], [0, 1]];
  const { z, missing } = resample(gridOf(f, 41, ...cover), cover, cover, 200, 50);
  for (let i = 0; i < 200; i += 1) {
    const [x, y] = looksAt(cover, 200, 50, i, 25);
    if (Math.abs(x) > 0.05) assert.equal(missing[25 * 200 + i], x < 0 ? 1 : 0, `x = ${x}`);
    if (x > 0.1) assert.ok(Math.abs(z[25 * 200 + i] - f(x, y)) < 1e-4);
  }
  const pixels = groundPixels({ width: 200, height: 50, z, missing }, [5, 7], [], PAINT);
  assert.ok(pixels[1] > pixels[0], "the undefined part lies on its own colour");
});

test("the ramp runs from low to high, and a level line is drawn where the height is its level", () => {
  const whole = [[0, 1], [0, 1]];
  const relief = resample(gridOf((x) => x, 11), whole, whole, 101, 20);
  const at = (pixels, i) => [...pixels.subarray(4 * (10 * 101 + i), 4 * (10 * 101 + i) + 3)];
  const plain = groundPixels(relief, [0, 1], [], PAINT);
  assert.ok(at(plain, 0)[0] < 3 && at(plain, 100)[0] > 252 && Math.abs(at(plain, 50)[0] - 128) < 3);
  const lined = groundPixels(relief, [0, 1], [0.25], PAINT);
  const red = [...Array(101).keys()].filter((i) => at(lined, i)[0] - at(lined, i)[1] > 60);
  assert.ok(red.length >= 1 && red.length <= 2 && Math.abs(red[0] - 25) <= 1, String(red));
});

test("a slope that faces the light is brighter than one that turns away", () => {
  const whole = [[0, 1], [0, 1]];
  const relief = resample(gridOf((x) => Math.abs(x - 0.5), 41), whole, whole, 100, 100);
  const pixels = groundPixels(relief, [0, 0.5], [], { ...PAINT, shade: 0.5 });
  const [left, right] = [4 * (50 * 100 + 25), 4 * (50 * 100 + 74)];
  assert.ok(pixels[right] > pixels[left] + 10, "light comes from the left: the slope that rises to the right faces it");
});

test("a pole does not flatten the rest of the picture, a flat surface still has a range", () => {
  const z = Float32Array.from({ length: 1000 }, (_, i) => (i === 7 ? 1e6 : i / 1000));
  const [low, high] = heightRange({ width: 100, height: 10, z, missing: null });
  assert.equal(low, 0);
  assert.ok(high >= 0.98 && high < 1.5);
  const [a, b] = heightRange({ width: 10, height: 1, z: new Float32Array(10), missing: null });
  assert.ok(b > a);
});

test("levels are round, ascending, within the range, and evenly spread in height", () => {
  for (const surface of [{ floor: 0, scale: 16 }, { floor: -78.33, scale: 20 }, { floor: 3, scale: 498 }, { floor: -1, scale: 0.02 }]) {
    const range = [0, 7];
    const levels = roundLevels(surface, range, 13);
    assert.ok(levels.length >= 11, JSON.stringify(levels));
    const heights = levels.map((level) => heightOf(surface, level));
    for (const [i, height] of heights.entries()) {
      assert.ok(height > 0 && height < 7);
      if (i) assert.ok(height > heights[i - 1]);
    }
    const digits = levels.map((level) => Math.abs(level).toExponential().split("e")[0].replace(".", "").length);
    assert.ok(digits.reduce((a, b) => a + b) / digits.length < 4, JSON.stringify(levels));
  }
  assert.deepEqual(roundLevels({ floor: 0, scale: 1 }, [1, 1], 5), []);
});

test("the roundest number between two", () => {
  for (const [low, high, value] of [[-1, 2, 0], [37.2, 61, 50], [0.13, 0.19, 0.15], [-8.9, -7.6, -8], [1999, 2001, 2000], [1.21, 1.29, 1.25], [3, 3, 3]]) {
    assert.equal(roundest(low, high), value);
  }
});

test("labels stand on their level lines, upright, apart from each other", () => {
  const whole = [[-1, 1], [-1, 1]];
  const relief = resample(gridOf((x, y) => Math.hypot(x, y), 101, ...whole), whole, whole, 400, 400);
  const levels = [0.25, 0.5, 0.75];
  const labels = placeLabels(relief, levels, [0, 1, 2], 1, []);
  assert.ok(labels.length >= 2);
  for (const { level, x, y, angle } of labels) {
    assert.ok(Math.abs(Math.hypot(x / 200 - 1, 1 - y / 200) - level) < 0.02);
    assert.ok(Math.abs(angle) <= Math.PI / 2);
  }
  for (const [i, one] of labels.entries()) for (const other of labels.slice(0, i)) assert.ok(Math.hypot(one.x - other.x, one.y - other.y) > 30);
});

test("one scale on both axes shows all of the window in a picture of any shape", () => {
  for (const aspect of [0.4, 1, 1.7, 6]) {
    for (const window of [[[-10, 10], [-2, 2]], [[0, 1], [5, 9]]]) {
      const shown = equalised(window, aspect);
      assert.ok(covers(shown, window));
      assert.ok(Math.abs(stretch(shown, aspect) - 1) < 1e-12);
    }
  }
  assert.equal(stretch([[-10, 10], [-2, 2]], 1), 5);
});

test("the stretch is said in words, and none is not", () => {
  assert.equal(stretchWords(5), "y stretched 5×");
  assert.equal(stretchWords(1 / 2.5), "x stretched 2.5×");
  assert.equal(stretchWords(1.001), "");
});

test("windows overlap or do not", () => {
  assert.deepEqual(overlap([[0, 2], [0, 2]], [[1, 3], [-1, 1]]), [[1, 2], [0, 1]]);
  assert.equal(overlap([[0, 1], [0, 1]], [[2, 3], [0, 1]]), null);
  assert.equal(covers([[0, 1], [0, 1]], [[0, 1], [0, 1.1]]), false);
});
