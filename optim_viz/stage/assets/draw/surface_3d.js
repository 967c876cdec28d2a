/**
 * The surface in 3D. plotly.js draws it and moves the camera; the trails are drawn over it through Plotly's own camera.
 *
 * @import { Lab } from "../state/lab.js"
 * @import { LaneView } from "../state/lane_view.js"
 * @import { GhostLayer } from "./ghosts.js"
 * @import { Theme } from "./theme.js"
 * @import { Ghost } from "../state/pin.js"
 * @import { Point } from "./height_field.js"
 * @import { Block, Pair, SurfaceInfo } from "../state/types.js"
 * @import { Window } from "../state/windows.js"
 */
import { fitted, inSight } from "./eye.js";
import { coarse, heightRange, resample } from "./ground_image.js";
import { HeightField } from "./height_field.js";
import { multiply, transform } from "./matrix.js";
import { number } from "../state/format.js";
import { heightOf, lossAt, roundLevels } from "../state/heights.js";
import { Trails3D } from "./trails_3d.js";

const SIZE = 141; // points along a side of the drawn surface
const FLOOR = 0.35; // the floor with the shadows lies so far below the lowest point, in parts of the height
const EYE = { away: 1.78, above: 1.4 }; // its direction from the middle of the box
const LINES = 14;
const WHEEL = 1e-3; // how much nearer the eye comes with each pixel of the wheel

export class Surface3D {
  /**
   * @param {HTMLElement} holder
   * @param {import("./solid_library.js").SolidLibrary} loader which is here before anything is rendered
   * @param {{onTurn: () => void, onCamera: (camera: [number, number, number] | null) => void}} events onTurn: the camera
   *   moves; onCamera: it came to rest
   */
  constructor(holder, loader, events) {
    this.plot = document.createElement("div");
    this.plot.className = "ov-plot";
    this.plot.hidden = true;
    holder.prepend(this.plot);
    this.loader = loader;
    this.events = events;
    this.turned = 1; // what the wheel has asked for since the last frame
    this.plot.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.drawn = "";
    /** @type {Promise<void>} */ this.drawing = Promise.resolve();
    this.size = { width: 0, height: 0 };
    this.listening = false;
    /** @type {SurfaceInfo | null} */ this.surface = null;
    /** @type {HeightField | null} */ this.field = null;
    this.linear = false;
    this.unit = 1; // of the z axis, where heights are linear
    /** @type {Point} */ this.usual = [0, 0, 0]; // where the eye is unless it was moved
    this.middle = 0; // the height that it looks at
    this.floor = 0;
    this.resolved = true; // the drawn points show all detail that the surface has
    this.trails = new Trails3D();
  }

  /** @param {Lab} lab @param {Theme} theme @param {number} width @param {number} height */
  async render(lab, theme, width, height) {
    const surface = /** @type {import("../state/types.js").Header} */ (lab.header).surface;
    const scenario = lab.current;
    const window = scenario.zoom ?? surface.domain;
    const key = JSON.stringify([surface.key, theme.mode, theme.background, width, height, window, scenario.height, scenario.axes, scenario.camera]);
    if (key === this.drawn) return this.drawing;
    this.drawn = key;
    this.size = { width, height };
    this.surface = surface;
    this.linear = scenario.height === "linear";
    const { x0, x1, y0, y1 } = surface.grid;
    // Heights are those of the middles of pixels: the outermost half pixels are left out.
    const at = (/** @type {number} */ size) => resample(/** @type {Block} */ (lab.blocks.get(surface.key)), [[x0, x1], [y0, y1]], window, size, size);
    const picture = at(SIZE);
    const { z, missing } = picture;
    const middles = /** @type {Window} */ (window.map(([a, b]) => [a + (b - a) / (2 * SIZE), b - (b - a) / (2 * SIZE)]));
    const heights = upward(z, missing);
    const [low, high] = heightRange(picture);
    this.resolved = surface.resolved && !coarse(picture, at(2 * SIZE), [low, high]);
    this.unit = unitOf(lossAt(surface, high) - lossAt(surface, low));
    const range = /** @type {Pair} */ ([this.zOf(lossAt(surface, low)), this.zOf(lossAt(surface, high))]);
    this.field = new HeightField(heights.map((value) => Math.min(range[1], this.zOf(lossAt(surface, value)))), SIZE, middles);
    this.floor = range[0] - FLOOR * (range[1] - range[0]);
    const box = boxOf(window, scenario.axes === "fill");
    const { eye, middle } = fitted(this.field.bestEye(box, EYE.away, EYE.above), box, width / height);
    [this.usual, this.middle] = [eye, middle];
    this.trails.forget();
    const trace = this.trace(surface, heights, [low, high], range, theme);
    this.drawing = this.loader.Plotly.react(this.plot, [trace], this.layout(surface, window, [low, high], range, scenario, theme, width, height),
      { displayModeBar: false, responsive: false, scrollZoom: false });
    await this.drawing;
    if (this.listening) return;
    this.listening = true;
    for (const event of ["plotly_relayouting", "plotly_relayout", "plotly_afterplot"]) /** @type {any} */ (this.plot).on(event, this.events.onTurn);
    /** @type {any} */ (this.plot).on("plotly_relayout", () => this.tellCamera());
  }

  /** @param {number} loss @returns {number} where it stands on the z axis */
  zOf(loss) {
    return this.linear ? loss / this.unit : heightOf(/** @type {SurfaceInfo} */ (this.surface), loss);
  }

  /**
   * @param {SurfaceInfo} surface
   * @param {Float32Array} heights
   * @param {Pair} colours
   * @param {Pair} range
   * @param {Theme} theme
   */
  trace(surface, heights, colours, range, theme) {
    const { z, window: [[x0, x1], [y0, y1]] } = /** @type {HeightField} */ (this.field);
    const rows = (/** @type {Float32Array} */ values) => [...Array(SIZE).keys()].map((j) => Array.from(values.subarray(j * SIZE, (j + 1) * SIZE)));
    const along = (/** @type {number} */ low, /** @type {number} */ high) => [...Array(SIZE).keys()].map((i) => low + (i / (SIZE - 1)) * (high - low));
    const step = (range[1] - range[0]) / LINES;
    return {
      type: "surface", x: along(x0, x1), y: along(y0, y1), z: rows(z), surfacecolor: rows(heights), cmin: colours[0], cmax: colours[1],
      text: rows(heights).map((row) => row.map((value) => number(lossAt(surface, value)))),
      hovertemplate: "x %{x:.4~g}<br>y %{y:.4~g}<br>loss about %{text}<extra></extra>",
      colorscale: theme.contour, showscale: false, opacity: 1,
      contours: { z: { show: true, width: 1, color: theme.contour_line, size: step, start: range[0] + step, end: range[1] } },
      lighting: { ambient: 0.72, diffuse: 0.6, specular: 0.03, roughness: 0.9 }, lightposition: { x: -6e3, y: 6e3, z: 1e4 },
    };
  }

  /**
   * @param {SurfaceInfo} surface
   * @param {Window} window
   * @param {Pair} heights
   * @param {Pair} range
   * @param {import("../state/types.js").Scenario} scenario
   * @param {Theme} theme
   * @param {number} width
   * @param {number} height
   */
  layout(surface, [xs, ys], heights, range, scenario, theme, width, height) {
    const look = { gridcolor: theme.grid, zerolinecolor: theme.grid, showbackground: false, showspikes: false, nticks: 5, tickfont: { size: 11 * theme.scale } };
    const losses = roundLevels(surface, heights, 4, 0.3);
    const ticks = this.linear && this.unit === 1 ? { nticks: 5 } : { tickvals: losses.map((loss) => this.zOf(loss)), ticktext: losses.map((loss) => number(loss)) };
    const box = boxOf([xs, ys], scenario.axes === "fill");
    const eye = scenario.camera ? inSight(scenario.camera, this.middle, this.usual) : this.usual;
    return {
      width, height, margin: { l: 0, r: 0, t: 0, b: 0 }, paper_bgcolor: "rgba(0,0,0,0)",
      font: { family: theme.font, size: 11 * theme.scale, color: theme.muted },
      hoverlabel: { bgcolor: theme.background, bordercolor: theme.grid, font: { color: theme.text, size: 12 } },
      scene: {
        xaxis: { ...look, title: { text: "x" }, range: [...xs] }, yaxis: { ...look, title: { text: "y" }, range: [...ys] },
        zaxis: { ...look, ...ticks, title: { text: this.linear ? "loss, linear" : "loss, asinh" }, range: [this.floor, range[1]] },
        aspectmode: "manual", aspectratio: { x: box[0], y: box[1], z: box[2] },
        dragmode: "turntable", camera: { eye: { x: eye[0], y: eye[1], z: eye[2] }, center: { x: 0, y: 0, z: this.middle } },
      },
    };
  }

  /** @returns {Point} where Plotly has the eye now */
  eye() {
    const { eye } = /** @type {any} */ (this.plot)._fullLayout.scene._scene.getCamera();
    return [eye.x, eye.y, eye.z];
  }

  tellCamera() {
    const eye = this.eye();
    const kept = inSight(eye, this.middle, this.usual);
    if (kept.some((value, i) => Math.abs(value - eye[i]) > 1e-3 || Number.isNaN(eye[i]))) {
      this.look(kept); // a pinch has led too near or too far
      return;
    }
    const camera = /** @type {Point} */ (eye.map((value) => Number(value.toFixed(3))));
    const usual = camera.every((value, i) => Math.abs(value - this.usual[i]) < 1e-3);
    this.events.onCamera(usual ? null : camera);
  }

  /** Brings the eye nearer or farther, once a frame. Plotly's own wheel leads into the middle. @param {WheelEvent} event */
  wheel(event) {
    event.preventDefault();
    if (this.turned === 1) {
      requestAnimationFrame(() => {
        const factor = this.turned;
        this.turned = 1;
        if (!this.plot.hidden && this.listening) this.look(inSight(this.eye(), this.middle, this.usual, factor));
      });
    }
    this.turned *= Math.exp((event.deltaMode ? 20 : 1) * event.deltaY * WHEEL);
  }

  /**
   * Where points of the surface's space are on the screen, and where the eye is in that space, by the matrices that Plotly
   * drew the surface with.
   *
   * @returns {{project: (point: Point) => [number, number], eye: Point, key: string} | null}
   */
  view() {
    const scene = /** @type {any} */ (this.plot)._fullLayout?.scene?._scene;
    const camera = scene?.glplot?.cameraParams;
    if (!camera) return null;
    const { width, height } = this.plot.getBoundingClientRect();
    const scale = scene.dataScale;
    const { model, view } = camera;
    const matrix = multiply(camera.projection, multiply(view, model));
    const world = [0, 1, 2].map((i) => -(view[4 * i] * view[12] + view[4 * i + 1] * view[13] + view[4 * i + 2] * view[14]));
    const eye = /** @type {Point} */ ([0, 1, 2].map((i) => (world[i] - model[12 + i]) / (model[5 * i] * scale[i])));
    return {
      eye, key: JSON.stringify([matrix, width, height]),
      project: ([x, y, z]) => {
        const point = transform(matrix, [x * scale[0], y * scale[1], z * scale[2], 1]);
        if (!(point[3] > 0)) return [NaN, NaN];
        return [((point[0] / point[3] + 1) / 2) * width, ((1 - point[1] / point[3]) / 2) * height];
      },
    };
  }

  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {LaneView[]} lanes
   * @param {number} time
   * @param {Theme} theme
   * @param {Ghost[]} ghosts
   * @param {GhostLayer} layer for their trails
   */
  paint(ctx, lanes, time, theme, ghosts, layer) {
    const view = this.view();
    const { field, floor, size } = this;
    if (view && field) this.trails.paint(ctx, { ...view, field, floor, size, zOf: (loss) => this.zOf(loss) }, lanes, time, theme, ghosts, layer);
  }

  /** @param {number} factor 0 goes back to the usual place */
  zoom(factor) {
    this.look(factor ? inSight(this.eye(), this.middle, this.usual, factor) : this.usual);
  }

  /** @param {Point} eye where it is to be */
  look([x, y, z]) {
    void this.loader.Plotly.relayout(this.plot, { "scene.camera.eye": { x, y, z } });
  }
}

/**
 * Plotly hands its scales to the graphics card, which knows no number beyond 3e38.
 *
 * @param {number} span of the losses that are shown
 * @returns {number} what they are divided by: 1 for all but extreme ones
 */
function unitOf(span) {
  if (!(span > 0) || (span > 1e-30 && span < 1e30)) return 1;
  return 10 ** Math.floor(Math.log10(Math.min(span, Number.MAX_VALUE)));
}

/** @param {Window} window @param {boolean} fill @returns {Point} the sides of the drawn box; x and y have one scale, unless one would be a sliver */
function boxOf([xs, ys], fill) {
  const ratio = fill ? 1 : Math.max(0.3, Math.min(1 / 0.3, (xs[1] - xs[0]) / (ys[1] - ys[0])));
  return [1.4 * Math.min(1, ratio), 1.4 * Math.min(1, 1 / ratio), 0.75];
}

/** @param {Float32Array} z the top row first @param {Uint8Array | null} missing @returns {Float32Array} the lowest row first; NaN where missing */
function upward(z, missing) {
  return Float32Array.from(z, (_, at) => {
    const from = (SIZE - 1 - Math.floor(at / SIZE)) * SIZE + (at % SIZE);
    return missing?.[from] ? NaN : z[from];
  });
}
