/**
 * A plot's axes, and what moves them: drawn by draw/axes.js in an SVG, in the place of plotly.js, which the lab loads for 3D alone.
 *
 * @import { Layout, PlacedAxis, Subplot } from "./axes.js"
 * @import { Pair } from "../state/types.js"
 * @import { Moved } from "./axes_gestures.js"
 */
import { drawnAxes, placedAxes, subplots } from "./axes.js";
import { Gestures, handles } from "./axes_gestures.js";

const SVG = "http://www.w3.org/2000/svg";

/** @type {WeakMap<Element, Layout>} */
const layouts = new WeakMap();

/** @param {Element} plot @returns {Layout | undefined} what a plot's axes are drawn from, as plotly.js would take it */
export function layoutOf(plot) {
  return layouts.get(plot);
}

export class LightPlot {
  /** @param {HTMLElement} plot @param {Moved} onMoved a gesture has given the axes new ranges */
  constructor(plot, onMoved) {
    this.plot = plot;
    this.onMoved = onMoved;
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("class", "ov-axes");
    this.drawn = document.createElementNS(SVG, "g");
    this.handles = document.createElementNS(SVG, "g");
    this.svg.append(this.drawn, this.handles);
    /** @type {Layout} */ this.layout = {};
    /** @type {Record<string, PlacedAxis>} */ this.axes = {};
    /** @type {Subplot[]} */ this.parts = [];
    this.wheels = false;
    this.gestures = new Gestures(this);
  }

  /**
   * @param {Layout} layout
   * @param {{wheels: boolean, drags: boolean}} gestures whether the wheel zooms, and whether a press moves the axes
   */
  show(layout, { wheels, drags }) {
    this.layout = layout;
    layouts.set(this.plot, layout);
    this.wheels = wheels;
    this.axes = placedAxes(layout);
    this.parts = subplots(this.axes);
    if (!this.svg.isConnected) this.plot.append(this.svg);
    const { width, height, font } = layout;
    const look = { width, height, "font-family": font.family, "font-size": `${font.size}px`, fill: font.color };
    for (const [name, value] of Object.entries(look)) this.svg.setAttribute(name, String(value));
    this.handles.replaceChildren(...(drags ? handles(this.parts) : []));
    this.draw();
  }

  draw() {
    this.drawn.replaceChildren(...drawnAxes(this.layout, this.axes, this.parts));
  }

  clear() {
    this.gestures.close();
    this.svg.remove();
    layouts.delete(this.plot);
    this.axes = {};
    this.parts = [];
  }

  /**
   * Gives axes new ranges, those that match them the same ones, and tells it.
   *
   * @param {Partial<Record<"x" | "y", Pair>>} ranges
   * @param {boolean} done false while the gesture goes on
   */
  change(ranges, done) {
    for (const [name, range] of /** @type {["x" | "y", Pair][]} */ (Object.entries(ranges))) {
      const first = this.axes[`${name}axis`];
      for (const axis of Object.values(this.axes)) if (axis === first || axis.matches === name) axis.range = range;
    }
    this.draw();
    this.onMoved([this.axes.xaxis.range, this.axes.yaxis.range], done);
  }
}
