/**
 * The pinned runs on the landscape: thin dashed trails under those of the lanes, whole from the beginning, and hollow heads.
 *
 * The trails stand still, so they lie in a canvas of their own: a frame draws none of them again.
 *
 * @import { Theme } from "./theme.js"
 * @import { Ghost } from "../state/pin.js"
 */
import { fitCanvas, marker } from "./canvas.js";

export const DASH = [5, 4];
const WIDTHS = { halo: 3, line: 1.4 };

export class GhostLayer {
  /** @param {Element} over what the trails lie under */
  constructor(over) {
    this.canvas = document.createElement("canvas");
    const place = document.createElement("div");
    place.className = "ov-overlay ov-ghosts";
    place.setAttribute("aria-hidden", "true");
    place.append(this.canvas);
    over.before(place);
    this.drawn = "";
  }

  /**
   * Draws the trails anew where anything of them has changed.
   *
   * @param {unknown} place everything but the ghosts that the picture depends on
   * @param {Ghost[]} ghosts
   * @param {{width: number, height: number}} size
   * @param {Theme} theme
   * @param {(ctx: CanvasRenderingContext2D) => void} draw
   */
  update(place, ghosts, size, theme, draw) {
    const looks = ghosts.map(({ key, lane, state }) => [key, lane, state.colour]);
    const key = JSON.stringify([looks, ghosts.length ? place : "", size, theme.mode, globalThis.devicePixelRatio]);
    if (key === this.drawn) return;
    this.drawn = key;
    const ctx = fitCanvas(this.canvas, size.width, size.height);
    ctx.clearRect(0, 0, size.width, size.height);
    ctx.lineJoin = "round";
    ctx.setLineDash(DASH);
    draw(ctx);
    ctx.setLineDash([]);
  }
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Ghost} ghost
 * @param {Theme} theme
 * @param {() => void} stroke
 */
export function dashed(ctx, ghost, theme, stroke) {
  for (const [colour, width, alpha] of /** @type {[string, number, number][]} */ ([[theme.halo, WIDTHS.halo, 0.6], [theme.lanes[ghost.state.colour], WIDTHS.line, 0.95]])) {
    ctx.globalAlpha = alpha;
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    stroke();
  }
  ctx.globalAlpha = 1;
}

/**
 * The head of a pinned run: the outline of its marker.
 *
 * @param {CanvasRenderingContext2D} ctx
 * @param {{state: {colour: number, marker: string}}} ghost
 * @param {number} px
 * @param {number} py
 * @param {number} radius
 * @param {Theme} theme
 */
export function hollow(ctx, { state }, px, py, radius, theme) {
  marker(ctx, state.marker, px, py, radius);
  ctx.strokeStyle = theme.halo;
  ctx.lineWidth = 4;
  ctx.stroke();
  ctx.strokeStyle = theme.lanes[state.colour];
  ctx.lineWidth = 1.8;
  ctx.stroke();
}
