/**
 * What the browser remembers for a person: which drawers are open and the like. Where it may keep nothing (a private
 * window, a page from a file), everything works and is forgotten.
 */

const PREFIX = "optim_viz.";

/**
 * @param {string} name
 * @returns {unknown} what was remembered; null for nothing
 */
export function recall(name) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name) ?? "null");
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {unknown} value
 * @returns {boolean} false where nothing more may be kept
 */
export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
