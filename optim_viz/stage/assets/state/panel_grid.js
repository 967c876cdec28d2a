/** How many panels lie side by side. */

/**
 * @param {number} count
 * @param {number} width
 * @param {number} height
 * @returns {{columns: number, rows: number}} the grid whose cells come nearest to squares
 */
export function panelGrid(count, width, height) {
  let best = { columns: 1, rows: count };
  let bestSide = 0;
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const side = Math.min(width / columns, height / rows);
    if (side > bestSide) [best, bestSide] = [{ columns, rows }, side];
  }
  return best;
}
