/**
 * Drawing on the canvas over the plots: axes to pixels, lines, marker shapes.
 *
 * @import { Pair, Values } from "../state/types.js"
 */

/** Canvas coordinates beyond this are cut to the visible side first: browsers lose lines with far-away ends. */
const FAR = 1e5;

/** Pixels a step up to which curves are drawn by the extremes of each column of pixels. */
const DENSE = 0.4;

/** A rectangle of the overlay with a linear axis for x, and for y one that `forward` makes linear. */
export class Panel {
  /**
   * @param {{left: number, top: number, width: number, height: number}} box pixels
   * @param {Pair} rangeX values at the left and right edge
   * @param {Pair} rangeY values at the bottom and top edge
   * @param {(value: number) => number} forward value to what `rangeY` counts; NaN where the axis cannot show it
   */
  constructor(box, rangeX, rangeY, forward = (value) => value) {
    this.left = box.left;
    this.top = box.top;
    this.width = box.width;
    this.height = box.height;
    this.forward = forward;
    this.scaleX = box.width / (rangeX[1] - rangeX[0]);
    this.scaleY = -box.height / (rangeY[1] - rangeY[0]);
    this.originX = box.left - rangeX[0] * this.scaleX;
    this.originY = box.top + box.height - rangeY[0] * this.scaleY;
  }

  /** @param {number} x */
  px(x) {
    return this.originX + x * this.scaleX;
  }

  /** @param {number} y NaN comes back where the axis cannot show it */
  py(y) {
    return this.originY + this.forward(y) * this.scaleY;
  }

  /**
   * @param {number} px
   * @returns {number} the value at a pixel
   */
  x(px) {
    return (px - this.originX) / this.scaleX;
  }

  /** @param {number} py */
  y(py) {
    return (py - this.originY) / this.scaleY;
  }

  /**
   * @param {number} px
   * @param {number} py
   */
  contains(px, py) {
    return px >= this.left && px <= this.left + this.width && py >= this.top && py <= this.top + this.height;
  }

  /** @param {CanvasRenderingContext2D} ctx */
  clip(ctx) {
    ctx.beginPath();
    ctx.rect(this.left, this.top, this.width, this.height);
    ctx.clip();
  }
}

/**
 * Cuts a segment to the square |x|, |y| <= FAR (Liang and Barsky, 1984).
 *
 * @param {number} x0
 * @param {number} y0
 * @param {number} x1
 * @param {number} y1
 * @returns {[number, number, number, number] | null} null when it passes by
 */
export function cutSegment(x0, y0, x1, y1) {
  let enter = 0;
  let leave = 1;
  const dx = x1 - x0;
  const dy = y1 - y0;
  for (const [p, q] of [[-dx, x0 + FAR], [dx, FAR - x0], [-dy, y0 + FAR], [dy, FAR - y0]]) {
    if (p === 0 && q < 0) return null;
    if (p < 0) enter = Math.max(enter, q / p);
    if (p > 0) leave = Math.min(leave, q / p);
  }
  return enter <= leave ? [x0 + enter * dx, y0 + enter * dy, x0 + leave * dx, y0 + leave * dy] : null;
}

/**
 * Adds a polyline to the current path. Points nearer than half a pixel to the last one are left out (they cannot be
 * seen); a value that is not finite breaks the line.
 *
 * @param {CanvasRenderingContext2D | Path2D} path
 * @param {(i: number) => number} px
 * @param {(i: number) => number} py
 * @param {number} from
 * @param {number} to inclusive
 */
export function polyline(path, px, py, from, to) {
  let lastX = NaN;
  let lastY = NaN;
  for (let i = from; i <= to; i += 1) {
    const x = px(i);
    const y = py(i);
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      lastX = NaN;
      continue;
    }
    if (Number.isNaN(lastX)) {
      if (Math.abs(x) < FAR && Math.abs(y) < FAR) path.moveTo(x, y);
    } else if (i < to && Math.abs(x - lastX) < 0.5 && Math.abs(y - lastY) < 0.5) {
      continue;
    } else if (Math.max(Math.abs(x), Math.abs(y), Math.abs(lastX), Math.abs(lastY)) < FAR) {
      path.lineTo(x, y);
    } else {
      const cut = cutSegment(lastX, lastY, x, y);
      if (cut) {
        path.moveTo(cut[0], cut[1]);
        path.lineTo(cut[2], cut[3]);
      }
    }
    lastX = x;
    lastY = y;
  }
}

/**
 * Adds a curve over steps to the current path. Where several steps share a column of pixels, its extremes are drawn: no
 * spike is lost, and a run of 20000 steps costs what one of a few hundred does.
 *
 * @param {Panel} panel
 * @param {Values} values one value a step
 * @param {number} from
 * @param {number} to
 * @param {CanvasRenderingContext2D | Path2D} path
 */
export function curve(panel, values, from, to, path) {
  if (panel.scaleX > DENSE) polyline(path, (i) => panel.px(i), (i) => panel.py(values[i]), from, to);
  else {
    const steps = extremes(panel, values, from, to);
    polyline(path, (k) => panel.px(steps[k]), (k) => panel.py(values[steps[k]]), 0, steps.length - 1);
  }
}

/**
 * @param {Panel} panel
 * @param {Values} values
 * @param {number} from
 * @param {number} to
 * @returns {number[]} of each column of pixels the steps with the least and the greatest value, in their order; one step
 *   where the axis can show none of them, so that the line breaks
 */
export function extremes(panel, values, from, to) {
  const above = Number.isNaN(panel.forward(0)) ? 0 : -Infinity; // a log axis shows what is above 0
  const steps = [];
  for (let step = from; step <= to; ) {
    const end = Math.min(to + 1, Math.max(step + 1, Math.ceil((Math.floor(panel.px(step)) + 1 - panel.originX) / panel.scaleX)));
    let [least, greatest] = [-1, -1];
    for (let i = step; i < end; i += 1) {
      const value = values[i];
      if (!(value > above && value < Infinity)) continue;
      if (least < 0 || value < values[least]) least = i;
      if (greatest < 0 || value > values[greatest]) greatest = i;
    }
    if (least < 0) steps.push(step);
    else if (least === greatest) steps.push(least);
    else steps.push(Math.min(least, greatest), Math.max(least, greatest));
    step = end;
  }
  return steps;
}

/** @type {Record<string, [number, number][]>} corners on the unit circle's scale; circles are drawn apart */
const SHAPES = {
  square: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
  diamond: [[0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]],
  "triangle-up": [[0, -1.2], [1.15, 0.9], [-1.15, 0.9]],
  "triangle-down": [[0, 1.2], [1.15, -0.9], [-1.15, -0.9]],
  cross: [
    [-0.42, -1.2], [0.42, -1.2], [0.42, -0.42], [1.2, -0.42], [1.2, 0.42], [0.42, 0.42],
    [0.42, 1.2], [-0.42, 1.2], [-0.42, 0.42], [-1.2, 0.42], [-1.2, -0.42], [-0.42, -0.42],
  ],
  star: [...Array(10).keys()].map((i) => {
    const radius = i % 2 ? 0.6 : 1.4;
    const angle = (Math.PI / 5) * i - Math.PI / 2;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  }),
  hexagon: [...Array(6).keys()].map((i) => [1.15 * Math.cos((Math.PI / 3) * i), 1.15 * Math.sin((Math.PI / 3) * i)]),
};

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {string} shape
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 */
export function marker(ctx, shape, x, y, radius) {
  ctx.beginPath();
  const corners = SHAPES[shape];
  if (!corners) ctx.arc(x, y, radius, 0, 2 * Math.PI);
  else for (const [dx, dy] of corners) ctx.lineTo(x + radius * dx, y + radius * dy);
  ctx.closePath();
}

/**
 * The same marker as an SVG path, for cards and buttons.
 *
 * @param {string} shape
 * @param {number} radius
 * @returns {string}
 */
export function markerPath(shape, radius) {
  const corners = SHAPES[shape];
  if (!corners) return `M${-radius},0a${radius},${radius} 0 1,0 ${2 * radius},0a${radius},${radius} 0 1,0 ${-2 * radius},0Z`;
  return `M${corners.map(([x, y]) => `${(x * radius).toFixed(2)},${(y * radius).toFixed(2)}`).join("L")}Z`;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} width CSS pixels
 * @param {number} height
 * @returns {CanvasRenderingContext2D}
 */
export function fitCanvas(canvas, width, height) {
  const ratio = globalThis.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  return ctx;
}
