/**
 * Draws the charts of training runs with Plotly, all that are due in one frame.
 *
 * @import { Curve, Lane, Quantity } from "../draw/train_figure.js"
 * @import { Look } from "../state/train_look.js"
 * @import { TrainChart } from "./train_chart.js"
 * @import { News } from "./train_charts.js"
 * @typedef {{look: Look, news: News | null, charts: Map<string, TrainChart>, grid: HTMLElement, root: HTMLElement, beta: () => number, sent: (quantity: Quantity) => boolean, zoomed: (chart: TrainChart, event: Record<string, number>) => void, unzoomed: (chart: TrainChart) => void}} Charts
 */
import { themed } from "../draw/figure_style.js";
import { loadPlotly } from "../draw/plotly.js";
import { isDark } from "../draw/theme.js";
import { curveOf, figure, written } from "../draw/train_figure.js";

const HEIGHTS = { first: 340, other: 240 };

export class TrainPainter {
  /** @param {Charts} charts */
  constructor(charts) {
    this.of = charts;
    /** @type {Set<string>} what is drawn next */
    this.due = new Set();
  }

  all() {
    this.draw([...this.of.charts.keys()]);
  }

  /** @param {string[]} names */
  draw(names) {
    if (!this.due.size) {
      void loadPlotly().then(
        (Plotly) => requestAnimationFrame(() => this.paint(Plotly)),
        (/** @type {Error} */ error) => this.of.grid.replaceChildren(`The charts could not be drawn: ${error.message}. Reload the page to try again.`),
      );
    }
    for (const name of names) this.due.add(name);
  }

  /** @param {any} Plotly */
  paint(Plotly) {
    const { charts: all, news, look, grid, root } = this.of;
    const charts = [...this.due].flatMap((name) => all.get(name) ?? []);
    this.due.clear();
    if (!news) return;
    const mode = this.mode();
    const font = getComputedStyle(root).getPropertyValue("--st-font") || "system-ui, sans-serif";
    const roles = news.colours.theme[mode];
    const lanes = news.lanes.filter((lane) => !look.hidden.has(lane.key));
    const widths = charts.map(({ plot }) => Math.floor(plot.clientWidth));
    for (const [i, chart] of charts.entries()) {
      if (!widths[i]) continue;
      const height = [grid.children[0], grid.children[1]].includes(chart.section) ? HEIGHTS.first : HEIGHTS.other;
      const there = this.of.sent(chart.quantity);
      const quantity = there ? chart.quantity : { ...chart.quantity, waiting: "being read …" };
      const curves = there ? lanes.flatMap((lane) => curveOf(lane, quantity, look.x, this.of.beta()) ?? []) : [];
      const paper = {
        width: widths[i], height, muted: roles.muted, text: measure(font),
        shade: (/** @type {Lane} */ lane) => this.shade(lane, mode),
        words: (/** @type {Lane} */ lane) => news.colours.legible[mode][news.palette[lane.colour].toLowerCase()] ?? this.shade(lane, mode),
      };
      const { data, layout } = figure(quantity, curves, look, this.end(curves), paper);
      this.put(Plotly, chart, data, themed({ ...layout, dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom", uirevision: null }, roles, { width: widths[i], height, font }));
      chart.plot.setAttribute("aria-label", label(chart.quantity, curves));
    }
  }

  /**
   * @param {any} Plotly
   * @param {TrainChart} chart
   * @param {any[]} data
   * @param {any} layout
   */
  put(Plotly, chart, data, layout) {
    // Plotly's own double click would go back to the ranges of the first drawing: of an empty chart, 0 to 1.
    void Plotly.react(chart.plot, data, { ...layout, uirevision: undefined }, { displayModeBar: false, responsive: false, doubleClick: false, showTips: false });
    chart.plot.dataset.paints = String(Number(chart.plot.dataset.paints ?? 0) + 1);
    if (chart.painted) return;
    chart.painted = true;
    chart.plot.on("plotly_relayout", (/** @type {Record<string, number>} */ event) => this.of.zoomed(chart, event));
    chart.plot.on("plotly_doubleclick", () => this.of.unzoomed(chart));
  }

  /**
   * @param {Curve[]} curves
   * @returns {number} where the x axis ends: that of the whole run, so that it stands still while the curves grow
   */
  end(curves) {
    const { look, news } = this.of;
    const last = Math.max(0, ...curves.map(({ line }) => line.x[line.x.length - 1]).filter(Number.isFinite));
    const whole = look.x === "step" ? news?.totalSteps : look.x === "epoch" ? news?.epochs : 0;
    return Math.max(last, whole ?? 0) || 1;
  }

  /** @returns {"light" | "dark"} */
  mode() {
    return isDark(getComputedStyle(this.of.root).getPropertyValue("--st-background-color").trim() || "#ffffff") ? "dark" : "light";
  }

  /**
   * @param {Lane} lane
   * @param {"light" | "dark"} [mode]
   */
  shade(lane, mode = this.mode()) {
    const { news } = this.of;
    const light = news?.palette[lane.colour] ?? "#888888";
    return (mode === "dark" && news?.colours.dark[light.toLowerCase()]) || light;
  }
}

/** @type {Map<string, CanvasRenderingContext2D>} */
const pens = new Map();

/**
 * @param {string} font
 * @returns {(words: string) => number} how wide words of 12 px are
 */
function measure(font) {
  let pen = pens.get(font);
  if (!pen) {
    pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
    pen.font = `12px ${font}`;
    pens.set(font, pen);
  }
  const context = pen;
  return (words) => context.measureText(words).width;
}

/**
 * Says what can be seen: the last value of every curve.
 *
 * @param {Quantity} quantity
 * @param {Curve[]} curves
 */
function label(quantity, curves) {
  const last = curves.map(({ lane, line }) => `${lane.title} ${written(line.y[line.y.length - 1], quantity)}`);
  return `${quantity.title}: ${last.join(", ") || "nothing yet"}`;
}
