/**
 * The linked plots: an SVG holds their axes, the overlay draws the curves under the one clock.
 *
 * Whole curves are drawn once into two layers (the future faint, the past full); a frame only copies them up to the
 * cursor. While a slider is dragged the layers hold the other lanes and the dragged one is drawn fresh.
 *
 * @import { Axis } from "../state/axes.js"
 * @import { Lab } from "../state/lab.js"
 * @import { LaneView } from "../state/lane_view.js"
 * @import { Chart } from "../state/types.js"
 * @import { Theme } from "./theme.js"
 *
 * @typedef {object} Beside what stands at the charts without being drawn
 * @property {import("../views/readout.js").Readout} readout
 * @property {import("../views/scale_buttons.js").ScaleButtons} scales
 */
import { curvesOf, fitAxis } from "../state/axes.js";
import { axisNames, curvesLayout, leastHeight } from "./curves_layout.js";
import { LightPlot } from "./light_plot.js";
import { curve, fitCanvas, marker, Panel } from "./canvas.js";
import { DASH, hollow } from "./ghosts.js";
import { RUNNING } from "../state/lab.js";
import { StillLayer, stillKey } from "./still_layer.js";
import { apart } from "../state/pin.js";

const FAINT = 0.22;
const DASHES = { solid: [], dotted: [1.5, 3], dashed: [6, 4] };

export class CurvesView {
  /**
   * @param {HTMLElement} holder
   * @param {(chart: Chart) => boolean} shows which of the lab's charts stand here
   * @param {(time: number) => void} onScrub
   * @param {Beside} beside
   */
  constructor(holder, shows, onScrub, { readout, scales }) {
    this.shows = shows;
    this.holder = holder;
    this.readout = readout;
    this.scales = scales;
    holder.append(this.readout.line, this.scales.element, this.readout.element);
    /** @type {{lab: Lab, time: number, theme: Theme} | null} */ this.painted = null;
    /** @type {{x: number, y: number} | null} */ this.pointed = null; // where the pointer is, in pixels of the charts
    this.reached = -1; // the chart that keys have reached, while the charts have the focus
    this.plot = document.createElement("div");
    this.plot.className = "ov-plot";
    holder.prepend(this.plot);
    this.axes = new LightPlot(this.plot, () => {});
    this.drawn = "";
    /** @type {Chart[]} */ this.charts = [];
    /** @type {Map<string, Panel>} */ this.panels = new Map();
    this.still = new StillLayer();
    this.layers = { faint: document.createElement("canvas"), full: document.createElement("canvas"), key: "" };
    this.size = { width: 0, height: 0 };
    this.inSight = false;
    /** @type {LaneView | undefined} the chosen lane: its further curves are drawn */ this.chosen = undefined;
    this.listen(holder, onScrub);
    this.listenToRead(holder);
  }

  /**
   * Fits the axes to the runs on screen and redraws them where that changed anything.
   *
   * @param {Lab} lab
   * @param {Theme} theme
   * @param {number} width
   * @param {number} height
   */
  render(lab, theme, width, height) {
    this.charts = (lab.header?.charts ?? []).filter(this.shows).map((chart) => {
      const chosen = lab.current.scales[chart.diagnostic];
      return chosen ? { ...chart, scale: chosen, chosen: true } : chart;
    });
    this.inSight = width > 0;
    if (!this.inSight) return;
    const lanes = [...lab.lanes().filter((lane) => lane.state.visible), ...apart(lab.ghosts(), lab.lanes())];
    const axes = this.charts.map((chart) => fitAxis(chart, lanes));
    const tall = Math.max(height, leastHeight(this.charts));
    const key = JSON.stringify([axes, lab.steps, theme.mode, theme.background, width, tall, this.charts]);
    if (key === this.drawn) return;
    this.drawn = key;
    this.size = { width, height: tall };
    if (!this.charts.length) {
      this.axes.clear();
      this.panels.clear();
      return;
    }
    this.axes.show(curvesLayout(this.charts, axes, lab.steps, theme, this.size), { wheels: false, drags: false });
    this.measure(axes, lab.steps);
    this.scales.update(this.charts.map((chart, i) => {
      const declared = chart.chosen && lab.header?.charts.find(({ id }) => id === chart.id);
      return { chart, scale: axes[i].scale, natural: declared ? fitAxis(declared, lanes).scale : axes[i].scale };
    }), (chart) => this.panels.get(chart.id));
    this.layers.key = "";
  }

  /** @param {Axis[]} axes @param {number} steps */
  measure(axes, steps) {
    this.panels.clear();
    for (const [i, chart] of this.charts.entries()) {
      const [x, y] = axisNames(i).map((key) => this.axes.axes[key]);
      const box = { left: x._offset, top: y._offset, width: x._length, height: y._length };
      this.panels.set(chart.id, new Panel(box, [0, steps], axes[i].range, axes[i].forward));
    }
  }

  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {Lab} lab
   * @param {number} time
   * @param {Theme} theme
   */
  paint(ctx, lab, time, theme) {
    if (!this.charts.length || !this.inSight) return;
    this.painted = { lab, time, theme };
    this.read();
    const lanes = lab.lanes();
    const fresh = [...lab.overrides.keys()];
    const still = lanes.filter((lane, i) => lane.state.visible && !fresh.includes(i));
    const moving = lanes.filter((lane, i) => lane.state.visible && fresh.includes(i));
    const ghosts = apart(lab.ghosts(), lanes);
    this.chosen = lanes[lab.positions.indexOf(lab.current.lane)];
    const looks = [...lanes, ...ghosts].map((lane) => [lane.state.visible, lane.state.colour, lane === this.chosen]);
    this.fillLayers([...ghosts, ...still], JSON.stringify([lab.version, fresh, looks]), lab, theme);
    const under = (/** @type {CanvasRenderingContext2D} */ on) => this.paintStill(on, [...ghosts, ...still], lanes, time, theme);
    if (moving.length) this.still.copy(ctx, `${this.drawn}|${stillKey(lab, time, theme, [])}`, this.size, under);
    else under(ctx);
    for (const [chart, panel] of this.places()) {
      if (moving.length) {
        ctx.save();
        panel.clip(ctx);
        ctx.globalAlpha = FAINT;
        for (const lane of moving) this.stroke(ctx, panel, chart, lane, time, lab.steps, theme);
        ctx.globalAlpha = 1;
        for (const lane of moving) this.stroke(ctx, panel, chart, lane, 0, time, theme);
        ctx.restore();
        for (const lane of moving) this.dot(ctx, panel, chart, lane, time, theme);
      }
      if (chart.wide) this.labels(ctx, panel, chart, lanes, lab.steps, theme);
    }
  }

  /** @returns {[Chart, Panel][]} */
  places() {
    return this.charts.flatMap((chart) => {
      const panel = this.panels.get(chart.id);
      return panel ? [/** @type {[Chart, Panel]} */ ([chart, panel])] : [];
    });
  }

  /**
   * The lanes that no slider holds, up to the cursor in full.
   *
   * @param {CanvasRenderingContext2D} ctx
   * @param {LaneView[]} lanes they, and the pinned runs
   * @param {LaneView[]} all the lab's lanes
   * @param {number} time
   * @param {Theme} theme
   */
  paintStill(ctx, lanes, all, time, theme) {
    ctx.drawImage(this.layers.faint, 0, 0, this.size.width, this.size.height);
    for (const [chart, panel] of this.places()) {
      ctx.save();
      panel.clip(ctx);
      this.past(ctx, panel, time);
      this.cursor(ctx, panel, time, theme);
      ctx.restore();
      for (const lane of lanes) if (lane.state.visible) this.dot(ctx, panel, chart, lane, time, theme);
      if (chart.axis !== "y") this.missing(ctx, panel, chart, all, theme);
    }
  }

  /** @param {LaneView[]} lanes @param {string} key @param {Lab} lab @param {Theme} theme */
  fillLayers(lanes, key, lab, theme) {
    const whole = `${key}|${this.drawn}`;
    if (this.layers.key === whole) return;
    this.layers.key = whole;
    for (const [canvas, alpha] of /** @type {[HTMLCanvasElement, number][]} */ ([[this.layers.faint, FAINT], [this.layers.full, 1]])) {
      const ctx = fitCanvas(canvas, this.size.width, this.size.height);
      ctx.clearRect(0, 0, this.size.width, this.size.height);
      ctx.globalAlpha = alpha;
      for (const chart of this.charts) {
        const panel = this.panels.get(chart.id);
        if (!panel) continue;
        ctx.save();
        panel.clip(ctx);
        for (const lane of lanes) this.stroke(ctx, panel, chart, lane, 0, lab.steps, theme);
        ctx.restore();
      }
    }
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Panel} panel @param {Chart} chart @param {LaneView} lane @param {number} from @param {number} to @param {Theme} theme */
  stroke(ctx, panel, chart, lane, from, to, theme) {
    ctx.strokeStyle = theme.lanes[lane.state.colour];
    ctx.lineWidth = lane.pinned ? 1.2 : 1.5;
    // Of a pinned run the quantity itself: a dash must not stand for two things.
    for (const { values, style } of curvesOf(chart, lane).slice(0, lane.pinned ? 1 : undefined)) {
      if (style === "dotted" && lane.state !== this.chosen?.state) continue; // those of every lane would hide the quantity itself
      ctx.setLineDash(lane.pinned ? DASH : DASHES[style]);
      ctx.beginPath();
      curve(panel, values, from, to, ctx);
      ctx.stroke();
    }
    ctx.setLineDash([]);
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Panel} panel @param {number} time */
  past(ctx, panel, time) {
    const width = panel.px(time) - panel.left;
    if (width <= 0) return;
    const ratio = this.layers.full.width / this.size.width;
    ctx.drawImage(
      this.layers.full, panel.left * ratio, panel.top * ratio, width * ratio, panel.height * ratio,
      panel.left, panel.top, width, panel.height,
    );
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Panel} panel @param {number} time @param {Theme} theme */
  cursor(ctx, panel, time, theme) {
    ctx.strokeStyle = theme.muted;
    ctx.lineWidth = 1;
    ctx.beginPath();
    ctx.moveTo(panel.px(time), panel.top);
    ctx.lineTo(panel.px(time), panel.top + panel.height);
    ctx.stroke();
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Panel} panel @param {Chart} chart @param {LaneView} lane @param {number} time @param {Theme} theme */
  dot(ctx, panel, chart, lane, time, theme) {
    const [solid] = curvesOf(chart, lane);
    const py = solid ? panel.py(solid.values[time]) : NaN;
    if (!(py >= panel.top - 1 && py <= panel.top + panel.height + 1)) return;
    if (lane.pinned) {
      hollow(ctx, lane, panel.px(time), py, 3.5, theme);
      return;
    }
    marker(ctx, lane.state.marker, panel.px(time), py, 3.5);
    ctx.fillStyle = theme.lanes[lane.state.colour];
    ctx.strokeStyle = theme.background;
    ctx.lineWidth = 1;
    ctx.stroke();
    ctx.fill();
  }

  /**
   * Names at the ends of the loss curves, pushed apart where they would lie on each other.
   *
   * @param {CanvasRenderingContext2D} ctx @param {Panel} panel @param {Chart} chart @param {LaneView[]} lanes @param {number} steps @param {Theme} theme
   */
  labels(ctx, panel, chart, lanes, steps, theme) {
    ctx.font = `${11 * theme.scale}px ${theme.font}`;
    ctx.textAlign = "right";
    const items = lanes.filter((lane) => lane.state.visible).flatMap((lane) => {
      const values = curvesOf(chart, lane)[0]?.values;
      const py = values ? panel.py(values[steps]) : NaN;
      return Number.isFinite(py) ? [{ lane, y: Math.max(panel.top + 10, Math.min(py - 4, panel.top + panel.height - 4)) }] : [];
    }).sort((a, b) => a.y - b.y);
    for (let i = 1; i < items.length; i += 1) items[i].y = Math.max(items[i].y, items[i - 1].y + 12);
    for (let i = items.length - 1; i >= 0; i -= 1) {
      items[i].y = Math.min(items[i].y, panel.top + panel.height - 3 - 12 * (items.length - 1 - i));
    }
    for (const { lane, y } of items) {
      ctx.lineWidth = 3;
      ctx.strokeStyle = theme.background;
      ctx.strokeText(lane.title, panel.left + panel.width - 2, y);
      ctx.fillStyle = theme.labels[lane.state.colour];
      ctx.fillText(lane.title, panel.left + panel.width - 2, y);
    }
    ctx.textAlign = "left";
  }

  /**
   * Says which lanes a chart leaves out, and why.
   *
   * @param {CanvasRenderingContext2D} ctx @param {Panel} panel @param {Chart} chart @param {LaneView[]} lanes @param {Theme} theme
   */
  missing(ctx, panel, chart, lanes, theme) {
    const out = lanes.filter((lane) => lane.state.visible && lane.note !== RUNNING && !lane.curves[chart.diagnostic]);
    if (!out.length) return;
    const [names, lacking] = [`${out.map(({ title }) => title).join(", ")}:`, chart.lacking];
    ctx.font = `${10 * theme.scale}px ${theme.font}`;
    ctx.lineWidth = 3;
    ctx.strokeStyle = theme.background;
    ctx.fillStyle = theme.muted;
    const room = panel.width - 6;
    const lines = ctx.measureText(`${names} ${lacking}`).width <= room ? [`${names} ${lacking}`] : [names, lacking];
    for (const [i, line] of lines.entries()) {
      const at = /** @type {[number, number, number]} */ ([panel.left + 3, panel.top + panel.height - 4 - 12 * theme.scale * (lines.length - 1 - i), room]);
      ctx.strokeText(line, ...at);
      ctx.fillText(line, ...at);
    }
  }

  /** Shows the values under the pointer; those at the clock's step while the charts have the focus. */
  read() {
    const { painted, pointed, readout } = this;
    const at = pointed && [...this.panels].find(([, panel]) => panel.contains(pointed.x, pointed.y));
    const [id, panel] = at ?? [this.charts[this.reached]?.id, this.panels.get(this.charts[this.reached]?.id)];
    const chart = this.charts.find((each) => each.id === id);
    if (!painted || !panel || !chart) {
      readout.hide();
      return;
    }
    const { lab, time, theme } = painted;
    const step = at && pointed ? Math.max(0, Math.min(lab.steps, Math.round(panel.x(pointed.x)))) : time;
    readout.write({ chart, step, lanes: [...lab.lanes(), ...apart(lab.ghosts(), lab.lanes())], theme }, !at);
    readout.place(panel.px(step), at && pointed ? pointed.y : panel.top + panel.height / 2, panel, this.holder);
  }

  /** The pointer reads; so do the arrow keys up and down, chart by chart, while the charts have the focus. @param {HTMLElement} holder */
  listenToRead(holder) {
    const reach = (/** @type {number} */ at) => {
      this.reached = at;
      const panel = this.panels.get(this.charts[at]?.id);
      if (panel && (panel.top < holder.scrollTop || panel.top + panel.height > holder.scrollTop + holder.clientHeight)) holder.scrollTop = panel.top - 24;
      this.read();
    };
    holder.tabIndex = 0;
    holder.addEventListener("pointermove", (event) => {
      const box = this.plot.getBoundingClientRect();
      this.pointed = event.target instanceof HTMLButtonElement ? null : { x: event.clientX - box.left, y: event.clientY - box.top };
      this.read();
    });
    holder.addEventListener("pointerleave", () => { this.pointed = null; this.read(); });
    holder.addEventListener("focus", () => { if (holder.matches(":focus-visible")) reach(0); });
    holder.addEventListener("blur", () => reach(-1));
    holder.addEventListener("keydown", (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!by || event.target !== holder) return;
      event.preventDefault();
      reach(Math.max(0, Math.min(this.charts.length - 1, this.reached + by)));
    });
  }

  /** A press or drag on a plot moves the clock. @param {HTMLElement} holder @param {(time: number) => void} onScrub */
  listen(holder, onScrub) {
    let scrubbing = false;
    const scrub = (/** @type {PointerEvent} */ event) => {
      const box = this.plot.getBoundingClientRect();
      const panels = [...this.panels.values()];
      const [x, y] = [event.clientX - box.left, event.clientY - box.top];
      const panel = panels.find((item) => item.contains(x, y)) ?? panels.find((item) => x >= item.left && x <= item.left + item.width);
      if (panel) onScrub(panel.x(x));
    };
    holder.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || event.pointerType === "touch") return;
      scrubbing = true;
      holder.setPointerCapture(event.pointerId);
      scrub(event);
    });
    holder.addEventListener("pointermove", (event) => scrubbing && scrub(event));
    for (const end of ["pointerup", "pointercancel"]) holder.addEventListener(end, () => (scrubbing = false));
    holder.addEventListener("click", (event) => scrub(/** @type {PointerEvent} */ (event)));
  }
}
