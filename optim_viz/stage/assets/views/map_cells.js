/** Which cell of a map a point lies in, and what a cell's numbers are in words. */
import { number } from "../state/format.js";

/**
 * @typedef {{l: number, r: number, t: number, b: number}} Margin
 * @typedef {{row: number, column: number}} Cell rows are counted from the lowest
 * @typedef {{title: string, short: string, values: number[]}} MapAxis
 */

/**
 * The cell under a point; null beside the cells.
 *
 * @param {{x: number, y: number}} point in the box of the figure
 * @param {{width: number, height: number}} box
 * @param {Margin} margin around the cells
 * @param {{rows: number, columns: number}} size
 * @returns {Cell | null}
 */
export function cellAt({ x, y }, { width, height }, { l, r, t, b }, { rows, columns }) {
  const across = (x - l) / (width - l - r);
  const up = (height - b - y) / (height - t - b);
  if (!(across >= 0 && across < 1 && up >= 0 && up < 1)) return null;
  return { row: Math.floor(up * rows), column: Math.floor(across * columns) };
}

/**
 * Where a cell is drawn.
 *
 * @param {Cell} cell
 * @param {{width: number, height: number}} box
 * @param {Margin} margin
 * @param {{rows: number, columns: number}} size
 */
export function boxOf({ row, column }, { width, height }, { l, r, t, b }, { rows, columns }) {
  const [w, h] = [(width - l - r) / columns, (height - t - b) / rows];
  return { left: l + column * w, top: height - b - (row + 1) * h, width: w, height: h };
}

/**
 * Moves a cell by a key; null for keys that move nothing.
 *
 * @param {Cell} cell
 * @param {string} key
 * @param {{rows: number, columns: number}} size
 * @param {boolean} far ten cells at once
 * @returns {Cell | null}
 */
export function moved({ row, column }, key, { rows, columns }, far) {
  const by = far ? 10 : 1;
  /** @type {Record<string, [number, number]>} */
  const steps = { ArrowUp: [by, 0], ArrowDown: [-by, 0], ArrowLeft: [0, -by], ArrowRight: [0, by], Home: [0, -columns], End: [0, columns], PageUp: [rows, 0], PageDown: [-rows, 0] };
  const step = steps[key];
  if (!step) return null;
  const within = (/** @type {number} */ value, /** @type {number} */ count) => Math.max(0, Math.min(count - 1, value));
  return { row: within(row + step[0], rows), column: within(column + step[1], columns) };
}

/** @param {Cell} cell @param {MapAxis} across @param {MapAxis} up */
export function setting({ row, column }, across, up) {
  return `${across.short} ${number(across.values[column])}, ${up.short} ${number(up.values[row])}`;
}

/**
 * How a run ended, in words.
 *
 * @param {{gap: number, arrived: number, diverged: number, where: number}} run
 * @param {{known: boolean, states: Record<string, string>, minima: number, tolerance: number}} facts
 */
export function ending({ gap, arrived, diverged, where }, { known, states, minima, tolerance }) {
  if (diverged >= 0) return `diverged at step ${diverged}`;
  const loss = known ? `${number(gap, 3)} above the minimum` : `loss ${number(gap, 4)}`;
  if (arrived >= 0) {
    const which = minima > 1 && where >= 0 ? `, at minimum ${where + 1}` : "";
    return `${loss}; first within ${number(tolerance)} at step ${arrived}${which}`;
  }
  return known || where === -2 ? `${loss}; ${states[where] ?? ""}` : loss;
}
