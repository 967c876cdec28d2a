/**
 * What lies under the heads: trails, where they start, the minima, what rules show beside their particles, and the fan of
 * neighbour stops.
 *
 * @import { Lab } from "../state/lab.js"
 * @import { LaneView } from "../state/lane_view.js"
 * @import { Panel } from "./canvas.js"
 * @import { Run } from "../state/packet.js"
 * @import { Theme } from "./theme.js"
 * @import { Pair } from "../state/types.js"
 * @import { TrailLayer } from "./trail_layer.js"
 */
import { polyline } from "./canvas.js";
import { paintClouds } from "./clouds.js";
import { FAINT, gone, path } from "./exits.js";
import { HEAD, MARK, startOf } from "./heads.js";
import { paintEllipses, paintPoints, placeIn } from "./marks.js";
import { HALO_STRENGTH, HALO_WIDTH } from "./trail_layer.js";

const LINE_STRENGTH = 0.8;
const RECENT = 60; // steps of the trail that are drawn in full strength, fading in
const FAN = [-6, -4, -2, 2, 4, 6]; // neighbour stops shown while a slider is held
const AFTERWARDS = 24; // steps that are drawn of a run that has diverged out of sight: one that swings would fill the picture

/**
 * Those of lanes that are not dragged, with the start and the minima.
 *
 * @param {CanvasRenderingContext2D} ctx
 * @param {Panel} panel
 * @param {Lab} lab
 * @param {LaneView[]} lanes of the panel, none of them dragged
 * @param {number} time
 * @param {Theme} theme
 * @param {TrailLayer} layer their trails, and those of other panels, up to date
 * @param {{width: number, height: number}} size
 */
export function paintTrails(ctx, panel, lab, lanes, time, theme, layer, size) {
  ctx.save();
  panel.clip(ctx);
  ctx.globalAlpha = HALO_STRENGTH;
  ctx.drawImage(layer.halos, 0, 0, size.width, size.height);
  ctx.globalAlpha = LINE_STRENGTH;
  ctx.drawImage(layer.canvas, 0, 0, size.width, size.height);
  ctx.globalAlpha = 1;
  ctx.lineJoin = "round";
  for (const lane of lanes) recent(ctx, panel, lane, time, theme);
  ring(ctx, panel, startOf(lab), theme);
  minima(ctx, panel, lab, theme);
  beside(ctx, panel, lanes, time, theme);
  ctx.restore();
}

/**
 * The same of dragged lanes, over the others, with the runs at neighbouring stops.
 *
 * @param {CanvasRenderingContext2D} ctx
 * @param {Panel} panel
 * @param {Lab} lab
 * @param {LaneView[]} lanes
 * @param {number} time
 * @param {Theme} theme
 */
export function paintDragged(ctx, panel, lab, lanes, time, theme) {
  ctx.save();
  panel.clip(ctx);
  fan(ctx, panel, lab, lanes, theme);
  for (const lane of lanes) {
    ctx.globalAlpha = HALO_STRENGTH;
    whole(ctx, panel, lane, time, theme.halo, HALO_WIDTH);
    ctx.globalAlpha = LINE_STRENGTH;
    whole(ctx, panel, lane, time, theme.lanes[lane.state.colour], 2);
    ctx.globalAlpha = 1;
    recent(ctx, panel, lane, time, theme);
  }
  beside(ctx, panel, lanes, time, theme);
  ctx.restore();
}

/** @param {CanvasRenderingContext2D} ctx @param {Panel} panel @param {LaneView[]} lanes @param {number} time @param {Theme} theme */
function beside(ctx, panel, lanes, time, theme) {
  paintClouds(ctx, placeIn(panel), lanes, time, theme);
  paintEllipses(ctx, panel, lanes, time, theme);
  paintPoints(ctx, placeIn(panel), lanes, time, theme);
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
  ctx.lineJoin = "bevel"; // a round joint at every point is most of what the line costs, and it is drawn at every tick
  ctx.lineCap = "round";
  ctx.lineWidth = width;
  strokeTrail(ctx, panel, lane, 0, time);
}

/** @param {CanvasRenderingContext2D} ctx @param {Panel} panel @param {LaneView} lane @param {number} time @param {Theme} theme */
function recent(ctx, panel, lane, time, theme) {
  const end = gone(lane, panel);
  ctx.strokeStyle = theme.lanes[lane.state.colour];
  ctx.lineWidth = 2;
  for (const [share, alpha] of [[1, 0.4], [0.6, 0.6], [0.3, 1]]) {
    const from = time - Math.round(RECENT * share);
    ctx.globalAlpha = alpha;
    if (from < end) strokePath(ctx, panel, lane.run, from, Math.min(time, end));
  }
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
