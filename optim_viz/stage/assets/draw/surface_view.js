/**
 * What stands still behind the particles: the landscape (or one a lane), and its axes and zoom, which Plotly draws.
 *
 * @import { Lab } from "../state/lab.js"
 * @import { Theme } from "./theme.js"
 * @import { Block, Pair } from "../state/types.js"
 */
import { Panel } from "./canvas.js";
import { Ground } from "./ground.js";
import { panelGrid } from "../state/panel_grid.js";
import { covers, equalised, stretch } from "../state/windows.js";

const CLICK_MOVES_LESS_THAN = 5; // pixels between press and release; more is a pan
const MARGIN = { l: 44, r: 8, t: 8, b: 34 }; // at the size of type on a laptop
const GAP = 0.025; // between panels, in parts of the whole

/**
 * @typedef {object} SurfaceEvents
 * @property {(zoom: [Pair, Pair] | null) => void} onZoom
 * @property {(panel: number, at: {x: number, y: number}) => void} onClick
 * @property {(aspect: number) => void} onUncovered the picture, of this width by height, shows more than the grid covers
 */

export class SurfaceView {
  /**
   * @param {HTMLElement} holder positioned element that the plot fills
   * @param {any} Plotly
   * @param {SurfaceEvents} events
   */
  constructor(holder, Plotly, events) {
    this.plot = document.createElement("div");
    this.plot.className = "ov-plot";
    holder.prepend(this.plot);
    this.ground = new Ground(holder);
    this.size = { width: 0, height: 0 };
    this.stretch = 1; // how many times longer a unit of y is drawn than one of x
    this.Plotly = Plotly;
    this.events = events;
    this.drawn = "";
    /** @type {Panel[]} */ this.panels = [];
    /** @type {Promise<void> | null} */ this.busy = null;
    this.listenForClicks(holder);
  }

  /**
   * Draws the figure anew if anything that stands still has changed.
   *
   * @param {Lab} lab
   * @param {Theme} theme
   * @param {number} width
   * @param {number} height
   * @returns {Promise<void>} settled when the axes are where the overlay must draw
   */
  async render(lab, theme, width, height) {
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
    // Plotly draws axes where there is a trace; this one has nothing to show.
    const data = [...Array(count).keys()].map((i) => ({ type: "scatter", x: [null], y: [null], hoverinfo: "skip", xaxis: axis("x", i), yaxis: axis("y", i) }));
    const layout = this.layout(grid, range, theme, width, height);
    const coarse = matchMedia("(pointer: coarse)").matches;
    const first = !this.busy;
    // On a touch screen a swipe over the picture must scroll the page; the zoom buttons stay.
    this.busy = this.Plotly.react(this.plot, data, { ...layout, dragmode: coarse ? false : "pan" }, {
      scrollZoom: !coarse, displayModeBar: false, doubleClick: false, responsive: false,
    });
    await this.busy;
    if (first) this.listenForZoom();
    this.measure(count);
  }

  /**
   * @param {{columns: number, rows: number}} grid
   * @param {[Pair, Pair]} range
   * @param {Theme} theme
   * @param {number} width
   * @param {number} height
   */
  layout(grid, range, theme, width, height) {
    /** @type {Record<string, unknown>} */
    const layout = {
      width, height, margin: marginOf(theme.scale), showlegend: false, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: theme.font, size: 11 * theme.scale, color: theme.muted }, hovermode: false,
    };
    const gap = GAP;
    for (let i = 0; i < grid.columns * grid.rows; i += 1) {
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

  /**
   * Reads where Plotly put the axes.
   *
   * @param {number} count
   * @param {[Pair, Pair]} [ranges] the ranges of a pan that is going on
   */
  measure(count, ranges) {
    const full = /** @type {any} */ (this.plot)._fullLayout;
    this.panels = [];
    for (let i = 0; i < count; i += 1) {
      const [x, y] = [full[axisKey("x", i)], full[axisKey("y", i)]];
      const box = { left: x._offset, top: y._offset, width: x._length, height: y._length };
      this.panels.push(new Panel(box, ranges ? ranges[0] : x.range, ranges ? ranges[1] : y.range));
    }
    this.ground.place(this.panels, this.size);
  }

  listenForZoom() {
    const plot = /** @type {any} */ (this.plot);
    /** @param {any} event @param {boolean} done */
    const moved = (event, done) => {
      const full = plot._fullLayout;
      /** @param {"x" | "y"} name @returns {Pair} */
      const range = (name) => {
        const key = Object.keys(event).find((item) => item.startsWith(`${name}axis`) && item.endsWith("range[0]"));
        if (!key) return [full[`${name}axis`].range[0], full[`${name}axis`].range[1]];
        return [event[key], event[key.replace("[0]", "[1]")]];
      };
      /** @type {[Pair, Pair]} */
      const zoom = [range("x"), range("y")];
      if (done) this.drawn = "";
      this.measure(this.panels.length, zoom);
      this.events.onZoom(zoom);
    };
    plot.on("plotly_relayouting", (/** @type {any} */ event) => moved(event, false));
    plot.on("plotly_relayout", (/** @type {any} */ event) => {
      if (Object.keys(event).some((key) => key.includes("axis"))) moved(event, true);
    });
  }

  /** @param {HTMLElement} holder */
  listenForClicks(holder) {
    let down = { x: NaN, y: NaN };
    const local = (/** @type {MouseEvent} */ event) => {
      const box = this.plot.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    holder.addEventListener("pointerdown", (event) => {
      const onPlot = event.target instanceof Element && this.plot.contains(event.target);
      down = onPlot && event.button === 0 ? local(event) : { x: NaN, y: NaN };
    }, true);
    // Not pointerup: Plotly lays a cover over the page while a button is down, and that one gets it.
    holder.addEventListener("click", (event) => {
      const up = local(event);
      const panel = this.panels.findIndex((item) => item.contains(up.x, up.y));
      if (panel >= 0 && Math.hypot(up.x - down.x, up.y - down.y) < CLICK_MOVES_LESS_THAN) {
        this.events.onClick(panel, up);
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
