/**
 * The colours that the canvas draws with: Python's theme for the page's own background, light or dark.
 *
 * @import { PageStyle } from "../state/host.js"
 * @import { Catalog, ThemeColours } from "../state/types.js"
 *
 * @typedef {ThemeColours & {font: string, scale: number}} Theme `scale` is how much larger than on a laptop type is drawn
 */

/**
 * @param {PageStyle} page
 * @param {Catalog} catalog
 * @param {number} scale
 * @returns {Theme}
 */
export function readTheme(page, catalog, scale) {
  const colours = catalog.themes[page.background && isDark(page.background) ? "dark" : "light"];
  return {
    ...colours,
    background: page.background || colours.background,
    text: page.text || colours.text,
    scale,
    font: page.font || "system-ui, sans-serif",
  };
}

/**
 * @param {string} colour "#rgb", "#rrggbb" or "rgb(...)"
 * @returns {boolean} whether light text is meant to stand on it
 */
export function isDark(colour) {
  let parts;
  if (colour.startsWith("#")) {
    const hex = colour.slice(1);
    const wide = hex.length < 6 ? [...hex].map((digit) => digit + digit).join("") : hex;
    parts = [0, 2, 4].map((i) => Number.parseInt(wide.slice(i, i + 2), 16));
  } else {
    parts = (colour.match(/[\d.]+/g) ?? ["255", "255", "255"]).slice(0, 3).map(Number);
  }
  return (0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]) / 255 < 0.4;
}
