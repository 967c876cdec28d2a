/**
 * The families of sliders that the browser holds: as many as there is room for, the newest.
 *
 * @import { Family } from "./packet.js"
 * @import { Scenario } from "./types.js"
 */
import { stripKey } from "./strips.js";

const ROOM_BYTES = 48e6;
const NEAR_THE_END = 8; // stops; a value as near to the end of a fine family wants one around itself

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

const FINE = " fine";

export class FamilyStore {
  constructor() {
    /** @type {Map<string, Family>} */ this.families = new Map();
  }

  /**
   * @param {Scenario} scenario that the family belongs to
   * @param {Family} family the newest fine one of a slider takes the place of the one before
   */
  keep(scenario, family) {
    const { lane, hyperparameter, fine } = family.info;
    const key = familyKey(scenario, lane, hyperparameter) + (fine === null ? "" : FINE);
    this.families.delete(key);
    this.families.set(key, family);
    let bytes = this.bytes;
    for (const [oldest, { bytes: size }] of this.families) {
      if (bytes <= ROOM_BYTES || oldest === key) break;
      this.families.delete(oldest);
      bytes -= size;
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

  /**
   * @param {Scenario} scenario
   * @param {number} lane
   * @param {string} hyperparameter
   * @returns {Family | undefined} one whose stops lie around the lane's present value
   */
  fine(scenario, lane, hyperparameter) {
    const family = this.families.get(familyKey(scenario, lane, hyperparameter) + FINE);
    const value = scenario.lanes[lane].hyperparameters[hyperparameter];
    const at = family?.info.stops.findIndex((stop) => stop === value) ?? -1;
    if (!family || at < 0) return undefined;
    const inside = at >= NEAR_THE_END && at < family.info.stops.length - NEAR_THE_END;
    return inside || family.info.fine === value ? family : undefined;
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
