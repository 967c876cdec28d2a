/**
 * What stands still behind the particles: the landscape (or one a lane), its axes and its zoom.
 *
 * @import { Lab } from "../state/lab.js"
 * @import { Theme } from "./theme.js"
 * @import { Block, Pair } from "../state/types.js"
 */
import { Panel } from "./canvas.js";
import { Ground } from "./ground.js";
import { LightPlot } from "./light_plot.js";
import { panelGrid } from "../state/panel_grid.js";
import { covers, equalised, stretch } from "../state/windows.js";

const CLICK_MOVES_LESS_THAN = 5; // pixels between press and release; more is a pan
const MARGIN = { l: 44, r: 8, t: 8, b: 34 }; // at the size of type on a laptop
const GAP = 0.025; // between panels, in parts of the whole

/**
 * @typedef {object} SurfaceEvents
 * @property {(zoom: [Pair, Pair] | null) => void} onZoom
 * @property {(panel: number, at: {x: number, y: number}, how: {second: boolean, ring: boolean}) => void} onClick `second` of a double click, as the system counts; `ring`: on the start's ring, which a first click brings there
 * @property {(aspect: number) => void} onUncovered the picture, of this width by height, shows more than the grid covers
 */

export class SurfaceView {
  /**
   * @param {HTMLElement} holder positioned element that the plot fills
   * @param {SurfaceEvents} events
   */
  constructor(holder, events) {
    this.plot = document.createElement("div");
    this.plot.className = "ov-plot";
    holder.prepend(this.plot);
    this.ground = new Ground(holder);
    this.size = { width: 0, height: 0 };
    this.stretch = 1; // how many times longer a unit of y is drawn than one of x
    this.axes = new LightPlot(this.plot, (zoom, done) => this.moved(zoom, done));
    this.events = events;
    this.drawn = "";
    /** @type {Panel[]} */ this.panels = [];
    this.listenForClicks(holder);
  }

  /**
   * Draws the figure anew if anything that stands still has changed.
   *
   * @param {Lab} lab
   * @param {Theme} theme
   * @param {number} width
   * @param {number} height
   */
  render(lab, theme, width, height) {
    const surface = /** @type {import("../state/types.js").Header} */ (lab.header).surface;
    const scenario = lab.current;
    const titles = scenario.view === "panels" ? lab.lanes().flatMap((lane) => (lane.state.visible ? [lane.title] : [])) : [];
    const key = JSON.stringify([surface.key, surface.domain, theme.mode, theme.background, width, height, titles, scenario.zoom, scenario.axes]);
    if (key === this.drawn) return;
    this.drawn = key;
    this.size = { width, height };
    const count = Math.max(1, titles.length);
    const grid = panelGrid(count, width, height);
    const panel = panelSize(grid, width, height, theme.scale);
    const aspect = panel.width / panel.height;
    const shown = scenario.zoom ?? surface.domain;
    const range = scenario.axes === "fill" ? shown : equalised(shown, aspect);
    this.stretch = stretch(range, aspect);
    this.ground.prepare(surface, /** @type {Block} */ (lab.blocks.get(surface.key)), range, panel, theme);
    const { x0, x1, y0, y1 } = surface.grid;
    if (!covers([[x0, x1], [y0, y1]], range)) this.events.onUncovered(aspect);
    const coarse = matchMedia("(pointer: coarse)").matches;
    // On a touch screen a swipe over the picture must scroll the page; two fingers and the zoom buttons zoom.
    this.axes.show(this.layout(count, grid, range, theme, width, height), { wheels: !coarse, drags: !coarse });
    this.measure();
  }

  /**
   * @param {number} count of panels
   * @param {{columns: number, rows: number}} grid
   * @param {[Pair, Pair]} range
   * @param {Theme} theme
   * @param {number} width
   * @param {number} height
   */
  layout(count, grid, range, theme, width, height) {
    /** @type {Record<string, unknown>} */
    const layout = {
      width, height, margin: marginOf(theme.scale), showlegend: false, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: theme.font, size: 11 * theme.scale, color: theme.muted }, hovermode: false,
    };
    const gap = GAP;
    for (let i = 0; i < count; i += 1) {
      const [column, row] = [i % grid.columns, Math.floor(i / grid.columns)];
      const [w, h] = [(1 + gap) / grid.columns, (1 + gap) / grid.rows];
      const look = { showgrid: false, zeroline: false, ticks: "outside", ticklen: 3, tickcolor: theme.grid, linecolor: theme.grid, showline: true, mirror: true };
      layout[axisKey("x", i)] = {
        ...look, range: [...range[0]], domain: [column * w, column * w + w - gap], anchor: axis("y", i),
        ...(i ? { matches: "x" } : {}), showticklabels: row === grid.rows - 1, nticks: grid.columns > 1 ? 5 : 9,
        title: row === grid.rows - 1 ? { text: "x", standoff: 4 } : undefined,
      };
      layout[axisKey("y", i)] = {
        ...look, range: [...range[1]], domain: [1 - row * h - (h - gap), 1 - row * h], anchor: axis("x", i),
        ...(i ? { matches: "y" } : {}), showticklabels: column === 0, nticks: 9,
        title: column === 0 ? { text: "y", standoff: 2 } : undefined,
      };
    }
    return layout;
  }

  /** Reads where the axes are. */
  measure() {
    this.panels = this.axes.parts.map(({ x, y }) => new Panel({ left: x._offset, top: y._offset, width: x._length, height: y._length }, x.range, y.range));
    this.ground.place(this.panels, this.size);
  }

  /** @param {[Pair, Pair]} zoom @param {boolean} done */
  moved(zoom, done) {
    if (done) this.drawn = "";
    this.measure();
    this.events.onZoom([[...zoom[0]], [...zoom[1]]]);
  }

  /** @param {HTMLElement} holder */
  listenForClicks(holder) {
    let down = { x: NaN, y: NaN };
    const local = (/** @type {MouseEvent} */ event) => {
      const box = this.plot.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    holder.addEventListener("pointerdown", (event) => {
      const meant = event.target instanceof Element && (this.plot.contains(event.target) || onRing(event));
      down = meant && event.button === 0 ? local(event) : { x: NaN, y: NaN };
    }, true);
    holder.addEventListener("click", (event) => {
      const up = local(event);
      const panel = this.panels.findIndex((item) => item.contains(up.x, up.y));
      if (panel >= 0 && Math.hypot(up.x - down.x, up.y - down.y) < CLICK_MOVES_LESS_THAN) {
        this.events.onClick(panel, up, { second: event.detail === 2, ring: onRing(event) });
      }
    }, true);
  }
}

/** @param {"x" | "y"} name @param {number} i */
function axis(name, i) {
  return i ? `${name}${i + 1}` : name;
}

/** @param {"x" | "y"} name @param {number} i */
function axisKey(name, i) {
  return i ? `${name}axis${i + 1}` : `${name}axis`;
}

/**
 * @param {{columns: number, rows: number}} grid
 * @param {number} width of all panels, with axes
 * @param {number} height
 * @param {number} scale of type
 * @returns {{width: number, height: number}} of one panel
 */
function panelSize({ columns, rows }, width, height, scale) {
  const share = (/** @type {number} */ count) => (1 + GAP) / count - GAP;
  const { l, r, t, b } = marginOf(scale);
  return { width: (width - l - r) * share(columns), height: (height - t - b) * share(rows) };
}

/** @param {number} scale of type @returns {{l: number, r: number, t: number, b: number}} whole pixels, so that the ground meets the axes */
function marginOf(scale) {
  return { l: Math.round(MARGIN.l * scale), r: MARGIN.r, t: MARGIN.t, b: Math.round(MARGIN.b * scale) };
}

/** @param {Event} event */
function onRing(event) {
  return event.target instanceof Element && event.target.matches(".ov-start");
}
