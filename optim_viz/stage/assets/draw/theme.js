/**
 * The page's colours as the canvas needs them, read from Streamlit's CSS variables.
 *
 * @import { Catalog } from "../state/types.js"
 *
 * @typedef {object} Theme
 * @property {"light" | "dark"} mode
 * @property {string} background
 * @property {string} text
 * @property {string} muted
 * @property {string} grid
 * @property {string} font
 * @property {string[]} palette
 * @property {import("../state/types.js").ContourStyle} contour
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

/**
 * A colour as text needs it: mixed with black or white until it has the contrast of 4.5 that WCAG AA asks of small text.
 *
 * @param {string} colour "#rrggbb"
 * @param {string} background "#rrggbb", or "rgb(...)"
 * @returns {string} "#rrggbb"
 */
export function legible(colour, background) {
  const pair = `${colour} ${background}`;
  const found = known.get(pair) ?? mixed(colour, background);
  known.set(pair, found); // canvases ask at every frame
  return found;
}

/** @type {Map<string, string>} */
const known = new Map();

/** @param {string} colour @param {string} background @returns {string} */
function mixed(colour, background) {
  const far = luminance(background) < 0.4 ? 255 : 0;
  const parts = [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16));
  for (let share = 0; share <= 1; share += 0.05) {
    const nearer = parts.map((part) => Math.round(part + (far - part) * share));
    const text = `#${nearer.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
    if (contrast(text, background) >= 4.5) return text;
  }
  return far ? "#ffffff" : "#000000";
}

/** @param {string} one @param {string} other @returns {number} WCAG 2's contrast, 1 to 21 */
export function contrast(one, other) {
  const [dark, light] = [relative(one), relative(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** @param {string} colour @returns {number} WCAG 2's relative luminance */
function relative(colour) {
  const parts = colour.startsWith("#") ? [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16)) : (colour.match(/[\d.]+/g) ?? []).map(Number);
  const [r, g, b] = parts.map((part) => part / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
