/**
 * What a rule shows beside its particle at a step: further points of the plane (the x and z of Schedule-Free, the place that SAM
 * climbs to) as hollow markers, and its matrix as an ellipse. Both stand in the run that Python sent; here they are drawn.
 *
 * @import { LaneView } from "../state/lane_view.js"
 * @import { Run } from "../state/packet.js"
 * @import { EllipseInfo, Pair } from "../state/types.js"
 * @import { Panel } from "./canvas.js"
 * @import { Labels } from "./labels.js"
 * @import { Theme } from "./theme.js"
 */
import { marker } from "./canvas.js";
import { gone, path } from "./exits.js";

const HEAD = 6; // pixels, radius of the particle's own
const SIZE = 5; // pixels, radius of a point's marker
export const REACH = 44; // pixels, the ellipse's longer half axis on the screen
const CORNERS = 48;

/** @typedef {(x: number, y: number) => Pair | null} Place pixels of a point of the plane; null where it is not in sight */
/** @typedef {{text: string, colour: string, px: number, py: number}} Name of a point, to be written once the heads have theirs */

/** @param {LaneView} lane @param {boolean} flat @returns {boolean} whether its rule shows anything beside the particle */
export function hasMarks({ optimizer }, flat) {
  return optimizer.points.length > 0 || (flat && optimizer.ellipse !== null);
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Place} place
 * @param {LaneView[]} lanes
 * @param {number} time
 * @param {Theme} theme
 */
export function paintPoints(ctx, place, lanes, time, theme) {
  for (const { lane, shape, point, start } of pointsOf(place, lanes, time)) {
    const colour = theme.lanes[lane.state.colour];
    ctx.beginPath();
    ctx.moveTo(...(start ?? point));
    ctx.lineTo(...point);
    twice(ctx, theme, colour, 1);
    marker(ctx, shape, ...point, SIZE);
    ctx.fillStyle = theme.background;
    ctx.fill();
    twice(ctx, theme, colour, 1.8);
  }
}

/**
 * @param {Place} place
 * @param {LaneView[]} lanes
 * @param {number} time
 * @param {Theme} theme
 * @returns {Name[]}
 */
export function namesOfPoints(place, lanes, time, theme) {
  return pointsOf(place, lanes, time).flatMap(({ lane, state, point, head }) => {
    if (head && Math.hypot(point[0] - head[0], point[1] - head[1]) < HEAD) return []; // under the head nobody looks for a name
    return [{ text: lane.optimizer.symbols[state], colour: theme.labels[lane.state.colour], px: point[0], py: point[1] }];
  });
}

/** @param {Place} place @param {LaneView[]} lanes @param {number} time those in sight */
function pointsOf(place, lanes, time) {
  return lanes.flatMap((lane) => lane.optimizer.points.flatMap(({ state, marker: shape, joined }) => {
    const [x, y] = path(lane.run);
    const from = joined === "before" ? Math.max(0, time - 1) : time;
    const [point, start, head] = [placeOf(lane.run, state, time), [x[from], y[from]], [x[time], y[time]]].map((at) => at && place(at[0], at[1]));
    return point ? [{ lane, state, shape, point, start, head }] : [];
  }));
}

/** @param {Run} run @param {string} state @param {number} time @returns {Pair | null} null where the run has no such numbers now */
export function placeOf(run, state, time) {
  const [x, y] = ["x", "y"].map((axis) => run.get(`${state}_${axis}`)?.[time] ?? NaN);
  return Number.isFinite(x) && Number.isFinite(y) ? [x, y] : null;
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Panel} panel
 * @param {LaneView[]} lanes
 * @param {number} time
 * @param {Theme} theme
 */
export function paintEllipses(ctx, panel, lanes, time, theme) {
  for (const lane of lanes) {
    if (lane.optimizer.ellipse && time < gone(lane, panel)) ellipse(ctx, panel, lane, lane.optimizer.ellipse, time, theme);
  }
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Panel} panel
 * @param {LaneView} lane
 * @param {EllipseInfo} info
 * @param {number} time
 * @param {Theme} theme
 */
function ellipse(ctx, panel, { run, state }, info, time, theme) {
  const [x, y] = path(run);
  const [dx, dy, cross] = [`${info.diagonal}_x`, `${info.diagonal}_y`, `${info.cross}_x`].map((name) => run.get(name)?.[time] ?? NaN);
  const shape = shapeOf(dx, dy, cross, info.power);
  if (!shape) return;
  const [a, b, c, d] = scaled(shape, panel.scaleX, panel.scaleY, REACH);
  const [px, py] = [panel.px(x[time]), panel.py(y[time])];
  ctx.beginPath();
  for (let i = 0; i < CORNERS; i += 1) {
    const [u, v] = [Math.cos((2 * Math.PI * i) / CORNERS), Math.sin((2 * Math.PI * i) / CORNERS)];
    ctx.lineTo(px + a * u + b * v, py + c * u + d * v);
  }
  ctx.closePath();
  twice(ctx, theme, theme.lanes[state.colour], 1.6);
}

/**
 * A power of [[dx, cross], [cross, dy]], whose largest eigenvalue is made 1: its shape is what counts.
 *
 * @param {number} dx
 * @param {number} dy
 * @param {number} cross
 * @param {number} power below 0
 * @returns {[number, number, number] | null} the power's [xx, xy, yy]; null where the matrix is none, or 0
 */
export function shapeOf(dx, dy, cross, power) {
  const [middle, half] = [(dx + dy) / 2, Math.hypot((dx - dy) / 2, cross)];
  const [large, small] = [middle + half, Math.max(0, middle - half)]; // rounding may take the smaller one below 0
  if (!(large > 0) || !Number.isFinite(large)) return null;
  const narrow = Math.pow(small / large, -power); // along the larger eigenvalue; 1 along the smaller one
  const [cos, sin] = half > 0 ? [(dx - dy) / 2 / half, cross / half] : [0, 0]; // of twice the larger one's direction
  const [mean, spread] = [(narrow + 1) / 2, (narrow - 1) / 2];
  return [mean + spread * cos, spread * sin, mean - spread * cos];
}

/**
 * @param {[number, number, number]} shape
 * @param {number} scaleX pixels a unit
 * @param {number} scaleY
 * @param {number} reach pixels of the longer half axis, as it is seen
 * @returns {[number, number, number, number]} what takes the unit circle to it, in pixels: [a, b, c, d] of rows (a, b) and (c, d)
 */
export function scaled([xx, xy, yy], scaleX, scaleY, reach) {
  const [a, b, c, d] = [xx * scaleX, xy * scaleX, xy * scaleY, yy * scaleY];
  const [sum, det] = [a * a + b * b + c * c + d * d, a * d - b * c];
  const longest = Math.sqrt((sum + Math.sqrt(Math.max(0, sum * sum - 4 * det * det))) / 2);
  const by = reach / longest;
  return [a * by, b * by, c * by, d * by];
}

/** Strokes a path, with a halo in the ground's colour. @param {CanvasRenderingContext2D} ctx @param {Theme} theme @param {string} colour @param {number} width */
function twice(ctx, theme, colour, width) {
  ctx.strokeStyle = theme.halo;
  ctx.lineWidth = width + 2;
  ctx.stroke();
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.stroke();
}

/** Writes the names of points. @param {Labels} labels @param {Name[]} names */
export function writeNames(labels, names) {
  for (const { text, colour, px, py } of names) labels.write(text, colour, { px, py }, { bold: true, gap: 7 });
}

/** @param {Panel} panel @returns {Place} */
export function placeIn(panel) {
  return (x, y) => (panel.contains(panel.px(x), panel.py(y)) ? [panel.px(x), panel.py(y)] : null);
}
