/**
 * The cloud of a lane: where its runs from other starts are, as Python sent them.
 *
 * @import { Block, CloudInfo, Scenario } from "./types.js"
 */

/** What a cloud has where nobody chose: starts, and the radius in parts of the shorter side. @type {[number, number]} */
const USUAL = [64, 0.1];

export class Cloud {
  /** @param {CloudInfo} info @param {Block} block shape (K, 2, N) */
  constructor(info, block) {
    this.info = info;
    this.values = block.values;
    this.rows = block.shape[0];
  }

  /** @returns {number} how many runs */
  get count() {
    return this.info.count;
  }

  /**
   * Where all are at a step. Of long runs every few steps were sent, and between two of them a straight line is taken.
   *
   * @param {number} step
   * @param {(x: number, y: number) => void} see called for each that is finite
   */
  at(step, see) {
    const { count, values } = this;
    const { stride, steps } = this.info;
    const row = Math.min(this.rows - 1, step < steps ? Math.floor(step / stride) : this.rows - 1);
    const share = row < this.rows - 1 ? (step - row * stride) / (Math.min((row + 1) * stride, steps) - row * stride) : 0;
    const from = 2 * count * row;
    const to = share > 0 ? from + 2 * count : from;
    for (let i = 0; i < count; i += 1) {
      const x = values[from + i] + share * (values[to + i] - values[from + i]);
      const y = values[from + count + i] + share * (values[to + count + i] - values[from + count + i]);
      if (Number.isFinite(x) && Number.isFinite(y)) see(x, y);
    }
  }

  /** @param {number} step @returns {number} how many have arrived by then; NaN where the minimum is not known */
  arrivedBy(step) {
    return this.info.arrived ? upTo(this.info.arrived, step) : NaN;
  }

  /** @param {number} step @returns {number} how many have diverged by then */
  divergedBy(step) {
    return upTo(this.info.diverged, step);
  }
}

/** @param {number[]} steps -1 for never @param {number} step */
function upTo(steps, step) {
  return steps.reduce((count, one) => count + Number(one >= 0 && one <= step), 0);
}

/** @param {Scenario["cloud"]} cloud @param {Scenario["cloud"]} before @returns {Scenario["cloud"]} none, or the one before, or the usual one */
export function toggled(cloud, before) {
  return cloud ? null : (before ?? [...USUAL]);
}
