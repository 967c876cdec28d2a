/**
 * What the landscape is under the pointer: where that is, and about how high. The loss is read off the picture's own heights,
 * which stand between the points that Python sent, so it is said as what it is.
 *
 * @import { Stage } from "./stage.js"
 */
import { heightNear } from "../draw/ground_image.js";
import { number } from "../state/format.js";
import { lossAt } from "../state/heights.js";
import { h } from "./dom.js";

const AWAY = 14; // pixels from the pointer

export class GroundReading {
  /** @param {Stage} stage @param {HTMLElement} holder of the picture */
  constructor(stage, holder) {
    this.stage = stage;
    this.holder = holder;
    this.loss = h("b", {});
    this.place = h("span", { class: "ov-muted" });
    this.element = h("div", { class: "ov-ground-reading", hidden: true, "aria-hidden": "true" }, this.loss, this.place);
    holder.addEventListener("pointermove", (event) => this.moved(event));
    for (const type of ["pointerleave", "pointerdown", "wheel"]) holder.addEventListener(type, () => this.hide(), { passive: true });
  }

  hide() {
    this.element.hidden = true;
  }

  /** @param {PointerEvent} event */
  moved(event) {
    const onPicture = event.target instanceof Element && event.target.closest(".ov-plot, .ov-surface > canvas") !== null;
    const box = this.holder.getBoundingClientRect();
    const words = onPicture && event.pointerType !== "touch" && event.buttons === 0 ? this.words(event.clientX - box.left, event.clientY - box.top) : null;
    this.element.hidden = words === null;
    if (!words) return;
    [this.loss.textContent, this.place.textContent] = words;
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const left = x + AWAY + width <= box.width ? x + AWAY : x - AWAY - width;
    this.element.style.transform = `translate(${Math.round(left)}px, ${Math.round(Math.max(0, y - AWAY - height))}px)`;
  }

  /** @param {number} px pixels in the picture @param {number} py @returns {[string, string] | null} loss and place */
  words(px, py) {
    const { lab, surface: pane } = this.stage;
    const surface = lab.header?.surface;
    const block = surface && lab.blocks.get(surface.key);
    const panel = pane?.inSolid ? undefined : pane?.flat.panels.find((one) => one.contains(px, py));
    if (!surface || !block || !panel) return null;
    const [x, y] = [panel.x(px), panel.y(py)];
    const { x0, x1, y0, y1 } = surface.grid;
    const height = heightNear(block, [[x0, x1], [y0, y1]], x, y);
    const loss = Math.max(surface.floor, lossAt(surface, height)); // a curve between two points may dip under the lowest
    const place = `x ${number(x, 3)}, y ${number(y, 3)}`;
    if (Number.isNaN(height)) return ["loss undefined", place];
    const about = `loss about ${number(Number(loss.toPrecision(2)))}`;
    return [surface.resolved ? about : `${about} on average`, place];
  }
}
