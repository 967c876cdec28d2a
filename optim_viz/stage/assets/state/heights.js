/**
 * Heights of the drawn surface: the logarithm of the loss above the floor, log10(loss - floor + offset), and back. Floor and
 * offset come from Python, which makes the grid of heights by the same formula (figures/loss_grid.py).
 *
 * @import { SurfaceInfo } from "./types.js"
 */

/** @param {Pick<SurfaceInfo, "floor" | "levels">} surface @param {number} loss */
export function heightOf({ floor, levels }, loss) {
  return Math.log10(Math.max(loss - floor, 0) + levels.offset);
}

/** @param {Pick<SurfaceInfo, "floor" | "levels">} surface @param {number} height */
export function lossAt({ floor, levels }, height) {
  return 10 ** height - levels.offset + floor;
}
