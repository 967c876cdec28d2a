/**
 * The frame that Shift and a drag draw around what is to be seen: of both axes, or, where the hand goes along one, of that one.
 *
 * @import { Subplot } from "./axes.js"
 * @import { LightPlot } from "./light_plot.js"
 * @import { Pair } from "../state/types.js"
 *
 * @typedef {{x: Pair | null, y: Pair | null}} Framed shares of a plot's width, from the left, and height, from below; null of all of it
 */
const LEAST = 8; // pixels along one axis
const BOTH = 20; // pixels across from which both axes are meant
const ALONG = 0.6; // of the way along one axis
const SVG = "http://www.w3.org/2000/svg";

export class ZoomFrame {
  /** @param {LightPlot} owner @param {Subplot} part @param {PointerEvent} down */
  constructor(owner, part, down) {
    this.owner = owner;
    this.part = part;
    this.from = this.place(down);
    /** @type {Framed} */ this.framed = { x: null, y: null };
    this.path = document.createElementNS(SVG, "path");
    this.path.setAttribute("class", "ov-zoom-frame");
  }

  /** @param {PointerEvent} event @returns {{x: number, y: number}} pixels in the plot, from the left and from the top */
  place(event) {
    const box = this.owner.plot.getBoundingClientRect();
    const { x, y } = this.part;
    const within = (/** @type {number} */ at, /** @type {number} */ most) => Math.max(0, Math.min(most, at));
    return { x: within(event.clientX - box.left - x._offset, x._length), y: within(event.clientY - box.top - y._offset, y._length) };
  }

  /** @param {PointerEvent} event */
  move(event) {
    const { x: { _offset: left, _length: width }, y: { _offset: top, _length: height } } = this.part;
    this.framed = framed(this.from, this.place(event), { width, height });
    const { x, y } = this.framed;
    if (!this.path.isConnected) this.owner.svg.append(this.path);
    const whole = `M${left},${top}h${width}v${height}h${-width}z`;
    const [[x0, x1], [y0, y1]] = [x ?? [0, 1], y ?? [0, 1]];
    const inner = `M${left + x0 * width},${top + (1 - y1) * height}h${(x1 - x0) * width}v${(y1 - y0) * height}h${-(x1 - x0) * width}z`;
    this.path.setAttribute("d", x || y ? whole + inner : "");
  }

  /** @param {boolean} meant false where the browser took the pointer away */
  end(meant) {
    this.path.remove();
    const { x, y } = this.framed;
    if (!meant || (!x && !y)) return;
    this.owner.change({ ...(x && { x: part(this.part.x.range, x) }), ...(y && { y: part(this.part.y.range, y) }) }, true);
  }
}

/** @param {Pair} range @param {Pair} shares @returns {Pair} */
function part([low, high], [from, to]) {
  return [low + from * (high - low), low + to * (high - low)];
}

/**
 * @param {{x: number, y: number}} from pixels
 * @param {{x: number, y: number}} to
 * @param {{width: number, height: number}} size of the plot
 * @returns {Framed}
 */
export function framed(from, to, { width, height }) {
  const [dx, dy] = [Math.abs(to.x - from.x), Math.abs(to.y - from.y)];
  const x = /** @type {Pair} */ ([Math.min(from.x, to.x) / width, Math.max(from.x, to.x) / width]);
  const y = /** @type {Pair} */ ([1 - Math.max(from.y, to.y) / height, 1 - Math.min(from.y, to.y) / height]);
  if (dy < Math.min(Math.max(dx * ALONG, LEAST), BOTH)) return { x: dx < LEAST ? null : x, y: null };
  if (dx < Math.min(dy * ALONG, BOTH)) return { x: null, y };
  return { x, y };
}
