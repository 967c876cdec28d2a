/**
 * Where the level lines of a landscape carry their loss: on a straight piece of line, with room to its neighbours, far
 * from other labels.
 *
 * @import { Relief } from "./ground_image.js"
 *
 * @typedef {{level: number, x: number, y: number, angle: number}} Label x and y in pixels; angle of the text, upright
 */

const ROWS = 8; // pixels between the rows that are looked at
const STRIDE = 4; // pixels between the places in a row: a level line lies between two on its two sides
const REACH = 20; // CSS pixels to each side of a label's middle
const APART = 90; // CSS pixels between two labels
const EDGE = 28; // CSS pixels from the picture's edge
const SPACING = 7; // CSS pixels at least from a labelled line to the next level

/**
 * @param {Relief} relief
 * @param {number[]} levels heights of all level lines, ascending
 * @param {number[]} labelled indices of those that get a label
 * @param {number} ratio pixels a CSS pixel
 * @param {{x: number, y: number}[]} avoid pixels
 * @returns {Label[]} at most one a level
 */
export function placeLabels(relief, levels, labelled, ratio, avoid) {
  /** @type {Label[]} */
  const placed = [];
  for (const index of labelled) {
    const best = bestPlace(relief, levels, index, ratio, [...avoid, ...placed]);
    if (best) placed.push({ level: levels[index], ...best });
  }
  return placed;
}

/**
 * @param {Relief} relief
 * @param {number[]} levels
 * @param {number} index
 * @param {number} ratio
 * @param {{x: number, y: number}[]} taken
 */
function bestPlace(relief, levels, index, ratio, taken) {
  const { width, height, z, missing } = relief;
  const level = levels[index];
  const step = Math.min(level - (levels[index - 1] ?? -Infinity), (levels[index + 1] ?? Infinity) - level);
  const edge = Math.round(EDGE * ratio);
  let [best, lowest] = [/** @type {{x: number, y: number, angle: number} | null} */ (null), Infinity];
  for (let y = edge; y < height - edge; y += ROWS) {
    for (let left = edge; left < width - edge - STRIDE; left += STRIDE) {
      const [before, after] = [z[y * width + left], z[y * width + left + STRIDE]];
      if (before < level === after < level) continue;
      const x = left + Math.round((STRIDE * (level - before)) / (after - before));
      const at = y * width + x;
      if (missing?.[at]) continue;
      const [gx, gy] = [(z[at + 1] - z[at - 1]) / 2, (z[at + width] - z[at - width]) / 2];
      const steep = Math.hypot(gx, gy);
      if (step / steep < SPACING * ratio) continue;
      const [tx, ty] = [-gy / steep, gx / steep];
      const bend = [-REACH, REACH].map((reach) => Math.abs(heightAt(relief, x + tx * reach * ratio, y + ty * reach * ratio) - level) / steep);
      if (!(Math.max(...bend) < 2.5 * ratio)) continue;
      const nearest = Math.min(...taken.map((other) => Math.hypot(other.x - x, other.y - y)));
      if (nearest < 0.4 * APART * ratio) continue;
      const crowd = Math.max(0, APART * ratio - nearest) / ratio;
      const tilt = Math.abs(Math.atan2(ty, tx));
      const cost = (bend[0] + bend[1]) / ratio + 0.05 * crowd + Math.min(tilt, Math.PI - tilt);
      if (cost < lowest) [best, lowest] = [{ x, y, angle: upright(Math.atan2(ty, tx)) }, cost];
    }
  }
  return best;
}

/** @param {Relief} relief @param {number} x @param {number} y */
function heightAt({ width, height, z, missing }, x, y) {
  const [i, j] = [Math.round(x), Math.round(y)];
  if (i < 0 || j < 0 || i >= width || j >= height || missing?.[j * width + i]) return NaN;
  return z[j * width + i];
}

/** @param {number} angle @returns {number} of the same line, so that text is not upside down */
function upright(angle) {
  return angle > Math.PI / 2 ? angle - Math.PI : angle <= -Math.PI / 2 ? angle + Math.PI : angle;
}
