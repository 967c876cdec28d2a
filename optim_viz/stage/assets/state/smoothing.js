/** Curves of a training run as they are drawn: averaged, and thinned without losing a peak. Nothing here touches the page. */

/** How much of the average stays at a step: the stops of the slider. 0 draws every batch. */
export const STOPS = [0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999];

/**
 * The stop that fits a run of so many steps: it remembers about a fiftieth of them, and 50 at most.
 *
 * @param {number} total
 * @returns {number} one of STOPS
 */
export function fittingStop(total) {
  const memory = Math.min(50, Math.max(1, total / 50));
  const distance = (/** @type {number} */ stop) => Math.abs(Math.log(memory * (1 - stop)));
  return STOPS.reduce((best, stop) => (distance(stop) < distance(best) ? stop : best));
}

/**
 * An exponential average of a curve, point by point. It starts at 0 and is divided by the sum of its weights, 1 - β^t, as
 * Adam's moments are, so that it is not drawn towards where it began. Where steps were left out (a long run keeps every
 * tenth, say) β counts steps, not points. A value that is no number leaves a gap, and the average goes on behind it.
 *
 * @param {ArrayLike<number>} steps increasing
 * @param {ArrayLike<number>} values
 * @param {number} beta 0 to below 1
 * @returns {Float64Array}
 */
export function smoothed(steps, values, beta) {
  const found = new Float64Array(values.length).fill(Number.NaN);
  let [average, weight, last] = [0, 0, Number.NaN];
  for (let i = 0; i < values.length; i += 1) {
    if (!Number.isFinite(values[i])) continue;
    const stays = Number.isNaN(last) ? beta : beta ** (steps[i] - last);
    average = stays * average + (1 - stays) * values[i];
    weight = stays * weight + (1 - stays);
    last = steps[i];
    found[i] = average / weight;
  }
  return found;
}

/**
 * Which points of a curve to draw between two places: all, or where they are many the first, the lowest, the highest and
 * the last of each of some columns, so that the line covers the same pixels (M4: Jugel, Jerzak, Hackenbroich and Markl,
 * VLDB 2014). One point beyond either end stays, so that the line leaves the picture; so does one gap a column.
 *
 * @param {ArrayLike<number>} x increasing
 * @param {ArrayLike<number>} y
 * @param {number} from
 * @param {number} to
 * @param {number} columns
 * @returns {number[]} positions, increasing
 */
export function thinned(x, y, from, to, columns) {
  const first = Math.max(0, firstAtLeast(x, from) - 1);
  const end = Math.min(x.length, firstAtLeast(x, to) + 2);
  const kept = new Set();
  if (end - first <= 4 * columns) {
    for (let i = first; i < end; i += 1) kept.add(i);
    return [...kept];
  }
  const width = (x[end - 1] - x[first]) / columns || 1;
  const columnOf = (/** @type {number} */ i) => Math.floor((x[i] - x[first]) / width);
  let [low, high, gap] = [-1, -1, -1];
  for (let i = first; i < end; i += 1) {
    const opens = i === first || columnOf(i) !== columnOf(i - 1);
    const closes = i === end - 1 || columnOf(i) !== columnOf(i + 1);
    if (opens) [low, high, gap] = [-1, -1, -1];
    if (!Number.isFinite(y[i])) gap = gap < 0 ? i : gap;
    else if (low < 0) low = high = i;
    else if (y[i] < y[low]) low = i;
    else if (y[i] > y[high]) high = i;
    if (opens || closes) kept.add(i);
    if (closes) for (const each of [low, high, gap]) if (each >= 0) kept.add(each);
  }
  return [...kept].sort((a, b) => a - b);
}

/**
 * @param {ArrayLike<number>} x increasing
 * @param {number} value
 * @returns {number} the first position whose x is at least the value; the length where there is none
 */
export function firstAtLeast(x, value) {
  let first = 0;
  for (let count = x.length; count > 0; ) {
    const half = count >> 1;
    if (x[first + half] < value) [first, count] = [first + half + 1, count - half - 1];
    else count = half;
  }
  return first;
}

/**
 * Reads times off a clock that was looked at now and then: straight between two looks and from 0, and on at the latest
 * pace.
 *
 * @param {ArrayLike<number>} steps
 * @param {{steps: ArrayLike<number>, values: ArrayLike<number>}} clock
 * @returns {Float64Array} seconds, NaN where there is no clock
 */
export function secondsAt(steps, clock) {
  const found = new Float64Array(steps.length).fill(Number.NaN);
  const count = clock.steps.length;
  if (count === 0) return found;
  const at = (/** @type {number} */ i) => (i < 0 ? [0, 0] : [clock.steps[i], clock.values[i]]);
  for (let i = 0; i < steps.length; i += 1) {
    const next = Math.min(firstAtLeast(clock.steps, steps[i]), count - 1);
    const [[a, from], [b, to]] = [at(next - 1), at(next)];
    found[i] = from + ((steps[i] - a) / (b - a)) * (to - from);
  }
  return found;
}
