/**
 * What a change was, in a few words: "start", "lr of lane 2", "lane removed".
 *
 * @import { LaneState, Scenario } from "./types.js"
 */
import { readSchedule } from "./schedule_text.js";

/**
 * @param {Partial<Scenario>} before
 * @param {Partial<Scenario>} after
 * @returns {string} "" where nothing differs
 */
export function describeChange(before, after) {
  const parts = differing(before, after).flatMap((name) => {
    if (name === "lanes") return lanesChange(before.lanes ?? [], after.lanes ?? []);
    return name === "pin" && before.pin && !after.pin ? ["unpin"] : [name];
  });
  if (parts.includes("story")) return "story"; // it brings everything with it
  if (parts.includes("surface")) return "surface"; // it brings start, parameters and window with it
  if (parts.length > 2) return `${parts[0]} and ${parts.length - 1} more`;
  return parts.join(" and ");
}

/** @param {LaneState[]} before @param {LaneState[]} after @returns {string[]} */
function lanesChange(before, after) {
  if (before.length !== after.length) return [before.length < after.length ? "lane added" : "lane removed"];
  return after.flatMap((lane, i) => differing(before[i], lane).flatMap((name) => {
    if (name === "schedule") return scheduleChange(before[i].schedule, lane.schedule).map((each) => `${each} of lane ${i + 1}`);
    if (name !== "hyperparameters") return [`${name === "visible" ? (lane.visible ? "lane shown" : "lane hidden") : `${name} of lane ${i + 1}`}`];
    if (before[i].optimizer !== lane.optimizer) return []; // another optimizer has others
    return differing(before[i].hyperparameters, lane.hyperparameters).map((each) => `${each} of lane ${i + 1}`);
  }));
}

/** @param {string | undefined} before @param {string | undefined} after @returns {string[]} the numbers that differ; of another schedule itself */
function scheduleChange(before, after) {
  const [one, other] = [readSchedule(before), readSchedule(after)];
  if (one.name !== other.name) return ["schedule"];
  return differing(Object.fromEntries(one.values), Object.fromEntries(other.values)).map((each) => `${each} of the schedule`);
}

/** @param {object} before @param {object} after @returns {string[]} the names of what differs */
function differing(before, after) {
  const [one, other] = [/** @type {Record<string, unknown>} */ (before), /** @type {Record<string, unknown>} */ (after)];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]));
}
