/**
 * A Plotly figure that is redrawn in place: zoom, camera and hover outlive new data. See stage/plot.py.
 */
import { loadPlotly } from "./plotly.js";
import { luminance } from "./theme.js";

/**
 * @typedef {{key: string, height: number, label: string, theme: Record<"light" | "dark", Record<string, string>>, dark: Record<string, string>}} Options
 * @typedef {{element: HTMLElement, message: string, paints: number, again: () => void}} Entry
 */

/** @type {WeakMap<object, Entry>} */
const plots = new WeakMap();

/**
 * Replaces the light theme's colours by the dark theme's, everywhere in a figure.
 *
 * @param {unknown} value
 * @param {Record<string, string>} colours old colour to new one, in lower case
 * @returns {any}
 */
export function coloured(value, colours) {
  if (typeof value === "string") return colours[value.toLowerCase()] ?? value;
  if (Array.isArray(value)) return value.map((item) => coloured(item, colours));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, DATA.includes(name) ? item : coloured(item, colours)]));
  }
  return value;
}

/** Long arrays in which no colour can stand. */
const DATA = ["x", "y", "z", "customdata", "text"];

/**
 * @param {{data: Uint8Array, parentElement: HTMLElement}} component
 */
export default function mount({ data, parentElement }) {
  const element = /** @type {HTMLElement} */ (parentElement.querySelector(".ov-plot-root") ?? parentElement);
  const message = new TextDecoder().decode(data.slice());
  let entry = plots.get(parentElement);
  if (!entry) {
    entry = { element, message: "", paints: 0, again: () => {} };
    plots.set(parentElement, entry);
    const made = entry;
    new ResizeObserver(() => made.again()).observe(element);
  }
  entry.message = message;
  void draw(entry);
}

/** @param {Entry} entry */
async function draw(entry) {
  const { message, element } = entry;
  const Plotly = await loadPlotly();
  if (message !== entry.message) return; // newer data came while Plotly loaded
  /** @type {{options: Options, figure: {data: any[], layout: any}}} */
  const { options, figure } = JSON.parse(message);
  element.style.height = `${options.height}px`;
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", options.label);
  element.dataset.testid = `plot-${options.key}`;
  const paint = async () => {
    const style = getComputedStyle(element);
    const background = style.getPropertyValue("--st-background-color").trim() || "#ffffff";
    const mode = luminance(background) < 0.4 ? "dark" : "light";
    const colours = mode === "dark" ? options.dark : {};
    const width = Math.floor(element.clientWidth);
    if (!width) return;
    const layout = themed(coloured(figure.layout, colours), options.theme[mode], { width, height: options.height, font: style.getPropertyValue("--st-font") });
    await Plotly.react(element, coloured(figure.data, colours), layout, { displayModeBar: false, responsive: false });
    entry.paints += 1;
    element.dataset.paints = String(entry.paints);
  };
  entry.again = () => void paint();
  await paint();
}

/**
 * @param {any} look layout
 * @param {Record<string, string>} roles the theme's colours by what they are for
 * @param {{width: number, height: number, font: string}} box
 */
export function themed(look, roles, { width, height, font }) {
  const axes = Object.keys({ xaxis: 1, yaxis: 1, ...look }).filter((name) => /^[xy]axis\d*$/.test(name));
  const quiet = { gridcolor: roles.grid, linecolor: roles.grid, zerolinecolor: roles.grid, tickcolor: roles.grid };
  return {
    ...look,
    width, height, uirevision: look.uirevision ?? "keep", template: undefined,
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    margin: { l: 52, r: 12, t: 28, b: 40, ...look.margin },
    font: { family: font || "system-ui, sans-serif", size: 12, ...look.font, color: roles.muted },
    hoverlabel: { bgcolor: roles.background, bordercolor: roles.grid, font: { color: roles.text } },
    ...Object.fromEntries(axes.map((name) => [name, { ...quiet, zeroline: false, ...look[name] }])),
  };
}
