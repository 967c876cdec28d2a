/**
 * Heights of the drawn surface, asinh((loss - floor) / scale), and back. Floor and scale come from Python, which makes the
 * grid of heights by the same formula (figures/loss_grid.py).
 *
 * @import { Pair, SurfaceInfo } from "./types.js"
 *
 * @typedef {Pick<SurfaceInfo, "floor" | "scale">} Heights
 */

/** @param {Heights} heights @param {number} loss */
export function heightOf({ floor, scale }, loss) {
  return Math.asinh((loss - floor) / scale);
}

/** @param {Heights} heights @param {number} height */
export function lossAt({ floor, scale }, height) {
  return floor + scale * Math.sinh(height);
}

/**
 * Level lines: about evenly spaced in height, each at the roundest loss that is near, so that its label is short.
 *
 * @param {Heights} heights
 * @param {Pair} range of the heights in sight
 * @param {number} count how many, about
 * @param {number} slack how far a level may be from its even place, in parts of the spacing
 * @returns {number[]} losses, ascending
 */
export function roundLevels(heights, [low, high], count, slack = 0.4) {
  const step = (high - low) / (count + 1);
  if (!(step > 0) || !Number.isFinite(step)) return [];
  const levels = [...Array(count).keys()].map((i) => {
    const at = low + (i + 1) * step;
    return roundest(lossAt(heights, at - slack * step), lossAt(heights, at + slack * step));
  });
  return levels.filter((level, i) => Number.isFinite(level) && (i === 0 || level > levels[i - 1]));
}

/**
 * @param {number} low
 * @param {number} high
 * @returns {number} the number between with the fewest digits: 0, else a multiple of 10, 5, 2 or 1 times a power of ten
 */
export function roundest(low, high) {
  if (low <= 0 && high >= 0) return 0;
  const middle = (low + high) / 2;
  const largest = Math.ceil(Math.log10(Math.max(Math.abs(low), Math.abs(high))));
  for (let power = largest; power > largest - 16; power -= 1) {
    for (const digit of [5, 2, 1]) {
      const unit = digit * 10 ** power;
      const nearest = Math.round(middle / unit);
      for (const whole of [nearest, nearest - 1, nearest + 1]) {
        const value = power < 0 ? (whole * digit) / 10 ** -power : whole * unit;
        if (value >= low && value <= high) return value;
      }
    }
  }
  return middle;
}
