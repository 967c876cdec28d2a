/**
 * The families of sliders that the browser holds: as many as there is room for, the newest.
 *
 * @import { Block, FamilyInfo, Scenario } from "./types.js"
 */
import { Family } from "./packet.js";
import { stripKey } from "./strips.js";

const ROOM_BYTES = 48e6;

/**
 * What a slider's family depends on: what its strip does, and the curves that come with a run.
 *
 * @param {Scenario} scenario
 * @param {number} lane
 * @param {string} hyperparameter
 */
export function familyKey(scenario, lane, hyperparameter) {
  return JSON.stringify([stripKey(scenario, lane, hyperparameter), scenario.plots]);
}

export class FamilyStore {
  constructor() {
    /** @type {Map<string, Family>} */ this.families = new Map();
  }

  /**
   * @param {Scenario} scenario that the family belongs to
   * @param {FamilyInfo} info
   * @param {Block} block
   */
  keep(scenario, info, block) {
    const key = familyKey(scenario, info.lane, info.hyperparameter);
    this.families.delete(key);
    this.families.set(key, new Family(info, block));
    let bytes = this.bytes;
    for (const [oldest, family] of this.families) {
      if (bytes <= ROOM_BYTES || oldest === key) break;
      this.families.delete(oldest);
      bytes -= family.bytes;
    }
  }

  /**
   * @param {Scenario} scenario
   * @param {number} lane
   * @param {string} hyperparameter
   * @returns {Family | undefined}
   */
  get(scenario, lane, hyperparameter) {
    return this.families.get(familyKey(scenario, lane, hyperparameter));
  }

  /** @returns {number} */
  get bytes() {
    return [...this.families.values()].reduce((sum, family) => sum + family.bytes, 0);
  }

  /** @returns {boolean} whether one more family of the largest's size would push out another */
  get full() {
    return this.bytes + Math.max(0, ...[...this.families.values()].map((family) => family.bytes)) > ROOM_BYTES;
  }
}
