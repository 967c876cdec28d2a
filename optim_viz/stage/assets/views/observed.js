/**
 * What can be observed of the stage from outside, kept true in the frame that paints it: attributes, words for the ear, and the
 * browser's tab.
 *
 * @import { Lab } from "../state/lab.js"
 * @import { LaneView } from "../state/lane_view.js"
 * @import { Ghost } from "../state/pin.js"
 * @import { Stage } from "./stage.js"
 */
import { apart } from "../state/pin.js";
import { ofLane } from "../state/sentences.js";
import { setAttribute, setText } from "./dom.js";

const LATE_MS = 800; // an answer that takes longer is spoken of

export class Observed {
  /** @param {Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.frames = 0;
    this.answer = -1; // the last answer of Python whose runs and axes are on screen
    /** @type {ReturnType<typeof setTimeout> | undefined} */ this.late = undefined;
  }

  /** @param {LaneView[]} lanes @param {Ghost[]} ghosts */
  tell(lanes, ghosts) {
    const { clock, elements, link } = this.stage;
    this.frames += 1;
    this.sayWorking(link.pending && !link.held);
    for (const [name, value] of Object.entries(this.attributes(lanes, ghosts))) setAttribute(elements.section, `data-${name}`, String(value));
    if (this.frames === 1) elements.frame?.remove();
    if (clock.playing || link.held) return; // nobody could follow every frame by ear
    const sentences = [...lanes, ...apart(ghosts, lanes)].filter((lane) => lane.state.visible).map((lane) => ofLane(lane, clock.time));
    setText(elements.summary, [`Step ${clock.time} of ${clock.steps}.`, ...sentences].join(" "));
  }

  /** @param {LaneView[]} lanes @param {Ghost[]} ghosts @returns {Record<string, unknown>} */
  attributes(lanes, ghosts) {
    const { clock, elements, lab, link, ready, surface, undo } = this.stage;
    const told = /** @type {Record<string, unknown>} */ ({
      time: clock.time, steps: clock.steps, playing: clock.playing, lanes: lanes.length, pinned: ghosts.length,
      paths: lab.header?.paths.length ?? 0, clouds: lanes.filter((lane) => lane.cloud).length, view: surface?.view,
      answer: this.answer, undo: undo.undoable, redo: undo.redoable, strips: elements.lanes.missing,
      pending: !ready || surface?.waiting || link.pending || this.answer < (lab.header?.seq ?? 0),
    });
    for (const [index, shown] of lab.overrides) {
      if (shown.fine) told.fine = `${lanes[index].title}:${shown.hyperparameter}:${shown.fine.info.stops[shown.stop]}`;
      else if (lab.family(index, shown.hyperparameter)) told.stop = `${lanes[index].title}:${shown.hyperparameter}:${shown.stop}`;
    }
    return { ...told, frames: this.frames };
  }

  /** Says over the picture that Python is still at work, where that takes long. @param {boolean} on */
  sayWorking(on) {
    const { section } = this.stage.elements;
    if (on && this.late === undefined) this.late = setTimeout(() => { section.dataset.working = "true"; }, LATE_MS);
    if (on) return;
    clearTimeout(this.late);
    this.late = undefined;
    setAttribute(section, "data-working", "false");
  }
}

/** @param {Lab} lab @returns {string} what is on screen, for the browser's tab */
export function titleOf(lab) {
  const names = lab.lanes().filter(({ state }) => state.visible).map(({ title }) => title);
  const who = names.length > 3 ? `${names.length} optimizers` : names.join(", ");
  return `${who ? `${who} on ` : ""}${lab.header?.surface.title ?? ""}`;
}
