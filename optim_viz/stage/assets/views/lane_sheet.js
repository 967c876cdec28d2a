/**
 * On a phone the lanes lie in a sheet at the lower edge: a row of names, and the sliders of the chosen one under the thumb.
 * On a wider screen all cards stand in their column, and the row of names is not shown.
 *
 * @import { Lab } from "../state/lab.js"
 * @import { Theme } from "../draw/theme.js"
 */
import { h, svg } from "./dom.js";
import { markerPath } from "../draw/canvas.js";

export class LaneSheet {
  /**
   * @param {HTMLElement} lanes the column that becomes the sheet
   * @param {(lane: number) => void} choose
   */
  constructor(lanes, choose) {
    this.lanes = lanes;
    this.choose = choose;
    this.names = h("div", { class: "ov-lane-names", role: "group", "aria-label": "Lane under the thumb" });
    this.fold = h("button", { type: "button", class: "ov-quiet ov-fold", "aria-expanded": "true", "aria-label": "Sliders", onclick: () => this.open(lanes.classList.contains("ov-folded")) });
    this.element = h("div", { class: "ov-sheet-head" }, this.names, this.fold);
    lanes.prepend(this.element);
    this.built = "";
  }

  /** @param {boolean} open */
  open(open) {
    this.lanes.classList.toggle("ov-folded", !open);
    this.fold.setAttribute("aria-expanded", String(open));
  }

  /** @param {Lab} lab @param {Theme} theme */
  update(lab, theme) {
    const lanes = lab.lanes();
    const chosen = lab.positions.indexOf(lab.current.lane);
    const built = JSON.stringify([chosen, theme.mode, lanes.map(({ title, state }) => [title, state.colour, state.marker, state.visible])]);
    if (built === this.built) return;
    this.built = built;
    this.names.replaceChildren(...lanes.map(({ title, state }, index) => h("button", {
      type: "button", "aria-label": `Sliders of ${title}`, "aria-pressed": String(index === chosen), class: state.visible ? "" : "ov-hidden-lane", style: `--lane:${theme.lanes[state.colour]}`,
      onclick: () => { this.choose(index); this.open(true); },
    }, svg(markerPath(state.marker, 6), "-9 -9 18 18"), title)));
    const shown = /** @type {HTMLElement | undefined} */ (this.names.children[chosen]);
    if (shown) this.names.scrollLeft = shown.offsetLeft - (this.names.clientWidth - shown.offsetWidth) / 2;
  }
}
