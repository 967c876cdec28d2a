/**
 * The part of the trails that lies in the past, kept from frame to frame: while time goes on only new segments are drawn.
 *
 * @import { LaneView } from "../state/lane_view.js"
 * @import { Panel } from "./canvas.js"
 * @import { Run } from "../state/packet.js"
 * @import { Theme } from "./theme.js"
 */
import { fitCanvas } from "./canvas.js";

export const HALO_WIDTH = 4;
export const HALO_STRENGTH = 0.7;

/**
 * @typedef {object} Drawn what the layer shows
 * @property {string} key everything but the runs and the time
 * @property {(Run | null)[]} runs
 * @property {number} time
 * @property {boolean} pieced it was drawn piece by piece, whose joints differ from a whole line's by shades of edge pixels
 */

export class TrailLayer {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.halos = document.createElement("canvas"); // the same trails, wider and in the ground's colour, to lie under them
    /** @type {Drawn} */ this.drawn = { key: "", runs: [], time: 0, pieced: false };
  }

  /**
   * Brings the layer to a time.
   *
   * @param {{lanes: LaneView[], panel: Panel}[]} parts what each panel shows
   * @param {number} time
   * @param {Theme} theme
   * @param {{width: number, height: number}} size
   * @param {boolean} playing a still picture is drawn whole, so that it is the same however one came to it
   * @param {(ctx: CanvasRenderingContext2D, panel: Panel, lane: LaneView, from: number, to: number) => void} stroke
   */
  update(parts, time, theme, size, playing, stroke) {
    const looks = parts.map(({ lanes, panel }) => [lanes.map((lane) => lane.state.colour), panel.originX, panel.scaleX, panel.originY, panel.scaleY]);
    const key = JSON.stringify([looks, size, theme.mode, globalThis.devicePixelRatio]);
    const runs = parts.flatMap(({ lanes }) => lanes.map((lane) => lane.run));
    const { drawn } = this;
    const same = key === drawn.key && runs.length === drawn.runs.length && runs.every((run, i) => run === drawn.runs[i]);
    const goesOn = same && time >= drawn.time && (playing || (time === drawn.time && !drawn.pieced));
    const from = goesOn ? drawn.time : 0;
    this.drawn = { key, runs, time, pieced: from > 0 && (drawn.pieced || from < time) };
    for (const [canvas, lineWidth, halo] of /** @type {[HTMLCanvasElement, number, boolean][]} */ ([[this.halos, HALO_WIDTH, true], [this.canvas, 2, false]])) {
      const ctx = fitCanvas(canvas, size.width, size.height);
      if (from === 0) ctx.clearRect(0, 0, size.width, size.height);
      if (from === time && time > 0) continue;
      ctx.lineJoin = ctx.lineCap = "round";
      ctx.lineWidth = lineWidth;
      for (const { lanes, panel } of parts) {
        ctx.save();
        panel.clip(ctx);
        for (const lane of lanes) {
          ctx.strokeStyle = halo ? theme.halo : theme.lanes[lane.state.colour];
          stroke(ctx, panel, lane, from, time);
        }
        ctx.restore();
      }
    }
  }
}
