/**
 * Windows of the plane: what a picture of a given shape shows.
 *
 * @import { Pair } from "./types.js"
 *
 * @typedef {[Pair, Pair]} Window
 */

/**
 * The window that a picture shows when one unit is as long on both axes: all of the given one, and more on two sides.
 *
 * @param {Window} window
 * @param {number} aspect width by height of the picture
 * @returns {Window}
 */
export function equalised([x, y], aspect) {
  const [width, height] = [x[1] - x[0], y[1] - y[0]];
  return width < height * aspect ? [widened(x, height * aspect), [...y]] : [[...x], widened(y, width / aspect)];
}

/** @param {Pair} span @param {number} length @returns {Pair} */
function widened([low, high], length) {
  const middle = (low + high) / 2;
  return [middle - length / 2, middle + length / 2];
}

/**
 * @param {Window} window
 * @param {number} aspect width by height of the picture that the window fills
 * @returns {number} how many times longer one unit of y is drawn than one of x
 */
export function stretch([x, y], aspect) {
  return (x[1] - x[0]) / (y[1] - y[0]) / aspect;
}

/** @param {Window} outer @param {Window} inner */
export function covers(outer, inner) {
  return outer.every(([low, high], i) => {
    const slack = 1e-6 * (high - low);
    return low <= inner[i][0] + slack && high >= inner[i][1] - slack;
  });
}

/** @param {Window} one @param {Window} other @returns {Window | null} what both show */
export function overlap(one, other) {
  const both = /** @type {Window} */ (one.map(([low, high], i) => [Math.max(low, other[i][0]), Math.min(high, other[i][1])]));
  return both.every(([low, high]) => low < high) ? both : null;
}
