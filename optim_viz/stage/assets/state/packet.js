/**
 * Unpacks what Python sends: "OVZ1", header length, JSON header, padding to 8, little-endian arrays.
 *
 * @import { Strip } from "./strips.js"
 * @import { Block, Header, Packet, Values } from "./types.js"
 *
 * @typedef {object} Thinned what a family of long runs has beside its points
 * @property {Block} steps the steps of the points, shape (S, D, K)
 * @property {Block} exact every channel at the step before `time` and at `time`, shape (S, C, 2)
 * @property {number} time
 */

const TYPES = { "<f8": Float64Array, "<f4": Float32Array, "<u2": Uint16Array, "|u1": Uint8Array };
const RUNS_KEPT = 24; // of a thinned family: each takes a few hundred kB once it is drawn

/**
 * @param {Uint8Array} bytes one packed blob, at any offset in its buffer
 * @returns {Packet}
 * @throws {Error} when the bytes are not such a blob
 */
export function decode(bytes) {
  const buffer = bytes.slice().buffer; // a copy starts at offset 0, so typed arrays can be laid over it
  const view = new DataView(buffer);
  const magic = String.fromCharCode(...new Uint8Array(buffer, 0, Math.min(4, buffer.byteLength)));
  if (magic !== "OVZ1") throw new Error(`the lab's data starts with "${magic}", not "OVZ1"`);
  const length = view.getUint32(4, true);
  /** @type {Header} */
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const body = Math.ceil((8 + length) / 8) * 8;
  /** @type {Map<string, Block>} */
  const blocks = new Map();
  for (const [key, spec] of Object.entries(header.arrays)) {
    const count = spec.shape.reduce((product, size) => product * size, 1);
    const Type = TYPES[spec.dtype];
    const start = body + spec.offset;
    // Each array owns its memory, so that forgetting one frees it.
    const values = new Type(buffer.slice(start, start + count * Type.BYTES_PER_ELEMENT));
    blocks.set(key, { shape: spec.shape, channels: spec.channels, values });
  }
  return { header, blocks };
}

/** One run: its channels by name, each of length steps + 1; index t is the value after step t. */
export class Run {
  /**
   * @param {Block} block shape (C, T + 1), or (S, C, T + 1) for a family
   * @param {number} stop which run of a family
   */
  constructor(block, stop = 0) {
    const [count, length] = block.shape.slice(-2);
    /** @type {Map<string, Values>} */
    this.channels = new Map();
    for (let c = 0; c < count; c += 1) {
      const start = (stop * count + c) * length;
      this.channels.set(block.channels[c], block.values.subarray(start, start + length));
    }
    this.steps = length - 1;
  }

  /**
   * @param {string} name
   * @returns {Values | undefined} undefined where this optimizer has no such quantity
   */
  get(name) {
    return this.channels.get(name);
  }

  /**
   * @param {number} step
   * @returns {boolean} whether the values at this step are the run's own, and not points of a line drawn between others
   */
  exactAt(step) {
    return step <= this.steps;
  }
}

/** A long run of a family: points of each curve that is drawn, to be joined by lines, and every value at one step. */
export class ThinnedRun {
  /**
   * @param {Block} points the values, shape (S, D, K)
   * @param {Thinned} thinned
   * @param {number} stop which run of the family
   */
  constructor(points, thinned, stop) {
    this.points = points;
    this.thinned = thinned;
    this.stop = stop;
    this.steps = thinned.steps.values[thinned.steps.shape[2] - 1];
    /** @type {Map<string, Values>} */
    this.channels = new Map();
  }

  /** @param {string} name @returns {Values | undefined} as `Run.get` */
  get(name) {
    let values = this.channels.get(name);
    if (!values && this.thinned.exact.channels.includes(name)) {
      values = this.joined(name);
      this.channels.set(name, values);
    }
    return values;
  }

  /** @param {number} step @returns {boolean} as `Run.exactAt` */
  exactAt(step) {
    return step === this.thinned.time;
  }

  /** @param {string} name */
  joined(name) {
    const whole = new Float64Array(this.steps + 1).fill(NaN);
    const row = this.points.channels.indexOf(name);
    if (row >= 0) {
      const { values, steps } = { values: this.points.values, steps: this.thinned.steps.values };
      const [count, size] = this.points.shape.slice(-2);
      const start = (this.stop * count + row) * size;
      for (let i = start; i < start + size; i += 1) {
        const [from, to] = [steps[i], i + 1 < start + size ? steps[i + 1] : steps[i] + 1];
        const slope = to > from + 1 ? (values[i + 1] - values[i]) / (to - from) : 0;
        whole[from] = values[i];
        for (let step = from + 1; step < to; step += 1) whole[step] = values[i] + slope * (step - from);
      }
    }
    const { time, exact } = this.thinned;
    const at = (this.stop * exact.channels.length + exact.channels.indexOf(name)) * 2;
    whole.set(exact.values.subarray(at, at + 2), Math.max(0, time - 1));
    return whole;
  }
}

/** The exact runs at every stop of one slider. */
export class Family {
  /**
   * @param {import("./types.js").FamilyInfo} info
   * @param {Block} block
   * @param {Strip} strip
   * @param {Thinned | null} [thinned] of long runs
   */
  constructor(info, block, strip, thinned = null) {
    this.info = info;
    this.block = block;
    this.strip = strip;
    this.thinned = thinned;
    this.bytes = [block, thinned?.steps, thinned?.exact].reduce((sum, each) => sum + (each?.values.byteLength ?? 0), 0);
    /** @type {Map<number, Run>} */
    this.runs = new Map();
  }

  /** @param {number} step @returns {boolean} as `Run.exactAt` */
  exactAt(step) {
    return !this.thinned || this.thinned.time === step;
  }

  /**
   * @param {number} stop
   * @returns {Run}
   */
  run(stop) {
    let run = this.runs.get(stop);
    if (!run) {
      run = this.thinned ? new ThinnedRun(this.block, this.thinned, stop) : new Run(this.block, stop);
      this.runs.set(stop, run);
      if (this.thinned && this.runs.size > RUNS_KEPT) this.runs.delete(/** @type {number} */ (this.runs.keys().next().value));
    }
    return run;
  }
}
