/** The one clock: a step number that plays, steps and scrubs. It knows nothing of what is drawn. */

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
  }

  /**
   * New runs came: stay where we are, but within them.
   *
   * @param {number} steps
   */
  resize(steps) {
    this.steps = steps;
    this.time = Math.min(this.time, steps);
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
    this.time = Math.min(this.steps, this.time + whole);
    if (this.time === this.steps) this.pause();
  }

  play() {
    if (this.time >= this.steps) this.time = 0;
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
