/**
 * As much of Plotly's interface as the flat views use, drawn by draw/axes.js: `react`, `purge`, where the axes are (`_fullLayout`),
 * and the events of a drag and of the wheel. A page without plotly.js is drawn with it; what is missing is the surface in 3D.
 *
 * @import { Layout, PlacedAxis, Subplot } from "./axes.js"
 * @import { Pair } from "../state/types.js"
 *
 * @typedef {HTMLElement & {_fullLayout?: Record<string, PlacedAxis>, on?: (name: string, hear: (event: object) => void) => void}} Plot
 */
import { drawnAxes, placedAxes, subplots } from "./axes.js";

const MOVES = 5; // pixels from which a press is a drag; a click moves less
const WHEEL = { most: 20, slow: 200, rests: 50 }; // as plotly.js has it; the last in milliseconds
const SVG = "http://www.w3.org/2000/svg";

/** @type {WeakMap<Plot, LightPlot>} */
const plots = new WeakMap();

/**
 * @param {Plot} plot
 * @param {{xaxis: string}[]} data says which axes are in use; the stage draws curves and paths itself
 * @param {Layout} layout
 * @param {{scrollZoom?: boolean}} config
 * @returns {Promise<void>}
 */
export async function react(plot, data, layout, config) {
  const drawn = plots.get(plot) ?? new LightPlot(plot);
  plots.set(plot, drawn);
  drawn.show(layout, data.map(({ xaxis }) => xaxis.replace("x", "xaxis")), config.scrollZoom ?? false);
}

/** @param {Plot} plot */
export function purge(plot) {
  plots.get(plot)?.clear();
}

class LightPlot {
  /** @param {Plot} plot */
  constructor(plot) {
    this.plot = plot;
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("class", "ov-axes");
    /** @type {Layout} */ this.layout = {};
    /** @type {Record<string, PlacedAxis>} */ this.axes = {};
    /** @type {Subplot[]} */ this.parts = [];
    this.wheels = false;
    /** @type {Map<string, ((event: object) => void)[]>} */ this.heard = new Map();
    /** @type {ReturnType<typeof setTimeout> | undefined} */ this.resting = undefined;
    plot.on = (name, hear) => this.heard.set(name, [...(this.heard.get(name) ?? []), hear]);
    plot.addEventListener("pointerdown", (event) => this.press(event));
    plot.addEventListener("wheel", (event) => this.turn(event), { passive: false });
  }

  /** @param {Layout} layout @param {string[]} used keys of the x axes that are in use @param {boolean} wheels whether the wheel zooms */
  show(layout, used, wheels) {
    this.layout = layout;
    this.wheels = wheels;
    this.axes = this.plot._fullLayout = placedAxes(layout);
    this.parts = subplots(this.axes).filter(({ x }) => used.includes(x.key));
    if (!this.svg.isConnected) this.plot.append(this.svg);
    const { width, height, font } = layout;
    const look = { width, height, "font-family": font.family, "font-size": `${font.size}px`, fill: font.color };
    for (const [name, value] of Object.entries(look)) this.svg.setAttribute(name, String(value));
    this.draw();
  }

  draw() {
    this.svg.replaceChildren(...drawnAxes(this.layout, this.axes, this.parts), ...(this.layout.dragmode ? this.handles() : []));
  }

  clear() {
    this.svg.remove();
    delete this.plot._fullLayout;
  }

  /** @returns {SVGRectElement[]} what a press drags: a plot, or one of its axes alone */
  handles() {
    const { margin: { l, b } } = this.layout;
    return this.parts.flatMap(({ x, y }) => [
      handle("xy", x, x._offset, y._offset, x._length, y._length),
      handle("x", x, x._offset, y._offset + y._length, x._length, b),
      handle("y", x, x._offset - l, y._offset, l, y._length),
    ]);
  }

  /** @param {PointerEvent} down */
  press(down) {
    const what = down.target instanceof Element ? down.target.getAttribute("data-drag") : null;
    if (!what || down.button !== 0) return;
    const { plot } = this;
    const before = Object.fromEntries(Object.entries(this.axes).map(([key, { range }]) => [key, range]));
    let dragged = false;
    const move = (/** @type {PointerEvent} */ event) => {
      if (event.pointerId !== down.pointerId) return;
      const by = { x: event.clientX - down.clientX, y: event.clientY - down.clientY };
      if (!dragged && Math.hypot(by.x, by.y) < MOVES) return;
      if (!dragged) plot.setPointerCapture(event.pointerId);
      dragged = true;
      this.change("plotly_relayouting", what, (axis, name) => {
        const [low, high] = before[axis.key];
        const way = ((name === "x" ? -by.x : by.y) / axis._length) * (high - low);
        return [low + way, high + way];
      });
    };
    const up = (/** @type {PointerEvent} */ event) => {
      if (event.pointerId !== down.pointerId) return;
      plot.removeEventListener("pointermove", move);
      for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) removeEventListener(end, up, true);
      if (dragged) this.change("plotly_relayout", what, ({ range }) => range);
    };
    plot.addEventListener("pointermove", move);
    for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) addEventListener(end, up, true);
  }

  /** @param {WheelEvent} event */
  turn(event) {
    const what = event.target instanceof Element ? event.target.getAttribute("data-drag") : null;
    const over = what && this.axes[/** @type {Element} */ (event.target).getAttribute("data-axis") ?? ""];
    if (!this.wheels || !over) return;
    event.preventDefault();
    const factor = Math.exp(Math.max(-WHEEL.most, Math.min(WHEEL.most, event.deltaY)) / WHEEL.slow);
    const box = this.plot.getBoundingClientRect();
    const y = this.axes[over.anchor.replace("y", "yaxis")];
    const share = { x: (event.clientX - box.left - over._offset) / over._length, y: 1 - (event.clientY - box.top - y._offset) / y._length };
    this.change("plotly_relayouting", what, ({ range: [low, high] }, name) => {
      const held = low + (high - low) * share[name];
      return [held + (low - held) * factor, held + (high - held) * factor];
    });
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.change("plotly_relayout", what, ({ range }) => range), WHEEL.rests);
  }

  /**
   * Gives axes new ranges, those that match them the same ones, and tells it.
   *
   * @param {string} event
   * @param {string} what "x", "y" or both
   * @param {(axis: PlacedAxis, name: "x" | "y") => Pair} ranged
   */
  change(event, what, ranged) {
    /** @type {Record<string, number>} */ const told = {};
    for (const name of /** @type {const} */ (["x", "y"])) {
      const first = this.axes[`${name}axis`];
      if (!what.includes(name) || !first) continue;
      const range = ranged(first, name);
      for (const axis of Object.values(this.axes)) if (axis === first || axis.matches === name) axis.range = range;
      [told[`${first.key}.range[0]`], told[`${first.key}.range[1]`]] = range;
    }
    this.draw();
    for (const hear of this.heard.get(event) ?? []) hear(told);
  }
}

/** @param {string} drag @param {PlacedAxis} axis @param {number} x @param {number} y @param {number} width @param {number} height */
function handle(drag, axis, x, y, width, height) {
  const rect = document.createElementNS(SVG, "rect");
  const look = { class: "ov-drag", "data-drag": drag, "data-axis": axis.key, x, y, width, height, fill: "none", "pointer-events": "all" };
  for (const [name, value] of Object.entries(look)) rect.setAttribute(name, String(value));
  return rect;
}
