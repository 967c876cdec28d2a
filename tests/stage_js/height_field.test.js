import assert from "node:assert/strict";
import test from "node:test";

import { fitted, inSight } from "../../optim_viz/stage/assets/draw/eye.js";
import { HeightField, wayOver } from "../../optim_viz/stage/assets/draw/height_field.js";

const WINDOW = [[-2, 2], [-1, 1]];

/** @param {(x: number, y: number) => number} f */
function fieldOf(f, size = 81) {
  const [[x0, x1], [y0, y1]] = WINDOW;
  const z = Float32Array.from({ length: size * size }, (_, at) =>
    f(x0 + ((at % size) / (size - 1)) * (x1 - x0), y0 + (Math.floor(at / size) / (size - 1)) * (y1 - y0)));
  return new HeightField(z, size, WINDOW);
}

test("between its points the surface is read off straight", () => {
  const field = fieldOf((x, y) => 3 * x - 2 * y);
  for (const [x, y] of [[0.123, -0.77], [-2, -1], [2, 1], [1.999, 0.3]]) assert.ok(Math.abs(field.at(x, y) - (3 * x - 2 * y)) < 1e-5);
  assert.ok(Number.isNaN(field.at(2.01, 0)) && Number.isNaN(field.at(0, NaN)));
});

test("a hill hides what lies behind it, and only that", () => {
  const field = fieldOf((x) => Math.exp(-8 * x * x));
  const eye = [10, 0, 3];
  assert.equal(field.hides([-0.8, 0, field.at(-0.8, 0)], eye), true, "behind");
  assert.equal(field.hides([0.8, 0, field.at(0.8, 0)], eye), false, "in front");
  assert.equal(field.hides([0, 0, 1], eye), false, "on the top");
  assert.equal(field.hides([-0.8, 0, field.at(-0.8, 0)], [-10, 0, 3]), false, "seen from the other side");
  assert.equal(field.hides([-0.8, 0, field.at(-0.8, 0)], [-0.8, 0, 50]), false, "seen from above");
  assert.equal(field.hides([0.8, 0, -0.5], [0.8, 0, 50]), true, "under the surface");
});

test("a plane hides nothing that lies on it", () => {
  const field = fieldOf((x, y) => x + y);
  for (const x of [-1.9, -0.3, 0, 1.2]) assert.equal(field.hides([x, 0.2, x + 0.2], [-6, -6, 3]), false);
});

test("a long step lies on the ground between its ends, and a run off the surface has no place", () => {
  const field = fieldOf((x) => Math.exp(-8 * x * x));
  const { points, at } = wayOver(field, [-1.5, 1.5, 9, NaN], [0, 0, 0, 0], () => 0);
  assert.deepEqual([...at].map((i) => Number.isFinite(points[i][2])), [true, true, false, false]);
  const top = Math.max(...points.slice(at[0], at[1] + 1).map(([, , z]) => z));
  assert.ok(top > 0.9, "over the hill, not through it");
  for (const [x, y, z] of points.slice(at[0] + 1, at[1])) assert.ok(Math.abs(z - field.at(x, y)) < 1e-12);
});

test("a narrow valley is looked at along its floor, not across its wall", () => {
  const field = fieldOf((x, y) => y * y);
  const [x, y, z] = field.bestEye([1.4, 1.4, 0.75], 1.78, 0.6);
  assert.ok(Math.abs(x) > 1.5 * Math.abs(y) && z === 0.6, `${x} ${y}`);
});

test("of sides that show as much the first is taken, the same for every picture of a surface", () => {
  const flat = fieldOf((x, y) => 0.001 * (x + y));
  assert.deepEqual(flat.bestEye([1, 1, 1], 1, 2), [Number(Math.cos((-128 * Math.PI) / 180).toFixed(3)), Number(Math.sin((-128 * Math.PI) / 180).toFixed(3)), 2]);
});

test("the usual eye sees the whole box, and it fills the picture", () => {
  for (const box of [[1.4, 1.4, 0.75], [1.4, 0.49, 0.75], [0.42, 1.4, 0.75]]) {
    for (const aspect of [0.8, 1.15, 2.4]) {
      const { eye, middle } = fitted([-1.1, -1.4, 1.4], box, aspect);
      // The corners, through a camera that is put together another way: distances along and across the line of sight.
      const [fx, fy, fz] = [-eye[0], -eye[1], middle - eye[2]].map((part) => part / Math.hypot(eye[0], eye[1], middle - eye[2]));
      const flat = Math.hypot(fx, fy);
      const seen = [...Array(8).keys()].map((i) => {
        const [x, y, z] = [0, 1, 2].map((k) => (i & (1 << k) ? box[k] / 2 : -box[k] / 2) - eye[k]);
        const depth = x * fx + y * fy + z * fz;
        const up = (z - depth * fz) / flat; // what is left of the height, seen square to the line of sight
        return [(x * fy - y * fx) / flat / (depth * Math.tan(Math.PI / 8) * aspect), up / (depth * Math.tan(Math.PI / 8))];
      });
      const [wide, top, bottom] = [Math.max(...seen.map(([u]) => Math.abs(u))), Math.max(...seen.map(([, v]) => v)), Math.min(...seen.map(([, v]) => v))];
      const fills = Math.max(wide / 0.92, (top - bottom) / 2 / 0.87);
      assert.ok(fills > 0.96 && fills < 1.04, `${box} ${aspect}: ${fills}`);
      assert.ok(Math.abs((top + bottom) / 2 - 0.06) < 0.02, `${box} ${aspect}: ${top} ${bottom}: there is room for ticks and titles below`);
    }
  }
});

test("wherever the eye is sent, there is a picture, and an address that is read back", () => {
  const usual = /** @type {[number, number, number]} */ ([1.2, -1.2, 0.9]);
  for (const middle of [-0.37, -0.092, 0, 0.2]) {
    for (const eye of [[0, 0, middle], [0, 0, middle + 0.05], [1, 1, 1], [-30, 40, 20], [1e300, 0, 0], [NaN, 0, 0], [0, 0, 2]]) {
      for (const factor of [1, 1e-9, 0.5, 3, 1e9]) {
        const [x, y, z] = inSight(/** @type {[number, number, number]} */ (eye), middle, usual, factor);
        const away = Math.hypot(x, y, z - middle);
        assert.ok(away > 0.59 && away < 40.1, `${eye} x ${factor}: ${away}`);
        assert.ok(Math.hypot(x, y, z) >= 0.1 && Math.hypot(x, y, z) <= 50, `${eye} x ${factor}`);
      }
    }
  }
  assert.deepEqual(inSight([1, 2, 3], 0.1, usual), [1, 2, 3], "one that may be stays as it is");
  assert.deepEqual(inSight([0, 0, 0.1], 0.1, usual), usual);
  const nearer = inSight([0, 3, 4.1], 0.1, usual, 0.5);
  [0, 1.5, 2.1].forEach((value, i) => assert.ok(Math.abs(nearer[i] - value) < 1e-12));
});
