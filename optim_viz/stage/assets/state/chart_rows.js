/**
 * How charts flow into rows: a wide one takes a row, x and y of a quantity stand side by side, and two of the others share
 * a row.
 *
 * @import { Chart } from "./types.js"
 */

/**
 * @template {Pick<Chart, "diagnostic" | "axis" | "wide">} C
 * @param {C[]} charts in the order in which they stand
 * @returns {C[][]} rows of one or two
 */
export function chartRows(charts) {
  /** @type {C[][]} */
  const rows = [];
  /** @type {C[] | null} */
  let open = null; // a row of one quantity without coordinates, which takes one more
  for (const chart of charts) {
    if (chart.axis === "y" && rows.at(-1)?.[0].diagnostic === chart.diagnostic) rows.at(-1)?.push(chart);
    else if (chart.axis === "" && !chart.wide && open) {
      open.push(chart);
      open = null;
    } else {
      const row = [chart];
      rows.push(row);
      if (chart.axis === "" && !chart.wide) open = row;
    }
  }
  return rows;
}
