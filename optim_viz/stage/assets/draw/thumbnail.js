/**
 * A small picture of a story: its landscape, the paths of its runs, and where they end.
 *
 * @import { Theme } from "./theme.js"
 * @import { Block, GalleryStory } from "../state/types.js"
 */
import { fitCanvas, marker, Panel, polyline } from "./canvas.js";

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
  ctx.imageSmoothingQuality = "high";
  ctx.drawImage(landscape(ground, theme.contour), 0, 0, width, height);
  minima(ctx, panel, story, theme);
  for (const halo of [true, false]) {
    for (const [lane, { colour }] of story.lanes.entries()) {
      ctx.strokeStyle = halo ? theme.background : theme.lanes[colour];
      ctx.globalAlpha = halo ? 0.5 : 1;
      ctx.lineWidth = halo ? 3 : 1.5;
      ctx.lineJoin = "round";
      trail(ctx, panel, paths, lane);
    }
  }
  ctx.globalAlpha = 1;
  heads(ctx, panel, story, paths, theme);
}

/**
 * @param {Block} ground heights, rows along y, the lowest first
 * @param {[number, string][]} ramp "#rrggbb" by height, from 0 (low) to 1 (high)
 * @returns {HTMLCanvasElement} a pixel a height
 */
function landscape({ values, shape: [rows, columns] }, ramp) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [columns, rows];
  const known = values.filter((value) => Number.isFinite(value)).sort();
  const [low, high] = [known[0] ?? 0, known[known.length - 1] ?? 1];
  const image = new ImageData(columns, rows);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const height = values[(rows - 1 - row) * columns + column];
      const colour = mixed(ramp, high > low ? (height - low) / (high - low) : 0);
      image.data.set([...colour, Number.isFinite(height) ? 255 : 0], 4 * (row * columns + column));
    }
  }
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).putImageData(image, 0, 0);
  return canvas;
}

/** @param {[number, string][]} ramp @param {number} share 0 to 1 @returns {number[]} red, green, blue */
export function mixed(ramp, share) {
  const after = Math.max(1, ramp.findIndex(([at]) => at >= share));
  const [[from, one], [to, other]] = [ramp[after - 1], ramp[after]];
  const part = (share - from) / (to - from);
  return [1, 3, 5].map((digit) => {
    const [a, b] = [one, other].map((colour) => Number.parseInt(colour.slice(digit, digit + 2), 16));
    return Math.round(a + part * (b - a));
  });
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
  ctx.strokeStyle = theme.background;
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
