/**
 * The stage: puts the parts together, listens, and paints each frame.
 *
 * @import { Host } from "../state/host.js"
 * @import { Packet, Scale, Scenario } from "../state/types.js"
 * @import { Theme } from "../draw/theme.js"
 */
import { Actions } from "../state/actions.js";
import { Clock } from "../state/clock.js";
import { CurvesView } from "../draw/curves_view.js";
import { setAttribute } from "./dom.js";
import { fitCanvas } from "../draw/canvas.js";
import { chartRows } from "../state/chart_rows.js";
import { describeAll } from "./explain.js";
import { clockKeys, listenForKeys } from "./keyboard.js";
import { Readout } from "./readout.js";
import { ScaleButtons } from "./scale_buttons.js";
import { Lab } from "../state/lab.js";
import { apart } from "../state/pin.js";
import { Connection } from "../state/connection.js";
import { LastLab } from "./last_lab.js";
import { Observed, titleOf } from "./observed.js";
import { Player } from "./player.js";
import { Sharing } from "./sharing.js";
import { Elements } from "./elements.js";
import { GroundClicks } from "./ground_clicks.js";
import { SurfacePane } from "../draw/surface_pane.js";
import { Undo } from "../state/undo.js";
import { undoKeys } from "./undo_controls.js";
import { readTheme } from "../draw/theme.js";
import { withinReach } from "../state/window.js";

const ZOOM_SETTLES_MS = 300;
const TYPE = 13; // pixels of the stage's type at scale 1; see stage.css

export class Stage {
  /**
   * @param {HTMLElement} root emptied and filled
   * @param {Host} host
   */
  constructor(root, host) {
    this.host = host;
    this.lab = new Lab();
    this.link = new Connection(this.lab, host, (replaced) => void this.answered(replaced));
    this.link.ahead = false; // before the first picture nothing else counts
    this.clock = new Clock(() => this.clockChanged());
    this.actions = new Actions(this.lab, this.link, () => this.edited());
    this.undo = new Undo({
      lab: this.lab, clock: this.clock, link: this.link, address: host.address, tab: host.tab,
      query: () => this.sharing.query(!this.clock.playing), onChange: () => {
        this.elements.undo.update();
        this.invalidate(); // the frame tells of it
      },
    });
    this.player = new Player(this);
    this.observed = new Observed(this);
    this.opened = false;
    this.ready = false; // the first picture is complete
    this.scheduled = false;
    this.stale = true; // controls have to be brought up to date, not only what moves
    /** @type {ReturnType<typeof setTimeout> | undefined} */ this.zoomTimer = undefined;
    /** @type {Theme | null} */ this.theme = null;
    /** @type {SurfacePane | null} */ this.surface = null;
    /** @type {CurvesView | null} */ this.curves = null;
    /** @type {CurvesView | null} */ this.more = null;
    /** @type {import("./keyboard.js").Key[]} */ this.keys = [...clockKeys(this.clock), ...undoKeys(this.undo), { key: "?", shown: "?", words: "This list", act: () => this.elements.help.open() }];
    this.elements = new Elements(root, this);
    this.clicks = new GroundClicks(this);
    this.sharing = new Sharing(this);
    listenForKeys(this.keys, () => root.isConnected);
    this.lastLab = new LastLab(this);
    host.onLeave(() => {
      this.undo.keep();
      this.lastLab.keep();
    });
    const resized = new ResizeObserver(() => void this.layout());
    for (const place of [this.elements.main, this.elements.surface, this.elements.curves]) resized.observe(place); // on a phone the first has no box; what stands over the plots changes their height
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTimeout(() => void this.layout(), 100));
  }

  /** @param {import("../state/types.js").Scenario["view"]} view */
  chooseView(view) {
    this.surface?.loader.again();
    this.actions.look({ view });
    void this.layout();
  }

  /** @param {Packet} packet */
  async receive(packet) {
    this.link.receive(packet);
    if (this.lab.header && !this.lastLab.ask()) await this.open();
  }

  /** The first picture. */
  async open() {
    if (this.opened) return;
    this.opened = true;
    const { time, speed } = this.lab.current;
    this.clock.speed = speed;
    this.clock.resize(this.lab.steps);
    this.clock.loopBetween(this.lab.current.loop);
    this.undo.begin(this.lastLab.reopened); // the controls stand already: whoever sees them may change something
    this.surface = new SurfacePane(this.elements.surface, this.host.plotly, {
      onZoom: (zoom) => this.zoomed(zoom), onTurn: () => this.invalidate(), onSolid: () => void this.layout(), onUncovered: (aspect) => this.link.cover(aspect),
      onCamera: (camera) => this.actions.look({ camera }), onClick: (...click) => this.clicks.click(...click),
    });
    const scrub = (/** @type {number} */ at) => { this.clock.playing = false; this.clock.seek(at); };
    const beside = () => ({ readout: new Readout(), scales: new ScaleButtons((...chosen) => this.scaled(...chosen)) });
    this.curves = new CurvesView(this.elements.curves, (chart) => chart.beside, scrub, beside());
    this.more = new CurvesView(this.elements.moreCurves, (chart) => !chart.beside, scrub, beside());
    await this.answered();
    this.ready = true;
    this.elements.loading.remove();
    this.link.ahead = true;
    this.link.touch();
    this.link.pump();
    if (this.lastLab.clock) this.player.resume(this.lastLab.clock);
    else this.player.begin(time);
    this.elements.gallery.begin();
  }

  /**
   * A person chose how the value axis of a diagnostic counts.
   *
   * @param {string} diagnostic
   * @param {Scale} chosen
   * @param {Scale} natural how it counts where nobody chooses
   */
  scaled(diagnostic, chosen, natural) {
    const { [diagnostic]: _, ...others } = this.lab.current.scales;
    this.actions.look({ scales: chosen === natural ? others : { ...others, [diagnostic]: chosen } });
    void this.layout();
  }

  /** @param {Scenario["zoom"]} zoom */
  zoomed(zoom) {
    this.lab.current.zoom = withinReach(zoom, this.lab.current.zoom);
    this.invalidate();
    clearTimeout(this.zoomTimer);
    // Once the window is still, Python sends the surface as finely as the window shows it.
    this.zoomTimer = setTimeout(() => this.actions.send(), ZOOM_SETTLES_MS);
  }

  /**
   * Python answered: new runs may be here. Axes refit unless a finger is down.
   *
   * @param {boolean} [replaced] a whole scenario came, with a play position and a speed of its own
   */
  async answered(replaced = false) {
    this.clock.resize(this.lab.steps);
    if (replaced) {
      this.clock.speed = this.lab.current.speed;
      this.clock.loopBetween(this.lab.current.loop);
      const { restoring } = this.undo;
      if (!restoring) this.player.begin(this.lab.current.time);
      else if (restoring.clock) this.player.resume(restoring.clock);
    } else if (this.opened) {
      this.lab.current.loop = this.clock.looped; // fewer steps may have ended it
      this.player.playNewSurface();
    }
    this.player.note();
    this.undo.note();
    this.elements.gallery.update();
    for (const one of [this.elements.savePage, this.elements.saveDrawing, this.elements.saveData, this.elements.copyScript]) one.update();
    this.elements.problemNote.update();
    this.sharing.update();
    const seq = this.lab.header?.seq ?? 0;
    if (!this.link.held) await this.layout();
    this.observed.answer = Math.max(this.observed.answer, seq);
    this.edited();
    describeAll(this.elements.section);
  }

  edited() {
    if (!this.lab.header) return;
    this.undo.note();
    this.sharing.touch();
    this.invalidate();
  }

  clockChanged() {
    if (!this.lab.header) return;
    this.lab.current.loop = this.clock.looped;
    this.sharing.touch();
    this.invalidate();
  }

  /** Fits everything that stands still to the space there is. */
  async layout() {
    const { lab, surface, curves, more } = this;
    if (!lab.catalog || !lab.header || !surface || !curves || !more) return;
    if (!this.elements.section.isConnected) return; // another page has taken its place: nothing has a size
    const scale = Number.parseFloat(getComputedStyle(this.elements.section).fontSize) / TYPE;
    this.theme = readTheme(this.host.style(this.elements.section), lab.catalog, scale);
    this.elements.gallery.update();
    const { section, surface: place, curves: beside, moreCurves, reading } = this.elements;
    reading.hide(); // what is under the pointer may be another surface
    const [usual, further] = [true, false].map((is) => chartRows((lab.header?.charts ?? []).filter(({ beside: at }) => at === is)).length);
    section.style.setProperty("--rows", String(usual)); // where things stand in one column, they make the heights
    section.style.setProperty("--more-rows", String(further));
    this.offerMore(further > 0);
    const sizes = [place, beside, moreCurves].map((one) => one.getBoundingClientRect()).map(({ width, height }) => /** @type {const} */ ([Math.floor(width), Math.floor(height)]));
    curves.render(lab, this.theme, ...sizes[1]);
    if (this.elements.drawers.isOpen("plots")) more.render(lab, this.theme, ...sizes[2]);
    await surface.render(lab, this.theme, ...sizes[0]);
    for (const [i, charts] of [curves, more].entries()) this.elements.chartWords[i].place(charts);
    this.elements.ground.update(lab.current, surface.flat.stretch, surface.flat.ground.legend, surface.resolved);
    this.invalidate();
  }

  /** Plots that nobody would see open their drawer. @param {boolean} any plots besides the usual ones are chosen */
  offerMore(any) {
    const { noMore, moreCurves, drawers } = this.elements;
    const news = any && moreCurves.hidden;
    noMore.hidden = any;
    moreCurves.hidden = !any;
    if (news) drawers.set("plots", true);
  }

  invalidate() {
    this.stale = true;
    this.schedule();
  }

  schedule() {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame((now) => this.frame(now));
  }

  /** @param {number} now */
  frame(now) {
    this.scheduled = false;
    this.clock.tick(now);
    this.lab.now = this.clock.time;
    try {
      if (this.theme && this.surface && this.curves && this.more && this.lab.lanes().length) this.paint(this.theme, this.surface, this.curves, this.more);
    } finally { // one frame that fails must not be the last
      if (this.clock.playing && this.elements.section.isConnected) this.schedule();
    }
  }

  /** @param {Theme} theme @param {SurfacePane} surface @param {CurvesView} curves @param {CurvesView} more */
  paint(theme, surface, curves, more) {
    const { lab, clock } = this;
    const { drawers } = this.elements;
    const lanes = lab.lanes();
    const [ghosts, paths] = [lab.ghosts(), lab.paths()];
    this.elements.bar.offer(lab.catalog?.speeds ?? [1]);
    for (const [canvas, size, paint] of /** @type {[HTMLCanvasElement, {width: number, height: number}, (ctx: CanvasRenderingContext2D) => void][]} */ ([
      [this.elements.surfaceCanvas, surface.size, (ctx) => surface.paint(ctx, lab, lanes, clock.time, theme, clock.playing, apart([...paths, ...ghosts], lanes))],
      [this.elements.curvesCanvas, curves.size, (ctx) => curves.paint(ctx, lab, clock.time, theme)],
      ...(drawers.isOpen("plots") ? [[this.elements.moreCanvas, more.size, (/** @type {CanvasRenderingContext2D} */ ctx) => more.paint(ctx, lab, clock.time, theme)]] : []),
    ])) {
      if (size.width < 1 || size.height < 1) continue; // hidden, or in a window that is too low for it
      const ctx = fitCanvas(canvas, size.width, size.height);
      ctx.clearRect(0, 0, size.width, size.height);
      paint(ctx);
    }
    if (this.stale) this.updateControls(lab, theme);
    if (drawers.isOpen("numbers")) this.elements.arithmetic.update(lanes, lab.current.lane, clock.time, clock.playing);
    this.elements.scoreboard.update(lab, lanes, ghosts, clock.time, clock.playing, theme);
    this.elements.bar.update();
    this.elements.solidNote.update(surface);
    this.elements.ground.marks.update(lanes, clock.time, theme, !surface.inSolid);
    this.elements.explainer.update();
    this.undo.look();
    this.elements.storyLine.update(lanes);
    this.observed.tell(lanes, ghosts);
  }

  /** @param {Lab} lab @param {Theme} theme */
  updateControls(lab, theme) {
    const { problems } = this.elements.problemNote;
    this.stale = false;
    this.elements.lanes.update(lab, theme, problems);
    setAttribute(this.elements.section, "data-waiting", String(this.link.latestFamily?.info.waiting ?? ""));
    if (this.link.held) return; // a drag changes nothing else
    this.elements.top.update(lab, problems, !this.elements.problemNote.element.hidden);
    this.host.title?.(titleOf(lab));
    this.elements.plots.update(lab);
    this.elements.sheet.update(lab, theme);
    this.elements.present.update(lab, lab.lanes());
    this.elements.about.update(lab);
    this.elements.handle.place();
  }
}
