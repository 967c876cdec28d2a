/**
 * The Plotly figures on a page: what each shows, and when it is painted. Plots far from sight wait until they are near.
 */
import { coloured, readable, themed, unzoomed } from "./figure_style.js";
import { loadPlotly } from "./plotly.js";
import { isDark } from "./theme.js";

/**
 * @typedef {{key: string, height: number, label: string, picture: string, state: Record<string, number>}} Options
 * @typedef {{options: Options, figure: {data: any[], layout: any}}} Figure
 * @typedef {{theme: Record<"light" | "dark", Record<string, string>>, dark: Record<string, string>, legible: Record<"light" | "dark", Record<string, string>>}} Colours
 * @typedef {{element: HTMLElement, colours: Colours, message: Figure, near: boolean, painted: string, paints: number}} Entry
 */

/** @type {Map<string, Entry>} the plots by their keys */
const byKey = new Map();
/** @type {Set<Entry>} what will be painted next */
const waiting = new Set();

globalThis.addEventListener?.("beforeprint", () => {
  for (const entry of byKey.values()) {
    entry.near = true;
    paintSoon(entry);
  }
});

/**
 * Makes an element the place of a plot.
 *
 * @param {HTMLElement} element
 * @param {Colours} colours
 * @param {Figure} first
 * @returns {(message: Figure) => void} what shows a figure there
 */
export function plotIn(element, colours, first) {
  /** @type {Entry} */
  const entry = { element, colours, message: first, near: false, painted: "", paints: 0 };
  new ResizeObserver(() => paintSoon(entry)).observe(element);
  // The page scrolls in an element of its own: a margin counts only where that element is the root.
  const root = element.closest("[data-testid=stMain]");
  new IntersectionObserver(
    (changes) => {
      entry.near = changes[changes.length - 1].isIntersecting;
      paintSoon(entry);
    },
    { root, rootMargin: "100% 0px" },
  ).observe(element);
  return (message) => put(entry, message);
}

/**
 * @param {Entry} entry
 * @param {Figure} message
 */
function put(entry, message) {
  entry.message = message;
  const { element } = entry;
  const { height, label, key } = message.options;
  byKey.set(key, entry);
  if (element.dataset.testid !== `plot-${key}`) element.dataset.testid = `plot-${key}`;
  if (element.getAttribute("aria-label") !== label) element.setAttribute("aria-label", label);
  if (element.style.height !== `${height}px`) {
    element.setAttribute("role", "img");
    element.style.height = `${height}px`;
  }
  paintSoon(entry);
}

/** @param {Entry} entry */
function paintSoon(entry) {
  if (!entry.near) return;
  if (waiting.size === 0) void loadPlotly().then(paintAll, fail);
  waiting.add(entry);
}

/** @param {Error} error */
function fail(error) {
  for (const { element } of waiting) element.textContent = `The plot could not be drawn: ${error.message}. Reload the page to try again.`;
  waiting.clear();
}

/**
 * Paints what waits. All sizes are read before anything is written, or the browser would lay the page out for each plot.
 *
 * @param {any} Plotly
 */
function paintAll(Plotly) {
  const looks = [...waiting].map((entry) => ({ entry, look: lookOf(entry) }));
  waiting.clear();
  for (const { entry, look } of looks) if (look && look.name !== entry.painted) paint(Plotly, entry, look);
}

/**
 * @param {Entry} entry
 * @returns {{name: string, mode: "light" | "dark", width: number, font: string} | null} null while it has no width
 */
function lookOf({ element, message }) {
  const mode = modeOf(element);
  const width = Math.floor(element.clientWidth);
  return width ? { name: `${message.options.picture} ${mode} ${width}`, mode, width, font: getComputedStyle(element).getPropertyValue("--st-font") } : null;
}

/** @param {HTMLElement} element on a page of Streamlit's @returns {"light" | "dark"} the theme that it has now */
function modeOf(element) {
  const background = getComputedStyle(element).getPropertyValue("--st-background-color").trim() || "#ffffff";
  return isDark(background) ? "dark" : "light";
}

/** @param {HTMLElement} element @param {Colours} colours @param {string} colour of the light theme @returns {string} what a figure there draws it as */
export function asDrawn(element, colours, colour) {
  return modeOf(element) === "dark" ? coloured(colour, colours.dark) : colour;
}

/**
 * @param {any} Plotly
 * @param {Entry} entry
 * @param {{name: string, mode: "light" | "dark", width: number, font: string}} look
 */
function paint(Plotly, entry, { name, mode, width, font }) {
  const { element, colours, message } = entry;
  const { figure, options } = message;
  const exchanged = mode === "dark" ? colours.dark : {};
  const layout = themed(readable(coloured(figure.layout, exchanged), colours.legible[mode]), colours.theme[mode], { width, height: options.height, font });
  entry.painted = name;
  void Plotly.react(element, coloured(figure.data, exchanged), layout, { displayModeBar: false, responsive: false, doubleClick: false, showTips: false }).then(() => {
    entry.paints += 1;
    element.dataset.paints = String(entry.paints);
    if (entry.paints > 1) return;
    const plot = /** @type {any} */ (element);
    plot.on("plotly_doubleclick", () => Plotly.relayout(element, unzoomed(entry.message.figure.layout)));
    plot.on("plotly_click", (/** @type {any} */ { points }) => open(points[0]?.customdata));
  });
}

/** @param {unknown} address of a page, which a point may hold: a click on it goes there */
function open(address) {
  if (typeof address !== "string" || !address.startsWith("./")) return;
  const link = document.createElement("a");
  link.href = address;
  link.click();
}
