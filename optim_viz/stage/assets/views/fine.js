/**
 * Fine adjustment of a slider: while Shift is held, or the lab's switch is on, the track stands for the stops around the
 * present value, ten times as near to each other. A drag is then relative: pressing moves nothing, and a pixel is a tenth.
 * Shift pressed in the middle of a drag lets the slider go at its stop, and goes on finely from there.
 *
 * @import { Family } from "../state/packet.js"
 *
 * @typedef {object} FineEvents
 * @property {() => boolean} on whether the lab's switch is on
 * @property {() => Family | undefined} family around the value on screen; asked for where it is not here
 * @property {(family: Family) => number} place which of its stops the value on screen is
 * @property {(stop: number, family: Family) => void} drag
 * @property {() => void} release
 * @property {() => void} takeOver ends the browser's own drag of the slider as a release would
 * @property {(family: Family | null, stop: number) => void} show the track stands for these stops; null for the slider's own
 */

const STEPS = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 });
const STOPS_A_TRACK = 64; // as many as the slider's own, so that a pixel is a tenth of what it is without Shift
const THUMB = 14;

export class Fine {
  /**
   * @param {HTMLInputElement} range
   * @param {FineEvents} events
   */
  constructor(range, events) {
    this.range = range;
    this.events = events;
    /** @type {Family | null} the stops that the track stands for */ this.family = null;
    this.stop = 0;
    this.waiting = 0; // keys pressed before the family was here
    /** @type {{id: number, x: number, from: number} | null} from is -1 until the family is here */ this.grip = null;
    /** @type {{id: number, x: number} | null} the pointer that drags the slider in the browser's own way */ this.plain = null;
    this.listen();
  }

  /** @returns {boolean} a finger is down */
  get held() {
    return this.grip !== null;
  }

  listen() {
    const { range, events } = this;
    const near = () => void (events.on() && events.family());
    range.addEventListener("pointerenter", (event) => void ((event.shiftKey || events.on()) && events.family()));
    range.addEventListener("focus", near);
    range.addEventListener("pointerdown", (event) => this.press(event));
    // The browser's own drag of a range starts from these; a touch is cancelled where it would become one.
    range.addEventListener("touchstart", (event) => { if (this.held) event.preventDefault(); }, { passive: false });
    range.addEventListener("mousemove", (event) => { if (this.held) event.preventDefault(); });
    range.addEventListener("pointermove", (event) => {
      if (event.pointerId === this.plain?.id) this.plain.x = event.clientX;
      if (event.pointerId === this.grip?.id) this.move(event.clientX);
    });
    for (const type of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"])) range.addEventListener(type, () => this.letGo());
    range.addEventListener("keydown", (event) => this.key(event));
    range.addEventListener("keyup", (event) => { if (event.key === "Shift" && !this.held) this.leave(); });
    range.addEventListener("blur", () => { this.letGo(); this.leave(); });
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (event.button !== 0) return;
    if (!(event.shiftKey || this.events.on())) {
      this.plain = { id: event.pointerId, x: event.clientX };
      return;
    }
    event.preventDefault();
    this.range.focus({ preventScroll: true });
    this.range.setPointerCapture(event.pointerId);
    this.grip = { id: event.pointerId, x: event.clientX, from: -1 };
    this.move(event.clientX);
  }

  /** @param {number} x */
  move(x) {
    const { grip } = this;
    if (!grip) return;
    if (grip.from < 0) {
      grip.x = x; // what was moved before the stops were here counts for nothing
      const family = this.events.family();
      if (!family) return;
      grip.from = this.enter(family);
      return;
    }
    const way = ((x - grip.x) / (this.range.clientWidth - THUMB)) * STOPS_A_TRACK;
    this.go(grip.from + Math.round(way));
  }

  /** Shift was pressed while the browser dragged the slider: what is dragged is kept, and the pointer moves it finely from here. */
  refine() {
    if (!this.plain) return;
    const { id, x } = this.plain;
    this.plain = null; // the browser has captured the pointer already: capturing it anew would end its drag
    this.grip = { id, x, from: -1 };
    this.events.takeOver();
    this.move(x);
  }

  letGo() {
    this.plain = null;
    if (!this.grip) return;
    const moved = this.grip.from >= 0 && this.stop !== this.grip.from;
    this.grip = null;
    if (moved) this.events.release();
    this.leave();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.shiftKey || this.events.on())) return;
    if (event.key === "Shift") {
      this.refine();
      this.events.family();
    }
    const by = STEPS[event.key];
    if (!by) return;
    event.preventDefault();
    this.waiting += by;
    this.catchUp();
  }

  /** Does what keys asked for, once the stops are here. */
  catchUp() {
    if (this.held && this.grip?.from === -1) this.move(this.grip.x);
    if (!this.waiting) return;
    const family = this.events.family();
    if (!family) return;
    const at = this.enter(family);
    const by = this.waiting;
    this.waiting = 0;
    if (this.go(at + by)) this.events.release();
  }

  /** @param {Family} family @returns {number} the stop of the value that the slider stands at */
  enter(family) {
    if (this.family !== family) {
      this.family = family;
      this.stop = this.events.place(family);
      this.events.show(family, this.stop);
    }
    return this.stop;
  }

  /** @param {number} stop cut to those there are @returns {boolean} whether it is another */
  go(stop) {
    const { family } = this;
    if (!family) return false;
    const to = Math.max(0, Math.min(family.info.stops.length - 1, stop));
    if (to === this.stop) return false;
    this.stop = to;
    this.events.show(family, to);
    this.events.drag(to, family);
    return true;
  }

  /** The value on screen may have been changed by other means. */
  follow() {
    if (!this.family || this.held) return;
    const stop = this.events.place(this.family);
    if (stop === this.stop) return;
    if (stop < 0) return this.leave();
    this.stop = stop;
    this.events.show(this.family, stop);
  }

  leave() {
    this.waiting = 0;
    if (!this.family) return;
    this.family = null;
    this.events.show(null, 0);
  }
}
