/**
 * A change that can be undone: what was on screen after it, and how it was looked at around it.
 *
 * What is only looked at (the step, the loop, the zoom, the lane whose numbers are shown, the speed) is no change and stays as it
 * is when one is undone, except where the change itself had moved it: a new surface resets the zoom, and undoing it brings the
 * zoom back.
 *
 * @import { Lab } from "./lab.js"
 * @import { Scenario } from "./types.js"
 *
 * @typedef {Omit<Scenario, "time" | "loop" | "speed" | "lane" | "zoom">} Change all of a scenario that an entry is made for
 * @typedef {Pick<Scenario, "loop" | "speed" | "lane" | "zoom"> & {time: number, playing: boolean}} Glance
 * @typedef {{scenario: Change, before: Glance | null, after: Glance | null}} Entry the glances around its change
 * @typedef {{time: number, playing: boolean}} ClockPlan
 */
import { GLANCES, LOOKS } from "./lab.js";

/** @param {Lab} lab @returns {Change} what Python has confirmed, as it is looked at, less what is only a glance */
export function committed(lab) {
  const { header, current } = lab;
  /** @type {Record<string, unknown>} */
  const scenario = { ...header?.scenario };
  const shown = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (current));
  for (const name of LOOKS) scenario[name] = shown[name];
  for (const name of GLANCES) delete scenario[name];
  return structuredClone(/** @type {Change} */ (/** @type {unknown} */ (scenario)));
}

/** @param {unknown} one @param {unknown} other @returns {boolean} */
export function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

/**
 * How an entry is looked at: as now, but for what the changes on the way to it had moved.
 *
 * @param {Glance} now is written to
 * @param {(Entry | undefined)[]} passed the entries on the way whose changes are undone, or done again
 * @param {boolean} back they are undone
 * @returns {{glance: Glance, clock: ClockPlan | null}}
 */
export function lookedAt(now, passed, back) {
  /** @type {ClockPlan | null} */ let clock = null;
  for (const entry of passed) {
    const { before, after } = entry ?? { before: null, after: null };
    if (!before || !after) continue;
    const shown = back ? before : after;
    if (before.time !== after.time && !(before.playing && after.playing)) clock = { time: shown.time, playing: shown.playing };
    if (before.speed !== after.speed) now.speed = shown.speed;
    if (before.lane !== after.lane) now.lane = shown.lane;
    if (!same(before.zoom, after.zoom)) now.zoom = shown.zoom;
    if (!same(before.loop, after.loop)) now.loop = shown.loop;
  }
  return { glance: now, clock };
}
