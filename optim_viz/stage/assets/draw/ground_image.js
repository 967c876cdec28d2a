/**
 * A landscape as pixels: a grid of heights, resampled at the screen's resolution, coloured, shaded and lined.
 *
 * @import { Block, Pair } from "../state/types.js"
 * @import { Window } from "../state/windows.js"
 *
 * @typedef {object} Relief heights at pixels, the top row first
 * @property {number} width
 * @property {number} height
 * @property {Float32Array} z
 * @property {Uint8Array | null} missing 1 where the loss is not a number; null where it is one everywhere
 *
 * @typedef {object} Paint
 * @property {[number, string][]} ramp "#rrggbb" by height, from 0 (low) to 1 (high)
 * @property {string} line "#rrggbb" of the level lines
 * @property {number} lineStrength 0 to 1
 * @property {number} shade how strongly slopes are lit and shaded, 0 to 1
 * @property {string} void "#rrggbb" behind the hatching of what is undefined
 * @property {number} ratio pixels a CSS pixel
 */

const SHADES = 1024;
const LIGHT = [-0.5, 0.55, 0.67].map((part) => part / Math.hypot(0.5, 0.55, 0.67)); // from the upper left
const RELIEF = 0.12; // a rise over the whole picture by the whole ramp is a slope of so much
const HATCH = 9; // CSS pixels from stroke to stroke

/**
 * Resamples a grid by Catmull and Rom's cubics, which pass through the grid's points and have no corners between them.
 *
 * @param {Block} block rows along y, the lowest first
 * @param {Window} cover what the grid covers, edges included
 * @param {Window} window what the picture shows; within the cover
 * @param {number} width pixels
 * @param {number} height
 * @returns {Relief}
 */
export function resample(block, cover, window, width, height) {
  const [rows, columns] = block.shape;
  const { filled, holes } = withoutHoles(block);
  /** @param {Float32Array} grid @param {(t: number) => number[]} weigh */
  const at = (grid, weigh) => interpolate(grid, columns, taps(weigh, cover[0], columns, window[0], width, false),
    taps(weigh, cover[1], rows, window[1], height, true));
  const z = at(filled, cubic);
  if (!holes) return { width, height, z, missing: null };
  const share = at(holes, linear);
  return { width, height, z, missing: Uint8Array.from(share, (value) => (value > 0.5 ? 1 : 0)) };
}

/**
 * @param {Block} block rows along y, the lowest first
 * @param {Window} cover what the grid covers, edges included
 * @param {number} x
 * @param {number} y
 * @returns {number} the height between the grid's points, as the picture has it; NaN where it is undefined or not covered
 */
export function heightNear(block, cover, x, y) {
  const [[x0, x1], [y0, y1]] = cover;
  if (!(x >= x0 && x <= x1 && y >= y0 && y <= y1)) return NaN;
  const { z, missing } = resample(block, cover, [[x, x], [y, y]], 1, 1);
  return missing?.[0] ? NaN : z[0];
}

/**
 * Whether a surface has finer detail than a picture of it shows: a tenth of the middles between its points are missed by
 * more than a twentieth of the heights in sight.
 *
 * @param {Relief} picture
 * @param {Relief} finer the same with twice the points along each side
 * @param {Pair} range of the heights in sight
 */
export function coarse(picture, finer, [low, high]) {
  const { width, height, z } = picture;
  let [missed, known] = [0, 0];
  for (let j = 0; j < height - 1; j += 1) {
    for (let i = 0; i < width - 1; i += 1) {
      // The middle of four points of the picture is a corner of four of the finer one.
      const at = j * width + i;
      const fine = 2 * width * (2 * j + 1) + 2 * i + 1;
      const guess = (z[at] + z[at + 1] + z[at + width] + z[at + width + 1]) / 4;
      const truth = (finer.z[fine] + finer.z[fine + 1] + finer.z[fine + 2 * width] + finer.z[fine + 2 * width + 1]) / 4;
      if (!Number.isFinite(guess + truth)) continue;
      known += 1;
      if (Math.abs(guess - truth) > 0.05 * (high - low)) missed += 1;
    }
  }
  return missed > 0.1 * known;
}

/** @param {number} t 0 to 1 between the second and the third of four points @returns {number[]} */
const cubic = (t) => [t * (-0.5 + t * (1 - 0.5 * t)), 1 + t * t * (-2.5 + 1.5 * t), t * (0.5 + t * (2 - 1.5 * t)), t * t * (-0.5 + 0.5 * t)];

/** @param {number} t @returns {number[]} */
const linear = (t) => [0, 1 - t, t, 0];

/** @typedef {{count: number, at: Int32Array, weights: Float32Array}} Taps four grid points and weights for each pixel */

/**
 * @param {(t: number) => number[]} weigh
 * @param {Pair} cover
 * @param {number} points of the grid
 * @param {Pair} span
 * @param {number} pixels
 * @param {boolean} reversed the first pixel shows the end of the span
 * @returns {Taps}
 */
function taps(weigh, [c0, c1], points, [low, high], pixels, reversed) {
  const at = new Int32Array(4 * pixels);
  const weights = new Float32Array(4 * pixels);
  for (let i = 0; i < pixels; i += 1) {
    const share = (i + 0.5) / pixels;
    const value = reversed ? high - share * (high - low) : low + share * (high - low);
    const place = Math.max(0, Math.min(points - 1, ((value - c0) / (c1 - c0)) * (points - 1)));
    const cell = Math.min(points - 2, Math.floor(place));
    const t = place - cell;
    for (let k = 0; k < 4; k += 1) at[4 * i + k] = Math.max(0, Math.min(points - 1, cell - 1 + k));
    weights.set(weigh(t), 4 * i);
    if (cell === 0) fold(weights, 4 * i, 0, 1, 2);
    if (cell === points - 2) fold(weights, 4 * i, 3, 2, 1);
  }
  return { count: pixels, at, weights };
}

/**
 * At the grid's edge the point beyond is the one that carries the slope on: 2 a - b.
 *
 * @param {Float32Array} weights
 * @param {number} from
 * @param {number} beyond
 * @param {number} a
 * @param {number} b
 */
function fold(weights, from, beyond, a, b) {
  weights[from + a] += 2 * weights[from + beyond];
  weights[from + b] -= weights[from + beyond];
  weights[from + beyond] = 0;
}

/**
 * @param {Float32Array} grid
 * @param {number} columns
 * @param {Taps} across
 * @param {Taps} down
 */
function interpolate(grid, columns, across, down) {
  const rows = grid.length / columns;
  const [width, height] = [across.count, down.count];
  const wide = new Float32Array(rows * width);
  for (let j = 0; j < rows; j += 1) {
    for (let i = 0, k = 0; i < width; i += 1, k += 4) {
      const { at, weights } = across;
      const row = j * columns;
      wide[j * width + i] = weights[k] * grid[row + at[k]] + weights[k + 1] * grid[row + at[k + 1]]
        + weights[k + 2] * grid[row + at[k + 2]] + weights[k + 3] * grid[row + at[k + 3]];
    }
  }
  const z = new Float32Array(width * height);
  for (let j = 0, k = 0; j < height; j += 1, k += 4) {
    const [a, b, c, d] = [0, 1, 2, 3].map((n) => down.at[k + n] * width);
    const [wa, wb, wc, wd] = down.weights.subarray(k, k + 4);
    const row = j * width;
    for (let i = 0; i < width; i += 1) z[row + i] = wa * wide[a + i] + wb * wide[b + i] + wc * wide[c + i] + wd * wide[d + i];
  }
  return z;
}

/** @type {WeakMap<Block, {filled: Float32Array, holes: Float32Array | null}>} */
const known = new WeakMap();

/**
 * Carries the heights a few points into what is undefined, so that cubics near its edge have something to stand on.
 *
 * @param {Block} block
 * @returns {{filled: Float32Array, holes: Float32Array | null}} holes: 1 where the grid has no height
 */
function withoutHoles(block) {
  const before = known.get(block);
  if (before) return before;
  const { values, shape: [, columns] } = block;
  const filled = Float32Array.from(values);
  const missing = [...filled.keys()].filter((at) => Number.isNaN(filled[at]));
  const holes = missing.length ? new Float32Array(filled.length) : null;
  for (const at of missing) if (holes) holes[at] = 1;
  for (let pass = 0; pass < 3; pass += 1) {
    const old = filled.slice();
    for (const at of missing) {
      if (!Number.isNaN(old[at])) continue;
      let [sum, count] = [0, 0];
      const column = at % columns;
      for (let side = 0; side < 4; side += 1) {
        if ((side === 0 && column === 0) || (side === 1 && column === columns - 1)) continue;
        const value = old[side === 0 ? at - 1 : side === 1 ? at + 1 : side === 2 ? at - columns : at + columns];
        if (value !== undefined && !Number.isNaN(value)) [sum, count] = [sum + value, count + 1];
      }
      if (count) filled[at] = sum / count;
    }
  }
  const made = { filled: missing.length ? filled.map((value) => (Number.isNaN(value) ? 0 : value)) : filled, holes };
  known.set(block, made);
  return made;
}

/**
 * The heights that the ramp goes over: all in sight, but for a last few that tower over the rest (a pole).
 *
 * @param {Relief} relief
 * @returns {Pair} low < high
 */
export function heightRange({ z, missing }) {
  const seen = [];
  const every = Math.max(1, Math.floor(z.length / 20000));
  for (let i = 0; i < z.length; i += every) if (!missing?.[i]) seen.push(z[i]);
  seen.sort((a, b) => a - b);
  if (!seen.length) return [0, 1];
  const [low, most, top] = [seen[0], seen[Math.floor(0.98 * (seen.length - 1))], seen[seen.length - 1]];
  const high = Math.min(top, low + 1.4 * (most - low));
  if (high > low) return [low, high];
  return top > low ? [low, top] : [low - 0.5, low + 0.5];
}

/**
 * @param {Relief} relief
 * @param {Pair} range of the ramp
 * @param {number[]} levels heights of the level lines, ascending
 * @param {Paint} paint
 * @returns {Uint8ClampedArray<ArrayBuffer>} RGBA
 */
export function groundPixels(relief, range, levels, paint) {
  const { width, height, z, missing } = relief;
  const pixels = new Uint8ClampedArray(4 * width * height);
  const [low, high] = range;
  const [red, green, blue] = shades(paint.ramp);
  const near = nearestLevels(levels, range);
  const line = rgb(paint.line);
  const behind = rgb(paint.void);
  const slope = (RELIEF * Math.sqrt(width * height)) / (high - low);
  const half = 0.3 * paint.ratio + 0.5;
  const unit = (SHADES - 1) / (high - low);
  const [lx, ly, lz] = LIGHT;
  const hatch = HATCH * paint.ratio;
  for (let j = 0, at = 0; j < height; j += 1) {
    const up = j > 0 ? -width : 0;
    const under = j < height - 1 ? width : 0;
    const tall = (under - up) / width;
    for (let i = 0; i < width; i += 1, at += 1) {
      const o = 4 * at;
      pixels[o + 3] = 255;
      if (missing?.[at]) {
        const stroke = Math.abs(((i + j) % hatch) - hatch / 2) < 0.6 * paint.ratio ? 0.28 : 0;
        for (let k = 0; k < 3; k += 1) pixels[o + k] = behind[k] + stroke * (127 - behind[k]);
        continue;
      }
      const left = i > 0 ? -1 : 0;
      const right = i < width - 1 ? 1 : 0;
      const gx = (z[at + right] - z[at + left]) / (right - left);
      const gy = (z[at + up] - z[at + under]) / tall;
      const [nx, ny] = [-gx * slope, -gy * slope];
      const lit = (nx * lx + ny * ly + lz) / Math.sqrt(nx * nx + ny * ny + 1);
      const factor = 1 + paint.shade * 1.3 * (lit - lz);
      const shade = Math.max(0, Math.min(SHADES - 1, Math.round((z[at] - low) * unit)));
      let [r, g, b] = [red[shade] * factor, green[shade] * factor, blue[shade] * factor];
      const away = Math.abs(z[at] - near[shade]) / Math.sqrt(gx * gx + gy * gy);
      if (away < half) {
        const alpha = paint.lineStrength * Math.min(1, half - away);
        r += alpha * (line[0] - r);
        g += alpha * (line[1] - g);
        b += alpha * (line[2] - b);
      }
      pixels[o] = r;
      pixels[o + 1] = g;
      pixels[o + 2] = b;
    }
  }
  return pixels;
}

/** @param {number[]} levels @param {Pair} range @returns {Float32Array} the level nearest to each shade; infinite where there is none */
function nearestLevels(levels, [low, high]) {
  return Float32Array.from({ length: SHADES }, (_, shade) => {
    const z = low + (shade / (SHADES - 1)) * (high - low);
    return levels.reduce((best, level) => (Math.abs(level - z) < Math.abs(best - z) ? level : best), Infinity);
  });
}

/** @param {[number, string][]} ramp @returns {Float32Array[]} red, green and blue of each shade */
function shades(ramp) {
  const stops = ramp.map(([at, colour]) => ({ at, colour: rgb(colour) }));
  return [0, 1, 2].map((channel) => Float32Array.from({ length: SHADES }, (_, shade) => {
    const t = shade / (SHADES - 1);
    const after = Math.max(1, stops.findIndex(({ at }) => at >= t));
    const [a, b] = [stops[after - 1], stops[after]];
    return a.colour[channel] + ((t - a.at) / (b.at - a.at)) * (b.colour[channel] - a.colour[channel]);
  }));
}

/** @param {string} colour "#rrggbb" or "rgb(r, g, b)" @returns {number[]} */
export function rgb(colour) {
  if (colour.startsWith("#")) return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
}
