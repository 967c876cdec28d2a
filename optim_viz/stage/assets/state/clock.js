/** The one clock: a step number that plays, steps, scrubs, and loops between two steps. It knows nothing of what is drawn. */

const STEPS_PER_SECOND = 60; // at speed 1

export class Clock {
  /** @param {() => void} onChange called when time or playing changed by anything but a tick */
  constructor(onChange) {
    this.onChange = onChange;
    this.steps = 0;
    this.time = 0;
    this.playing = false;
    this.speed = 1;
    this.fraction = 0;
    this.last = 0;
    /** @type {{a: number | null, b: number | null}} the steps that it plays between once both are set, a before b */
    this.loop = { a: null, b: null };
  }

  /** @returns {[number, number] | null} the loop, once it has both ends */
  get looped() {
    const { a, b } = this.loop;
    return a !== null && b !== null ? [a, b] : null;
  }

  /**
   * Makes the present step one end of the loop. An end on the wrong side of the other takes its place.
   *
   * @param {"a" | "b"} end
   */
  setLoop(end) {
    const other = end === "a" ? this.loop.b : this.loop.a;
    const wrong = other !== null && (end === "a" ? this.time >= other : this.time <= other);
    this.loop = end === "a" ? { a: this.time, b: wrong ? null : other } : { a: wrong ? null : other, b: this.time };
    this.onChange();
  }

  /** @param {[number, number] | null} loop as a scenario has it; an end that waits for the other stays */
  loopBetween(loop) {
    if (loop || this.looped) this.loop = { a: loop?.[0] ?? null, b: loop?.[1] ?? null };
  }

  clearLoop() {
    this.loop = { a: null, b: null };
    this.onChange();
  }

  /**
   * New runs came: stay where we are, but within them.
   *
   * @param {number} steps
   */
  resize(steps) {
    this.steps = steps;
    this.time = Math.min(this.time, steps);
    if (Math.max(this.loop.a ?? 0, this.loop.b ?? 0) > steps) this.loop = { a: null, b: null };
  }

  /**
   * Moves on with real time; a slow frame skips steps and never slows the run down.
   *
   * @param {number} now milliseconds
   */
  tick(now) {
    if (!this.playing) return;
    const elapsed = this.last ? Math.min(now - this.last, 100) : 0;
    this.last = now;
    this.fraction += (elapsed / 1000) * STEPS_PER_SECOND * this.speed;
    const whole = Math.floor(this.fraction);
    this.fraction -= whole;
    const { looped } = this;
    if (looped && this.time + whole > looped[1]) this.time = looped[0] + ((this.time + whole - looped[0]) % (looped[1] - looped[0] + 1));
    else this.time = Math.min(this.steps, this.time + whole);
    if (this.time === this.steps && !looped) this.pause();
  }

  play() {
    if (this.looped && this.time > this.looped[1]) this.time = this.looped[0];
    else if (this.time >= this.steps) this.time = this.looped?.[0] ?? 0;
    this.playing = true;
    this.fraction = 0;
    this.last = 0;
    this.onChange();
  }

  pause() {
    this.playing = false;
    this.onChange();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  /** @param {number} time */
  seek(time) {
    this.time = Math.max(0, Math.min(this.steps, Math.round(time)));
    this.fraction = 0;
    this.onChange();
  }

  /** @param {number} by */
  step(by) {
    this.playing = false;
    this.seek(this.time + by);
  }

  restart() {
    this.time = 0;
    this.play();
  }
}
