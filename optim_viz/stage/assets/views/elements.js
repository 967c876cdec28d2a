/**
 * Every element of the stage, put together once.
 *
 * @import { Pair } from "../state/types.js"
 * @import { Stage } from "./stage.js"
 */
import { About } from "./about.js";
import { Arithmetic } from "./arithmetic.js";
import { ClockBar } from "./clock_bar.js";
import { copyPicture } from "./copy_picture.js";
import { saveFile } from "./copy_save.js";
import { ChartWords } from "./chart_words.js";
import { explainControls } from "./control_words.js";
import { h, iconButton } from "./dom.js";
import { Drawers } from "./drawers.js";
import { GalleryDialog } from "./gallery.js";
import { Explainer } from "./explain.js";
import { Help } from "./help.js";
import { LaneSheet } from "./lane_sheet.js";
import { GroundBar } from "./ground_bar.js";
import { GroundReading } from "./ground_reading.js";
import { LanesView } from "./lanes_view.js";
import { listenForPinch } from "./pinch.js";
import { PlotsMenu } from "./plots_menu.js";
import { Present } from "./present.js";
import { ProblemNote } from "./problem_note.js";
import { SaveDrawing } from "./save_drawing.js";
import { SavePage } from "./save_page.js";
import { Scoreboard } from "./scoreboard.js";
import { ScenariosMenu } from "./scenarios_menu.js";
import { SolidNote } from "./solid_note.js";
import { StartHandle } from "./start_handle.js";
import { StoryLine } from "./story_line.js";
import { CopyScript, SaveData } from "./take_away.js";
import { TopBar } from "./topbar.js";
import { UndoControls } from "./undo_controls.js";

export class Elements {
  /**
   * @param {HTMLElement} root emptied, but for the outlines that a host may have put there, and filled
   * @param {Stage} stage
   */
  constructor(root, stage) {
    const { actions, lab, clock, link } = stage;
    const say = (/** @type {string} */ text) => stage.sharing.say(text);
    this.top = topOf(stage, this, say);
    this.savePage = new SavePage(lab, link);
    this.saveDrawing = new SaveDrawing(stage);
    this.saveData = new SaveData(lab, link, say);
    this.copyScript = new CopyScript(lab, link, say);
    this.undo = new UndoControls(stage.undo);
    this.scenarios = new ScenariosMenu({
      present: () => stage.sharing.present(), open: (scenario) => stage.sharing.open(scenario), save: saveFile, say: (text) => stage.sharing.say(text),
    });
    this.top.link.before(this.undo.element, this.scenarios.element);
    this.lanes = lanesOf(stage);
    this.sheet = new LaneSheet(this.lanes.element, (lane) => actions.chooseLane(lane));
    this.bar = new ClockBar(clock, (speed) => { clock.speed = speed; actions.look({ speed }); });
    this.arithmetic = new Arithmetic((lane) => actions.look({ lane }));
    this.scoreboard = new Scoreboard((lane) => actions.chooseLane(lane), () => actions.togglePin(), () => actions.toggleCloud());
    this.about = new About();
    this.skip = h("button", { type: "button", class: "ov-skip", onclick: () => /** @type {HTMLElement | null} */ (this.lanes.element.querySelector(".ov-chosen input[type=range]"))?.focus() }, "To the sliders");
    this.problemNote = new ProblemNote(stage);
    this.toast = h("p", { class: "ov-toast", role: "status", hidden: true });
    this.surface = h("div", { class: "ov-surface" });
    this.plots = new PlotsMenu((plots) => actions.change({ plots }));
    this.curves = h("div", { class: "ov-curves", role: "group", "aria-label": "Plots over time" });
    this.moreCurves = h("div", { class: "ov-curves", role: "group", "aria-label": "More plots over time", hidden: true });
    this.surfaceCanvas = h("canvas", { class: "ov-overlay", "aria-hidden": "true" });
    this.curvesCanvas = h("canvas", { class: "ov-overlay", "aria-hidden": "true" });
    this.moreCanvas = h("canvas", { class: "ov-overlay", "aria-hidden": "true" });
    this.handle = new StartHandle(() => (stage.surface?.inSolid ? undefined : stage.surface?.flat.panels[0]),
      () => /** @type {Pair} */ (lab.current.start.map(Number)), (start) => actions.change({ start }),
      (held) => (held ? stage.undo.hold("start") : stage.undo.release("start")));
    this.summary = h("p", { class: "ov-unseen", "aria-live": "polite" });
    this.loading = h("p", { class: "ov-loading" }, "Loading the lab");
    this.solidNote = new SolidNote();
    this.working = h("p", { class: "ov-working", "aria-hidden": "true" }, "Computing …");
    this.ground = new GroundBar((look) => { actions.look(look); void stage.layout(); });
    this.reading = new GroundReading(stage, this.surface);
    this.surface.append(this.surfaceCanvas, this.handle.element, zoomButtons(stage), this.scoreboard.leader, this.ground.element, this.reading.element, this.working, this.solidNote.element, this.loading);
    listenForPinch(this.surface, () => stage.surface?.pinched() ?? null);
    this.curves.append(this.curvesCanvas);
    this.moreCurves.append(this.moreCanvas);
    // Slots: whoever has something to show there appends it; an empty one takes no room.
    this.storyLine = new StoryLine(stage);
    this.gallery = new GalleryDialog(stage);
    this.top.element.insertBefore(this.gallery.button, this.top.link);
    this.story = h("div", { class: "ov-slot ov-story" }, this.storyLine.element);
    this.scores = h("div", { class: "ov-slot ov-scores" }, this.scoreboard.element);
    this.drawers = new Drawers(() => void stage.layout());
    this.noMore = h("p", { class: "ov-muted" }, "No other plots are chosen. The menu Plots, at the top of those beside the picture, has them all.");
    this.fillDrawers();
    this.main = h("div", { class: "ov-main" }, this.lanes.element, this.surface,
      h("div", { class: "ov-side" }, this.scores, h("div", { class: "ov-curves-pane" }, this.curves, this.plots.element)),
      this.drawers.tray, this.bar.element, this.drawers.tabs);
    this.present = new Present(() => root.isConnected, (on) => {
      this.section.classList.toggle("ov-present", on);
      void stage.layout();
    });
    this.top.link.before(this.present.button);
    stage.keys.push(...keysOf(stage, this.present));
    /** @type {HTMLElement} */ this.section = h("section", { class: "ov-stage", "data-testid": "stage", "aria-label": "Optimizer lab" },
      this.skip, this.top.element, this.top.formula.element, this.story, this.present.caption, this.problemNote.element, this.main, this.toast, this.summary, this.gallery.element, this.savePage.element, this.saveDrawing.element, this.saveData.element, this.copyScript.element);
    const linkTo = (/** @type {string} */ section) => lab.header?.sections[section] ?? "";
    this.help = new Help(lab, stage.keys, linkTo);
    this.drawers.tabs.append(this.help.button);
    this.section.append(this.help.element);
    this.chartWords = [this.curves, this.moreCurves].map((holder) => new ChartWords(holder, lab, clock));
    this.explainer = new Explainer(this.section, linkTo);
    explainControls(this.section, () => lab.catalog);
    this.frame = root.querySelector(".ov-frame"); // the outlines that stand there until the first picture does
    root.replaceChildren(this.section, ...(this.frame ? [this.frame] : []));
    this.undo.listen(this.section);
  }

  fillDrawers() {
    this.drawers.add("numbers", "This step in numbers", "The update of one lane, line by line, with this step's numbers", this.arithmetic.element);
    this.drawers.add("plots", "More plots", "The plots that were chosen besides the usual ones", h("div", { class: "ov-more" }, this.noMore, this.moreCurves));
    this.drawers.add("surface", "The surface", "Its formula, what to look for, and where it comes from", this.about.element);
  }
}

/** @param {Stage} stage @param {Elements} elements @param {(text: string) => void} say @returns {TopBar} */
function topOf(stage, elements, say) {
  const { actions } = stage;
  return new TopBar({
    change: (change) => actions.change(change), surface: (name) => actions.chooseSurface(name), view: (view) => stage.chooseView(view),
    link: () => void stage.sharing.copyLink(), page: () => elements.savePage.ask(),
    copied: () => void copyPicture(stage).then(say), drawing: () => elements.saveDrawing.ask(), data: () => elements.saveData.ask(),
    table: () => stage.sharing.saveRuns(), script: () => elements.copyScript.ask(), save: () => stage.sharing.save(), reset: () => stage.sharing.reset(),
  });
}

/** @param {Stage} stage @returns {LanesView} */
function lanesOf(stage) {
  const { actions, lab, link } = stage;
  return new LanesView({
    near: (lane, name) => link.want(lane, name, false, true), drag: (lane, name, stop, fine) => actions.drag(lane, name, stop, fine),
    fine: (lane, name) => { link.want(lane, name, true); return lab.family(lane, name, true); },
    release: (lane, name) => actions.release(lane, name), change: (lane, change) => actions.changeLane(lane, change),
    choose: (lane) => actions.chooseLane(lane), duplicate: (lane) => actions.duplicateLane(lane),
    remove: (lane) => actions.removeLane(lane), add: () => actions.addLane(),
    compare: (lane) => actions.compareConventions(lane),
    check: (lane) => link.check(lane),
    plot: (name) => actions.change({ plots: [...new Set([...lab.current.plots, name])] }), // Python puts them in order
    opened: () => { stage.invalidate(); requestAnimationFrame(() => link.pump()); },
  });
}

/** @param {Stage} stage @param {Present} present @returns {import("./keyboard.js").Key[]} */
function keysOf({ actions }, present) {
  return [
    { key: "p", shown: "P", words: "Present: picture, names and clock alone; Escape leaves", act: () => present.set(!present.on) },
    { key: "g", shown: "G", words: "Pin the lanes as ghosts, to compare with; or unpin them", act: () => actions.togglePin() },
    { key: "c", shown: "C", words: "A cloud of further starts around each lane's, or none", act: () => actions.toggleCloud() },
  ];
}

/** @param {Stage} stage */
function zoomButtons(stage) {
  return h("div", { class: "ov-zoom", role: "group", "aria-label": "Zoom" },
    iconButton("add", "Zoom in", () => stage.surface?.zoom(0.6)), iconButton("minus", "Zoom out", () => stage.surface?.zoom(1 / 0.6)),
    iconButton("fit", "Reset zoom", () => stage.surface?.zoom(0)));
}
