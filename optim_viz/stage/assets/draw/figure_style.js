/** How a figure looks on the page that it stands on: its colours, fonts and axes. */


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

/**
 * Gives the words of a figure, which stand in their curves' colours, enough contrast to be read.
 *
 * @param {any} layout
 * @param {Record<string, string>} legible colour, in lower case, to the one that small text takes for it
 * @returns {any}
 */
export function readable(layout, legible) {
  const read = (/** @type {string} */ colour) => legible[colour.toLowerCase()] ?? colour;
  const annotations = (layout.annotations ?? []).map((/** @type {any} */ note) => ({
    ...note,
    text: note.text?.replace(/(?<=color: ?)#[0-9a-f]{6}/gi, read),
    ...(note.font?.color ? { font: { ...note.font, color: read(note.font.color) } } : {}),
  }));
  return { ...layout, annotations };
}

/** Long arrays in which no colour can stand. */
const DATA = ["x", "y", "z", "customdata", "text"];

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

/**
 * What undoes every zoom of a figure. Plotly itself goes back to the ranges of its first drawing, which of a figure that
 * was empty then are 0 to 1.
 *
 * @param {any} layout as the figure has it now
 * @returns {Record<string, unknown>} changes for Plotly.relayout
 */
export function unzoomed(layout) {
  const axes = Object.keys({ xaxis: 1, yaxis: 1, ...layout }).filter((name) => /^[xy]axis\d*$/.test(name));
  return Object.fromEntries(axes.map((name) => (layout[name]?.range ? [`${name}.range`, [...layout[name].range]] : [`${name}.autorange`, true])));
}
