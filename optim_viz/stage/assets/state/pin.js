/**
 * The pin: the lanes as they were, kept as ghosts while something is changed.
 *
 * @import { LaneView } from "./lane_view.js"
 * @import { LaneState, Pin, Scenario } from "./types.js"
 *
 * @typedef {LaneView & {lane: number, key: string}} Ghost a pinned run; `lane` is the lane on screen that it belongs to, -1 once
 *   that is removed, and `key` names its array
 */

/** @param {Scenario} scenario @returns {Pin} what its lanes' runs depend on; see scenario/pin.py */
export function pinOf({ surface, parameters, formula, start, noise, seed, lanes }) {
  return structuredClone({ surface, parameters, formula, start, noise, seed, lanes });
}

/**
 * A ghost belongs to the lane that looks like it: the first that no ghost before has.
 *
 * @param {LaneState[]} lanes
 * @param {{colour: number, marker: string}[]} pinned
 * @returns {number[]} of each pinned lane, the lane that it belongs to; -1 where none looks like it
 */
export function pairs(lanes, pinned) {
  const free = new Set(lanes.keys());
  return pinned.map(({ colour, marker }) => {
    const at = [...free].find((i) => lanes[i].colour === colour && lanes[i].marker === marker) ?? -1;
    free.delete(at);
    return at;
  });
}

/**
 * @param {Ghost[]} ghosts
 * @param {LaneView[]} lanes on screen
 * @returns {Ghost[]} those that are drawn: their lane is not hidden, and does not show the very same run
 */
export function apart(ghosts, lanes) {
  return ghosts.filter((ghost) => ghost.state.visible && lanes[ghost.lane]?.run !== ghost.run);
}
