/**
 * Value axes of charts: how a value becomes a height, the range that shows all curves, and the ticks.
 *
 * Which charts there are, Python says (stage/charts.py): nothing here knows a quantity by name.
 *
 * @import { LaneView } from "./lane_view.js"
 * @import { Chart, CurveStyle, Pair, Scale, Values } from "./types.js"
 *
 * @typedef {object} Axis
 * @property {Pair} range of what `forward` gives, bottom and top
 * @property {(value: number) => number} forward NaN where the axis cannot show a value
 * @property {Record<string, unknown>} ticks Plotly's options
 * @property {Scale} scale how it counts
 */

import { number } from "./format.js";

const MAX_DECADES = 14;
const FEWEST_DECADES = 3; // of each sign of a symlog axis: below them it is linear
const MOST_DECADES = 13;
const OUT_OF_SCALE = 1e12; // a lane that is so many times as large as another leaves the picture
const FLATTENED = 300; // on a linear axis what is so many times smaller than the largest is a line
const FAR = 5e307; // half of the largest float: a range of twice this is still finite
const SMALLEST_SPAN = 1e-200; // ranges of fewer digits make Plotly's ticks fail

/**
 * The curves of a lane in a chart, the quantity itself first; none where the diagnostic does not apply to it.
 *
 * @param {Chart} chart
 * @param {LaneView} lane
 * @returns {{values: Values, style: CurveStyle}[]}
 */
export function curvesOf(chart, lane) {
  return (lane.curves[chart.diagnostic] ?? []).flatMap(({ channel, style }) => {
    const values = lane.run.get(channel + chart.end);
    return values ? [{ values, style }] : [];
  });
}

/**
 * The axis that shows a chart's curves, so that no lane flattens the others to a line.
 *
 * A run that is known to diverge, or is 10^12 times as large as another, leaves the picture at its edge, unless all do. On a
 * linear axis values of very different sizes take a symmetric logarithm.
 *
 * @param {Chart} chart
 * @param {LaneView[]} lanes
 * @returns {Axis}
 */
export function fitAxis(chart, lanes) {
  const { fitted, least } = inScale(chart, lanes);
  if (chart.scale === "log") {
    const forward = (/** @type {number} */ value) => Math.log10(value > 0 ? value : NaN);
    const range = logRange(extent(chart, fitted, forward));
    return { range, forward, ticks: decadeTicks(range), scale: "log" };
  }
  const [low, high] = extent(chart, fitted, (value) => value);
  const most = Math.max(Math.abs(low), Math.abs(high));
  if (chart.scale === "linear" && (chart.chosen || !(most > least * FLATTENED))) {
    return { range: linearRange(low, high), forward: (value) => value, ticks: { nticks: 4, tickformat: "~g" }, scale: "linear" };
  }
  const linear = linearBelow(most, least);
  const forward = (/** @type {number} */ value) => symlog(value, linear);
  const range = low > high ? /** @type {Pair} */ ([-1, 1]) : linearRange(forward(low), forward(high));
  return { range, forward, ticks: symlogTicks(range, linear), scale: "symlog" };
}

/**
 * @param {Chart} chart
 * @param {LaneView[]} lanes
 * @returns {{fitted: LaneView[], least: number}} the lanes that the axis is fitted to, and the size that must still be seen on it:
 *   the smallest that a lane of them has at the beginning of its run
 */
function inScale(chart, lanes) {
  const calm = lanes.filter((lane) => !lane.divergence && lane.divergedAt < 0);
  const sizes = (calm.length ? calm : lanes).map((lane) => ({ lane, ...sizesOf(chart, lane) }));
  const smallest = Math.min(...sizes.map(({ size }) => size).filter((size) => size > 0));
  const kept = sizes.filter(({ size }) => !(size > smallest * OUT_OF_SCALE));
  return { fitted: kept.map(({ lane }) => lane), least: Math.min(...kept.map(({ early }) => early).filter((early) => early > 0)) };
}

/** @param {Chart} chart @param {LaneView} lane @returns {{size: number, early: number}} its largest value, and that of its first tenth */
function sizesOf(chart, lane) {
  let [size, early] = [0, 0];
  for (const { values } of curvesOf(chart, lane)) {
    const beginning = Math.ceil(values.length / 10);
    for (let i = 0; i < values.length; i += 1) {
      const each = Math.abs(values[i]);
      if (!(each > size) || each === Infinity) continue;
      size = each;
      if (i <= beginning) early = each;
    }
  }
  return { size, early };
}

/** @param {number} value @param {number} linear the size from which on it is logarithmic */
export function symlog(value, linear) {
  return Math.sign(value) * Math.log10(1 + Math.abs(value) / linear);
}

/**
 * @param {number} most the largest size
 * @param {number} least the size that must be seen
 * @returns {number} a power of ten below both, a few decades at least and a dozen at most below the largest
 */
function linearBelow(most, least) {
  if (!(most > 0 && Number.isFinite(most))) return 1;
  const top = Math.ceil(Math.log10(most));
  const decades = Number.isFinite(least) ? top - Math.floor(Math.log10(least)) + 1 : FEWEST_DECADES;
  return 10 ** Math.max(-300, top - Math.max(FEWEST_DECADES, Math.min(decades, MOST_DECADES)));
}

/** @param {Pair} extent logarithms @returns {Pair} */
function logRange([low, high]) {
  if (low > high) return [-1, 1];
  const bottom = Math.max(low, high - MAX_DECADES);
  const pad = Math.max(0.15, (high - bottom) * 0.06);
  return [bottom - pad, high + pad];
}

/** @param {number} low @param {number} high @returns {Pair} */
function linearRange(low, high) {
  if (low > high) return [-1, 1];
  const [bottom, top] = [Math.max(low, -FAR), Math.min(high, FAR)];
  const span = top - bottom;
  const size = Math.max(Math.abs(bottom), Math.abs(top));
  const pad = span > Math.max(SMALLEST_SPAN, size * 1e-9) ? span * 0.08 : size > 0 ? Math.max(size * 0.1, 1e-6) : 1;
  return [bottom - pad, top + pad];
}

/**
 * @param {Chart} chart
 * @param {LaneView[]} lanes
 * @param {(value: number) => number} forward
 * @returns {Pair} low > high when there is nothing to show
 */
function extent(chart, lanes, forward) {
  let [low, high] = [Infinity, -Infinity];
  for (const lane of lanes) {
    for (const { values } of curvesOf(chart, lane)) {
      for (const value of values) {
        const shown = forward(value);
        if (!Number.isFinite(shown)) continue;
        if (shown < low) low = shown;
        if (shown > high) high = shown;
      }
    }
  }
  return [low, high];
}

/**
 * @param {Pair} range logarithms
 * @returns {{tickvals: number[], ticktext: string[]}} at most five round powers of ten
 */
export function decadeTicks([low, high]) {
  const [first, last] = [Math.ceil(low), Math.floor(high)];
  if (last - first < 1) return fineTicks([low, high]);
  const every = Math.max(1, Math.ceil((last - first + 1) / 5));
  const tickvals = [];
  for (let power = Math.ceil(first / every) * every; power <= last; power += every) tickvals.push(power);
  return { tickvals, ticktext: tickvals.map(power10) };
}

/**
 * Less than two powers of ten are in sight: 1, 2 and 5 times a power, or, of a very short range, its thirds.
 *
 * @param {Pair} range logarithms
 * @returns {{tickvals: number[], ticktext: string[]}}
 */
function fineTicks([low, high]) {
  const round = [Math.floor(low), Math.floor(low) + 1].flatMap((power) => [1, 2, 5].map((digit) => Math.log10(digit) + power));
  const inSight = [...round, Math.floor(low) + 2].filter((at) => at >= low && at <= high);
  const tickvals = inSight.length > 1 ? inSight : [1 / 6, 1 / 2, 5 / 6].map((share) => low + share * (high - low));
  const rounded = (/** @type {number} */ at, /** @type {number} */ digits) => Number((10 ** at).toPrecision(digits));
  const texts = [2, 4, 8, 12].map((digits) => tickvals.map((at) => number(rounded(at, digits), Math.max(4, digits)))); // 50 and 100, not 1e2
  return { tickvals, ticktext: texts.find((each) => new Set(each).size === each.length) ?? texts[0] };
}

/**
 * @param {Pair} range of what `symlog` gives
 * @param {number} linear a power of ten
 * @returns {{tickvals: number[], ticktext: string[]}} 0 and a few round powers of ten of each sign
 */
export function symlogTicks([low, high], linear) {
  const start = Math.round(Math.log10(linear));
  /** @param {number} end @returns {number[]} powers whose ticks are in sight on this side of 0 */
  const inSight = (end) => [...Array(MOST_DECADES + 2).keys()].map((i) => start + 1 + i).filter((power) => symlog(10 ** power, linear) <= end);
  const [below, above] = [inSight(-low), inSight(high)];
  const most = low < -0.5 && high > 0.5 ? 2 : 4;
  const every = Math.max(1, Math.ceil(Math.max(below.length, above.length) / most));
  const top = Math.max(...below, ...above);
  /** @param {number[]} powers @param {1 | -1} sign */
  const ticks = (powers, sign) => powers.filter((power) => (top - power) % every === 0)
    .map((power) => ({ at: symlog(sign * 10 ** power, linear), text: `${sign < 0 ? "−" : ""}${power10(power)}` }));
  const all = [...ticks(below, -1).reverse(), ...(low <= 0 && high >= 0 ? [{ at: 0, text: "0" }] : []), ...ticks(above, 1)];
  return { tickvals: all.map(({ at }) => at), ticktext: all.map(({ text }) => text) };
}

/** @param {number} power */
function power10(power) {
  if (!Number.isInteger(power)) return (10 ** power).toPrecision(2);
  if (power >= -2 && power <= 3) return String(Number((10 ** power).toPrecision(1)));
  return `10<sup>${String(power).replace("-", "−")}</sup>`;
}
