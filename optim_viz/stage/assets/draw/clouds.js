/**
 * The clouds: for each lane where its runs from other starts are, as small dots under the particles, one path a lane.
 *
 * @import { LaneView } from "../state/lane_view.js"
 * @import { Place } from "./marks.js"
 * @import { Theme } from "./theme.js"
 */

const RADIUS = 2.1; // pixels
const STRENGTH = 0.85;

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Place} place
 * @param {LaneView[]} lanes
 * @param {number} time
 * @param {Theme} theme
 */
export function paintClouds(ctx, place, lanes, time, theme) {
  for (const { cloud, state } of lanes) {
    if (!cloud) continue;
    ctx.beginPath();
    cloud.at(time, (x, y) => {
      const at = place(x, y);
      if (!at) return;
      ctx.moveTo(at[0] + RADIUS, at[1]);
      ctx.arc(at[0], at[1], RADIUS, 0, 2 * Math.PI);
    });
    ctx.strokeStyle = theme.halo;
    ctx.lineWidth = 1.5;
    ctx.globalAlpha = 0.5;
    ctx.stroke();
    ctx.globalAlpha = STRENGTH;
    ctx.fillStyle = theme.lanes[state.colour];
    ctx.fill();
  }
  ctx.globalAlpha = 1;
}
