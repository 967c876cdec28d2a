/**
 * Where labels stand that belong to a point: beside it, above or below it, inside the room, and on nothing that has its
 * place already. The work is bounded by the number of things, whatever they want.
 *
 * @typedef {{x: number, y: number, width: number, height: number}} Box x and y of the upper left corner
 */

/**
 * @param {{px: number, py: number, width: number, height: number, gap: number}} label the point that it belongs to, its size,
 *   and how far it keeps from the point
 * @param {Box} room
 * @param {Box[]} taken
 * @returns {Box | null} the place nearest to the point, to the right of it where two are as near; null where none is free
 */
export function freePlace({ px, py, width, height, gap }, room, taken) {
  const [right, bottom] = [room.x + room.width - width, room.y + room.height - height];
  if (!(right >= room.x && bottom >= room.y)) return null;
  const intoX = (/** @type {number} */ x) => Math.max(room.x, Math.min(x, right));
  const intoY = (/** @type {number} */ y) => Math.max(room.y, Math.min(y, bottom));
  const columns = [px + gap, px - gap - width, px - width / 2].map(intoX);
  // The nearest free place of a column is a wanted one, or touches another box, or the edge of the room.
  const wanted = [py - height / 2, py + gap, py - gap - height].map(intoY);
  const touching = taken.flatMap((box) => [box.y - height, box.y + box.height]);
  const rows = [...wanted, ...touching, room.y, bottom].filter((y) => y >= room.y && y <= bottom);
  /** @type {Box | null} */ let best = null;
  let least = Infinity;
  for (const [preference, x] of columns.entries()) {
    for (const y of rows) {
      const box = { x, y, width, height };
      const cost = away(box, px, py, gap) + preference * 2;
      if (cost < least && !taken.some((other) => overlap(box, other))) [best, least] = [box, cost];
    }
  }
  return best;
}

/** @param {Box} a @param {Box} b @returns {boolean} whether they share more than an edge */
export function overlap(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** How far a box is from a point; one that covers it is as far as it would have to move. @param {Box} box @param {number} px @param {number} py @param {number} gap */
function away(box, px, py, gap) {
  const dx = Math.max(box.x - px, px - box.x - box.width);
  const dy = Math.max(box.y - py, py - box.y - box.height);
  if (dx < 0 && dy < 0) return 4 * gap - dx - dy;
  return Math.max(gap, Math.hypot(Math.max(dx, 0), Math.max(dy, 0)));
}
