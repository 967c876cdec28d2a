/**
 * The clock of two worlds: which stop stands for a step, what a network recorded last, and how the page's address says
 * what is looked at.
 *
 * @typedef {{surface: string, lane: string, layer: string}} Worlds what is compared
 */

const NAMES = { surface: "toy", lane: "toy_lane", layer: "toy_layer", step: "toy_step" };

/**
 * @param {ArrayLike<number>} steps increasing
 * @param {number} step
 * @returns {number} index of the last that is not beyond `step`; -1 where there is none
 */
export function latest(steps, step) {
  let at = -1;
  for (let i = 0; i < steps.length && steps[i] <= step; i += 1) at = i;
  return at;
}

/**
 * @param {string} query
 * @returns {number | null} the step that an address names
 */
export function readStep(query) {
  const text = new URLSearchParams(query).get(NAMES.step) ?? "";
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/**
 * @param {string} query
 * @param {Worlds} worlds
 * @param {number} step
 * @returns {string} the query with them, beside what else stands there
 */
export function writeWorlds(query, worlds, step) {
  const names = Object.values(NAMES);
  const parts = query.replace(/^\?/, "").split("&").filter((part) => part && !names.includes(part.split("=")[0]));
  for (const name of /** @type {const} */ (["surface", "lane", "layer"])) parts.push(`${NAMES[name]}=${encodeURIComponent(worlds[name])}`);
  return [...parts, `${NAMES.step}=${step}`].join("&");
}
