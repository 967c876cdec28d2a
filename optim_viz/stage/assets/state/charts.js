/**
 * Which plots stand beside the surface, and what each draws of a lane. Plain data and arithmetic on ranges: no drawing.
 *
 * @import { LaneView } from "./lab.js"
 * @import { Pair, Values } from "./types.js"
 *
 * @typedef {object} Series
 * @property {Values} values one value a step, length steps + 1
 * @property {boolean} dotted second sign for the quantity before its correction
 *
 * @typedef {object} Chart
 * @property {string} id
 * @property {string} title
 * @property {boolean} log
 * @property {boolean} zero a line at 0 (linear) or at 1 (log) helps to read it
 * @property {number} column 0 or 1; both for the wide one
 * @property {number} row
 * @property {boolean} wide
 * @property {(lane: LaneView) => Series[]} series
 */

const MAX_DECADES = 14;

/**
 * @param {LaneView} lane
 * @param {string[]} names channels, the one to draw solid first
 * @returns {Series[]}
 */
function pick(lane, names) {
  return names.flatMap((name, i) => {
    const values = lane.run.get(name);
    return values ? [{ values, dotted: i > 0 }] : [];
  });
}

/**
 * @param {boolean} gapKnown the surface's minimum is known, so f - f* makes sense
 * @returns {Chart[]}
 */
export function charts(gapKnown) {
  /** @type {Chart[]} */
  const list = [{
    id: "loss", title: gapKnown ? "loss  f − f*" : "loss  f", log: gapKnown, zero: !gapKnown, column: 0, row: 0, wide: true,
    series: (lane) => pick(lane, [gapKnown ? "gap" : "loss"]),
  }];
  for (const [column, axis] of /** @type {["x", "y"]} */ (["x", "y"]).entries()) {
    const sub = axis === "x" ? "ₓ" : "ᵧ";
    list.push({
      id: `first_${axis}`, title: axis === "x" ? `first moment m̂${sub}, velocity b${sub}` : `m̂${sub}, velocity b${sub} (m dotted)`, log: false, zero: true, column, row: 1, wide: false,
      series: (lane) => pick(lane, lane.optimizer.first_moment.map((name) => `${name}_${axis}`)),
    }, {
      id: `second_${axis}`, title: axis === "x" ? `second moment v̂${sub}, sum G${sub}` : `v̂${sub}, sum G${sub} (v dotted)`, log: true, zero: false, column, row: 2, wide: false,
      series: (lane) => pick(lane, lane.optimizer.second_moment.map((name) => `${name}_${axis}`)),
    }, {
      id: `step_${axis}`, title: `step taken |Δθ${sub}| / lr`, log: true, zero: true, column, row: 3, wide: false,
      series: (lane) => pick(lane, [`step_${axis}`]),
    });
  }
  return list;
}

/**
 * The range that shows a chart's curves. A run that is known to diverge does not flatten the others, unless all do.
 *
 * @param {Chart} chart
 * @param {LaneView[]} lanes
 * @returns {Pair} logarithms for a log chart
 */
export function fitRange(chart, lanes) {
  const calm = lanes.filter((lane) => !lane.divergence && lane.divergedAt < 0);
  const [low, high] = extent(chart, calm.length ? calm : lanes);
  if (low > high) return chart.log ? [-1, 1] : [-1, 1];
  if (chart.log) {
    const bottom = Math.max(low, high - MAX_DECADES);
    const pad = Math.max(0.15, (high - bottom) * 0.06);
    return [bottom - pad, high + pad];
  }
  const pad = (high - low) * 0.08 || Math.max(Math.abs(high) * 0.1, 1e-6);
  return [low - pad, high + pad];
}

/**
 * @param {Chart} chart
 * @param {LaneView[]} lanes
 * @returns {Pair} low > high when there is nothing to show
 */
function extent(chart, lanes) {
  let [low, high] = [Infinity, -Infinity];
  for (const lane of lanes) {
    for (const { values } of chart.series(lane)) {
      for (const value of values) {
        const shown = chart.log ? Math.log10(value > 0 ? value : NaN) : value;
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
  const every = Math.max(1, Math.ceil((last - first + 1) / 5));
  const tickvals = [];
  for (let power = Math.ceil(first / every) * every; power <= last; power += every) tickvals.push(power);
  if (!tickvals.length) tickvals.push((low + high) / 2);
  return { tickvals, ticktext: tickvals.map(power10) };
}

/** @param {number} power */
function power10(power) {
  if (!Number.isInteger(power)) return (10 ** power).toPrecision(2);
  if (power >= -2 && power <= 3) return String(Number((10 ** power).toPrecision(1)));
  return `10<sup>${String(power).replace("-", "−")}</sup>`;
}
