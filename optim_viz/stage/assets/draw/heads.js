/**
 * What lies over all trails: the heads with their names, and signposts where a run left the picture.
 *
 * @import { Lab } from "../state/lab.js"
 * @import { LaneView } from "../state/lane_view.js"
 * @import { Panel } from "./canvas.js"
 * @import { Exit } from "./exits.js"
 * @import { Ghost } from "../state/pin.js"
 * @import { Theme } from "./theme.js"
 * @import { Pair } from "../state/types.js"
 */
import { marker } from "./canvas.js";
import { exitOf, FAINT, gone, path } from "./exits.js";
import { hollow } from "./ghosts.js";
import { Labels } from "./labels.js";
import { namesOfPoints, placeIn, writeNames } from "./marks.js";

export const HEAD = 6; // pixels, radius of a marker
export const MARK = HEAD + 9; // pixels, from a minimum to the ends of its mark
const MOST_NAMED = 3; // pinned runs that are named at their heads
export const BUTTONS = { width: 110, height: 44 }; // the zoom buttons, in the upper right corner

/**
 * All of it in one panel.
 *
 * @param {CanvasRenderingContext2D} ctx
 * @param {Panel} panel
 * @param {Lab} lab
 * @param {LaneView[]} lanes the lanes this panel shows
 * @param {number} time
 * @param {Theme} theme
 * @param {{named: boolean, ghosts: Ghost[]}} more whether names stand at the heads; the pinned runs here
 */
export function paintHeads(ctx, panel, lab, lanes, time, theme, { named, ghosts }) {
  const start = startOf(lab);
  ctx.lineJoin = "round"; // a canvas of a new size has forgotten it
  ctx.save();
  panel.clip(ctx);
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
    paintHead(ctx, lane, px, py, over ? FAINT : 1, theme);
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
  writeNames(labels, namesOfPoints(placeIn(panel), lanes, time, theme));
}

/** @param {Labels} labels @param {{lane: LaneView, px: number, py: number}[]} heads @param {Ghost[]} ghosts @param {Theme} theme */
function nameHeads(labels, heads, ghosts, theme) {
  const [first, last] = [heads.filter(({ lane }) => !lane.pinned), ghosts.length <= MOST_NAMED ? heads.filter(({ lane }) => lane.pinned) : []];
  for (const { lane, px, py } of [...first, ...last]) {
    labels.write(lane.label, theme.labels[lane.state.colour], { px, py }, { bold: !lane.pinned });
  }
}

/**
 * A lane's marker; that of a pinned run is hollow.
 *
 * @param {CanvasRenderingContext2D} ctx
 * @param {LaneView} lane
 * @param {number} px
 * @param {number} py
 * @param {number} alpha
 * @param {Theme} theme
 * @param {number} [radius]
 */
export function paintHead(ctx, lane, px, py, alpha, theme, radius = HEAD) {
  ctx.globalAlpha = alpha;
  if (lane.pinned) {
    hollow(ctx, lane, px, py, radius, theme);
    ctx.globalAlpha = 1;
    return;
  }
  marker(ctx, lane.state.marker, px, py, radius);
  ctx.fillStyle = theme.lanes[lane.state.colour];
  ctx.strokeStyle = theme.halo;
  ctx.lineWidth = 2.5;
  ctx.stroke();
  ctx.fill();
  ctx.globalAlpha = 1;
}

/** @param {LaneView[]} lanes @param {number} time @returns {LaneView[]} the leader last, so that no other head covers it */
function lowestLast(lanes, time) {
  const loss = (/** @type {LaneView} */ lane) => lane.run.get("loss")?.[time] ?? NaN;
  return [...lanes].sort((one, other) => (loss(other) - loss(one)) || 0);
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
  paintHead(ctx, lane, x, y, 1, theme);
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

/** @param {Lab} lab @returns {Pair} where all runs start */
export function startOf(lab) {
  return /** @type {Pair} */ (lab.header?.scenario.start.map(Number) ?? [NaN, NaN]);
}
