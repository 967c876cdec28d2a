/**
 * The surface as it stands in 3D: heights over a window, and what of it hides a point from an eye.
 *
 * @import { Window } from "../state/windows.js"
 *
 * @typedef {[number, number, number]} Point
 */

const LIFT = 0.008; // of the height: a trail lies so far above the surface, or its own patch of it would hide it

export class HeightField {
  /**
   * @param {Float32Array} z rows along y, the lowest first; NaN where there is no surface
   * @param {number} size points along each side
   * @param {Window} window
   */
  constructor(z, size, window) {
    this.z = z;
    this.size = size;
    this.window = window;
    [this.low, this.high] = [Infinity, -Infinity];
    for (const value of z) {
      if (value < this.low) this.low = value;
      if (value > this.high) this.high = value;
    }
  }

  /** @param {number} x @param {number} y @returns {number} NaN where there is no surface */
  at(x, y) {
    const { size, z, window: [[x0, x1], [y0, y1]] } = this;
    const [u, v] = [((x - x0) / (x1 - x0)) * (size - 1), ((y - y0) / (y1 - y0)) * (size - 1)];
    if (!(u >= 0 && v >= 0 && u <= size - 1 && v <= size - 1)) return NaN;
    const [i, j] = [Math.min(size - 2, Math.floor(u)), Math.min(size - 2, Math.floor(v))];
    const [s, t] = [u - i, v - j];
    const a = j * size + i;
    const b = a + size;
    return (1 - t) * ((1 - s) * z[a] + s * z[a + 1]) + t * ((1 - s) * z[b] + s * z[b + 1]);
  }

  /**
   * Follows the straight line from a point towards the eye.
   *
   * @param {Point} point
   * @param {Point} eye in the same coordinates
   * @returns {boolean} the surface stands in between
   */
  hides([x, y, z], [ex, ey, ez]) {
    const { size, window: [[x0, x1], [y0, y1]], low, high } = this;
    const [dx, dy, dz] = [ex - x, ey - y, ez - z];
    const cells = Math.max(Math.abs(dx) / (x1 - x0), Math.abs(dy) / (y1 - y0)) * (size - 1);
    const steps = Math.max(1, Math.ceil(cells));
    const lift = LIFT * (high - low);
    for (let k = 0; k <= steps; k += 1) {
      const t = k / steps;
      const [px, py, pz] = [x + t * dx, y + t * dy, z + t * dz];
      if (px < x0 || px > x1 || py < y0 || py > y1 || (pz > high && dz >= 0)) return false;
      if (this.at(px, py) > pz + lift) return true;
    }
    return false;
  }

  /**
   * The side from which most of the low ground is in sight, of twelve.
   *
   * @param {Point} box sides of the drawn box, in whose units the eye is placed
   * @param {number} away from the middle of the box, sideways
   * @param {number} above it
   * @returns {Point} the eye; three digits, as a link has them
   */
  bestEye(box, away, above) {
    const { window: [[x0, x1], [y0, y1]], low, high } = this;
    /** @type {Point[]} */ const ground = [];
    for (let k = 0; k < 400; k += 1) {
      const [x, y] = [x0 + (((k % 20) + 0.5) / 20) * (x1 - x0), y0 + ((Math.floor(k / 20) + 0.5) / 20) * (y1 - y0)];
      const z = this.at(x, y);
      if (z < low + 0.4 * (high - low)) ground.push([x, y, z]);
    }
    let [best, fewest] = [/** @type {Point} */ ([0, 0, 0]), Infinity];
    for (let side = 0; side < 12; side += 1) {
      const angle = ((-128 + 30 * side) * Math.PI) / 180; // the first looks from the left and the front
      const eye = /** @type {Point} */ ([away * Math.cos(angle), away * Math.sin(angle), above].map((value) => Number(value.toFixed(3))));
      const there = /** @type {Point} */ ([[x0, x1], [y0, y1], [low, high]].map(([a, b], i) => (a + b) / 2 + (eye[i] / box[i]) * (b - a)));
      const hidden = ground.filter((point) => this.hides(point, there)).length;
      if (hidden < fewest - 0.03 * ground.length) [best, fewest] = [eye, hidden];
    }
    return best;
  }
}

/**
 * A run's way over the surface: its steps, and between two that are far apart points on the surface, since a step goes
 * straight in the plane but the ground under it does not.
 *
 * @param {HeightField} field
 * @param {import("../state/types.js").Values} xs
 * @param {import("../state/types.js").Values} ys
 * @param {(step: number) => number} height of the surface at a step
 * @returns {{points: Point[], at: Int32Array}} points; NaN off the surface; at: the point of each step
 */
export function wayOver(field, xs, ys, height) {
  const [[x0, x1], [y0, y1]] = field.window;
  const inside = (/** @type {number} */ i) => xs[i] >= x0 && xs[i] <= x1 && ys[i] >= y0 && ys[i] <= y1;
  /** @type {Point[]} */ const points = [];
  const at = new Int32Array(xs.length);
  const most = Math.max(1, Math.floor(4000 / xs.length));
  for (let i = 0; i < xs.length; i += 1) {
    if (i > 0 && (inside(i) || inside(i - 1)) && Number.isFinite(xs[i] + ys[i])) {
      const far = Math.max(Math.abs(xs[i] - xs[i - 1]) / (x1 - x0), Math.abs(ys[i] - ys[i - 1]) / (y1 - y0));
      const pieces = Math.min(inside(i) && inside(i - 1) ? most : 60, Math.ceil(far * 60));
      for (let k = 1; k < pieces; k += 1) {
        const [x, y] = [xs[i - 1] + (k / pieces) * (xs[i] - xs[i - 1]), ys[i - 1] + (k / pieces) * (ys[i] - ys[i - 1])];
        points.push([x, y, field.at(x, y)]);
      }
    }
    at[i] = points.length;
    points.push(inside(i) ? [xs[i], ys[i], height(i)] : [NaN, NaN, NaN]);
  }
  return { points, at };
}
