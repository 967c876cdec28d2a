/**
 * What moves over the surface: trails, heads with their names, start, minima, where a run left the picture, and the fan of
 * neighbour stops.
 *
 * @import { Lab, LaneView } from "../state/lab.js"
 * @import { Panel } from "./canvas.js"
 * @import { Exit } from "./exits.js"
 * @import { Run } from "../state/packet.js"
 * @import { Ghost } from "../state/pin.js"
 * @import { Theme } from "./theme.js"
 * @import { Pair } from "../state/types.js"
 * @import { TrailLayer } from "./trail_layer.js"
 */
import { marker, polyline } from "./canvas.js";
import { paintClouds } from "./clouds.js";
import { exitOf, gone, path } from "./exits.js";
import { hollow } from "./ghosts.js";
import { Labels } from "./labels.js";
import { paintEllipses, paintPoints, writeNames } from "./marks.js";
import { HALO_STRENGTH, HALO_WIDTH } from "./trail_layer.js";

const RECENT = 60; // steps of the trail that are drawn in full strength, fading in
const FAN = [-6, -4, -2, 2, 4, 6]; // neighbour stops shown while a slider is held
const FAINT = 0.25; // of what a run draws once it has diverged out of sight
const AFTERWARDS = 24; // steps that are drawn of it then: a run that swings would fill the picture
export const HEAD = 6; // pixels, radius of a marker
const MARK = HEAD + 9; // pixels, from a minimum to the ends of its mark

const MOST_NAMED = 3; // pinned runs that are named at their heads

export const BUTTONS = { width: 110, height: 44 }; // the zoom buttons, in the upper right corner

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Panel} panel
 * @param {Lab} lab
 * @param {LaneView[]} lanes the lanes this panel shows
 * @param {number} time
 * @param {Theme} theme
 * @param {{layer: TrailLayer, size: {width: number, height: number}, dragged: Set<LaneView>, named: boolean, ghosts: Ghost[]}} past the
 *   trails of all panels but those of the dragged lanes, up to date; whether names stand at the heads; the pinned runs here
 */
export function paintPanel(ctx, panel, lab, lanes, time, theme, { layer, size, dragged, named, ghosts }) {
  const start = /** @type {Pair} */ (lab.header?.scenario.start.map(Number) ?? [NaN, NaN]);
  ctx.save();
  panel.clip(ctx);
  fan(ctx, panel, lab, lanes, theme);
  ctx.globalAlpha = HALO_STRENGTH;
  ctx.drawImage(layer.halos, 0, 0, size.width, size.height);
  const held = lanes.filter((lane) => dragged.has(lane));
  for (const lane of held) whole(ctx, panel, lane, time, theme.halo, HALO_WIDTH);
  ctx.globalAlpha = 0.8;
  ctx.drawImage(layer.canvas, 0, 0, size.width, size.height);
  for (const lane of held) whole(ctx, panel, lane, time, theme.lanes[lane.state.colour], 2);
  ctx.globalAlpha = 1;
  for (const lane of lanes) recent(ctx, panel, lane, time, theme);
  ring(ctx, panel, start, theme);
  minima(ctx, panel, lab, theme);
  /** @type {import("./marks.js").Place} */
  const place = (x, y) => (panel.contains(panel.px(x), panel.py(y)) ? [panel.px(x), panel.py(y)] : null);
  paintClouds(ctx, place, lanes, time, theme);
  paintEllipses(ctx, panel, lanes, time, theme);
  const names = paintPoints(ctx, place, lanes, time, theme);
  const labels = new Labels(ctx, { x: panel.left, y: panel.top, width: panel.width, height: panel.height }, theme);
  labels.keep({ x: panel.left + panel.width - BUTTONS.width, y: panel.top, ...BUTTONS }); // the zoom buttons lie there
  for (const [x, y] of lab.header?.surface.minima ?? []) labels.keepAround(panel.px(x), panel.py(y), MARK);
  /** @type {{lane: LaneView, px: number, py: number}[]} */
  const heads = [];
  for (const lane of [...ghosts, ...lowestLast(lanes, time)]) {
    const [x, y] = path(lane.run);
    const [px, py] = [panel.px(x[time]), panel.py(y[time])];
    if (!panel.contains(px, py)) continue;
    const over = time >= gone(lane, panel);
    head(ctx, lane, px, py, over ? FAINT : 1, theme);
    labels.keepAround(px, py, HEAD);
    if (!over) heads.push({ lane, px, py });
  }
  ctx.restore();
  const pinned = /** @type {Pair} */ (lab.header?.scenario.pin?.start.map(Number) ?? start);
  const exits = [...lanes, ...ghosts].flatMap((lane) => {
    const exit = exitOf(lane, panel, time, lane.pinned ? pinned : start);
    return exit ? [{ lane, exit }] : [];
  });
  for (const { lane, exit } of exits) signpost(ctx, lane, exit, theme, labels);
  for (const { exit } of exits) labels.write(exit.text, theme.text, exit);
  if (named) nameHeads(labels, heads, ghosts, theme);
  writeNames(labels, names);
}

/** @param {Labels} labels @param {{lane: LaneView, px: number, py: number}[]} heads @param {Ghost[]} ghosts @param {Theme} theme */
function nameHeads(labels, heads, ghosts, theme) {
  const [first, last] = [heads.filter(({ lane }) => !lane.pinned), ghosts.length <= MOST_NAMED ? heads.filter(({ lane }) => lane.pinned) : []];
  for (const { lane, px, py } of [...first, ...last]) {
    labels.write(lane.label, theme.labels[lane.state.colour], { px, py }, { bold: !lane.pinned });
  }
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

/**
 * The trail of a lane; once it has diverged out of sight, faintly, and not for long.
 *
 * @param {CanvasRenderingContext2D} ctx
 * @param {Panel} panel
 * @param {LaneView} lane
 * @param {number} from
 * @param {number} to
 */
export function strokeTrail(ctx, panel, lane, from, to) {
  const end = gone(lane, panel);
  if (from < Math.min(end, to)) strokePath(ctx, panel, lane.run, from, Math.min(end, to));
  if (to <= end) return;
  ctx.save();
  ctx.globalAlpha *= FAINT;
  ctx.lineWidth = 1;
  strokePath(ctx, panel, lane.run, Math.max(from, end), Math.min(to, end + AFTERWARDS));
  ctx.restore();
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Panel} panel
 * @param {LaneView} lane
 * @param {number} time
 * @param {string} colour
 * @param {number} width
 */
function whole(ctx, panel, lane, time, colour, width) {
  ctx.strokeStyle = colour;
  ctx.lineJoin = ctx.lineCap = "round";
  ctx.lineWidth = width;
  strokeTrail(ctx, panel, lane, 0, time);
}

/** @param {CanvasRenderingContext2D} ctx @param {Panel} panel @param {LaneView} lane @param {number} time @param {Theme} theme */
function recent(ctx, panel, lane, time, theme) {
  const end = gone(lane, panel);
  ctx.strokeStyle = theme.lanes[lane.state.colour];
  ctx.lineJoin = "round";
  ctx.lineWidth = 2;
  for (const [share, alpha] of [[1, 0.4], [0.6, 0.6], [0.3, 1]]) {
    const from = time - Math.round(RECENT * share);
    ctx.globalAlpha = alpha;
    if (from < end) strokePath(ctx, panel, lane.run, from, Math.min(time, end));
  }
  ctx.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} ctx @param {LaneView} lane @param {number} px @param {number} py @param {number} alpha @param {Theme} theme */
function head(ctx, lane, px, py, alpha, theme) {
  ctx.globalAlpha = alpha;
  if (lane.pinned) {
    hollow(ctx, lane, px, py, HEAD, theme);
    ctx.globalAlpha = 1;
    return;
  }
  marker(ctx, lane.state.marker, px, py, HEAD);
  ctx.fillStyle = theme.lanes[lane.state.colour];
  ctx.strokeStyle = theme.halo;
  ctx.lineWidth = 2.5;
  ctx.stroke();
  ctx.fill();
  ctx.globalAlpha = 1;
}

/**
 * The minima, as the four arms of a cross that stay in sight around a head.
 *
 * @param {CanvasRenderingContext2D} ctx
 * @param {Panel} panel
 * @param {Lab} lab
 * @param {Theme} theme
 */
function minima(ctx, panel, lab, theme) {
  const [from, to] = [HEAD + 3, MARK];
  ctx.beginPath();
  for (const [x, y] of lab.header?.surface.minima ?? []) {
    const [px, py] = [panel.px(x), panel.py(y)];
    for (const [dx, dy] of [[1, 0], [0, 1], [-1, 0], [0, -1]]) {
      ctx.moveTo(px + from * dx, py + from * dy);
      ctx.lineTo(px + to * dx, py + to * dy);
    }
  }
  for (const [colour, width] of /** @type {[string, number][]} */ ([[theme.halo, 4.5], [theme.text, 1.8]])) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.stroke();
  }
}

/** @param {LaneView[]} lanes @param {number} time @returns {LaneView[]} the leader last, so that no other head covers it */
function lowestLast(lanes, time) {
  const loss = (/** @type {LaneView} */ lane) => lane.run.get("loss")?.[time] ?? NaN;
  return [...lanes].sort((one, other) => (loss(other) - loss(one)) || 0);
}

/** Where all start. @param {CanvasRenderingContext2D} ctx @param {Panel} panel @param {Pair} start @param {Theme} theme */
function ring(ctx, panel, [x, y], theme) {
  ctx.beginPath();
  ctx.arc(panel.px(x), panel.py(y), HEAD, 0, 2 * Math.PI);
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
 * The lane's marker at the edge with an arrow that points the way out, or crossed where its numbers ended in sight.
 *
 * @param {CanvasRenderingContext2D} ctx
 * @param {LaneView} lane
 * @param {Exit} exit
 * @param {Theme} theme
 * @param {Labels} labels
 */
function signpost(ctx, lane, { px, py, angle }, theme, labels) {
  const colour = theme.lanes[lane.state.colour];
  ctx.save();
  ctx.translate(px, py);
  if (angle !== null) ctx.rotate(angle);
  ctx.strokeStyle = theme.background;
  ctx.fillStyle = colour;
  ctx.lineWidth = 2;
  ctx.beginPath();
  for (const [x, y] of angle === null ? [] : [[0, 0], [-10, -7], [-10, 7]]) ctx.lineTo(x, y);
  ctx.closePath();
  ctx.stroke();
  ctx.fill();
  ctx.restore();
  const [x, y] = angle === null ? [px, py] : [px - 17 * Math.cos(angle), py - 17 * Math.sin(angle)];
  head(ctx, lane, x, y, 1, theme);
  labels.keepAround(x, y, HEAD + 1);
  labels.keepAround(px, py, HEAD);
  if (angle !== null) return;
  ctx.beginPath();
  for (const side of [-1, 1]) {
    ctx.moveTo(px - 9, py - 9 * side);
    ctx.lineTo(px + 9, py + 9 * side);
  }
  ctx.strokeStyle = theme.text;
  ctx.lineWidth = 1.5;
  ctx.stroke();
}
