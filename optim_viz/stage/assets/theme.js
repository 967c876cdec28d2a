/**
 * The page's colours as the canvas needs them, read from Streamlit's CSS variables.
 *
 * @import { Catalog } from "./types.js"
 *
 * @typedef {object} Theme
 * @property {"light" | "dark"} mode
 * @property {string} background
 * @property {string} text
 * @property {string} muted
 * @property {string} grid
 * @property {string} font
 * @property {string[]} palette
 * @property {import("./types.js").ContourStyle} contour
 */

/**
 * @param {Element} element inside the component
 * @param {Catalog} catalog
 * @returns {Theme}
 */
export function readTheme(element, catalog) {
  const style = getComputedStyle(element);
  /** @param {string} name @param {string} otherwise */
  const read = (name, otherwise) => style.getPropertyValue(`--st-${name}`).trim() || otherwise;
  const background = read("background-color", "#ffffff");
  const mode = luminance(background) < 0.4 ? "dark" : "light";
  const dark = mode === "dark";
  return {
    mode,
    background,
    text: read("text-color", dark ? "#e6e8ea" : "#1b1f24"),
    muted: dark ? "#a3abb3" : "#59636e",
    grid: dark ? "#2b3137" : "#e4e7ea",
    font: read("font", "system-ui, sans-serif"),
    palette: catalog.colours[mode],
    contour: catalog.contour[mode],
  };
}

/**
 * @param {string} colour "#rgb", "#rrggbb" or "rgb(...)"
 * @returns {number} 0 (black) to 1 (white)
 */
export function luminance(colour) {
  let parts;
  if (colour.startsWith("#")) {
    const hex = colour.slice(1);
    const wide = hex.length < 6 ? [...hex].map((digit) => digit + digit).join("") : hex;
    parts = [0, 2, 4].map((i) => Number.parseInt(wide.slice(i, i + 2), 16));
  } else {
    parts = (colour.match(/[\d.]+/g) ?? ["255", "255", "255"]).slice(0, 3).map(Number);
  }
  return (0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]) / 255;
}
