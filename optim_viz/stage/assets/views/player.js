/**
 * When the clock begins to play by itself: the first picture, a story, another surface, a change that is undone.
 *
 * @import { Header } from "../state/types.js"
 * @import { ClockPlan } from "../state/change.js"
 * @import { Stage } from "./stage.js"
 */

export class Player {
  /** @param {Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.ground = ""; // the surface that the last answer showed
  }

  /** @param {number | null} time where the scenario stands; null plays from the start, once a story's question is answered */
  begin(time) {
    const { clock, elements } = this.stage;
    clock.playing = false;
    if (time !== null) clock.seek(time);
    else if (elements.storyLine.asks()) clock.seek(0);
    else this.play();
  }

  /** Plays from the start (that of the loop, if there is one), or shows the end where motion is not wanted. */
  play() {
    const { clock, lab } = this.stage;
    const [first, last] = clock.looped ?? [0, lab.steps];
    clock.seek(withoutMotion() ? last : first);
    if (clock.time < last) clock.play();
  }

  /** Goes on as the clock was left. @param {ClockPlan} plan */
  resume({ time, playing }) {
    const { clock } = this.stage;
    clock.playing = false;
    clock.seek(time);
    if (playing && !withoutMotion()) clock.play();
  }

  /** A run that has ended, or plays, starts anew on another surface: its last step would be a still picture. */
  playNewSurface() {
    const { clock, lab } = this.stage;
    if (!this.ground || this.ground === groundOf(lab.header)) return;
    if (clock.playing || clock.time >= clock.steps) this.play();
  }

  /** Remembers which surface is shown. */
  note() {
    this.ground = groundOf(this.stage.lab.header);
  }
}

/** @returns {boolean} */
function withoutMotion() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** @param {Header | null} header @returns {string} which surface it is, whatever its parameters */
function groundOf(header) {
  return header ? `${header.scenario.surface} ${header.scenario.formula}` : "";
}
