import assert from "node:assert/strict";
import test from "node:test";

import { scaled, shapeOf } from "../../optim_viz/stage/assets/draw/marks.js";
import { Cloud, toggled } from "../../optim_viz/stage/assets/state/cloud.js";

const near = (found, wanted, by = 1e-9) => assert.ok(Math.abs(found - wanted) < by, `${found} is not ${wanted}`);

test("the shape is the power of the matrix, but for a number", () => {
  // B = c M^(-1/2): B B M = c² I; and B = c M^(-1/4): B B B B M = c⁴ I.
  for (const [a, b, c] of [[4, 1, 0], [1, 9, 0], [5, 3, 1.5], [2, 2, -1.9], [1e-3, 4, 0.05], [7, 7, 0]]) {
    for (const [power, times] of [[-1 / 2, 2], [-1 / 4, 4]]) {
      const [xx, xy, yy] = shapeOf(a, b, c, power);
      let [p, q, r, s] = [a, c, c, b];
      for (let i = 0; i < times; i += 1) [p, q, r, s] = [xx * p + xy * r, xx * q + xy * s, xy * p + yy * r, xy * q + yy * s];
      near(q, 0);
      near(r, 0);
      near(p, s);
      near(Math.max(...[-1, 1].map((sign) => (xx + yy) / 2 + (sign * Math.hypot(xx - yy, 2 * xy)) / 2)), 1);
    }
  }
});

test("a matrix of one direction is a line, and none or 0 has no shape", () => {
  const [xx, xy, yy] = shapeOf(1, 1, 1, -0.5); // singular along (1, 1): long along (1, -1)
  near(xx * yy - xy * xy, 0);
  near(xy, -0.5);
  assert.equal(shapeOf(0, 0, 0, -0.5), null);
  assert.equal(shapeOf(NaN, 1, 0, -0.5), null);
  assert.equal(shapeOf(Infinity, 1, 0, -0.5), null);
});

test("the longer half axis has the stated length on the screen, whatever the scales of the axes", () => {
  for (const [scaleX, scaleY] of [[30, -30], [10, -200], [500, -3]]) {
    const [a, b, c, d] = scaled(shapeOf(5, 3, 1.5, -0.5), scaleX, scaleY, 44);
    const lengths = [...Array(720).keys()].map((i) => (i * Math.PI) / 360).map((t) => Math.hypot(a * Math.cos(t) + b * Math.sin(t), c * Math.cos(t) + d * Math.sin(t)));
    near(Math.max(...lengths), 44, 1e-2);
  }
});

/** Three runs, of which every second step is here: (K = 3, 2, N = 3) for steps 0, 2 and 3. */
const VALUES = Float32Array.from([0, 1, 2, 0, 0, 0, 2, 1, 2, 4, 0, NaN, 3, 1, 2, 5, 0, NaN]);
const CLOUD = new Cloud({ key: "c", count: 3, steps: 3, stride: 2, arrived: [3, 0, -1], diverged: [-1, -1, 2] }, { shape: [3, 2, 3], channels: [], values: VALUES });

test("a cloud is where Python says, on a line between two steps that were sent, and leaves out what has diverged", () => {
  const at = (step) => {
    const found = [];
    CLOUD.at(step, (x, y) => found.push([x, y]));
    return found;
  };
  assert.deepEqual(at(0), [[0, 0], [1, 0], [2, 0]]);
  assert.deepEqual(at(1), [[1, 2], [1, 0]]);
  assert.deepEqual(at(2), [[2, 4], [1, 0]]);
  assert.deepEqual(at(3), [[3, 5], [1, 0]], "the last step is there, though it is not a second one");
  assert.deepEqual([0, 2, 3].map((step) => [CLOUD.arrivedBy(step), CLOUD.divergedBy(step)]), [[1, 0], [1, 1], [2, 1]]);
});

test("a cloud is started, let go, and started again as it was", () => {
  assert.deepEqual(toggled(null, null), [64, 0.1]);
  assert.equal(toggled([16, 0.2], null), null);
  assert.deepEqual(toggled(null, [16, 0.2]), [16, 0.2]);
});
