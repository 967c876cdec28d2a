/**
 * Where the linked plots stand: Plotly's layout for their axes, titles and reference lines.
 *
 * @import { Chart } from "../state/charts.js"
 * @import { Theme } from "./theme.js"
 * @import { Pair } from "../state/types.js"
 */
import { decadeTicks } from "../state/charts.js";

const ROWS = [0.24, 0.26, 0.25, 0.25];

/**
 * @param {Chart[]} charts
 * @param {Pair[]} ranges
 * @param {number} steps
 * @param {Theme} theme
 * @param {{width: number, height: number}} size
 */
export function curvesLayout(charts, ranges, steps, theme, { width, height }) {
  /** @type {Record<string, unknown>} */
  const layout = {
    width, height, margin: { l: 40, r: 10, t: 20, b: 26 }, showlegend: false, dragmode: false, hovermode: false,
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { family: theme.font, size: 11, color: theme.muted },
  };
  /** @type {Record<string, unknown>[]} */
  const annotations = [];
  /** @type {Record<string, unknown>[]} */
  const shapes = [];
  const gapY = 30 / height;
  const gapX = 44 / width;
  let top = 1;
  for (const [row, share] of ROWS.entries()) {
    const bottom = top - share + (row < ROWS.length - 1 ? gapY : 0);
    for (const [i, chart] of charts.entries()) {
      if (chart.row !== row) continue;
      const half = (1 - gapX) / 2;
      const domainX = chart.wide ? [0, 1] : chart.column ? [1 - half, 1] : [0, half];
      const [kx, ky, ax, ay] = axisNames(i);
      const look = { fixedrange: true, gridcolor: theme.grid, zeroline: false, linecolor: theme.grid, tickcolor: theme.grid };
      layout[kx] = { ...look, domain: domainX, range: [0, steps], anchor: ay, showgrid: false, showline: true, nticks: 5, showticklabels: row === ROWS.length - 1, title: row === ROWS.length - 1 ? { text: "step", standoff: 2 } : undefined };
      const ticks = chart.log ? decadeTicks(ranges[i]) : { nticks: 4, tickformat: "~g" };
      layout[ky] = { ...look, domain: [Math.max(0, bottom), top], range: ranges[i], anchor: ax, ...ticks };
      // The value to compare with: 0, or on a log axis 1 (a step of exactly lr).
      if (chart.zero && ranges[i][0] < 0 && ranges[i][1] > 0) shapes.push({ type: "line", xref: ax, yref: ay, x0: 0, x1: steps, y0: 0, y1: 0, layer: "below", line: { color: theme.muted, width: 1, dash: "dot" } });
      annotations.push({ text: chart.title, x: domainX[0], y: top, xref: "paper", yref: "paper", xanchor: "left", yanchor: "bottom", showarrow: false, font: { size: 12, color: theme.text } });
    }
    top = bottom - gapY;
  }
  return { ...layout, annotations, shapes };
}

/** @param {number} i @returns {[string, string, string, string]} layout keys and axis ids of chart i */
export function axisNames(i) {
  const n = i ? String(i + 1) : "";
  return [`xaxis${n}`, `yaxis${n}`, `x${n}`, `y${n}`];
}
