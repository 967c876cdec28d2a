/**
 * Value axes of charts: how a value becomes a height, the range that shows all curves, and the ticks.
 *
 * Which charts there are, Python says (stage/charts.py): nothing here knows a quantity by name.
 *
 * @import { LaneView } from "./lab.js"
 * @import { Chart, CurveStyle, Pair, Values } from "./types.js"
 *
 * @typedef {object} Axis
 * @property {Pair} range of what `forward` gives, bottom and top
 * @property {(value: number) => number} forward NaN where the axis cannot show a value
 * @property {Record<string, unknown>} ticks Plotly's options
 */

import { number } from "./format.js";

const MAX_DECADES = 14;
const DECADES_EACH_SIGN = 3; // of a symlog axis: below them it is linear
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
  const suffix = chart.axis && `_${chart.axis}`;
  return (lane.curves[chart.diagnostic] ?? []).flatMap(({ channel, style }) => {
    const values = lane.run.get(channel + suffix);
    return values ? [{ values, style }] : [];
  });
}

/**
 * The axis that shows a chart's curves. A run that is known to diverge does not flatten the others, unless all do.
 *
 * @param {Chart} chart
 * @param {LaneView[]} lanes
 * @returns {Axis}
 */
export function fitAxis(chart, lanes) {
  const calm = lanes.filter((lane) => !lane.divergence && lane.divergedAt < 0);
  const fitted = calm.length ? calm : lanes;
  if (chart.scale === "log") {
    const forward = (/** @type {number} */ value) => Math.log10(value > 0 ? value : NaN);
    const range = logRange(extent(chart, fitted, forward));
    return { range, forward, ticks: decadeTicks(range) };
  }
  const [low, high] = extent(chart, fitted, (value) => value);
  if (chart.scale === "linear") return { range: linearRange(low, high), forward: (value) => value, ticks: { nticks: 4, tickformat: "~g" } };
  const linear = linearBelow(Math.max(Math.abs(low), Math.abs(high)));
  const forward = (/** @type {number} */ value) => symlog(value, linear);
  const range = low > high ? /** @type {Pair} */ ([-1, 1]) : linearRange(forward(low), forward(high));
  return { range, forward, ticks: symlogTicks(range, linear) };
}

/** @param {number} value @param {number} linear the size from which on it is logarithmic */
export function symlog(value, linear) {
  return Math.sign(value) * Math.log10(1 + Math.abs(value) / linear);
}

/** @param {number} size of the largest value @returns {number} a power of ten a few decades below it */
function linearBelow(size) {
  return size > 0 && Number.isFinite(size) ? 10 ** Math.max(-300, Math.ceil(Math.log10(size)) - DECADES_EACH_SIGN) : 1;
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
  const pad = span > Math.max(SMALLEST_SPAN, size * 1e-9) ? span * 0.08 : Math.max(size * 0.1, 1e-6);
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
  const texts = [2, 4, 8, 12].map((digits) => tickvals.map((at) => number(10 ** at, digits)));
  return { tickvals, ticktext: texts.find((each) => new Set(each).size === each.length) ?? texts[0] };
}

/**
 * @param {Pair} range of what `symlog` gives
 * @param {number} linear a power of ten
 * @returns {{tickvals: number[], ticktext: string[]}} 0 and round powers of ten of both signs
 */
export function symlogTicks([low, high], linear) {
  const start = Math.round(Math.log10(linear));
  const powers = [...Array(DECADES_EACH_SIGN + 1).keys()].map((i) => start + i);
  const both = low < -0.5 && high > 0.5;
  const offered = powers.filter((_, i) => (DECADES_EACH_SIGN - i) % (both ? 2 : 1) === 0 && i > 0);
  const ticks = [
    ...offered.map((power) => ({ at: symlog(-(10 ** power), linear), text: `−${power10(power)}` })),
    { at: 0, text: "0" },
    ...offered.map((power) => ({ at: symlog(10 ** power, linear), text: power10(power) })),
  ].filter(({ at }) => at >= low && at <= high);
  return { tickvals: ticks.map(({ at }) => at), ticktext: ticks.map(({ text }) => text) };
}

/** @param {number} power */
function power10(power) {
  if (!Number.isInteger(power)) return (10 ** power).toPrecision(2);
  if (power >= -2 && power <= 3) return String(Number((10 ** power).toPrecision(1)));
  return `10<sup>${String(power).replace("-", "−")}</sup>`;
}
