/**
 * Where the charts stand: the layout of their axes, titles and reference lines, in plotly.js's words (draw/axes.js).
 *
 * @import { Axis } from "../state/axes.js"
 * @import { Chart } from "../state/types.js"
 * @import { Theme } from "./theme.js"
 */
import { chartRows } from "../state/chart_rows.js";

const MARGIN = { l: 40, r: 14, t: 20, b: 20 };
const GAP = { x: 44, y: 42 }; // pixels between charts
const TITLE = { size: 12, least: 8 }; // pixels
const LEAST_ROW = 116; // pixels; where less is left for each row, the charts scroll

/** @param {Chart[]} charts @returns {number} pixels that the charts need at least */
export function leastHeight(charts) {
  return chartRows(charts).length * LEAST_ROW + MARGIN.b;
}

/**
 * @param {Chart[]} charts
 * @param {Axis[]} axes of each chart
 * @param {number} steps
 * @param {Theme} theme
 * @param {{width: number, height: number}} size
 */
export function curvesLayout(charts, axes, steps, theme, { width, height }) {
  const { scale } = theme;
  const margin = { l: MARGIN.l * scale, r: MARGIN.r * scale, t: MARGIN.t * scale, b: MARGIN.b * scale };
  /** @type {Record<string, unknown>} */
  const layout = {
    width, height, margin, showlegend: false, dragmode: false, hovermode: false,
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { family: theme.font, size: 11 * theme.scale, color: theme.muted },
  };
  /** @type {Record<string, unknown>[]} */
  const annotations = [];
  /** @type {Record<string, unknown>[]} */
  const shapes = [];
  const rows = chartRows(charts);
  const [innerWidth, innerHeight] = [Math.max(1, width - margin.l - margin.r), Math.max(1, height - margin.t - margin.b)];
  const [gapX, gapY] = [(GAP.x * scale) / innerWidth, Math.min((GAP.y * scale) / innerHeight, 0.9 / rows.length)];
  const share = (1 - gapY * (rows.length - 1)) / rows.length;
  for (const [r, row] of rows.entries()) {
    const top = 1 - r * (share + gapY);
    const last = r === rows.length - 1;
    for (const [column, chart] of row.entries()) {
      const i = charts.indexOf(chart);
      const [kx, ky, ax, ay] = axisNames(i);
      const half = (1 - gapX) / 2;
      const domainX = row.length === 1 ? [0, 1] : column ? [1 - half, 1] : [0, half];
      const look = { fixedrange: true, gridcolor: theme.grid, zeroline: false, linecolor: theme.grid, tickcolor: theme.grid };
      layout[kx] = { ...look, domain: domainX, range: [0, steps], anchor: ay, showgrid: false, showline: true, nticks: 5, showticklabels: last, tickprefix: "step ", showtickprefix: "first" };
      layout[ky] = { ...look, domain: [Math.max(0, top - share), top], range: axes[i].range, anchor: ax, ...axes[i].ticks };
      shapes.push(...references(chart, axes[i]).map((at) => ({ type: "line", xref: ax, yref: ay, x0: 0, x1: steps, y0: at, y1: at, layer: "below", line: { color: theme.muted, width: 1, dash: "dot" } })));
      const note = chart.note ? ` <span style="color:${theme.muted}">(${chart.note})</span>` : "";
      const { text, size } = fittedTitle(chart.title, note, (domainX[1] - domainX[0]) * innerWidth, theme);
      annotations.push({ text, align: "left", x: domainX[0], y: top, xref: "paper", yref: "paper", xanchor: "left", yanchor: "bottom", showarrow: false, font: { size, color: theme.text } });
    }
  }
  return { ...layout, annotations, shapes };
}

/**
 * A title is one line and never cut: where its chart is narrow it goes without its note, and then shrinks.
 *
 * @param {string} title
 * @param {string} note follows it
 * @param {number} width pixels
 * @param {Theme} theme
 * @returns {{text: string, size: number}} markup, pixels
 */
function fittedTitle(title, note, width, { font, scale }) {
  const most = TITLE.size * scale;
  const ctx = /** @type {CanvasRenderingContext2D} */ (measuring.getContext("2d"));
  ctx.font = `${most}px ${font}`;
  const fit = (/** @type {string} */ text) => {
    const needed = Math.max(1, ctx.measureText(text.replace(/<[^>]*>/g, "")).width);
    return { text, size: Math.max(TITLE.least * scale, Math.min(most, (most * (width - 4)) / needed)) };
  };
  const whole = fit(title + note);
  return whole.size === most ? whole : fit(title);
}

const measuring = document.createElement("canvas");

/** @param {Chart} chart @param {Axis} axis @returns {number[]} heights of the values to compare with that are in sight */
function references({ reference }, { forward, range }) {
  return reference.map(forward).filter((at) => at > range[0] && at < range[1]);
}

/** @param {number} i @returns {[string, string, string, string]} layout keys and axis ids of chart i */
export function axisNames(i) {
  const n = i ? String(i + 1) : "";
  return [`xaxis${n}`, `yaxis${n}`, `x${n}`, `y${n}`];
}
