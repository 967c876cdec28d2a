/** Windows of the landscape that a scenario can have; Python refuses the same (scenario/reader.py). */

/** @typedef {import("./types.js").Scenario} Scenario */
/** @typedef {NonNullable<Scenario["zoom"]>} Window */

const FARTHEST = 1e6;

/**
 * What is kept of a window that a hand has zoomed or dragged to: the part within reach, or the window before where that
 * is none, or too small to tell its ends apart.
 *
 * @param {Scenario["zoom"]} zoom
 * @param {Scenario["zoom"]} before
 * @returns {Scenario["zoom"]}
 */
export function withinReach(zoom, before) {
  if (!zoom) return zoom;
  /** @type {Window} */
  const found = [part(zoom[0]), part(zoom[1])];
  return found.every(([low, high]) => high - low > 1e-9 * (Math.abs(low) + Math.abs(high)) + 1e-12) ? found : before;
}

/**
 * @param {Window[0]} side
 * @returns {Window[0]}
 */
function part([low, high]) {
  return [Math.max(low, -FARTHEST), Math.min(high, FARTHEST)];
}
