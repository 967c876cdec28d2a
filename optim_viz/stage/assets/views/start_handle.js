/**
 * The start point as something to grab: drag it, or move it with the arrow keys.
 *
 * @import { Panel } from "../draw/canvas.js"
 * @import { Pair } from "../state/types.js"
 */
import { h } from "./dom.js";

export class StartHandle {
  /**
   * @param {() => Panel | undefined} panel the panel it lives in now
   * @param {() => Pair} where
   * @param {(start: Pair) => void} onMove
   * @param {(held: boolean) => void} onHold a drag begins or ends
   */
  constructor(panel, where, onMove, onHold) {
    this.panel = panel;
    this.where = where;
    this.onMove = onMove;
    this.element = h("button", { type: "button", class: "ov-start", "aria-label": "Start point", title: "Drag, or use the arrow keys" });
    this.element.addEventListener("pointerdown", (event) => {
      this.element.setPointerCapture(event.pointerId);
      onHold(true);
    });
    this.element.addEventListener("lostpointercapture", () => onHold(false));
    this.element.addEventListener("pointermove", (event) => {
      const target = this.panel();
      if (!target || !this.element.hasPointerCapture(event.pointerId)) return;
      const box = /** @type {HTMLElement} */ (this.element.offsetParent).getBoundingClientRect();
      const px = Math.max(target.left, Math.min(event.clientX - box.left, target.left + target.width));
      const py = Math.max(target.top, Math.min(event.clientY - box.top, target.top + target.height));
      onMove(rounded(target, [target.x(px), target.y(py)]));
    });
    this.element.addEventListener("keydown", (event) => this.nudge(event));
  }

  /** @param {KeyboardEvent} event */
  nudge(event) {
    const direction = /** @type {Record<string, Pair>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] })[event.key];
    const panel = this.panel();
    if (!direction || !panel) return;
    event.preventDefault();
    event.stopPropagation();
    const pixels = event.shiftKey ? 20 : 4;
    const [x, y] = this.where();
    this.onMove(rounded(panel, [x + (direction[0] * pixels) / panel.scaleX, y - (direction[1] * pixels) / panel.scaleY]));
  }

  place() {
    const panel = this.panel();
    const [x, y] = this.where();
    const [px, py] = panel ? [panel.px(x), panel.py(y)] : [NaN, NaN];
    this.element.hidden = !panel?.contains(px, py);
    if (!this.element.hidden) this.element.style.transform = `translate(${px}px, ${py}px)`;
  }
}

/**
 * A start point that reads well in a link: as many digits as a pixel can tell apart.
 *
 * @param {Panel} panel
 * @param {Pair} point
 * @returns {Pair}
 */
export function rounded(panel, [x, y]) {
  /** @param {number} value @param {number} scale pixels a unit */
  const round = (value, scale) => Number(value.toFixed(Math.max(0, Math.ceil(Math.log10(Math.abs(scale))))));
  return [round(x, panel.scaleX), round(y, panel.scaleY)];
}
