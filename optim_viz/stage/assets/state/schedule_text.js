/**
 * A lane's schedule as a link writes it, "step:step_size=50:gamma=0.5": its name, and the values that are not the usual ones.
 *
 * @import { ScheduleInfo } from "./types.js"
 */

/**
 * @param {string | undefined} text
 * @returns {{name: string, values: Map<string, string>}} no name where there is no text
 */
export function readSchedule(text) {
  const [name, ...parts] = (text ?? "").split(":");
  return { name, values: new Map(parts.map((part) => /** @type {[string, string]} */ (part.split("=")))) };
}

/**
 * @param {ScheduleInfo} info
 * @param {Map<string, string>} values by parameter, as typed; those missing, or the usual ones, are not written
 * @returns {string}
 */
export function writeSchedule(info, values) {
  const given = info.parameters.filter((each) => values.has(each.name) && values.get(each.name) !== String(each.default));
  return [info.name, ...given.map((each) => `${each.name}=${values.get(each.name)}`)].join(":");
}
