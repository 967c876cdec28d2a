/**
 * The middle of the stage: one contour, a contour a lane, or the surface in 3D, and what moves over it.
 *
 * @import { Lab } from "../state/lab.js"
 * @import { LaneView } from "../state/lane_view.js"
 * @import { Theme } from "./theme.js"
 * @import { Ghost } from "../state/pin.js"
 * @import { Pair, Scenario } from "../state/types.js"
 */
import { dashed, GhostLayer } from "./ghosts.js";
import { Surface3D } from "./surface_3d.js";
import { SolidLibrary } from "./solid_library.js";
import { StillLayer, stillKey } from "./still_layer.js";
import { SurfaceView } from "./surface_view.js";
import { TrailLayer } from "./trail_layer.js";
import { paintHeads } from "./heads.js";
import { paintDragged, paintTrails, strokeTrail } from "./trails.js";

export class SurfacePane {
  /**
   * @param {HTMLElement} holder
   * @param {(() => Promise<any>) | null} load plotly.js, which draws in 3D
   * @param {import("./surface_view.js").SurfaceEvents & {onTurn: () => void, onSolid: () => void, onCamera: (camera: [number, number, number] | null) => void}} events
   */
  constructor(holder, load, events) {
    this.holder = holder;
    this.events = events;
    this.flat = new SurfaceView(holder, events);
    this.loader = new SolidLibrary(load, events.onSolid);
    this.solid = new Surface3D(holder, this.loader, events);
    this.inSolid = false; // what is on screen is the surface in 3D
    this.show(false);
    this.trails = new TrailLayer();
    this.still = new StillLayer();
    this.ghosts = new GhostLayer(/** @type {Element} */ (holder.querySelector(":scope > canvas")));
    this.size = { width: 0, height: 0 };
    /** @type {Lab | null} */ this.lab = null;
    /** @type {() => Promise<void>} */ this.again = async () => {};
  }

  /** @returns {boolean} whether the picture shows all detail that the surface has */
  get resolved() {
    return this.inSolid ? this.solid.resolved : this.flat.ground.legend.resolved;
  }

  /** @returns {boolean} whether 3D is chosen and still on its way; the flat picture is shown meanwhile */
  get waiting() {
    return this.lab?.current.view === "3d" && !this.inSolid && !this.loader.problem;
  }

  /** @returns {Scenario["view"]} the one on screen */
  get view() {
    const { view } = /** @type {Lab} */ (this.lab).current;
    return view !== "3d" || this.inSolid ? view : "overlay";
  }

  /** @param {Lab} lab @param {Theme} theme @param {number} width @param {number} height */
  async render(lab, theme, width, height) {
    this.lab = lab;
    // The line under the picture takes its share of the place.
    this.size = { width, height: height - Math.ceil(this.holder.querySelector(".ov-ground-bar")?.clientHeight ?? 0) };
    this.again = () => this.render(lab, theme, width, height);
    const wanted = lab.current.view === "3d";
    if (!wanted) this.show(false);
    if (!this.inSolid) this.flat.render(lab, theme, width, this.size.height);
    if (!wanted) return;
    this.loader.want();
    if (!this.loader.Plotly) return;
    this.solid.plot.hidden = false;
    await this.solid.render(lab, theme, width, this.size.height);
    if (lab.current.view === "3d") this.show(true);
  }

  /** @param {boolean} solid */
  show(solid) {
    this.inSolid = solid;
    this.flat.plot.hidden = this.flat.ground.element.hidden = solid;
    this.solid.plot.hidden = !solid;
    this.solid.plot.style.visibility = solid ? "" : "hidden"; // its first picture is drawn before it is seen
  }

  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {Lab} lab
   * @param {LaneView[]} lanes
   * @param {number} time
   * @param {Theme} theme
   * @param {boolean} playing
   * @param {Ghost[]} ghosts the pinned runs that are drawn; one whose lane is gone has no panel of its own
   */
  paint(ctx, lab, lanes, time, theme, playing, ghosts) {
    const visible = lanes.filter((lane) => lane.state.visible);
    if (this.inSolid) {
      this.solid.paint(ctx, visible, time, theme, ghosts, this.ghosts);
      return;
    }
    const together = this.view === "overlay";
    const parts = this.flat.panels.flatMap((panel, i) => {
      if (together) return [{ panel, lanes: visible, ghosts }];
      return visible[i] ? [{ panel, lanes: [visible[i]], ghosts: ghosts.filter((ghost) => lanes[ghost.lane] === visible[i]) }] : [];
    });
    this.ghosts.update(this.flat.panels, ghosts, this.size, theme, (under) => {
      for (const { panel, ghosts: here } of parts) {
        under.save();
        panel.clip(under);
        for (const ghost of here) dashed(under, ghost, theme, () => strokeTrail(under, panel, ghost, 0, ghost.run.steps));
        under.restore();
      }
    });
    // A dragged lane changes with every tick: it is drawn fresh, and the layer keeps the others.
    const dragged = new Set([...lab.overrides.keys()].map((index) => lanes[index]));
    const still = parts.map(({ panel, lanes: all }) => ({ panel, lanes: all.filter((lane) => !dragged.has(lane)) }));
    this.trails.update(still, time, theme, this.size, playing, strokeTrail);
    const under = (/** @type {CanvasRenderingContext2D} */ on) => {
      for (const { panel, lanes: shown } of still) paintTrails(on, panel, lab, shown, time, theme, this.trails, this.size);
    };
    if (!dragged.size) under(ctx);
    else {
      this.still.copy(ctx, stillKey(lab, time, theme, this.flat.panels), this.size, under);
      for (const { panel, lanes: shown } of parts) paintDragged(ctx, panel, lab, shown.filter((lane) => dragged.has(lane)), time, theme);
    }
    for (const { panel, lanes: shown, ghosts: here } of parts) paintHeads(ctx, panel, lab, shown, time, theme, { named: together, ghosts: here });
    if (together) return;
    for (const [i, panel] of this.flat.panels.entries()) {
      if (!visible[i]) continue;
      ctx.font = `600 ${12 * theme.scale}px ${theme.font}`;
      ctx.lineWidth = 3;
      ctx.strokeStyle = theme.background;
      ctx.strokeText(visible[i].title, panel.left + 8, panel.top + 18);
      ctx.fillStyle = theme.text;
      ctx.fillText(visible[i].title, panel.left + 8, panel.top + 18);
    }
  }

  /**
   * Two fingers went down: what they zoom.
   *
   * @returns {{apart: (factor: number, at: {x: number, y: number}, by: {x: number, y: number}) => void} | null}
   */
  pinched() {
    const { lab } = this;
    if (!lab?.header) return null;
    if (this.inSolid) {
      let before = 1;
      return { apart: (factor) => { this.solid.zoom(factor / before); before = factor; } };
    }
    const panel = this.flat.panels[0];
    if (!panel) return null;
    const [left, right] = [panel.x(panel.left), panel.x(panel.left + panel.width)];
    const [top, bottom] = [panel.y(panel.top), panel.y(panel.top + panel.height)];
    return {
      apart: (factor, at, by) => {
        /** What was under the fingers stays there. @param {number} edge @param {number} held @param {number} moved */
        const to = (edge, held, moved) => held + (edge - held) * factor - moved * factor;
        const [x, y] = [panel.x(at.x), panel.y(at.y)];
        const [dx, dy] = [by.x / panel.scaleX, by.y / panel.scaleY];
        this.events.onZoom([[to(left, x, dx), to(right, x, dx)], [to(bottom, y, dy), to(top, y, dy)]]);
        void this.again().then(() => this.events.onTurn());
      },
    };
  }

  /** @param {number} factor of the visible range; 0 shows the whole domain again */
  zoom(factor) {
    const { lab } = this;
    if (!lab?.header) return;
    if (this.inSolid) {
      if (!factor && lab.current.zoom) this.events.onZoom(null);
      this.solid.zoom(factor);
      return;
    }
    const range = lab.current.zoom ?? lab.header.surface.domain;
    /** @param {Pair} pair @returns {Pair} */
    const scaled = ([low, high]) => [(low + high) / 2 - ((high - low) / 2) * factor, (low + high) / 2 + ((high - low) / 2) * factor];
    this.events.onZoom(factor ? [scaled(range[0]), scaled(range[1])] : null);
    void this.again().then(() => this.events.onTurn());
  }
}
