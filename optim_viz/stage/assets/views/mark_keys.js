/**
 * What the hollow marks and the ellipse on the landscape are: a key for each, with its words where the pointer or the focus rests.
 *
 * @import { LaneView } from "../state/lane_view.js"
 * @import { Theme } from "../draw/theme.js"
 */
import { markerPath } from "../draw/canvas.js";
import { hasMarks, placeOf, REACH } from "../draw/marks.js";
import { number } from "../state/format.js";
import { h, svg } from "./dom.js";
import { explain } from "./explain.js";

const OVAL = "M-7,0a7,3.5 0 1,0 14,0a7,3.5 0 1,0 -14,0Z";

export class MarkKeys {
  constructor() {
    this.element = h("span", { class: "ov-mark-keys", hidden: true });
    this.built = "";
    /** @type {LaneView[]} */ this.lanes = [];
    this.time = 0;
  }

  /**
   * @param {LaneView[]} lanes all that the runs on screen have
   * @param {number} time
   * @param {Theme} theme
   * @param {boolean} flat ellipses are drawn on the flat picture alone
   */
  update(lanes, time, theme, flat) {
    this.time = time;
    this.lanes = lanes.filter((lane) => lane.state.visible && hasMarks(lane, flat));
    const built = JSON.stringify([theme.mode, flat, this.lanes.map(({ title, optimizer, state }) => [title, optimizer.name, state.colour])]);
    if (built === this.built) return;
    this.built = built;
    this.element.hidden = this.lanes.length === 0;
    this.element.replaceChildren(...this.lanes.flatMap((lane, index) => [
      ...lane.optimizer.points.map(({ state, marker }) => {
        const symbol = lane.optimizer.symbols[state];
        return this.key(markerPath(marker, 6), symbol, lane, theme, () => this.ofPoint(index, state));
      }),
      ...(flat && lane.optimizer.ellipse ? [this.key(OVAL, lane.optimizer.ellipse.title, lane, theme, () => this.ofEllipse(index))] : []),
    ]));
  }

  /** @param {string} shape @param {string} symbol @param {LaneView} lane @param {Theme} theme @param {() => string} words */
  key(shape, symbol, lane, theme, words) {
    const picture = svg(shape, "-9 -9 18 18");
    Object.assign(picture.style, { fill: "none", stroke: theme.lanes[lane.state.colour], strokeWidth: "2" });
    const key = h("span", { class: "ov-mark-key", role: "img", tabindex: 0, "aria-label": `${symbol} of ${lane.title}` }, picture, symbol);
    explain(key, () => ({ sentence: words() }));
    return key;
  }

  /** @param {number} index @param {string} state */
  ofPoint(index, state) {
    const lane = this.lanes[index];
    const place = lane && placeOf(lane.run, state, this.time);
    const now = place ? ` At step ${this.time}: x ${number(place[0])}, y ${number(place[1])}.` : "";
    return lane ? `${lane.optimizer.symbols[state]} of ${lane.title}: ${lane.optimizer.meanings[state]}${now}` : "";
  }

  /** @param {number} index */
  ofEllipse(index) {
    const lane = this.lanes[index];
    const info = lane?.optimizer.ellipse;
    return info ? `${info.title} of ${lane.title}. ${info.meaning} Shape and direction count: its longer half axis is drawn ${REACH} pixels long.` : "";
  }
}
