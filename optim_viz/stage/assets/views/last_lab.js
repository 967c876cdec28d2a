/**
 * The lab comes back as it was left: after a reload, from another page, and at the bare address. A link that says what
 * to show always wins.
 *
 * @import { ClockPlan } from "../state/change.js"
 * @import { Stage } from "./stage.js"
 */
import { recall, remember } from "./remembered.js";

const NAME = "last_lab";
const WAIT_MS = 5000; // without an answer by then, the first screen is shown

export class LastLab {
  /** @param {Stage} stage */
  constructor(stage) {
    this.stage = stage;
    /** @type {ClockPlan | null} */ this.clock = null;
    this.asked = false;
    this.reopened = false;
  }

  /** Asks, once, for the lab as it was left. @returns {boolean} whether it is on its way: the first screen need not be shown */
  ask() {
    const { host, link, undo } = this.stage;
    if (this.asked) return link.replaceUnderWay && this.reopened;
    this.asked = true;
    const kept = host.address.named ? null : readLab(recall(NAME));
    this.clock = kept?.clock ?? undo.clockLeft();
    if (!kept) return false;
    this.reopened = true;
    link.replace({ ...kept.scenario, time: null });
    setTimeout(() => {
      if (this.stage.opened) return;
      this.reopened = false;
      void this.stage.open();
    }, WAIT_MS);
    return true;
  }

  /** The page is left, or the address has just been written. */
  keep() {
    const { lab, clock, observed } = this.stage;
    if (!lab.header || !observed.frames) return;
    remember(NAME, { scenario: lab.current, clock: { time: clock.time, playing: clock.playing } });
  }
}

/** @param {any} kept anything @returns {{scenario: object, clock: ClockPlan} | null} */
function readLab(kept) {
  const whole = Array.isArray(kept?.scenario?.lanes) && Number.isInteger(kept.clock?.time) && typeof kept.clock?.playing === "boolean";
  return whole ? kept : null;
}
