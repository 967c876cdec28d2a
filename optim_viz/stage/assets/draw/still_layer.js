/**
 * What stays as it is while a slider is held: drawn once, and copied into every frame of the drag.
 *
 * @import { Lab } from "../state/lab.js"
 * @import { Panel } from "./canvas.js"
 * @import { Theme } from "./theme.js"
 */
import { fitCanvas } from "./canvas.js";

export class StillLayer {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.drawn = "";
  }

  /**
   * Draws it anew where anything of it has changed, and copies it.
   *
   * @param {CanvasRenderingContext2D} ctx what it is copied into; all that was there before is gone
   * @param {string} key everything that it depends on, but the size
   * @param {{width: number, height: number}} size
   * @param {(ctx: CanvasRenderingContext2D) => void} draw
   */
  copy(ctx, key, size, draw) {
    const whole = JSON.stringify([key, size, globalThis.devicePixelRatio]);
    if (whole !== this.drawn) {
      this.drawn = whole;
      const under = fitCanvas(this.canvas, size.width, size.height);
      under.clearRect(0, 0, size.width, size.height);
      draw(under);
    }
    ctx.save();
    ctx.resetTransform();
    ctx.globalCompositeOperation = "copy"; // pixels replace pixels: nothing is blended
    ctx.drawImage(this.canvas, 0, 0);
    ctx.restore();
  }
}

/**
 * @param {Lab} lab
 * @param {number} time
 * @param {Theme} theme
 * @param {Iterable<Panel>} panels
 * @returns {string} what a still picture of a lab's lanes depends on
 */
export function stillKey(lab, time, theme, panels) {
  const looks = lab.lanes().map(({ state }) => [state.visible, state.colour, state.marker]);
  const places = [...panels].map(({ originX, scaleX, originY, scaleY }) => [originX, scaleX, originY, scaleY]);
  const { scenario, surface } = lab.header ?? {};
  return JSON.stringify([lab.version, [...lab.overrides.keys()], lab.current.lane, looks, lab.ghosts().map(({ key }) => key), surface?.key, scenario?.start, time, theme.mode, theme.background, places]);
}
