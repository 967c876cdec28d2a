/**
 * What moves over the surface: trails, heads, start, minima, where a run left the picture, and the fan of neighbour stops.
 *
 * @import { Lab, LaneView } from "../state/lab.js"
 * @import { Panel } from "./canvas.js"
 * @import { Run } from "../state/packet.js"
 * @import { Theme } from "./theme.js"
 * @import { TrailLayer } from "./trail_layer.js"
 */
import { marker, polyline } from "./canvas.js";
import { freePlace } from "./label_places.js";
import { number } from "../state/format.js";

const RECENT = 60; // steps of the trail that are drawn in full strength, fading in
const FAN = [-6, -4, -2, 2, 4, 6]; // neighbour stops shown while a slider is held

const BUTTONS = { width: 110, height: 56 };

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Panel} panel
 * @param {Lab} lab
 * @param {LaneView[]} lanes the lanes this panel shows
 * @param {number} time
 * @param {Theme} theme
 * @param {{layer: TrailLayer, size: {width: number, height: number}, dragged: Set<LaneView>}} past the trails of all panels but
 *   those of the dragged lanes, up to date
 */
export function paintPanel(ctx, panel, lab, lanes, time, theme, { layer, size, dragged }) {
  ctx.save();
  panel.clip(ctx);
  minima(ctx, panel, lab, theme);
  fan(ctx, panel, lab, lanes, theme);
  ctx.globalAlpha = 0.6;
  ctx.drawImage(layer.canvas, 0, 0, size.width, size.height);
  for (const lane of lanes) {
    if (!dragged.has(lane)) continue;
    ctx.strokeStyle = theme.lanes[lane.state.colour];
    ctx.lineJoin = ctx.lineCap = "round";
    ctx.lineWidth = 2;
    strokePath(ctx, panel, lane.run, 0, time);
  }
  ctx.globalAlpha = 1;
  for (const lane of lanes) recent(ctx, panel, lane, time, theme);
  start(ctx, panel, lanes, theme);
  for (const lane of lanes) head(ctx, panel, lane, time, theme);
  ctx.restore();
  exits(ctx, panel, lanes, time, theme);
}

/** @param {Run} run @returns {[import("../state/types.js").Values, import("../state/types.js").Values]} */
function path(run) {
  const [x, y] = [run.get("theta_x"), run.get("theta_y")];
  if (!x || !y) throw new Error("a run has no theta");
  return [x, y];
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Panel} panel
 * @param {Run} run
 * @param {number} from
 * @param {number} to
 */
export function strokePath(ctx, panel, run, from, to) {
  const [x, y] = path(run);
  ctx.beginPath();
  polyline(ctx, (i) => panel.px(x[i]), (i) => panel.py(y[i]), Math.max(0, from), to);
  ctx.stroke();
}

/** @param {CanvasRenderingContext2D} ctx @param {Panel} panel @param {LaneView} lane @param {number} time @param {Theme} theme */
function recent(ctx, panel, lane, time, theme) {
  ctx.strokeStyle = theme.lanes[lane.state.colour];
  ctx.lineJoin = "round";
  ctx.lineWidth = 2;
  for (const [share, alpha] of [[1, 0.4], [0.6, 0.6], [0.3, 1]]) {
    ctx.globalAlpha = alpha;
    strokePath(ctx, panel, lane.run, time - Math.round(RECENT * share), time);
  }
  ctx.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} ctx @param {Panel} panel @param {LaneView} lane @param {number} time @param {Theme} theme */
function head(ctx, panel, lane, time, theme) {
  const [x, y] = path(lane.run);
  const [px, py] = [panel.px(x[time]), panel.py(y[time])];
  if (!Number.isFinite(px) || !Number.isFinite(py)) return;
  marker(ctx, lane.state.marker, px, py, 6);
  ctx.fillStyle = theme.lanes[lane.state.colour];
  ctx.strokeStyle = theme.background;
  ctx.lineWidth = 1.5;
  ctx.stroke();
  ctx.fill();
}

/** @param {CanvasRenderingContext2D} ctx @param {Panel} panel @param {Lab} lab @param {Theme} theme */
function minima(ctx, panel, lab, theme) {
  ctx.strokeStyle = theme.text;
  ctx.lineWidth = 1.5;
  for (const [x, y] of lab.header?.surface.minima ?? []) {
    const [px, py] = [panel.px(x), panel.py(y)];
    ctx.beginPath();
    ctx.moveTo(px - 5, py);
    ctx.lineTo(px + 5, py);
    ctx.moveTo(px, py - 5);
    ctx.lineTo(px, py + 5);
    ctx.stroke();
  }
}

/** @param {CanvasRenderingContext2D} ctx @param {Panel} panel @param {LaneView[]} lanes @param {Theme} theme */
function start(ctx, panel, lanes, theme) {
  if (!lanes.length) return;
  const [x, y] = path(lanes[0].run);
  ctx.beginPath();
  ctx.arc(panel.px(x[0]), panel.py(y[0]), 6, 0, 2 * Math.PI);
  ctx.strokeStyle = theme.text;
  ctx.lineWidth = 1.5;
  ctx.stroke();
}

/** @param {CanvasRenderingContext2D} ctx @param {Panel} panel @param {Lab} lab @param {LaneView[]} lanes @param {Theme} theme */
function fan(ctx, panel, lab, lanes, theme) {
  for (const [index, shown] of lab.overrides) {
    const family = shown.held ? lab.family(index, shown.hyperparameter) : undefined;
    const state = lab.edited(index);
    if (!family || !state || !lanes.some((lane) => lane.state === state)) continue;
    ctx.strokeStyle = theme.lanes[state.colour];
    ctx.lineWidth = 1;
    ctx.globalAlpha = 0.28;
    for (const offset of FAN) {
      const stop = shown.stop + offset;
      if (stop >= 0 && stop < family.info.stops.length) strokePath(ctx, panel, family.run(stop), 0, family.run(stop).steps);
    }
    ctx.globalAlpha = 1;
  }
}

/**
 * @param {LaneView} lane
 * @param {Panel} panel
 * @param {number} time
 * @returns {{step: number, px: number, py: number, angle: number} | null} where a run that is out of sight left the panel
 */
export function exitPoint(lane, panel, time) {
  const [x, y] = path(lane.run);
  /** @param {number} i */
  const inside = (i) => panel.contains(panel.px(x[i]), panel.py(y[i]));
  if (inside(time)) return null;
  const last = lastBefore(time, inside);
  if (last < 0) return null;
  const [x0, y0, x1, y1] = [panel.px(x[last]), panel.py(y[last]), panel.px(x[last + 1]), panel.py(y[last + 1])];
  if (!Number.isFinite(x1) || !Number.isFinite(y1)) return { step: last + 1, px: x0, py: y0, angle: 0 };
  const [dx, dy] = [x1 - x0, y1 - y0];
  const shareX = dx > 0 ? (panel.left + panel.width - x0) / dx : dx < 0 ? (panel.left - x0) / dx : Infinity;
  const shareY = dy > 0 ? (panel.top + panel.height - y0) / dy : dy < 0 ? (panel.top - y0) / dy : Infinity;
  const share = Math.min(shareX, shareY, 1);
  return { step: last + 1, px: x0 + share * dx, py: y0 + share * dy, angle: Math.atan2(dy, dx) };
}

/**
 * @param {number} time
 * @param {(step: number) => boolean} holds
 * @returns {number} the last step before `time` that holds, -1 where none does
 */
function lastBefore(time, holds) {
  for (let step = time - 1; step >= 0; step -= 1) if (holds(step)) return step;
  return -1;
}

/**
 * @param {LaneView} lane
 * @param {number} step
 */
export function exitText(lane, step) {
  if (lane.divergence) return `${lane.title} left at step ${step}: ${lane.divergence}`;
  const loss = lane.run.get("loss");
  return `${lane.title} left the view at step ${step}, loss ${number(loss ? loss[step] : NaN, 3)}`;
}

/** @param {CanvasRenderingContext2D} ctx @param {Panel} panel @param {LaneView[]} lanes @param {number} time @param {Theme} theme */
function exits(ctx, panel, lanes, time, theme) {
  /** @type {{x: number, width: number, y: number}[]} */
  const taken = [];
  ctx.font = `12px ${theme.font}`;
  for (const lane of lanes) {
    const out = exitPoint(lane, panel, time);
    if (!out) continue;
    arrow(ctx, out, theme.lanes[lane.state.colour], theme.background);
    const text = exitText(lane, out.step);
    const width = Math.min(ctx.measureText(text).width, panel.width - 16);
    const x = Math.max(panel.left + 6, Math.min(out.px + 10, panel.left + panel.width - width - 10));
    // The zoom buttons lie in the upper right corner.
    const highest = x + width > panel.left + panel.width - BUTTONS.width ? BUTTONS.height : 16;
    const room = { low: panel.top + highest, high: panel.top + panel.height - 10 };
    const y = freePlace({ x: x - 4, width: width + 8, wanted: out.py + 4, ...room }, taken);
    taken.push({ x: x - 4, width: width + 8, y });
    ctx.globalAlpha = 0.88;
    ctx.fillStyle = theme.background;
    ctx.fillRect(x - 4, y - 13, width + 8, 18);
    ctx.globalAlpha = 1;
    ctx.fillStyle = theme.text;
    ctx.fillText(text, x, y, panel.width - 16);
  }
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {{px: number, py: number, angle: number}} at
 * @param {string} colour
 * @param {string} edge
 */
function arrow(ctx, { px, py, angle }, colour, edge) {
  ctx.save();
  ctx.translate(px, py);
  ctx.rotate(angle);
  ctx.beginPath();
  for (const [x, y] of [[0, 0], [-11, -6], [-11, 6]]) ctx.lineTo(x, y);
  ctx.closePath();
  ctx.fillStyle = colour;
  ctx.strokeStyle = edge;
  ctx.stroke();
  ctx.fill();
  ctx.restore();
}
