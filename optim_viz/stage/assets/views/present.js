/**
 * Present mode: picture, names, caption and clock alone, large enough for the back row. Key P, or a button; Escape leaves.
 *
 * @import { Lab } from "../state/lab.js"
 * @import { LaneView } from "../state/lane_view.js"
 */
import { h } from "./dom.js";

export class Present {
  /**
   * @param {() => boolean} alive false once the stage has left the page
   * @param {(on: boolean) => void} onChange
   */
  constructor(alive, onChange) {
    this.on = false;
    this.onChange = onChange;
    this.button = h("button", { type: "button", class: "ov-quiet ov-present-button", title: "Picture, names and clock alone, for a projector (key P)", onclick: () => this.set(true) }, "Present");
    this.title = h("b", {});
    this.words = h("span", {});
    this.leave = h("button", { type: "button", class: "ov-quiet", title: "Escape or P", onclick: () => this.set(false) }, "Leave");
    this.caption = h("div", { class: "ov-caption" }, h("p", {}, this.title, " ", this.words), this.leave);
    /** @param {KeyboardEvent} event */
    const onKey = (event) => {
      if (!alive()) document.removeEventListener("keydown", onKey);
      else this.key(event);
    };
    document.addEventListener("keydown", onKey);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Escape" && !event.defaultPrevented) this.set(false);
  }

  /** @param {boolean} on */
  set(on) {
    if (this.on === on) return;
    this.on = on;
    this.onChange(on);
    const next = on ? this.leave : this.button;
    next.classList.add("ov-unasked"); // nobody went there to read what it does: its words would cover the picture
    next.focus({ preventScroll: true });
    next.classList.remove("ov-unasked");
  }

  /** What a picture without a story says of itself. @param {Lab} lab @param {LaneView[]} lanes */
  update(lab, lanes) {
    const surface = lab.header?.surface;
    if (!this.on || !surface) return;
    this.title.textContent = surface.title;
    this.words.textContent = lanes.filter(({ state }) => state.visible).map(({ title }) => title).join(", ");
  }
}
