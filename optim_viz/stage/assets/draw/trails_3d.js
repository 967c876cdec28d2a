/**
 * The trails over the surface in 3D: as lines on it, left out where it stands in front of them, and as shadows on the floor.
 *
 * @import { GhostLayer } from "./ghosts.js"
 * @import { HeightField, Point } from "./height_field.js"
 * @import { Name, Place } from "./marks.js"
 * @import { Theme } from "./theme.js"
 * @import { LaneView } from "../state/lane_view.js"
 * @import { Run } from "../state/packet.js"
 * @import { Ghost } from "../state/pin.js"
 */
import { polyline } from "./canvas.js";
import { paintClouds } from "./clouds.js";
import { dashed } from "./ghosts.js";
import { BUTTONS, HEAD, paintHead } from "./heads.js";
import { wayOver } from "./height_field.js";
import { Labels } from "./labels.js";
import { namesOfPoints, paintPoints, writeNames } from "./marks.js";

/**
 * @typedef {object} Way a run as it is seen: on the screen, and which of its points the surface hides
 * @property {Run} run
 * @property {Int32Array} at the point of each step
 * @property {[number, number][]} trail
 * @property {[number, number][]} shadow on the floor
 * @property {[number, number][]} lit of the shadow, what no hill stands in front of
 * @property {[number, number][]} steps of the trail's points, hidden ones too
 *
 * @typedef {object} Ground the surface as it is drawn, and as the camera sees it
 * @property {HeightField} field
 * @property {number} floor the height of the floor
 * @property {(loss: number) => number} zOf where a loss stands on the z axis
 * @property {(point: Point) => [number, number]} project where a point of its space is on the screen
 * @property {Point} eye
 * @property {string} key which camera it is
 * @property {{width: number, height: number}} size of the picture
 */

export class Trails3D {
  constructor() {
    this.seen = ""; // the camera that the ways were worked out for
    /** @type {Map<number, Way>} by lane; those of pinned runs count down from -1 */ this.ways = new Map();
  }

  /** The surface is another one. */
  forget() {
    this.ways.clear();
  }

  /**
   * @param {number} index
   * @param {LaneView} lane
   * @param {Ground} ground
   * @returns {Way}
   */
  way(index, lane, { project, eye, field, floor, zOf }) {
    const known = this.ways.get(index);
    if (known?.run === lane.run) return known;
    const [xs, ys, losses] = ["theta_x", "theta_y", "loss"].map((name) => lane.run.get(name));
    if (!xs || !ys || !losses) throw new Error("a run has no theta or no loss");
    const { points, at } = wayOver(field, xs, ys, (step) => Math.min(field.high, zOf(losses[step])));
    /** @param {Point} point @returns {Point} */
    const onFloor = ([x, y, z]) => [x, y, Number.isFinite(z) ? floor : NaN];
    /** @param {Point} point @returns {[number, number]} */
    const shown = (point) => (Number.isFinite(point[2]) && !field.hides(point, eye) ? project(point) : [NaN, NaN]);
    const way = {
      run: lane.run, at, trail: points.map(shown), steps: points.map(project),
      shadow: points.map(onFloor).map(project), lit: points.map(onFloor).map(shown),
    };
    this.ways.set(index, way);
    return way;
  }

  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {Ground} ground
   * @param {LaneView[]} lanes
   * @param {number} time
   * @param {Theme} theme
   * @param {Ghost[]} ghosts
   * @param {GhostLayer} layer for their trails
   */
  paint(ctx, ground, lanes, time, theme, ghosts, layer) {
    if (ground.key !== this.seen) this.ways.clear();
    this.seen = ground.key;
    const ways = lanes.map((lane, index) => this.way(index, lane, ground));
    const past = ghosts.map((ghost, index) => this.way(-1 - index, ghost, ground));
    layer.update(ground.key, ghosts, ground.size, theme, (under) => {
      for (const [i, ghost] of ghosts.entries()) {
        const { trail } = past[i];
        dashed(under, ghost, theme, () => {
          under.beginPath();
          polyline(under, (k) => trail[k][0], (k) => trail[k][1], 0, trail.length - 1);
          under.stroke();
        });
      }
    });
    ctx.save();
    ctx.lineJoin = ctx.lineCap = "round";
    /** @param {[number, number][]} points @param {number} to @param {number} width @param {string} colour */
    const line = (points, to, width, colour) => {
      ctx.lineWidth = width;
      ctx.strokeStyle = colour;
      ctx.beginPath();
      polyline(ctx, (i) => points[i][0], (i) => points[i][1], 0, to);
      ctx.stroke();
    };
    for (const way of ways) paintShadow(ctx, way, way.at[time], line, theme);
    for (const [i, lane] of lanes.entries()) {
      const { trail, at } = ways[i];
      ctx.globalAlpha = 0.7;
      line(trail, at[time], 4.5, theme.halo);
      ctx.globalAlpha = 1;
      line(trail, at[time], 2.2, theme.lanes[lane.state.colour]);
    }
    const place = onSurface(ground);
    paintClouds(ctx, place, lanes, time, theme);
    paintPoints(ctx, place, lanes, time, theme);
    for (const [i, ghost] of ghosts.entries()) placeHead(ctx, ghost, past[i], time, theme);
    for (const [i, lane] of lanes.entries()) placeHead(ctx, lane, ways[i], time, theme);
    ctx.restore();
    nameHeads(ctx, ground.size, lanes, ways, time, theme, namesOfPoints(place, lanes, time, theme));
  }
}

/**
 * @param {Ground} ground
 * @returns {Place} of points on the surface; none for one that the surface hides, or that is off it
 */
function onSurface({ project, eye, field }) {
  return (x, y) => {
    const point = /** @type {Point} */ ([x, y, field.at(x, y)]);
    return Number.isFinite(point[2]) && !field.hides(point, eye) ? project(point) : null;
  };
}

/**
 * The run from straight above, on the floor: dashed where the surface stands in front, as it nearly always does, and with a
 * plumb line from the head.
 *
 * @param {CanvasRenderingContext2D} ctx
 * @param {Way} way
 * @param {number} to its point
 * @param {(points: [number, number][], to: number, width: number, colour: string) => void} line
 * @param {Theme} theme
 */
function paintShadow(ctx, { shadow, lit, steps }, to, line, theme) {
  ctx.globalAlpha = 0.24;
  ctx.setLineDash([1, 3.5]);
  line(shadow, to, 1.5, theme.text);
  line([steps[to], shadow[to]], 1, 1, theme.text);
  ctx.setLineDash([]);
  line(lit, to, 1.5, theme.text);
  ctx.globalAlpha = 1;
}

/**
 * The lanes' names, at their heads.
 *
 * @param {CanvasRenderingContext2D} ctx
 * @param {{width: number, height: number}} size
 * @param {LaneView[]} lanes
 * @param {Way[]} ways
 * @param {number} time
 * @param {Theme} theme
 * @param {Name[]} points
 */
function nameHeads(ctx, size, lanes, ways, time, theme, points) {
  const labels = new Labels(ctx, { x: 0, y: 0, ...size }, theme);
  labels.keep({ x: size.width - BUTTONS.width, y: 0, ...BUTTONS });
  const heads = lanes.map((lane, i) => ({ lane, px: ways[i].steps[ways[i].at[time]][0], py: ways[i].steps[ways[i].at[time]][1] }))
    .filter(({ px, py }) => px >= 0 && px <= size.width && py >= 0 && py <= size.height);
  for (const { px, py } of heads) labels.keepAround(px, py, HEAD);
  for (const { lane, px, py } of heads) labels.write(lane.label, theme.labels[lane.state.colour], { px, py }, { bold: true });
  writeNames(labels, points);
}

/** Behind a hill it is there, but out of sight. @param {CanvasRenderingContext2D} ctx @param {LaneView} lane @param {Way} way @param {number} time @param {Theme} theme */
function placeHead(ctx, lane, { at, trail, steps }, time, theme) {
  const [px, py] = steps[at[time]];
  if (!Number.isFinite(px)) return;
  const hidden = !Number.isFinite(trail[at[time]][0]);
  paintHead(ctx, lane, px, py, hidden ? 0.35 : 1, theme, hidden ? 4 : HEAD);
}
