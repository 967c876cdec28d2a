/**
 * "Copy picture": the landscape, the scoreboard and the plots as a PNG, exactly as they are painted, without what only serves
 * to change them.
 *
 * Canvases are copied; lines and words that stand in the page are painted again where the browser has put them.
 *
 * @import { Stage } from "./stage.js"
 */
import { saveFile } from "./copy_save.js";

const APART = 24; // pixels, the widest gap that is kept between the parts
const LEFT_OUT = "defs, input, select, dialog, .ov-zoom, .ov-pin, .ov-views, .ov-unseen, .ov-drag, .ov-solid-note, [hidden]";

/**
 * Puts the picture on the clipboard, or into a file where the browser does not allow that.
 *
 * @param {Stage} stage
 * @returns {Promise<string>} what to say
 */
export async function copyPicture(stage) {
  const picture = paint(stage);
  try {
    // The promise goes in at once: after a pause the browser no longer takes it for the person's own doing.
    await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
    return "Picture copied.";
  } catch {
    saveFile("optim_viz.png", await picture, "image/png");
    return "The browser did not allow copying. The picture was saved as a file instead.";
  }
}

/** @param {Stage} stage @returns {Promise<Blob>} */
export async function paint({ elements, theme, surface }) {
  const parts = [elements.surface, elements.scores, elements.curves].filter((one) => one.checkVisibility() && one.getBoundingClientRect().height > 0);
  const seen = parts.map((one) => one.getBoundingClientRect());
  const up = closing(seen);
  const boxes = seen.map((box, i) => new DOMRect(box.x, box.y - up[i], box.width, box.height));
  const [left, top] = [Math.min(...boxes.map((box) => box.left)), Math.min(...boxes.map((box) => box.top))];
  const [right, bottom] = [Math.max(...boxes.map((box) => box.right)), Math.max(...boxes.map((box) => box.bottom))];
  const ratio = globalThis.devicePixelRatio || 1;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round((right - left) * ratio), Math.round((bottom - top) * ratio)];
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const base = new DOMMatrix([ratio, 0, 0, ratio, -left * ratio, -top * ratio]);
  ctx.setTransform(base);
  ctx.fillStyle = theme?.background ?? "#fff";
  ctx.fillRect(left, top, right - left, bottom - top);
  const solid = surface?.inSolid ? await solidImage(surface.solid.plot, surface.loader.Plotly, ratio) : null;
  for (const [i, part] of parts.entries()) {
    ctx.save();
    ctx.beginPath();
    ctx.rect(boxes[i].x, boxes[i].y, boxes[i].width, boxes[i].height);
    ctx.clip();
    const moved = base.translate(0, -up[i]);
    ctx.setTransform(moved);
    new Painter(ctx, moved, surface?.solid.plot ?? null, solid).element(part);
    ctx.restore();
  }
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
}

/**
 * On a phone the controls stand between the landscape and the scoreboard: the parts move together over what is left out.
 *
 * @param {DOMRect[]} boxes from the landscape on
 * @returns {number[]} pixels that each moves up
 */
function closing(boxes) {
  let up = 0;
  return boxes.map((box, i) => {
    const gap = i ? box.top - boxes[i - 1].bottom : 0;
    if (gap > APART) up += gap - APART;
    return up;
  });
}

/** What WebGL has drawn can be read only as Plotly gives it. @param {HTMLElement} plot @param {any} Plotly @param {number} scale */
async function solidImage(plot, Plotly, scale) {
  const image = new Image();
  const { width, height } = plot.getBoundingClientRect();
  image.src = await Plotly.toImage(plot, { format: "png", width, height, scale });
  await image.decode();
  return image;
}

class Painter {
  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {DOMMatrix} base of the window's coordinates
   * @param {HTMLElement | null} plot the surface in 3D
   * @param {HTMLImageElement | null} solid its picture
   */
  constructor(ctx, base, plot, solid) {
    this.ctx = ctx;
    this.base = base;
    this.plot = plot;
    this.solid = solid;
  }

  /** @param {Element} element */
  element(element) {
    if (element.matches(LEFT_OUT)) return;
    const style = getComputedStyle(element);
    if (style.display === "none" || style.visibility === "hidden" || style.opacity === "0" || style.clipPath.startsWith("inset(50%")) return;
    const { ctx } = this;
    if (element instanceof HTMLCanvasElement) {
      const { x, y, width, height } = element.getBoundingClientRect();
      if (element.width && element.height) ctx.drawImage(element, x, y, width, height);
      return;
    }
    if (element === this.plot) {
      const { x, y, width, height } = element.getBoundingClientRect();
      if (this.solid) ctx.drawImage(this.solid, x, y, width, height);
      return;
    }
    ctx.save();
    ctx.globalAlpha *= Number(style.opacity);
    if (element instanceof SVGGraphicsElement) this.shape(element, style);
    else this.box(element, style);
    for (const child of element.childNodes) {
      if (child instanceof Element) this.element(child);
      else if (child instanceof Text && child.data.trim()) this.words(child, element, style);
    }
    ctx.restore();
  }

  /** The background and the border of an element. @param {Element} element @param {CSSStyleDeclaration} style */
  box(element, style) {
    const { ctx } = this;
    const { x, y, width, height } = element.getBoundingClientRect();
    const fill = this.gradient(style.backgroundImage, x, width) ?? style.backgroundColor;
    ctx.beginPath();
    ctx.roundRect(x, y, width, height, Number.parseFloat(style.borderTopLeftRadius) || 0);
    ctx.fillStyle = fill;
    ctx.fill();
    for (const [side, ...edge] of /** @type {["Top" | "Bottom" | "Left" | "Right", number, number, number, number][]} */ ([
      ["Top", x, y, width, 0], ["Bottom", x, y + height, width, 0], ["Left", x, y, 0, height], ["Right", x + width, y, 0, height],
    ])) {
      const wide = Number.parseFloat(style[`border${side}Width`]);
      if (!wide || style[`border${side}Style`] === "none") continue;
      ctx.fillStyle = style[`border${side}Color`];
      const [left, top, across, down] = edge;
      ctx.fillRect(side === "Right" ? left - wide : left, side === "Bottom" ? top - wide : top, across || wide, down || wide);
    }
  }

  /** A gradient from left to right, as the landscape's ramp has it. @param {string} image @param {number} x @param {number} width */
  gradient(image, x, width) {
    if (!image.startsWith("linear-gradient")) return null;
    const stops = [...image.matchAll(/(rgba?\([^)]*\))(?:\s+([\d.]+)%)?/g)];
    const gradient = this.ctx.createLinearGradient(x, 0, x + width, 0);
    for (const [i, [, colour, share]] of stops.entries()) gradient.addColorStop(share === undefined ? i / Math.max(1, stops.length - 1) : Number(share) / 100, colour);
    return gradient;
  }

  /** A line or a figure of an SVG. @param {SVGGraphicsElement} element @param {CSSStyleDeclaration} style */
  shape(element, style) {
    const path = pathOf(element);
    const matrix = element.getScreenCTM();
    if (!path || !matrix) return;
    const { ctx } = this;
    ctx.save();
    ctx.setTransform(this.base.multiply(matrix));
    const strength = ctx.globalAlpha;
    if (style.fill !== "none") {
      ctx.globalAlpha = strength * Number(style.fillOpacity);
      ctx.fillStyle = style.fill;
      ctx.fill(path);
    }
    if (style.stroke !== "none" && Number.parseFloat(style.strokeWidth) > 0) {
      ctx.globalAlpha = strength * Number(style.strokeOpacity);
      ctx.strokeStyle = style.stroke;
      ctx.lineWidth = Number.parseFloat(style.strokeWidth);
      ctx.setLineDash(style.strokeDasharray === "none" ? [] : style.strokeDasharray.split(/[\s,]+/).map(Number.parseFloat));
      ctx.stroke(path);
    }
    ctx.restore();
  }

  /** @param {Text} text @param {Element} parent @param {CSSStyleDeclaration} style */
  words(text, parent, style) {
    const { ctx } = this;
    ctx.save();
    const type = (/** @type {number} */ size) => `${style.fontStyle} ${style.fontWeight} ${size}px ${style.fontFamily}`;
    /** A canvas does not know type that is set to one height of small letters: it takes the size that makes words as long as they are. @param {string} words @param {number} long */
    const setTo = (words, long) => {
      const size = Number.parseFloat(style.fontSize);
      ctx.font = type(size);
      const share = (style.fontSizeAdjust ?? "none") === "none" ? 1 : long / ctx.measureText(words).width;
      if (share > 0 && share < Infinity) ctx.font = type(size * share);
    };
    ctx.textBaseline = "alphabetic";
    if (parent instanceof SVGTextContentElement) {
      const matrix = parent.getScreenCTM();
      if (matrix && parent.getNumberOfChars()) {
        const { x, y } = parent.getStartPositionOfChar(0);
        ctx.setTransform(this.base.multiply(matrix));
        ctx.fillStyle = style.fill;
        setTo(text.data, parent.getSubStringLength(0, Math.min(text.data.length, parent.getNumberOfChars())));
        ctx.fillText(text.data, x, y);
      }
    } else {
      ctx.fillStyle = style.color;
      for (const { words, box } of linesOf(text)) {
        setTo(words.split(/\s/)[0], box.width);
        const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = ctx.measureText(words);
        ctx.fillText(words, box.x, box.y + (box.height * up) / (up + down));
      }
    }
    ctx.restore();
  }
}

/** @param {SVGGraphicsElement} element @returns {Path2D | null} */
function pathOf(element) {
  const number = (/** @type {string} */ name) => Number.parseFloat(element.getAttribute(name) ?? "0") || 0;
  const path = new Path2D();
  if (element instanceof SVGPathElement) return new Path2D(element.getAttribute("d") ?? "");
  if (element instanceof SVGRectElement) path.rect(number("x"), number("y"), number("width"), number("height"));
  else if (element instanceof SVGCircleElement) path.arc(number("cx"), number("cy"), number("r"), 0, 2 * Math.PI);
  else if (element instanceof SVGLineElement) {
    path.moveTo(number("x1"), number("y1"));
    path.lineTo(number("x2"), number("y2"));
  } else return null;
  return path;
}

/** @param {Text} text @returns {{words: string, box: DOMRect}[]} the lines into which the browser has broken it */
function linesOf(text) {
  /** @type {{words: string, box: DOMRect}[]} */ const lines = [];
  const range = document.createRange();
  for (const { 0: word, index } of text.data.matchAll(/\S+\s*/g)) {
    range.setStart(text, index);
    range.setEnd(text, index + word.trimEnd().length);
    const box = range.getBoundingClientRect();
    const last = lines.at(-1);
    if (!box.width) continue;
    if (last && Math.abs(last.box.y - box.y) < 2) last.words += word.replace(/\s+/g, " ");
    else lines.push({ words: word.replace(/\s+/g, " "), box });
  }
  return lines;
}
