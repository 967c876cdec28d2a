/**
 * The line to Python: one request on the way at a time; edits first, then families, strips, and families nobody asked for.
 *
 * @import { Host } from "./host.js"
 * @import { Lab } from "./lab.js"
 * @import { FamilyWish, Packet, Request } from "./types.js"
 */
import { missingFamilies, missingStrips } from "./missing.js";
import { Wishes } from "./wishes.js";

const CHECK_AGAIN_MS = 300;
const LOST_AFTER_MS = 8000; // an unanswered request is given up; the next edit or look asks again
const QUIET_MS = 250; // guessing (loading families nobody asked for yet) waits for a quiet moment
const LANE_MS = 200; // between two requests for runs that a process of its own still works on: those of lanes,
const CLOUD_MS = 40; // and those of clouds, which are worked on a part at a time: each answer brings the next ones
const FAMILY_MS = 600; // and those of a slider, which bring all that is there each time
const STRIP_QUIET_MS = 120; // so do strips, for a shorter one: whoever presses keys one after the other waits for none

export class Connection {
  /**
   * @param {Lab} lab
   * @param {Pick<Host, "send">} host
   * @param {(replaced: boolean) => void} onAnswer called after each answer that was taken in
   */
  constructor(lab, host, onAnswer) {
    this.lab = lab;
    this.host = host;
    this.onAnswer = onAnswer;
    /** @type {unknown} a whole scenario from a file, to be shown once Python has read it */ this.replacement = null;
    this.replacing = 0; // the request that brings it
    /** @type {unknown} what that request asked for: a newer one may wait */ this.replacingWith = null;
    this.seq = 0;
    this.inFlight = 0;
    this.editInFlight = false;
    this.dirty = false;
    this.quietSince = 0;
    /** @type {number | null} width by height of the picture, once it shows more than the usual grid */ this.aspect = null;
    this.uncovered = false; // the picture shows more than the grid that is here
    /** @type {FamilyWish[]} */ this.urgent = [];
    /** @type {Set<string>} sliders whose family was loaded unasked already */ this.guessed = new Set();
    this.ahead = true; // whether strips and families are loaded that nobody asked for; the stage waits for its first picture
    this.wishes = new Wishes();
    /** @type {ReturnType<typeof setTimeout> | undefined} */ this.checkTimer = undefined;
    this.noStrips = false; // Python had none of those asked for: not again before the next edit
    this.stripsAsked = -1; // the request that asked for strips last
    /** @type {ReturnType<typeof setTimeout> | undefined} */ this.lostTimer = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */ this.quietTimer = undefined;
    /** @type {FamilyWish | null} the slider that was wanted last, whose runs may still be on their way */ this.latest = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */ this.laterTimer = undefined;
  }

  /** The scenario was edited: send it as soon as the line is free. */
  commit() {
    this.dirty = true;
    this.noStrips = false;
    this.touch();
    this.pump();
  }

  /**
   * Asks for a whole scenario that came from outside. Nothing of it is shown before Python has judged it.
   *
   * @param {unknown} scenario
   */
  replace(scenario) {
    this.replacement = scenario;
    this.commit();
  }

  /** Asks for a grid that covers the picture. @param {number} aspect its width by height */
  cover(aspect) {
    this.aspect = aspect;
    this.uncovered = true;
    this.pump();
  }

  /** Puts off guessing while the person is busy. */
  touch() {
    this.quietSince = performance.now();
  }

  /**
   * A pointer or the focus came near a slider.
   *
   * @param {number} lane
   * @param {string} hyperparameter
   * @param {boolean} [fine] the family around the present value, not that of the slider's own stops
   * @param {boolean} [now] with the numbers of the step on screen: long runs have those of one step only
   */
  want(lane, hyperparameter, fine = false, now = false) {
    const family = this.lab.family(lane, hyperparameter, fine);
    this.latest = { lane, hyperparameter, fine };
    if (family?.info.waiting) this.follow();
    if (family && (!now || family.exactAt(this.lab.now))) return;
    if (this.urgent.some((item) => item.lane === lane && item.hyperparameter === hyperparameter && item.fine === fine)) return;
    this.urgent.push({ lane, hyperparameter, fine });
    this.pump();
  }

  /** @returns {import("./packet.js").Family | undefined} of the slider wanted last, as far as it is here */
  get latestFamily() {
    return this.latest ? this.lab.family(this.latest.lane, this.latest.hyperparameter, this.latest.fine) : undefined;
  }

  /** Torch is wanted beside a lane; Python is asked again until it has run. @param {number} lane */
  check(lane) {
    this.wishes.parity = lane;
    this.pump();
  }

  /** Asks again, after a while, for runs that are on their way: those of lanes, and those of the slider wanted last. */
  follow() {
    clearTimeout(this.laterTimer);
    const clouds = this.lab.header?.clouds_later ?? false;
    if (clouds || this.lab.header?.lanes.some(({ waiting }) => waiting)) {
      this.laterTimer = setTimeout(() => (this.inFlight || this.dirty || this.held ? this.follow() : this.send(false, [])), clouds ? CLOUD_MS : LANE_MS);
      return;
    }
    const { latest } = this;
    if (!latest || !this.latestFamily?.info.waiting) return;
    this.laterTimer = setTimeout(() => {
      if (this.inFlight || this.dirty) this.follow();
      else this.send(false, [latest]);
    }, FAMILY_MS);
  }

  /** The gallery of stories is about to be opened. */
  wantGallery() {
    if (this.lab.gallery || this.wishes.gallery) return;
    this.wishes.gallery = true;
    this.pump();
  }

  /** The lab is wanted as a page in one file. @param {import("./types.js").PageWish} wish */
  wantPage(wish) {
    this.wishes.wantPage(wish);
    this.pump();
  }

  /** A file of the numbers, or a script, is wanted. @param {import("./types.js").Wish} wish */
  wantTaken(wish) {
    this.wishes.wantTaken(wish);
    this.pump();
  }

  /** A picture or a film is to be begun, followed or cancelled. @param {Record<string, unknown>} asked see render/jobs.py */
  wantDrawing(asked) {
    this.wishes.drawing = asked;
    this.pump();
  }

  /** @returns {boolean} a finger is on a slider */
  get held() {
    return [...this.lab.overrides.values()].some((shown) => shown.held);
  }

  /** @returns {boolean} something was edited that Python has not answered yet */
  get pending() {
    return this.held || this.dirty || this.editInFlight;
  }

  /** @returns {boolean} a whole scenario is on its way in, so what is on screen is on its way out */
  get replaceUnderWay() {
    return this.replacement !== null || this.replacing > 0;
  }

  pump() {
    if (this.inFlight || !this.lab.scenario) return;
    const known = this.lab.header?.scenario.lanes.length ?? 0;
    this.urgent = this.urgent.filter(
      ({ lane, hyperparameter, fine }) => lane < known && !this.lab.family(lane, hyperparameter, fine)?.exactAt(this.lab.now),
    );
    if (this.dirty) this.send(true, []);
    else if (this.uncovered) this.send(false, []);
    else if (this.wishes.any) this.send(false, []);
    else if (this.urgent.length) this.send(false, this.urgent.splice(0, 1));
    else if (this.ahead && !this.askForStrips()) this.guess();
  }

  /**
   * Asks for the strips of the sliders in sight, nearest lane first; Python answers with as many as it has time for.
   *
   * @returns {boolean} whether some are missing, now or after a quiet moment
   */
  askForStrips() {
    clearTimeout(this.quietTimer);
    if (this.held || document.hidden || this.noStrips) return false;
    const strips = missingStrips(this.lab);
    if (!strips.length) return false;
    const wait = this.quietSince + STRIP_QUIET_MS - performance.now();
    if (wait > 0) this.quietTimer = setTimeout(() => this.pump(), wait);
    else {
      this.stripsAsked = this.seq + 1;
      this.send(false, [], strips);
    }
    return true;
  }

  /**
   * Loads the family of a slider in sight that nobody has touched yet, so that even a first touch drags at once. Each is
   * guessed once a page: after an edit, what a pointer comes near is loaded again, and the rest of the line stays quiet.
   */
  guess() {
    clearTimeout(this.quietTimer);
    if (this.held || document.hidden || this.lab.families.full) return;
    /** @param {{lane: number, hyperparameter: string}} item */
    const name = ({ lane, hyperparameter }) => `${lane} ${this.lab.header?.lanes[lane].optimizer} ${hyperparameter}`;
    const next = missingFamilies(this.lab).find((item) => !this.guessed.has(name(item)));
    if (!next) return;
    const wait = this.quietSince + QUIET_MS - performance.now();
    if (wait > 0) this.quietTimer = setTimeout(() => this.pump(), wait);
    else {
      this.guessed.add(name(next));
      this.send(false, [next]);
    }
  }

  /**
   * @param {boolean} withScenario
   * @param {FamilyWish[]} families
   * @param {{lane: number, hyperparameter: string}[]} [strips]
   */
  send(withScenario, families, strips = []) {
    this.seq += 1;
    this.inFlight = this.seq;
    this.editInFlight = withScenario;
    this.uncovered = false;
    if (withScenario) {
      this.dirty = false;
      this.lab.moves = [];
      this.replacing = this.replacement === null ? 0 : this.seq;
      this.replacingWith = this.replacement;
      for (const shown of this.lab.overrides.values()) if (!shown.held) shown.seq = this.seq;
    }
    /** @type {Request} */
    const request = {
      seq: this.seq,
      // The time on screen is the browser's own, and its loop; Python's answer must not depend on them.
      scenario: withScenario ? (this.replacement ?? { ...structuredClone(this.lab.current), time: null, loop: null }) : null,
      families,
      strips,
      have: this.lab.have,
      ...this.wishes.told(this.seq, withScenario),
      query: this.lab.header?.query ?? "",
      step: this.lab.now,
      aspect: this.aspect,
    };
    this.lostTimer = setTimeout(() => this.lost(withScenario), LOST_AFTER_MS);
    this.host.send(request);
  }

  /** @param {boolean} withScenario */
  lost(withScenario) {
    this.inFlight = 0;
    this.editInFlight = false;
    this.dirty ||= withScenario;
  }

  /** @param {Packet} packet */
  receive(packet) {
    const { seq } = packet.header;
    if (seq === 0 && this.seq > 0 && this.lab.scenario) return this.goOn();
    this.wishes.answered(packet.header);
    const { parity } = packet.header;
    if (parity && !parity.done) {
      clearTimeout(this.checkTimer);
      this.checkTimer = setTimeout(() => this.check(parity.lane), CHECK_AGAIN_MS);
    }
    this.seq = Math.max(this.seq, seq);
    if (seq >= this.inFlight) {
      this.inFlight = 0;
      this.editInFlight = false;
      clearTimeout(this.lostTimer);
    }
    if (seq === this.stripsAsked && !packet.header.strips.length) {
      if (packet.header.strips_later) this.touch(); // long runs take several requests: with pauses between them
      else this.noStrips = true;
    }
    const whole = this.replacing > 0 && seq >= this.replacing;
    if (whole) this.replacing = 0;
    const replaced = whole && this.replacement === this.replacingWith;
    if (replaced) {
      this.replacement = null;
      this.dirty = false; // what was edited meanwhile belonged to the scenario that is gone
    }
    // With a newer scenario waiting, this one is shown on the way to it.
    if (this.lab.accept(packet, this.dirty && !whole, whole)) this.onAnswer(replaced);
    else this.askForEverything();
    // Not from inside Streamlit's own call: a value set during a mount can be dropped.
    setTimeout(() => this.pump(), 0);
    this.follow();
  }

  /** Python's session began anew (the server was restarted): it knows the address that opened the page, and is told what is on screen. */
  goOn() {
    this.inFlight = 0;
    this.editInFlight = false;
    clearTimeout(this.lostTimer);
    setTimeout(() => this.commit(), 0);
  }

  /** A fresh page in an old session: Python thinks that arrays are here which are not. */
  askForEverything() {
    this.seq += 1;
    const request = { seq: this.seq, scenario: null, families: [], strips: [], have: [], query: this.lab.header?.query ?? "", step: this.lab.now, aspect: this.aspect };
    this.inFlight = this.seq;
    setTimeout(() => this.host.send(request), 0);
  }
}
