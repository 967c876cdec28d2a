/**
 * Where published results disagree: the conventions of an optimizer, and how far they lead two lanes apart.
 *
 * @import { ConventionInfo, LaneInfo, OptimizerInfo } from "./types.js"
 */

/**
 * @param {ConventionInfo} convention
 * @param {Record<string, number | boolean | string>} hyperparameters
 */
export function follows({ settings }, hyperparameters) {
  return Object.entries(settings).every(([name, value]) => hyperparameters[name] === value);
}

/**
 * The lanes' settings for the conventions that a lane does not follow.
 *
 * @param {OptimizerInfo} optimizer
 * @param {Record<string, number | boolean | string>} hyperparameters of the lane
 */
export function otherConventions(optimizer, hyperparameters) {
  return optimizer.conventions.filter((each) => !follows(each, hyperparameters)).map(({ settings }) => ({ ...hyperparameters, ...settings }));
}

/**
 * @param {LaneInfo} info
 * @param {string[]} titles of all lanes
 * @param {(value: number) => string} write
 * @returns {string} how far the lane gets from the one that differs from it in a convention alone; "" where there is none
 */
export function apartWords({ apart }, titles, write) {
  if (!apart) return "";
  if (apart.distance === 0) return `The same path as ${titles[apart.lane]}.`;
  return `At most ${write(apart.distance)} from ${titles[apart.lane]}, at step ${apart.step}.`;
}
