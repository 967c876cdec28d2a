/**
 * The surface in 3D. Plotly draws it and moves the camera; the trails are drawn over it through Plotly's own camera, and
 * left out where the surface stands in front of them.
 *
 * @import { Lab, LaneView } from "../state/lab.js"
 * @import { Run } from "../state/packet.js"
 * @import { GhostLayer } from "./ghosts.js"
 * @import { Theme } from "./theme.js"
 * @import { Ghost } from "../state/pin.js"
 * @import { Point } from "./height_field.js"
 * @import { Block, Pair, SurfaceInfo } from "../state/types.js"
 * @import { Window } from "../state/windows.js"
 */
import { marker, polyline } from "./canvas.js";
import { fitted } from "./eye.js";
import { paintClouds } from "./clouds.js";
import { dashed, hollow } from "./ghosts.js";
import { coarse, heightRange, resample } from "./ground_image.js";
import { HeightField, wayOver } from "./height_field.js";
import { Labels } from "./labels.js";
import { paintPoints, writeNames } from "./marks.js";
import { multiply, transform } from "./matrix.js";
import { number } from "../state/format.js";
import { heightOf, lossAt, roundLevels } from "../state/heights.js";
import { BUTTONS, HEAD } from "./trails.js";

const SIZE = 141; // points along a side of the drawn surface
const FLOOR = 0.35; // the floor with the shadows lies so far below the lowest point, in parts of the height
const EYE = { away: 1.78, above: 1.4 }; // its direction from the middle of the box
const LINES = 14;

/**
 * @typedef {object} Way a run as it is seen: on the screen, and which of its points the surface hides
 * @property {Run} run
 * @property {Int32Array} at the point of each step
 * @property {[number, number][]} trail
 * @property {[number, number][]} shadow on the floor
 * @property {[number, number][]} lit of the shadow, what no hill stands in front of
 * @property {[number, number][]} steps of the trail's points, hidden ones too
 */

export class Surface3D {
  /**
   * @param {HTMLElement} holder
   * @param {any} Plotly
   * @param {{onTurn: () => void, onCamera: (camera: [number, number, number] | null) => void}} events onTurn: the camera
   *   moves; onCamera: it came to rest
   */
  constructor(holder, Plotly, events) {
    this.plot = document.createElement("div");
    this.plot.className = "ov-plot";
    this.plot.hidden = true;
    holder.prepend(this.plot);
    this.Plotly = Plotly;
    this.events = events;
    this.drawn = "";
    this.size = { width: 0, height: 0 };
    this.listening = false;
    /** @type {SurfaceInfo | null} */ this.surface = null;
    /** @type {HeightField | null} */ this.field = null;
    this.linear = false;
    /** @type {Point} */ this.usual = [0, 0, 0]; // where the eye is unless it was moved
    this.middle = 0; // the height that it looks at
    this.floor = 0;
    this.resolved = true; // the drawn points show all detail that the surface has
    this.seen = ""; // the camera that the ways were worked out for
    /** @type {Map<number, Way>} by lane; those of pinned runs count down from -1 */ this.ways = new Map();
  }

  /** @param {Lab} lab @param {Theme} theme @param {number} width @param {number} height */
  async render(lab, theme, width, height) {
    const surface = /** @type {import("../state/types.js").Header} */ (lab.header).surface;
    const scenario = lab.current;
    const window = scenario.zoom ?? surface.domain;
    const key = JSON.stringify([surface.key, theme.mode, theme.background, width, height, window, scenario.height, scenario.axes, scenario.camera]);
    if (key === this.drawn) return;
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
    const range = /** @type {Pair} */ ([this.zOf(lossAt(surface, low)), this.zOf(lossAt(surface, high))]);
    this.field = new HeightField(heights.map((value) => Math.min(range[1], this.zOf(lossAt(surface, value)))), SIZE, middles);
    this.floor = range[0] - FLOOR * (range[1] - range[0]);
    const box = boxOf(window, scenario.axes === "fill");
    const { eye, middle } = fitted(this.field.bestEye(box, EYE.away, EYE.above), box, width / height);
    [this.usual, this.middle] = [eye, middle];
    this.ways.clear();
    const trace = this.trace(surface, heights, [low, high], range, theme);
    await this.Plotly.react(this.plot, [trace], this.layout(surface, window, [low, high], range, scenario, theme, width, height),
      { displayModeBar: false, responsive: false, scrollZoom: true });
    if (this.listening) return;
    this.listening = true;
    for (const event of ["plotly_relayouting", "plotly_relayout", "plotly_afterplot"]) /** @type {any} */ (this.plot).on(event, this.events.onTurn);
    /** @type {any} */ (this.plot).on("plotly_relayout", () => this.tellCamera());
  }

  /** @param {number} loss @returns {number} where it stands on the z axis */
  zOf(loss) {
    return this.linear ? loss : heightOf(/** @type {SurfaceInfo} */ (this.surface), loss);
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
    const ticks = this.linear ? { nticks: 5 } : { tickvals: losses.map((loss) => this.zOf(loss)), ticktext: losses.map((loss) => number(loss)) };
    const box = boxOf([xs, ys], scenario.axes === "fill");
    const eye = scenario.camera ?? this.usual;
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

  tellCamera() {
    const { eye } = /** @type {any} */ (this.plot)._fullLayout.scene._scene.getCamera();
    const camera = /** @type {[number, number, number]} */ ([eye.x, eye.y, eye.z].map((value) => Number(value.toFixed(3))));
    const usual = camera.every((value, i) => Math.abs(value - this.usual[i]) < 1e-3);
    this.events.onCamera(usual ? null : camera);
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
   * @param {number} index
   * @param {LaneView} lane
   * @param {NonNullable<ReturnType<Surface3D["view"]>>} view
   * @returns {Way}
   */
  way(index, lane, { project, eye }) {
    const known = this.ways.get(index);
    if (known?.run === lane.run) return known;
    const field = /** @type {HeightField} */ (this.field);
    const [xs, ys, losses] = ["theta_x", "theta_y", "loss"].map((name) => lane.run.get(name));
    if (!xs || !ys || !losses) throw new Error("a run has no theta or no loss");
    const { points, at } = wayOver(field, xs, ys, (step) => Math.min(field.high, this.zOf(losses[step])));
    /** @param {Point} point @returns {Point} */
    const onFloor = ([x, y, z]) => [x, y, Number.isFinite(z) ? this.floor : NaN];
    /** @param {Point} point @returns {[number, number]} */
    const shown = (point) => (Number.isFinite(point[2]) && !field.hides(point, eye) ? project(point) : [NaN, NaN]);
    const way = {
      run: lane.run, at, trail: points.map(shown), steps: points.map(project),
      shadow: points.map(onFloor).map(project), lit: points.map(onFloor).map(shown),
    };
    this.ways.set(index, way);
    return way;
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
    if (!view || !this.field) return;
    if (view.key !== this.seen) this.ways.clear();
    this.seen = view.key;
    const ways = lanes.map((lane, index) => this.way(index, lane, view));
    const past = ghosts.map((ghost, index) => this.way(-1 - index, ghost, view));
    layer.update(view.key, ghosts, this.size, theme, (under) => {
      for (const [i, ghost] of ghosts.entries()) {
        const { trail } = past[i];
        dashed(under, ghost, theme, () => {
          under.beginPath();
          polyline(under, (k) => trail[k][0], (k) => trail[k][1], 0, trail.length - 1);
          under.stroke();
        });
      }
    });
    ctx.save();
    ctx.lineJoin = ctx.lineCap = "round";
    /** @param {[number, number][]} points @param {number} to @param {number} width @param {string} colour */
    const line = (points, to, width, colour) => {
      ctx.lineWidth = width;
      ctx.strokeStyle = colour;
      ctx.beginPath();
      polyline(ctx, (i) => points[i][0], (i) => points[i][1], 0, to);
      ctx.stroke();
    };
    for (const way of ways) this.shadow(ctx, way, way.at[time], line, theme);
    for (const [i, lane] of lanes.entries()) {
      const { trail, at } = ways[i];
      ctx.globalAlpha = 0.7;
      line(trail, at[time], 4.5, theme.halo);
      ctx.globalAlpha = 1;
      line(trail, at[time], 2.2, theme.lanes[lane.state.colour]);
    }
    const place = this.onSurface(view);
    paintClouds(ctx, place, lanes, time, theme);
    const points = paintPoints(ctx, place, lanes, time, theme);
    for (const [i, ghost] of ghosts.entries()) this.head(ctx, ghost, past[i], time, theme);
    for (const [i, lane] of lanes.entries()) this.head(ctx, lane, ways[i], time, theme);
    ctx.restore();
    this.names(ctx, lanes, ways, time, theme, points);
  }

  /**
   * @param {NonNullable<ReturnType<Surface3D["view"]>>} view
   * @returns {import("./marks.js").Place} of points on the surface; none for one that the surface hides, or that is off it
   */
  onSurface({ project, eye }) {
    const field = /** @type {HeightField} */ (this.field);
    return (x, y) => {
      const point = /** @type {Point} */ ([x, y, field.at(x, y)]);
      return Number.isFinite(point[2]) && !field.hides(point, eye) ? project(point) : null;
    };
  }

  /**
   * The run from straight above, on the floor: dashed where the surface stands in front, as it nearly always does, and with a
   * plumb line from the head.
   *
   * @param {CanvasRenderingContext2D} ctx
   * @param {Way} way
   * @param {number} to its point
   * @param {(points: [number, number][], to: number, width: number, colour: string) => void} line
   * @param {Theme} theme
   */
  shadow(ctx, { shadow, lit, steps }, to, line, theme) {
    ctx.globalAlpha = 0.24;
    ctx.setLineDash([1, 3.5]);
    line(shadow, to, 1.5, theme.text);
    line([steps[to], shadow[to]], 1, 1, theme.text);
    ctx.setLineDash([]);
    line(lit, to, 1.5, theme.text);
    ctx.globalAlpha = 1;
  }

  /**
   * The lanes' names, at their heads.
   *
   * @param {CanvasRenderingContext2D} ctx
   * @param {LaneView[]} lanes
   * @param {Way[]} ways
   * @param {number} time
   * @param {Theme} theme
   * @param {import("./marks.js").Name[]} points
   */
  names(ctx, lanes, ways, time, theme, points) {
    const { size } = this;
    const labels = new Labels(ctx, { x: 0, y: 0, ...size }, theme);
    labels.keep({ x: size.width - BUTTONS.width, y: 0, ...BUTTONS });
    const heads = lanes.map((lane, i) => ({ lane, px: ways[i].steps[ways[i].at[time]][0], py: ways[i].steps[ways[i].at[time]][1] }))
      .filter(({ px, py }) => px >= 0 && px <= size.width && py >= 0 && py <= size.height);
    for (const { px, py } of heads) labels.keepAround(px, py, HEAD);
    for (const { lane, px, py } of heads) labels.write(lane.label, theme.labels[lane.state.colour], { px, py }, { bold: true });
    writeNames(labels, points);
  }

  /** @param {CanvasRenderingContext2D} ctx @param {LaneView} lane @param {Way} way @param {number} time @param {Theme} theme */
  head(ctx, lane, { at, trail, steps }, time, theme) {
    const [px, py] = steps[at[time]];
    if (!Number.isFinite(px)) return;
    const hidden = !Number.isFinite(trail[at[time]][0]);
    if (lane.pinned) {
      ctx.globalAlpha = hidden ? 0.35 : 1;
      hollow(ctx, lane, px, py, hidden ? 4 : 6, theme);
      ctx.globalAlpha = 1;
      return;
    }
    marker(ctx, lane.state.marker, px, py, hidden ? 4 : 6);
    ctx.fillStyle = theme.lanes[lane.state.colour];
    ctx.strokeStyle = theme.halo;
    ctx.lineWidth = 2.5;
    ctx.globalAlpha = hidden ? 0.35 : 1; // behind a hill: there, but out of sight
    ctx.stroke();
    ctx.fill();
    ctx.globalAlpha = 1;
  }

  /** @param {number} factor 0 goes back to the usual place */
  zoom(factor) {
    const { eye } = /** @type {any} */ (this.plot)._fullLayout.scene._scene.getCamera();
    const [x, y, z] = factor ? [eye.x * factor, eye.y * factor, eye.z * factor] : this.usual;
    void this.Plotly.relayout(this.plot, { "scene.camera.eye": { x, y, z } });
  }
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
