/**
 * One chart of a training run as Plotly draws it: what is visible of each lane, the range of its axes, and a name at the
 * end of each curve. Nothing here touches the page.
 *
 * @import { Look } from "../state/train_look.js"
 * @typedef {{steps: ArrayLike<number>, values: ArrayLike<number>}} Series
 * @typedef {{key: string, title: string, colour: number, marker: string, dash: number, stepsPerEpoch: number, series: Record<string, Series>, bounds: Record<string, Series>}} Lane
 * @typedef {{name: string, title: string, log: boolean, positive: boolean, form: "number" | "percent" | "count", dots: boolean, smoothed: boolean, waiting: string, panel: string, help: string, default: boolean, layered: boolean, bound: string}} Quantity
 * @typedef {{x: ArrayLike<number>, y: ArrayLike<number>}} Line
 * @typedef {{lane: Lane, line: Line, raw: Line | null, bound: Line | null}} Curve bound: what the line is compared with
 * @typedef {{width: number, height: number, text: (words: string) => number, shade: (lane: Lane) => string, words: (lane: Lane) => string, muted: string}} Paper
 */
import { number } from "../state/format.js";
import { secondsAt, smoothed, thinned } from "../state/smoothing.js";

const DASHES = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"];
const LABEL = 15; // pixels from one label to the next
const DECADES = 3; // a lane that lies further above the middle one than this is named at the edge, and flattens no other

/**
 * @param {Lane} lane
 * @param {Quantity} quantity
 * @param {Look["x"]} unit
 * @param {number} beta
 * @returns {Curve | null} null where the lane has nothing of this quantity, or no place on this axis
 */
export function curveOf(lane, quantity, unit, beta) {
  const series = lane.series[quantity.name];
  if (!series?.steps.length) return null;
  const x = places(lane, series.steps, unit);
  if (!x) return null;
  const limit = lane.bounds[quantity.name];
  const at = limit ? places(lane, limit.steps, unit) : null;
  const bound = limit && at ? { x: at, y: limit.values } : null;
  const average = quantity.smoothed && beta > 0;
  const y = average ? smoothed(series.steps, series.values, beta) : series.values;
  return { lane, line: { x, y }, raw: average ? { x, y: series.values } : null, bound };
}

/**
 * @param {Lane} lane
 * @param {ArrayLike<number>} steps
 * @param {Look["x"]} unit
 * @returns {ArrayLike<number> | null} null where the lane kept no times
 */
function places(lane, steps, unit) {
  if (unit === "step") return steps;
  if (unit === "epoch") return Float64Array.from(steps, (step) => step / lane.stepsPerEpoch);
  return lane.series.seconds?.steps.length ? secondsAt(steps, lane.series.seconds) : null;
}

/**
 * @param {Quantity} quantity
 * @param {Curve[]} curves those that are to be seen
 * @param {Look} look
 * @param {number} end where the x axis ends while nobody zooms
 * @param {Paper} paper
 */
export function figure(quantity, curves, look, end, paper) {
  const log = scaleOf(quantity, look) === "log";
  const span = look.span ?? [0, end];
  const columns = Math.max(100, Math.round(paper.width / 2));
  const parts = curves.map((curve) => ({ ...curve, line: cut(curve.line, span, columns, log), raw: curve.raw && cut(curve.raw, span, columns, log), bound: curve.bound && cut(curve.bound, span, columns, log) }));
  const range = axisRange(quantity, parts, look, span, log);
  const ends = parts.flatMap((part) => ending(part, quantity, span));
  const compact = paper.width < 380;
  const words = ends.map(({ title, value }) => (compact || !fits(ends, paper) ? value : `${title} ${value}`));
  const right = Math.ceil(Math.max(24, ...words.map(paper.text)) + 14);
  const margin = { l: 56, r: Math.min(right, Math.round(paper.width * 0.45)), t: 8, b: 40 };
  const height = paper.height - margin.t - margin.b;
  return {
    data: [
      ...parts.filter(({ raw }) => raw).map((part) => trace(part, quantity, paper, true)),
      ...parts.flatMap((part) => (part.bound ? [boundTrace(part.lane, part.bound, quantity, paper)] : [])),
      ...parts.map((part) => trace(part, quantity, paper, false)),
    ],
    layout: {
      margin,
      showlegend: false,
      hovermode: "closest",
      xaxis: { title: { text: look.x === "seconds" ? "seconds of training" : look.x }, range: span, tickformat: ",~r", ...(look.x === "epoch" && span[1] - span[0] <= 12 && span[1] - span[0] > 2 ? { dtick: 1 } : {}) },
      yaxis: { type: log ? "log" : "linear", range, ...ticks(quantity, range, log) },
      annotations: ends.length ? labels(ends, words, range, log, height, paper) : [waiting(curves.length || !quantity.waiting ? "nothing in this part" : quantity.waiting, paper)],
    },
  };
}

/**
 * @param {Quantity} quantity
 * @param {Look} look
 * @returns {"log" | "linear"}
 */
export function scaleOf(quantity, look) {
  return quantity.positive ? (look.scales.get(quantity.name) ?? (quantity.log ? "log" : "linear")) : "linear";
}

/**
 * @param {Line} line
 * @param {number[]} span
 * @param {number} columns
 * @param {boolean} log
 * @returns {Line} what is drawn, without what has no place on the axis
 */
function cut({ x, y }, [from, to], columns, log) {
  const kept = thinned(x, y, from, to, columns);
  return { x: kept.map((i) => x[i]), y: kept.map((i) => (Number.isFinite(y[i]) && (y[i] > 0 || !log) ? y[i] : Number.NaN)) };
}

/**
 * The range of the y axis in the axis's own terms (log₁₀ on a log axis): what the person chose, or all that is visible.
 *
 * @param {Quantity} quantity
 * @param {{line: Line, raw: Line | null, bound: Line | null}[]} parts
 * @param {Look} look
 * @param {number[]} span
 * @param {boolean} log
 * @returns {[number, number]}
 */
export function axisRange(quantity, parts, look, span, log) {
  const chosen = look.limits.get(quantity.name);
  if (chosen && (!log || chosen[0] > 0)) return log ? [Math.log10(chosen[0]), Math.log10(chosen[1])] : chosen;
  const within = (/** @type {Line} */ { x, y }) => Array.from(y).filter((value, i) => Number.isFinite(value) && x[i] >= span[0] && x[i] <= span[1]);
  const lanes = parts.map(({ line, raw, bound }) => [...within(line), ...(raw && log ? within(raw) : []), ...(bound ? within(bound) : [])]).filter((values) => values.length);
  if (lanes.length === 0) return log ? [-1, 1] : [0, 1];
  const all = lanes.flat();
  let low = all.reduce((a, b) => Math.min(a, b));
  let high = all.reduce((a, b) => Math.max(a, b));
  const middle = median(lanes.map(median));
  if (middle > 0) high = Math.min(high, middle * 10 ** DECADES);
  if (quantity.form === "count") low = 0;
  if (high < low) high = low;
  if (log) [low, high] = [Math.log10(low), Math.log10(high)];
  const room = 0.05 * (high - low) || (log ? 0.05 : 0.05 * Math.abs(high) || 1);
  const range = /** @type {[number, number]} */ ([quantity.form === "count" ? 0 : low - room, high + room]);
  return quantity.form === "percent" ? [Math.max(range[0], -0.005), Math.min(range[1], 1.005)] : range;
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/**
 * @param {Quantity} quantity
 * @param {[number, number]} range
 * @param {boolean} log
 */
function ticks(quantity, [low, high], log) {
  const tickformat = quantity.form === "percent" ? ".1~%" : quantity.form === "count" ? "~s" : "~g";
  if (!log) return { tickformat };
  if (high - low < 3) return { tickformat, dtick: high - low < 0.6 ? "D1" : "D2" };
  const plain = low > -4.5 && high < 5.5;
  return { ...(plain ? { tickformat: ",~r" } : { exponentformat: "power" }), dtick: Math.ceil((high - low) / 6) };
}

/**
 * @param {Curve} part
 * @param {Quantity} quantity
 * @param {Paper} paper
 * @param {boolean} faint the curve that the strong one was smoothed from
 */
function trace({ lane, line, raw }, quantity, paper, faint) {
  const { x, y } = (faint && raw) || line;
  const color = paper.shade(lane);
  return {
    x, y, name: faint ? `${lane.title}, every batch` : lane.title,
    mode: quantity.dots && !faint ? "lines+markers" : "lines",
    line: { color, width: faint ? 0.75 : 2, dash: faint ? "solid" : DASHES[lane.dash % DASHES.length] },
    marker: { color, size: 7, symbol: lane.marker },
    opacity: faint ? 0.35 : 1,
    connectgaps: false,
    ...(faint ? { hoverinfo: "skip" } : { hovertemplate: `${escaped(lane.title)}<br>%{x:,.5~r}: ${quantity.form === "percent" ? "%{y:.2%}" : "%{y:.4~g}"}<extra></extra>` }),
  };
}

/**
 * @param {Lane} lane
 * @param {Line} bound
 * @param {Quantity} quantity
 * @param {Paper} paper
 */
function boundTrace(lane, { x, y }, quantity, paper) {
  const title = `${lane.title}: ${quantity.bound}`;
  return { x, y, name: title, mode: "lines", line: { color: paper.shade(lane), width: 1.5, dash: "6px,4px" }, connectgaps: false, hovertemplate: `${escaped(title)}<br>%{x:,.5~r}: %{y:.4~g}<extra></extra>` };
}

/**
 * @param {Curve} part
 * @param {Quantity} quantity
 * @param {number[]} span
 * @returns {{lane: Lane, y: number, title: string, value: string}[]} the last point in sight, none where there is none
 */
function ending({ lane, line }, quantity, span) {
  for (let i = line.x.length - 1; i >= 0; i -= 1) {
    if (Number.isFinite(line.y[i]) && line.x[i] >= span[0] && line.x[i] <= span[1]) {
      return [{ lane, y: line.y[i], title: lane.title, value: written(line.y[i], quantity) }];
    }
  }
  return [];
}

/**
 * @param {number} value
 * @param {Quantity} quantity
 */
export function written(value, quantity) {
  if (quantity.form === "percent") return `${(100 * value).toFixed(2)}%`;
  return quantity.form === "count" ? Math.round(value).toLocaleString("en") : number(value);
}

/**
 * @param {{title: string, value: string}[]} ends
 * @param {Paper} paper
 */
function fits(ends, paper) {
  return ends.every(({ title, value }) => paper.text(`${title} ${value}`) + 14 < 0.42 * paper.width);
}

/**
 * Names in the right margin, as high as their curves end, moved apart where they would lie on each other.
 *
 * @param {{lane: Lane, y: number}[]} ends
 * @param {string[]} words
 * @param {[number, number]} range
 * @param {boolean} log
 * @param {number} height
 * @param {Paper} paper
 */
function labels(ends, words, [low, high], log, height, paper) {
  const placed = ends.map(({ lane, y }, i) => {
    const share = ((log ? Math.log10(y) : y) - low) / (high - low || 1);
    const beyond = share > 1 ? " ↑" : share < 0 ? " ↓" : "";
    return { lane, text: escaped(words[i]) + beyond, pixel: Math.min(1, Math.max(0, share)) * height };
  });
  placed.sort((a, b) => a.pixel - b.pixel);
  const moved = apart(placed.map(({ pixel }) => pixel), height);
  return placed.map(({ lane, text }, i) => ({
    x: 1, y: moved[i] / height, xref: "paper", yref: "paper", xanchor: "left", yanchor: "middle", xshift: 6,
    showarrow: false, text, align: "left", font: { color: paper.words(lane), size: 12 },
  }));
}

/**
 * Moves increasing positions apart to `LABEL` pixels or, where they do not fit, evenly; the order stays. Labels that
 * collide share a block around the mean of where they would like to be, as lines of text do.
 *
 * @param {number[]} pixels
 * @param {number} height
 */
export function apart(pixels, height) {
  const gap = Math.min(LABEL, height / Math.max(1, pixels.length));
  const within = (/** @type {number} */ middle, /** @type {number} */ half) => Math.min(Math.max(middle, half), Math.max(half, height - half));
  /** @type {[number, number][]} the middle of a block, and how many labels it holds */
  const blocks = [];
  for (const pixel of pixels) {
    let [middle, count] = [within(pixel, gap / 2), 1];
    for (let before = blocks.at(-1); before && before[0] + (before[1] * gap) / 2 > middle - (count * gap) / 2; before = blocks.at(-1)) {
      blocks.pop();
      middle = (before[0] * before[1] + middle * count) / (before[1] + count);
      count += before[1];
      middle = within(middle, (count * gap) / 2);
    }
    blocks.push([middle, count]);
  }
  return blocks.flatMap(([middle, count]) => [...Array(count).keys()].map((i) => middle + (i - (count - 1) / 2) * gap));
}

/**
 * @param {string} text
 * @param {Paper} paper
 */
function waiting(text, paper) {
  return { text, x: 0.5, y: 0.5, xref: "paper", yref: "paper", showarrow: false, font: { color: paper.muted, size: 13 } };
}

/** Plotly reads a little HTML in its texts. @param {string} text */
function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
