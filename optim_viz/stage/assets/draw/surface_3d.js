/**
 * The surface in 3D. Plotly draws it and moves the camera; the trails are drawn over it through Plotly's own camera.
 *
 * @import { Lab, LaneView } from "../state/lab.js"
 * @import { Theme } from "./theme.js"
 * @import { Block, SurfaceInfo } from "../state/types.js"
 */
import { marker, polyline } from "./canvas.js";
import { multiply, transform } from "./matrix.js";
import { heightOf } from "../state/heights.js";
import { contourTrace } from "./surface_view.js";

export class Surface3D {
  /**
   * @param {HTMLElement} holder
   * @param {any} Plotly
   * @param {() => void} onTurn the camera moved
   */
  constructor(holder, Plotly, onTurn) {
    this.plot = document.createElement("div");
    this.plot.className = "ov-plot";
    this.plot.hidden = true;
    holder.prepend(this.plot);
    this.Plotly = Plotly;
    this.onTurn = onTurn;
    this.drawn = "";
    this.listening = false;
    /** @type {SurfaceInfo | null} */ this.surface = null;
  }

  /** @param {Lab} lab @param {Theme} theme @param {number} width @param {number} height */
  async render(lab, theme, width, height) {
    const surface = /** @type {import("../state/types.js").Header} */ (lab.header).surface;
    const key = JSON.stringify([surface.key, theme.mode, theme.background, width, height]);
    if (key === this.drawn) return;
    this.drawn = key;
    this.surface = surface;
    const flat = contourTrace(surface, /** @type {Block} */ (lab.blocks.get(surface.key)), theme);
    const trace = {
      type: "surface", x: flat.x, y: flat.y, z: flat.z, text: flat.text, hovertemplate: flat.hovertemplate,
      colorscale: theme.solid,
      showscale: false, opacity: 1, contours: { z: { show: true, width: 1, color: theme.solid_line, size: levelStep(flat.z), start: -400, end: 400 } },
      lighting: { ambient: 0.75, diffuse: 0.5, specular: 0.03, roughness: 0.9 },
    };
    const look = { gridcolor: theme.grid, zerolinecolor: theme.grid, showbackground: false, showspikes: false, nticks: 5 };
    await this.Plotly.react(this.plot, [trace], {
      width, height, margin: { l: 0, r: 0, t: 0, b: 0 }, paper_bgcolor: "rgba(0,0,0,0)", uirevision: "keep",
      font: { family: theme.font, size: 11, color: theme.muted },
      hoverlabel: { bgcolor: theme.background, bordercolor: theme.grid, font: { color: theme.text, size: 12 } },
      scene: {
        xaxis: { ...look, title: { text: "x" }, range: [...surface.domain[0]] }, yaxis: { ...look, title: { text: "y" }, range: [...surface.domain[1]] },
        zaxis: { ...look, title: { text: "log loss" } }, aspectmode: "manual", aspectratio: { x: 1.2, y: 1.2, z: 0.7 },
        camera: { eye: { x: -1.1, y: -1.4, z: 1.1 } }, uirevision: "keep",
      },
    }, { displayModeBar: false, responsive: false, scrollZoom: true });
    if (this.listening) return;
    this.listening = true;
    for (const event of ["plotly_relayouting", "plotly_relayout", "plotly_afterplot"]) {
      /** @type {any} */ (this.plot).on(event, this.onTurn);
    }
  }

  /**
   * Where a point of the run is on the screen, through the matrices Plotly drew the surface with.
   *
   * @returns {((x: number, y: number, loss: number) => [number, number]) | null}
   */
  projection() {
    const scene = /** @type {any} */ (this.plot)._fullLayout?.scene?._scene;
    const camera = scene?.glplot?.cameraParams;
    const { surface } = this;
    if (!camera || !surface) return null;
    const { width, height } = this.plot.getBoundingClientRect();
    const [sx, sy, sz] = scene.dataScale;
    const matrix = multiply(camera.projection, multiply(camera.view, camera.model));
    return (x, y, loss) => {
      const point = transform(matrix, [x * sx, y * sy, heightOf(surface, loss) * sz, 1]);
      if (!(point[3] > 0)) return [NaN, NaN];
      return [((point[0] / point[3] + 1) / 2) * width, ((1 - point[1] / point[3]) / 2) * height];
    };
  }

  /** @param {CanvasRenderingContext2D} ctx @param {LaneView[]} lanes @param {number} time @param {Theme} theme */
  paint(ctx, lanes, time, theme) {
    const project = this.projection();
    if (!project || !this.surface) return;
    const [[x0, x1], [y0, y1]] = this.surface.domain;
    for (const lane of lanes) {
      const [xs, ys, losses] = ["theta_x", "theta_y", "loss"].map((name) => lane.run.get(name));
      if (!xs || !ys || !losses) continue;
      /** Off the drawn surface there is nothing to stand on: the trail breaks there. @param {number} i */
      const at = (i) => (xs[i] >= x0 && xs[i] <= x1 && ys[i] >= y0 && ys[i] <= y1 ? project(xs[i], ys[i], losses[i]) : [NaN, NaN]);
      const points = [...Array(time + 1).keys()].map(at);
      for (const [width, colour] of /** @type {[number, string][]} */ ([[4, theme.background], [2, theme.lanes[lane.state.colour]]])) {
        ctx.lineWidth = width;
        ctx.strokeStyle = colour;
        ctx.beginPath();
        polyline(ctx, (i) => points[i][0], (i) => points[i][1], 0, time);
        ctx.stroke();
      }
      const [px, py] = points[time];
      if (!Number.isFinite(px)) continue;
      marker(ctx, lane.state.marker, px, py, 6);
      ctx.fillStyle = theme.lanes[lane.state.colour];
      ctx.strokeStyle = theme.background;
      ctx.lineWidth = 1.5;
      ctx.stroke();
      ctx.fill();
    }
  }

  /** @param {number} factor */
  zoom(factor) {
    const eye = /** @type {any} */ (this.plot)._fullLayout.scene._scene.getCamera().eye;
    const next = factor ? { x: eye.x * factor, y: eye.y * factor, z: eye.z * factor } : { x: -1.1, y: -1.4, z: 1.1 };
    void this.Plotly.relayout(this.plot, { "scene.camera.eye": next });
  }
}

/** @param {number[][]} z @returns {number} so that about fourteen level lines go round the surface */
function levelStep(z) {
  let [low, high] = [Infinity, -Infinity];
  for (const row of z) {
    for (const value of row) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return high > low ? (high - low) / 14 : 1;
}
