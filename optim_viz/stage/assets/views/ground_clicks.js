/**
 * Clicks on the landscape: on open ground everybody starts there at once; on a particle its lane is chosen; a double
 * click shows the whole surface again, and the start that its first click moved is back where it was.
 *
 * @import { Panel } from "../draw/canvas.js"
 * @import { Pair } from "../state/types.js"
 * @import { Stage } from "./stage.js"
 */
import { rounded } from "./start_handle.js";

const NEAR = 12; // pixels from a particle that still mean it
const DOUBLE_MS = 400; // of two taps, which no system counts; what a mouse does is the system's to say
const DOUBLE_NEAR = 24; // pixels between the two clicks of a double click, wide enough for a finger

export class GroundClicks {
  /** @param {Stage} stage */
  constructor(stage) {
    this.stage = stage;
    /** @type {{at: {x: number, y: number}, when: number, start: Pair | null} | null} */ this.last = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */ this.timer = undefined;
    const { surface } = stage.elements;
    surface.addEventListener("pointermove", (event) => {
      if (event.buttons || event.pointerType === "touch") return;
      const box = surface.getBoundingClientRect();
      const at = { x: event.clientX - box.left, y: event.clientY - box.top };
      const index = this.panels.findIndex((panel) => panel.contains(at.x, at.y));
      surface.classList.toggle("ov-on-particle", index >= 0 && this.particle(index, at) >= 0);
    });
  }

  /** @returns {Panel[]} */
  get panels() {
    return this.stage.surface?.flat.panels ?? [];
  }

  /** @param {number} index of the panel @param {{x: number, y: number}} at pixels @param {{second: boolean, ring: boolean}} how */
  click(index, at, { second, ring }) {
    const { last, stage } = this;
    const now = performance.now();
    this.last = null;
    if (last && (second || now - last.when < DOUBLE_MS) && Math.hypot(at.x - last.at.x, at.y - last.at.y) < DOUBLE_NEAR) {
      this.doubleClick(last.start);
      return;
    }
    if (ring) { // who takes hold of it moves nothing yet
      this.last = { at, when: now, start: null };
      return;
    }
    const lane = this.particle(index, at);
    this.last = { at, when: now, start: lane < 0 ? /** @type {Pair} */ (stage.lab.current.start) : null };
    if (lane >= 0) {
      stage.actions.chooseLane(lane);
      return;
    }
    const panel = this.panels[index];
    stage.undo.hold("click"); // until it is clear that it is no double click
    stage.actions.change({ start: rounded(panel, [panel.x(at.x), panel.y(at.y)]) });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => stage.undo.release("click"), DOUBLE_MS);
  }

  /** @param {Pair | null} start where it was before the first click; null when that moved nothing */
  doubleClick(start) {
    const { stage } = this;
    if (start) stage.actions.change({ start });
    stage.surface?.zoom(0);
    clearTimeout(this.timer);
    stage.undo.release("click");
  }

  /** @param {number} index of the panel @param {{x: number, y: number}} at @returns {number} the lane whose particle is there; -1 for none */
  particle(index, at) {
    const { lab, clock } = this.stage;
    const panel = this.panels[index];
    const shown = lab.lanes().map((view, lane) => ({ view, lane })).filter(({ view }) => view.state.visible);
    const here = lab.current.view === "panels" ? shown.slice(index, index + 1) : shown;
    let [found, nearest] = [-1, NEAR];
    for (const { view, lane } of here) {
      const [x, y] = [view.run.get("theta_x")?.[clock.time] ?? NaN, view.run.get("theta_y")?.[clock.time] ?? NaN];
      const away = Math.hypot(panel.px(x) - at.x, panel.py(y) - at.y);
      if (away <= nearest) [found, nearest] = [lane, away]; // of two as near, the one drawn on top
    }
    return found;
  }
}
