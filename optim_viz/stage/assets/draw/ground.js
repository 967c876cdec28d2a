/**
 * The landscape under the trails: drawn once into a bitmap for each window, and laid under the panels as a picture.
 *
 * @import { Panel } from "./canvas.js"
 * @import { Relief } from "./ground_image.js"
 * @import { Theme } from "./theme.js"
 * @import { Block, Pair, SurfaceInfo } from "../state/types.js"
 * @import { Window } from "../state/windows.js"
 *
 * @typedef {{window: Window, canvas: HTMLCanvasElement}} Bitmap
 * @typedef {{loss: number, x: number, y: number, angle: number}} Mark a labelled place of a level line, in the surface's coordinates
 * @typedef {object} Legend what the picture's heights mean
 * @property {[number, string][]} ramp
 * @property {{share: number, loss: number}[]} ticks share of the ramp
 * @property {boolean} hatched a part in sight is undefined
 * @property {boolean} empty nothing in sight is defined
 * @property {boolean} resolved false where the surface is finer than the picture
 */
import { fitCanvas } from "./canvas.js";
import { groundPixels, heightRange, resample, rgb } from "./ground_image.js";
import { placeLabels } from "./ground_labels.js";
import { number } from "../state/format.js";
import { heightOf, roundLevels } from "../state/heights.js";
import { overlap } from "../state/windows.js";

const LEVELS = 13;
const LABELS = 4;
const MOST_PIXELS = 3e6; // of a bitmap: beyond, it is drawn a little coarser
const AROUND = 360; // pixels along a side of the picture of what lies around the window

export class Ground {
  /** @param {HTMLElement} holder a positioned element; the picture lies at its back */
  constructor(holder) {
    this.canvas = document.createElement("canvas");
    this.canvas.className = "ov-ground";
    this.canvas.setAttribute("aria-hidden", "true");
    this.element = document.createElement("div");
    this.element.append(this.canvas);
    holder.prepend(this.element);
    this.drawn = "";
    /** @type {Bitmap[]} the whole grid coarsely, then the window finely */ this.bitmaps = [];
    /** @type {Mark[]} */ this.marks = [];
    /** @type {Legend} */ this.legend = { ramp: [], ticks: [], hatched: false, empty: false, resolved: true };
    /** @type {Theme | null} */ this.theme = null;
  }

  /**
   * Draws the bitmaps anew if the heights, the window, the size or the colours have changed.
   *
   * @param {SurfaceInfo} surface
   * @param {Block} block its grid
   * @param {Window} window
   * @param {{width: number, height: number}} size of a panel, CSS pixels
   * @param {Theme} theme
   */
  prepare(surface, block, window, { width, height }, theme) {
    const key = JSON.stringify([surface.key, window, width, height, theme.mode, theme.background, globalThis.devicePixelRatio]);
    if (key === this.drawn || width < 1 || height < 1) return;
    this.drawn = key;
    this.theme = theme;
    const { x0, x1, y0, y1 } = surface.grid;
    /** @type {Window} */ const cover = [[x0, x1], [y0, y1]];
    const shown = overlap(window, cover) ?? cover;
    const ratio = Math.min(globalThis.devicePixelRatio || 1, Math.sqrt(MOST_PIXELS / (width * height)));
    const pixels = (/** @type {number} */ length, /** @type {0 | 1} */ side) =>
      Math.max(2, Math.round((length * ratio * (shown[side][1] - shown[side][0])) / (window[side][1] - window[side][0])));
    const relief = resample(block, cover, shown, pixels(width, 0), pixels(height, 1));
    const range = heightRange(relief);
    const losses = roundLevels(surface, range, LEVELS);
    const levels = losses.map((loss) => heightOf(surface, loss));
    const paint = paintOf(theme, ratio);
    const around = resample(block, cover, cover, AROUND, AROUND);
    this.bitmaps = [{ window: cover, canvas: bitmap(around, groundPixels(around, range, [], { ...paint, ratio: 1 })) },
      { window: shown, canvas: bitmap(relief, groundPixels(relief, range, levels, paint)) }];
    this.marks = this.label(surface, relief, levels, losses, shown, ratio);
    this.legend = legendOf(surface, relief, range, theme);
  }

  /**
   * @param {SurfaceInfo} surface
   * @param {Relief} relief
   * @param {number[]} levels
   * @param {number[]} losses
   * @param {Window} shown
   * @param {number} ratio
   * @returns {Mark[]}
   */
  label(surface, relief, levels, losses, [[x0, x1], [y0, y1]], ratio) {
    const { width, height } = relief;
    const every = Math.max(1, Math.floor(levels.length / LABELS));
    const labelled = [...levels.keys()].filter((i) => i % every === Math.floor(every / 2));
    const avoid = surface.minima.map(([x, y]) => ({ x: ((x - x0) / (x1 - x0)) * width, y: ((y1 - y) / (y1 - y0)) * height }));
    return placeLabels(relief, levels, labelled, ratio, avoid).map(({ level, x, y, angle }) => ({
      loss: losses[levels.indexOf(level)], angle, x: x0 + ((x + 0.5) / width) * (x1 - x0), y: y1 - ((y + 0.5) / height) * (y1 - y0),
    }));
  }

  /**
   * Lays the picture under the panels. Cheap: while a window moves, the last bitmaps move with it.
   *
   * @param {Panel[]} panels
   * @param {{width: number, height: number}} size of the holder
   */
  place(panels, size) {
    const ctx = fitCanvas(this.canvas, size.width, size.height);
    ctx.clearRect(0, 0, size.width, size.height);
    for (const panel of panels) {
      ctx.save();
      panel.clip(ctx);
      for (const { window: [x, y], canvas } of this.bitmaps) {
        const [left, top] = [panel.px(x[0]), panel.py(y[1])];
        ctx.drawImage(canvas, left, top, panel.px(x[1]) - left, panel.py(y[0]) - top);
      }
      if (this.theme) for (const mark of this.marks) write(ctx, panel, mark, this.theme);
      ctx.restore();
    }
  }
}

/** @param {Theme} theme @param {number} ratio pixels a CSS pixel @returns {import("./ground_image.js").Paint} */
export function paintOf(theme, ratio) {
  const dark = theme.mode === "dark";
  return { ramp: theme.contour, line: theme.contour_line, lineStrength: dark ? 0.25 : 0.55, shade: dark ? 0.55 : 0.4, void: theme.background, ratio };
}

/** @param {Relief} relief @param {Uint8ClampedArray<ArrayBuffer>} pixels @returns {HTMLCanvasElement} */
export function bitmap({ width, height }, pixels) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas;
}

/** @param {CanvasRenderingContext2D} ctx @param {Panel} panel @param {Mark} mark @param {Theme} theme */
function write(ctx, panel, { loss, x, y, angle }, theme) {
  ctx.save();
  ctx.translate(panel.px(x), panel.py(y));
  ctx.rotate(angle);
  ctx.font = `${10.5 * theme.scale}px ${theme.font}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  const [r, g, b] = rgb(theme.halo);
  ctx.strokeStyle = `rgba(${r}, ${g}, ${b}, 0.72)`;
  ctx.lineWidth = 3.5;
  ctx.strokeText(number(loss, 6), 0, 0);
  ctx.fillStyle = theme.text;
  ctx.fillText(number(loss, 6), 0, 0);
  ctx.restore();
}

/** @param {SurfaceInfo} surface @param {Relief} relief @param {Pair} range @param {Theme} theme @returns {Legend} */
function legendOf(surface, { missing }, [low, high], theme) {
  const ticks = roundLevels(surface, [low, high], 3, 0.2).map((loss) => ({ loss, share: (heightOf(surface, loss) - low) / (high - low) }));
  const hatched = missing?.includes(1) ?? false;
  return { ramp: theme.contour, ticks, hatched, empty: hatched && !missing?.includes(0), resolved: surface.resolved };
}
