/**
 * A small picture of a story: its landscape, the paths of its runs, and where they end.
 *
 * @import { Theme } from "./theme.js"
 * @import { Block, GalleryStory } from "../state/types.js"
 */
import { fitCanvas, marker, Panel, polyline } from "./canvas.js";
import { bitmap, paintOf } from "./ground.js";
import { groundPixels, heightRange, resample } from "./ground_image.js";

const LEVELS = 9;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{width: number, height: number}} size CSS pixels
 * @param {GalleryStory} story
 * @param {{ground: Block, paths: Block}} blocks
 * @param {Theme} theme
 */
export function paintThumbnail(canvas, { width, height }, story, { ground, paths }, theme) {
  const ctx = fitCanvas(canvas, width, height);
  const panel = new Panel({ left: 0, top: 0, width, height }, story.window[0], story.window[1]);
  ctx.drawImage(landscape(ground, canvas, theme, canvas.width / width), 0, 0, width, height);
  minima(ctx, panel, story, theme);
  for (const halo of [true, false]) {
    for (const [lane, { colour }] of story.lanes.entries()) {
      ctx.strokeStyle = halo ? theme.halo : theme.lanes[colour];
      ctx.globalAlpha = halo ? 0.7 : 1;
      ctx.lineWidth = halo ? 3 : 1.5;
      ctx.lineJoin = "round";
      trail(ctx, panel, paths, lane);
    }
  }
  ctx.globalAlpha = 1;
  heads(ctx, panel, story, paths, theme);
}

/**
 * The large picture's landscape, as far as a small one has room for it: the same colours and light, and fewer level lines.
 *
 * @param {Block} ground heights, rows along y, the lowest first
 * @param {{width: number, height: number}} pixels
 * @param {Theme} theme
 * @param {number} ratio pixels a CSS pixel
 * @returns {HTMLCanvasElement}
 */
function landscape(ground, { width, height }, theme, ratio) {
  const whole = /** @type {import("../state/windows.js").Window} */ ([[0, 1], [0, 1]]);
  const relief = resample(ground, whole, whole, width, height);
  const [low, high] = heightRange(relief);
  const levels = [...Array(LEVELS).keys()].map((i) => low + ((i + 1) / (LEVELS + 1)) * (high - low));
  return bitmap(relief, groundPixels(relief, [low, high], levels, paintOf(theme, ratio)));
}

/** @param {Block} paths @param {number} lane @returns {[Block["values"], Block["values"]]} */
function points({ values, shape: [, , count] }, lane) {
  const at = (/** @type {number} */ axis) => values.subarray((2 * lane + axis) * count, (2 * lane + axis + 1) * count);
  return [at(0), at(1)];
}

/** @param {CanvasRenderingContext2D} ctx @param {Panel} panel @param {Block} paths @param {number} lane */
function trail(ctx, panel, paths, lane) {
  const [x, y] = points(paths, lane);
  ctx.beginPath();
  polyline(ctx, (i) => panel.px(x[i]), (i) => panel.py(y[i]), 0, x.length - 1);
  ctx.stroke();
}

/** @param {CanvasRenderingContext2D} ctx @param {Panel} panel @param {GalleryStory} story @param {Block} paths @param {Theme} theme */
function heads(ctx, panel, story, paths, theme) {
  ctx.lineWidth = 1.5;
  ctx.strokeStyle = theme.halo;
  for (const [lane, look] of story.lanes.entries()) {
    const [x, y] = points(paths, lane);
    const [px, py] = [panel.px(x[x.length - 1]), panel.py(y[y.length - 1])];
    if (!panel.contains(px, py)) continue;
    marker(ctx, look.marker, px, py, 4.5);
    ctx.fillStyle = theme.lanes[look.colour];
    ctx.stroke();
    ctx.fill();
  }
}

/** @param {CanvasRenderingContext2D} ctx @param {Panel} panel @param {GalleryStory} story @param {Theme} theme */
function minima(ctx, panel, story, theme) {
  ctx.strokeStyle = theme.text;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  for (const [x, y] of story.minima) {
    const [px, py] = [panel.px(x), panel.py(y)];
    ctx.moveTo(px - 4, py);
    ctx.lineTo(px + 4, py);
    ctx.moveTo(px, py - 4);
    ctx.lineTo(px, py + 4);
  }
  ctx.stroke();
}
