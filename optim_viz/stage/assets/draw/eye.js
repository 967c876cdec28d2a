/**
 * How far away an eye stands, and how high it looks, so that a box fills a picture.
 *
 * @import { Point } from "./height_field.js"
 */

const HALF = Math.tan(Math.PI / 8); // Plotly's perspective opens 45 degrees from the lower to the upper edge
const WIDE = 0.92; // of the picture's width: ticks and titles stand around the box
const HIGH = 0.87; // of its height
const LIFT = 0.06; // of half of it, by which the box stands above the middle: most ticks and titles are below it
const ROUNDS = 24;
const NEAREST = 0.6; // how near the eye may come to the point that it looks at, in units of the box
const FARTHEST = 40;

/**
 * @param {Point} from the direction in which the eye is, seen from the box
 * @param {Point} box its sides; its middle is the origin
 * @param {number} aspect width by height of the picture
 * @returns {{eye: Point, middle: number}} the eye, three digits as a link has them, and the height of the point that it looks at
 */
export function fitted(from, box, aspect) {
  const long = Math.hypot(...from);
  const back = /** @type {Point} */ (from.map((part) => part / long));
  let [distance, middle] = [long, 0];
  for (let round = 0; round < ROUNDS; round += 1) {
    const seen = corners(box).map(([x, y, z]) => seenFrom([x, y, z - middle], back, distance, aspect));
    const [high, low] = [Math.max(...seen.map(([, y]) => y)), Math.min(...seen.map(([, y]) => y))];
    const wide = Math.max(...seen.map(([x]) => Math.abs(x)));
    middle += (0.5 * (high + low) - LIFT) * HALF * distance;
    distance *= Math.max(wide / WIDE, (0.5 * (high - low)) / HIGH);
  }
  const eye = back.map((part, i) => Number((part * distance + (i === 2 ? middle : 0)).toFixed(3)));
  return { eye: /** @type {Point} */ (eye), middle: Number(middle.toFixed(3)) };
}

/** @param {Point} box @returns {Point[]} */
function corners([x, y, z]) {
  return [...Array(8).keys()].map((i) => [(i & 1 ? x : -x) / 2, (i & 2 ? y : -y) / 2, (i & 4 ? z : -z) / 2]);
}

/**
 * @param {Point} point
 * @param {Point} back unit vector to the eye from what it looks at, the origin
 * @param {number} distance
 * @param {number} aspect
 * @returns {[number, number]} -1 to 1 from edge to edge of the picture
 */
function seenFrom(point, back, distance, aspect) {
  const flat = Math.hypot(back[0], back[1]);
  const [right, up] = [[-back[1] / flat, back[0] / flat, 0], [(-back[0] * back[2]) / flat, (-back[1] * back[2]) / flat, flat]];
  const along = (/** @type {number[]} */ axis) => axis[0] * point[0] + axis[1] * point[1] + axis[2] * point[2];
  const depth = distance - along(back);
  return [along(right) / (depth * HALF * aspect), along(up) / (depth * HALF)];
}

/**
 * An eye whose distance from the point that it looks at is one at which there is a picture: at none, Plotly's matrices
 * are no numbers, and it draws no more. The address takes any such eye, too.
 *
 * @param {Point} eye
 * @param {number} middle the height of the point that it looks at, above the box's own middle
 * @param {Point} usual where it is if it has no direction
 * @param {number} [factor] by which its distance changes
 * @returns {Point}
 */
export function inSight([x, y, z], middle, usual, factor = 1) {
  const distance = Math.hypot(x, y, z - middle);
  if (!(distance > 1e-6) || !Number.isFinite(distance)) return usual;
  const scale = Math.min(FARTHEST, Math.max(NEAREST, distance * factor)) / distance;
  return scale === 1 ? [x, y, z] : [x * scale, y * scale, middle + (z - middle) * scale];
}
