/**
 * Where labels stand that want a place of their own: near the wanted one, inside the room, on no other label while there
 * is space for that. The work is bounded by the number of labels, whatever they want.
 *
 * @typedef {object} Label
 * @property {number} x left end
 * @property {number} width
 * @property {number} wanted the y it would stand at alone
 * @property {number} low the smallest y it may take
 * @property {number} high the largest y it may take
 */

export const LINE = 18; // from one label to the next

/**
 * @param {Label} label
 * @param {{x: number, width: number, y: number}[]} taken the labels that have their place
 * @returns {number} its y: the nearest free one, or the wanted one (inside the room) where none is free
 */
export function freePlace(label, taken) {
  const low = Math.min(label.low, label.high);
  const inside = (/** @type {number} */ y) => Math.max(low, Math.min(y, label.high));
  const wanted = inside(label.wanted);
  const beside = taken.filter((other) => other.x < label.x + label.width && label.x < other.x + other.width);
  const free = (/** @type {number} */ y) => beside.every((other) => Math.abs(other.y - y) >= LINE);
  // The nearest free y is the wanted one, or touches a label, or the edge of the room.
  const places = [wanted, ...beside.flatMap((other) => [other.y - LINE, other.y + LINE]), low, label.high];
  const distance = (/** @type {number} */ y) => Math.abs(y - wanted);
  return places.filter((y) => inside(y) === y && free(y)).sort((a, b) => distance(a) - distance(b))[0] ?? wanted;
}
