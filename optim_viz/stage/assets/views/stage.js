/**
 * The stage: puts the parts together, listens, and paints each frame.
 *
 * @import { Host } from "../state/host.js"
 * @import { Packet, Problem, Scale, Scenario } from "../state/types.js"
 * @import { Theme } from "../draw/theme.js"
 */
import { Actions } from "../state/actions.js";
import { Clock } from "../state/clock.js";
import { CurvesView } from "../draw/curves_view.js";
import { h } from "./dom.js";
import { fitCanvas } from "../draw/canvas.js";
import { chartRows } from "../state/chart_rows.js";
import { number } from "../state/format.js";
import { describeAll } from "./explain.js";
import { clockKeys, listenForKeys } from "./keyboard.js";
import { Readout } from "./readout.js";
import { ScaleButtons } from "./scale_buttons.js";
import { Lab } from "../state/lab.js";
import { apart } from "../state/pin.js";
import { Connection } from "../state/connection.js";
import { LastLab } from "./last_lab.js";
import { Sharing } from "./sharing.js";
import { Elements } from "./elements.js";
import { GroundClicks } from "./ground_clicks.js";
import { SurfacePane } from "../draw/surface_pane.js";
import { Undo } from "../state/undo.js";
import { undoKeys } from "./undo_controls.js";
import { readTheme } from "../draw/theme.js";

const ZOOM_SETTLES_MS = 300;
const LATE_MS = 800; // an answer that takes longer is spoken of
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
    /** @type {ReturnType<typeof setTimeout> | undefined} */ this.late = undefined;
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
    this.frames = 0;
    this.opened = false;
    this.groundShown = ""; // the surface that the last answer showed
    this.ready = false; // the first picture is complete
    this.answer = -1; // the last answer of Python whose runs and axes are on screen
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
    const Plotly = await this.host.plotly();
    this.surface = new SurfacePane(this.elements.surface, Plotly, {
      onZoom: (zoom) => this.zoomed(zoom), onTurn: () => this.invalidate(), onUncovered: (aspect) => this.link.cover(aspect),
      onCamera: (camera) => this.actions.look({ camera }), onClick: (panel, at) => this.clicks.click(panel, at),
    });
    const scrub = (/** @type {number} */ at) => { this.clock.playing = false; this.clock.seek(at); };
    const beside = () => ({ readout: new Readout(), scales: new ScaleButtons((...chosen) => this.scaled(...chosen)) });
    this.curves = new CurvesView(this.elements.curves, Plotly, (chart) => chart.beside, scrub, beside());
    this.more = new CurvesView(this.elements.moreCurves, Plotly, (chart) => !chart.beside, scrub, beside());
    await this.answered();
    this.ready = true;
    this.elements.loading.remove();
    this.link.ahead = true;
    this.link.touch();
    this.link.pump();
    if (this.lastLab.clock) this.resume(this.lastLab.clock);
    else this.begin(time);
    this.elements.gallery.begin();
  }

  /** @param {number | null} time where the scenario stands; null plays from the start, once a story's question is answered */
  begin(time) {
    this.clock.playing = false;
    if (time !== null) this.clock.seek(time);
    else if (this.elements.storyLine.asks()) this.clock.seek(0);
    else this.play();
  }

  /** Plays from the start (that of the loop, if there is one), or shows the end where motion is not wanted. */
  play() {
    const [first, last] = this.clock.looped ?? [0, this.lab.steps];
    this.clock.seek(matchMedia("(prefers-reduced-motion: reduce)").matches ? last : first);
    if (this.clock.time < last) this.clock.play();
  }

  /** A run that has ended, or plays, starts anew on another surface: its last step would be a still picture. */
  playNewSurface() {
    if (!this.groundShown || this.groundShown === groundOf(this.lab.header)) return;
    if (this.clock.playing || this.clock.time >= this.clock.steps) this.play();
  }

  /** @param {import("../state/undo.js").ClockPlan} plan */
  resume({ time, playing }) {
    this.clock.playing = false;
    this.clock.seek(time);
    if (playing && !matchMedia("(prefers-reduced-motion: reduce)").matches) this.clock.play();
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
    this.lab.current.zoom = zoom;
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
      if (!restoring) this.begin(this.lab.current.time);
      else if (restoring.clock) this.resume(restoring.clock);
    } else if (this.opened) {
      this.lab.current.loop = this.clock.looped; // fewer steps may have ended it
      this.playNewSurface();
    }
    this.groundShown = groundOf(this.lab.header);
    this.undo.note();
    this.elements.gallery.update();
    this.showProblems();
    this.sharing.update();
    const seq = this.lab.header?.seq ?? 0;
    if (!this.link.held) await this.layout();
    this.answer = Math.max(this.answer, seq);
    this.edited();
    describeAll(this.elements.section);
  }

  showProblems() {
    const problems = this.problems.filter(({ field }) => !this.hasControl(field));
    this.elements.note.replaceChildren(...problems.map(({ message }) => h("p", {}, message)));
    this.elements.note.hidden = problems.length === 0;
  }

  /** @returns {Problem[]} */
  get problems() {
    return this.lab.header?.problems ?? [];
  }

  /** @param {string} field @returns {boolean} whether the message stands at the control itself */
  hasControl(field) {
    const own = this.lab.current.surface === "formula";
    if (field === "formula" || field === "domain") return own;
    if (["start", "steps", "noise", "seed", "cloud"].includes(field)) return true;
    if (field.startsWith("parameters.")) return this.elements.top.parameterFields.has(field.slice(11));
    const [, index, name] = field.split(".");
    if (!field.startsWith("lanes.") || !this.lab.header?.lanes[Number(index)]) return false;
    return !name || name === "schedule" || (this.elements.lanes.cards[Number(index)]?.sliders.has(name) ?? false);
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
    await Promise.all([surface.render(lab, this.theme, ...sizes[0]), curves.render(lab, this.theme, ...sizes[1]), this.elements.drawers.isOpen("plots") && more.render(lab, this.theme, ...sizes[2])]);
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
    if (this.theme && this.surface && this.curves && this.more && this.lab.lanes().length) this.paint(this.theme, this.surface, this.curves, this.more);
    if (this.clock.playing && this.elements.section.isConnected) this.schedule();
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
      const ctx = fitCanvas(canvas, size.width, size.height);
      ctx.clearRect(0, 0, size.width, size.height);
      paint(ctx);
    }
    if (this.stale) this.updateControls(lab, theme);
    if (drawers.isOpen("numbers")) this.elements.arithmetic.update(lanes, lab.current.lane, clock.time, clock.playing);
    this.elements.scoreboard.update(lab, lanes, ghosts, clock.time, clock.playing, theme);
    this.elements.bar.update();
    this.elements.ground.marks.update(lanes, clock.time, theme, lab.current.view !== "3d");
    this.elements.explainer.update();
    this.undo.look();
    this.elements.storyLine.update(lanes);
    this.tell(lanes, ghosts);
  }

  /** @param {Lab} lab @param {Theme} theme */
  updateControls(lab, theme) {
    this.stale = false;
    this.elements.lanes.update(lab, theme, this.problems);
    this.elements.section.dataset.waiting = String(this.link.latestFamily?.info.waiting ?? "");
    if (this.link.held) return; // a drag changes nothing else
    this.elements.top.update(lab, this.problems);
    this.host.title?.(titleOf(lab));
    this.elements.plots.update(lab);
    this.elements.sheet.update(lab, theme);
    this.elements.present.update(lab, lab.lanes());
    this.elements.about.update(lab);
    this.elements.handle.place();
  }

  /**
   * Keeps what can be observed from outside true in the frame that paints it.
   *
   * @param {import("../state/lab.js").LaneView[]} lanes
   * @param {import("../state/pin.js").Ghost[]} ghosts
   */
  tell(lanes, ghosts) {
    const { dataset } = this.elements.section;
    this.frames += 1;
    dataset.time = String(this.clock.time);
    dataset.steps = String(this.clock.steps);
    dataset.playing = String(this.clock.playing);
    dataset.lanes = String(lanes.length);
    dataset.pinned = String(ghosts.length);
    dataset.paths = String(this.lab.header?.paths.length ?? 0);
    dataset.clouds = String(lanes.filter((lane) => lane.cloud).length);
    dataset.view = this.lab.current.view;
    dataset.answer = String(this.answer);
    dataset.undo = String(this.undo.undoable);
    dataset.redo = String(this.undo.redoable);
    dataset.strips = String(this.elements.lanes.missing);
    this.sayWorking(this.link.pending && !this.link.held);
    dataset.pending = String(!this.ready || this.link.pending || this.answer < (this.lab.header?.seq ?? 0));
    for (const [index, shown] of this.lab.overrides) {
      if (shown.fine) dataset.fine = `${lanes[index].title}:${shown.hyperparameter}:${shown.fine.info.stops[shown.stop]}`;
      else if (this.lab.family(index, shown.hyperparameter)) dataset.stop = `${lanes[index].title}:${shown.hyperparameter}:${shown.stop}`;
    }
    dataset.frames = String(this.frames);
    if (this.frames === 1) this.elements.frame?.remove();
    if (this.clock.playing) return;
    const losses = [...lanes, ...apart(ghosts, lanes)].filter((lane) => lane.state.visible)
      .map((lane) => `${lane.pinned ? lane.label : lane.title} ${number(lane.run.get("loss")?.[this.clock.time] ?? NaN, 3)}`);
    const text = `Step ${this.clock.time} of ${this.clock.steps}. Loss: ${losses.join(", ")}.`;
    if (this.elements.summary.textContent !== text) this.elements.summary.textContent = text;
  }

  /**
   * Says over the picture that Python is still at work, where that takes long.
   *
   * @param {boolean} on
   */
  sayWorking(on) {
    if (on && this.late === undefined) this.late = setTimeout(() => { this.elements.section.dataset.working = "true"; }, LATE_MS);
    if (on) return;
    clearTimeout(this.late);
    this.late = undefined;
    this.elements.section.dataset.working = "false";
  }
}

/** @param {import("../state/types.js").Header | null} header @returns {string} which surface it is, whatever its parameters */
function groundOf(header) {
  return header ? `${header.scenario.surface} ${header.scenario.formula}` : "";
}

/** @param {Lab} lab @returns {string} what is on screen, for the browser's tab */
function titleOf(lab) {
  const names = lab.lanes().filter(({ state }) => state.visible).map(({ title }) => title);
  const who = names.length > 3 ? `${names.length} optimizers` : names.join(", ");
  return `${who ? `${who} on ` : ""}${lab.header?.surface.title ?? ""}`;
}
