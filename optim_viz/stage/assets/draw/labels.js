/**
 * Words on the canvas that never lie on each other: each stands by its point, with a halo in the ground's colour.
 *
 * @import { Box } from "./label_places.js"
 * @import { Theme } from "./theme.js"
 */
import { freePlace } from "./label_places.js";

const SIZE = { share: 1 / 55, least: 12, most: 22 }; // of the type: it grows with the picture
const LINE = 4 / 3; // of the type's size
const FAR = 26; // from here on a thin line leads from a label to its point
const MOST_WIDE = 25; // of the type's size

/** @type {Map<string, number>} widths of words, by font and text */
const widths = new Map();

export class Labels {
  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {Box} room
   * @param {Theme} theme
   */
  constructor(ctx, room, theme) {
    this.ctx = ctx;
    this.room = { x: room.x + 4, y: room.y + 4, width: room.width - 8, height: room.height - 8 };
    this.theme = theme;
    this.size = Math.max(SIZE.least, Math.min(Math.round(room.width * SIZE.share), SIZE.most));
    this.font = ""; // what the canvas is set to
    /** @type {Box[]} */ this.taken = [];
  }

  /** Keeps a place free of labels. @param {Box} box */
  keep(box) {
    this.taken.push(box);
  }

  /** @param {number} px @param {number} py @param {number} radius */
  keepAround(px, py, radius) {
    this.keep({ x: px - radius, y: py - radius, width: 2 * radius, height: 2 * radius });
  }

  /**
   * @param {string} text
   * @param {string} colour
   * @param {{px: number, py: number}} point
   * @param {{bold?: boolean, gap?: number}} [look]
   * @returns {boolean} whether there was room
   */
  write(text, colour, { px, py }, { bold = false, gap = 9 } = {}) {
    const { ctx, theme, size } = this;
    const font = `${bold ? "600 " : ""}${size}px ${theme.font}`;
    if (font !== this.font) ctx.font = this.font = font;
    const width = (/** @type {string} */ words) => widthOf(ctx, font, words);
    const lines = wrapped(text, Math.min(MOST_WIDE * size, this.room.width), width);
    const step = Math.round(size * LINE);
    const wide = Math.ceil(Math.max(...lines.map(width))) + 4;
    const box = freePlace({ px, py, width: wide, height: lines.length * step + 2, gap }, this.room, this.taken);
    if (!box) return false;
    this.keep(box);
    this.lead(box, px, py, colour);
    ctx.lineJoin = "round";
    ctx.lineWidth = 4;
    ctx.strokeStyle = theme.background;
    ctx.fillStyle = colour;
    for (const [i, line] of lines.entries()) {
      const y = box.y + step * (i + 1) - Math.round(size / 4);
      ctx.strokeText(line, box.x + 2, y);
      ctx.fillText(line, box.x + 2, y);
    }
    return true;
  }

  /** @param {Box} box @param {number} px @param {number} py @param {string} colour */
  lead(box, px, py, colour) {
    const x = Math.max(box.x, Math.min(px, box.x + box.width));
    const y = Math.max(box.y, Math.min(py, box.y + box.height));
    if (Math.hypot(x - px, y - py) < FAR) return;
    const { ctx } = this;
    ctx.beginPath();
    ctx.moveTo(px, py);
    ctx.lineTo(x, y);
    ctx.lineWidth = 1;
    ctx.strokeStyle = colour;
    ctx.stroke();
  }
}

/**
 * @param {string} text
 * @param {number} most pixels
 * @param {(words: string) => number} width
 * @returns {string[]} lines that are no wider, as far as there are spaces to break at
 */
function wrapped(text, most, width) {
  if (width(text) <= most) return [text];
  /** @type {string[]} */
  const lines = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line ? `${line} ${word}` : word;
    if (line && width(longer) > most) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** @param {CanvasRenderingContext2D} ctx @param {string} font that it is set to @param {string} text */
function widthOf(ctx, font, text) {
  const key = `${globalThis.document?.fonts?.status} ${font} ${text}`; // a font that is still on its way has other widths
  let width = widths.get(key);
  if (width === undefined) {
    if (widths.size > 2000) widths.clear(); // a dragged slider writes ever new numbers
    width = ctx.measureText(text).width;
    widths.set(key, width);
  }
  return width;
}
