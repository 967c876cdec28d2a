/**
 * What a hand does to axes: it drags a plot or one of its axes, stretches an axis by an end, or the plot by a corner, draws a frame
 * around what it wants to see (Shift), turns the wheel, and writes an end down (a click on it). As plotly.js has it, to the pixel.
 *
 * @import { Subplot } from "./axes.js"
 * @import { LightPlot } from "./light_plot.js"
 * @import { Pair } from "../state/types.js"
 *
 * @typedef {(ranges: [Pair, Pair], done: boolean) => void} Moved of x and of y; `done` is false while the gesture goes on
 * @typedef {{x: string, y: string, part: Subplot}} Grip what is held of each axis: "ew" or "ns" of all of it, an end ("w", "e", "n", "s"), or "" of none
 */
import { EndEntry } from "./end_entry.js";
import { ZoomFrame } from "./zoom_frame.js";

const MOVES = 5; // pixels from which a press is a drag; a click moves less
const WHEEL = { most: 20, slow: 200, rests: 50 }; // the last in milliseconds
const WIDE = 20; // pixels of a handle beside a plot
const END = 0.1; // of an axis that is the handle of each end
const SVG = "http://www.w3.org/2000/svg";

export class Gestures {
  /** @param {LightPlot} owner */
  constructor(owner) {
    this.owner = owner;
    /** @type {ReturnType<typeof setTimeout> | undefined} */ this.resting = undefined;
    this.entry = new EndEntry(owner);
    owner.plot.addEventListener("pointerdown", (event) => this.press(event));
    owner.plot.addEventListener("wheel", (event) => this.turn(event), { passive: false });
  }

  close() {
    this.entry.close();
    clearTimeout(this.resting);
  }

  /** @param {Event} event @returns {Grip | null} what it means */
  grip({ target }) {
    const rect = target instanceof Element ? target.closest(".ov-drag") : null;
    if (!rect) return null;
    const part = this.owner.parts[Number(rect.getAttribute("data-part"))];
    return part ? { x: rect.getAttribute("data-x") ?? "", y: rect.getAttribute("data-y") ?? "", part } : null;
  }

  /** @param {PointerEvent} down */
  press(down) {
    const grip = this.grip(down);
    if (!grip || down.button !== 0) return;
    const { owner } = this;
    const { plot } = owner;
    const whole = grip.x === "ew" && grip.y === "ns";
    const drag = whole && down.shiftKey ? new ZoomFrame(owner, grip.part, down) : this.moving(grip, down);
    let dragged = false;
    const move = (/** @type {PointerEvent} */ event) => {
      if (event.pointerId !== down.pointerId) return;
      if (!dragged && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < MOVES) return;
      if (!dragged) plot.setPointerCapture(event.pointerId);
      dragged = true;
      drag.move(event);
    };
    const up = (/** @type {PointerEvent} */ event) => {
      if (event.pointerId !== down.pointerId) return;
      removeEventListener("pointermove", move, true);
      for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) removeEventListener(end, up, true);
      if (dragged) drag.end(event.type === "pointerup");
      else if (event.type === "pointerup" && (grip.x + grip.y).length === 1) this.entry.open(grip);
    };
    addEventListener("pointermove", move, true); // of the whole page: the hand may begin beside what lies over the plot
    for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) addEventListener(end, up, true);
  }

  /** A drag that moves the axes with the hand. @param {Grip} grip @param {PointerEvent} down */
  moving(grip, down) {
    const { owner } = this;
    const before = { x: grip.part.x.range, y: grip.part.y.range };
    return {
      move: (/** @type {PointerEvent} */ event) => owner.change({
        ...(grip.x && { x: dragged(before.x, grip.x, (event.clientX - down.clientX) / grip.part.x._length) }),
        ...(grip.y && { y: dragged(before.y, grip.y, (down.clientY - event.clientY) / grip.part.y._length) }),
      }, false),
      end: () => owner.change({}, true),
    };
  }

  /** @param {WheelEvent} event */
  turn(event) {
    const { owner } = this;
    const grip = this.grip(event);
    if (!grip || !owner.wheels) return;
    event.preventDefault();
    const factor = Math.exp(Math.max(-WHEEL.most, Math.min(WHEEL.most, event.deltaY)) / WHEEL.slow);
    const box = owner.plot.getBoundingClientRect();
    const { x, y } = grip.part;
    const around = (/** @type {Pair} */ [low, high], /** @type {number} */ share) => {
      const held = low + (high - low) * share;
      return /** @type {Pair} */ ([held + (low - held) * factor, held + (high - held) * factor]);
    };
    owner.change({
      ...(grip.x && { x: around(x.range, (event.clientX - box.left - x._offset) / x._length) }),
      ...(grip.y && { y: around(y.range, 1 - (event.clientY - box.top - y._offset) / y._length) }),
    }, false);
    clearTimeout(this.resting);
    this.resting = setTimeout(() => owner.change({}, true), WHEEL.rests);
  }
}

/**
 * @param {Pair} before the range when the drag began
 * @param {string} held "ew" or "ns", or one end
 * @param {number} way of the hand, to the right or up, in lengths of the axis
 * @returns {Pair}
 */
export function dragged([low, high], held, way) {
  if (held.length === 2) return [low - way * (high - low), high - way * (high - low)];
  if (held === "w" || held === "s") return [high + (low - high) / stretch(way), high];
  return [low, low + (high - low) / stretch(-way)];
}

/** @param {number} way of an end into the plot, in lengths of the axis @returns {number} how many times as long the rest becomes */
function stretch(way) {
  return 1 - (way >= 0 ? Math.min(way, 0.9) : 1 / (1 / Math.max(way, -0.3) + 3.222));
}

/** @param {Subplot[]} parts @returns {SVGRectElement[]} what a press takes hold of; the plots lie over what reaches into them */
export function handles(parts) {
  const beside = parts.flatMap(({ x, y }, i) => {
    const [left, top, right, bottom] = [x._offset, y._offset, x._offset + x._length, y._offset + y._length];
    const [w, h] = [x._length * END, y._length * END];
    return [
      handle(i, "w", "n", left - WIDE, top - WIDE, WIDE, WIDE), handle(i, "e", "n", right, top - WIDE, WIDE, WIDE),
      handle(i, "w", "s", left - WIDE, bottom, WIDE, WIDE), handle(i, "e", "s", right, bottom, WIDE, WIDE),
      handle(i, "ew", "", left + w, bottom, x._length - 2 * w, WIDE), handle(i, "w", "", left, bottom, w, WIDE), handle(i, "e", "", right - w, bottom, w, WIDE),
      handle(i, "", "ns", left - WIDE, top + h, WIDE, y._length - 2 * h), handle(i, "", "s", left - WIDE, bottom - h, WIDE, h), handle(i, "", "n", left - WIDE, top, WIDE, h),
    ];
  });
  return [...beside, ...parts.map(({ x, y }, i) => handle(i, "ew", "ns", x._offset, y._offset, x._length, y._length))];
}

/** @param {number} part @param {string} ew @param {string} ns @param {number} x @param {number} y @param {number} width @param {number} height */
function handle(part, ew, ns, x, y, width, height) {
  const rect = document.createElementNS(SVG, "rect");
  const look = { class: "ov-drag", "data-part": part, "data-x": ew, "data-y": ns, x, y, width, height, fill: "none", "pointer-events": "all" };
  for (const [name, value] of Object.entries(look)) rect.setAttribute(name, String(value));
  return rect;
}
