/**
 * Axes, titles and dotted lines in SVG, from the same layout that plotly.js would be given, without its 5 MB. It knows what
 * draw/surface_view.js and draw/curves_layout.js ask for, and puts it where plotly.js does, to the pixel.
 *
 * @import { Pair } from "../state/types.js"
 *
 * @typedef {object} AxisLook what a layout says of an axis; one without ranges of its own `matches` the first
 * @property {Pair} range
 * @property {Pair} domain the part of the inner width or height, from the left or from the bottom
 * @property {string} anchor the axis that it stands at
 * @property {string} [matches]
 * @property {boolean} [mirror]
 * @property {boolean} [showgrid]
 * @property {boolean} [showticklabels]
 * @property {boolean} [fixedrange] no gesture moves it
 * @property {number} [ticklen]
 * @property {number} [nticks]
 * @property {number[]} [tickvals]
 * @property {string[]} [ticktext]
 * @property {string} [tickformat] "~g" or none
 * @property {string} [tickprefix] of the first
 * @property {string} tickcolor
 * @property {string} linecolor
 * @property {string} [gridcolor]
 * @property {{text: string, standoff: number}} [title]
 *
 * @typedef {AxisLook & {_offset: number, _length: number, key: string}} PlacedAxis with its place in pixels
 * @typedef {{x: PlacedAxis, y: PlacedAxis}} Subplot
 * @typedef {Record<string, any>} Layout
 */
import { roundTicks, sixDigits, tickWords } from "./round_ticks.js";
import { written } from "./svg_words.js";

const TICK = 5; // pixels, where the layout says nothing
const LINE = 1; // width of an axis
const NOTE_PAD = 2; // pixels around a note
const [CAP, MIDDLE, ABOVE] = [0.7, 0.35, 0.2]; // of a letter's size: its height, half of it, and the gap above a label

/** @param {Layout} layout @returns {Record<string, PlacedAxis>} its axes by their keys, each where it stands */
export function placedAxes(layout) {
  const [l, r, t, b] = ["l", "r", "t", "b"].map((side) => Math.round(layout.margin[side]));
  const inner = { x: Math.max(1, Math.round(layout.width) - l - r), y: Math.max(1, Math.round(layout.height) - t - b) };
  const keys = Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key));
  return Object.fromEntries(keys.map((key) => {
    /** @type {AxisLook} */
    const look = layout[key];
    const [low, high] = look.domain;
    const along = key.startsWith("x") ? { _offset: l + low * inner.x, _length: (high - low) * inner.x } : { _offset: t + (1 - high) * inner.y, _length: (high - low) * inner.y };
    return [key, { ...look, ...along, key, range: /** @type {Pair} */ ([...look.range]) }];
  }));
}

/** @param {Record<string, PlacedAxis>} axes @returns {Subplot[]} each x axis with the y axis that it stands at */
export function subplots(axes) {
  return Object.values(axes).filter(({ key }) => key.startsWith("x")).map((x) => ({ x, y: axes[x.anchor.replace("y", "yaxis")] }));
}

/** @param {PlacedAxis} axis @returns {{at: number, text: string}[]} its ticks in sight, and what is written there */
export function ticksOf({ range, nticks = 5, tickvals, ticktext, tickformat, tickprefix = "" }) {
  const [low, high] = range;
  if (tickvals) return tickvals.map((at, i) => ({ at, text: ticktext?.[i] ?? "" })).filter(({ at }) => at >= low && at <= high);
  const { step, values } = roundTicks(range, nticks);
  const words = tickformat ? values.map(sixDigits) : tickWords(values, step, range);
  return values.map((at, i) => ({ at, text: i ? words[i] : `${tickprefix}${words[i]}` }));
}

/**
 * @param {Layout} layout
 * @param {Record<string, PlacedAxis>} axes
 * @param {Subplot[]} plots
 * @returns {SVGElement[]} what to draw, from the back to the front
 */
export function drawnAxes(layout, axes, plots) {
  const shapes = (layout.shapes ?? []).map((/** @type {any} */ shape) => reference(shape, axes));
  const notes = (layout.annotations ?? []).map((/** @type {any} */ note) => annotation(note, layout));
  return [...shapes, ...plots.flatMap(grid), ...plots.flatMap(({ x, y }) => [...along(x, y, layout), ...upward(y, x, layout)]), ...notes];
}

/** @param {Subplot} plot */
function grid({ x, y }) {
  /** Of those at the ends none is drawn. @param {PlacedAxis} axis @param {(axis: PlacedAxis, value: number) => number} placeOf */
  const within = (axis, placeOf) => (axis.showgrid === false ? [] : ticksOf(axis).map(({ at }) => placeOf(axis, at)).filter((px) => px > axis._offset + LINE && px < axis._offset + axis._length - LINE));
  const across = within(y, rowOf).map((py) => line(x._offset, py, x._offset + x._length, py, y.gridcolor));
  const down = within(x, columnOf).map((px) => line(px, y._offset, px, y._offset + y._length, x.gridcolor));
  return [...across, ...down];
}

/** An x axis, under its plot. @param {PlacedAxis} axis @param {PlacedAxis} y @param {Layout} layout */
function along(axis, y, layout) {
  const { font } = layout;
  const [top, bottom] = [y._offset, y._offset + y._length];
  const [from, to] = [axis._offset - LINE, axis._offset + axis._length + (axis.mirror ? LINE : 0)];
  const ticks = ticksOf(axis).map((tick) => ({ ...tick, px: columnOf(axis, tick.at) }));
  const length = axis.ticklen ?? TICK;
  const marks = ticks.map(({ px }) => line(px, bottom + LINE, px, bottom + LINE + length, axis.tickcolor));
  const baseline = bottom + LINE + length + (1 + ABOVE) * font.size;
  const labels = axis.showticklabels === false ? [] : spread(ticks.map(({ px, text }) => written(text, { x: px, y: baseline, size: font.size, family: font.family, anchor: "middle" })));
  const under = labels.length ? baseline + labels[0].down - LINE / 2 : bottom + length;
  const name = titled(axis, { x: axis._offset + axis._length / 2, y: under }, false, layout);
  return [together(axis, [...lines(axis, from, to, [bottom + LINE / 2, top - LINE / 2], false), ...marks, ...[...labels, ...name].map(({ element }) => element)])];
}

/** A y axis, on the left of its plot. @param {PlacedAxis} axis @param {PlacedAxis} x @param {Layout} layout */
function upward(axis, x, layout) {
  const { font } = layout;
  const [left, right] = [x._offset, x._offset + x._length];
  const [from, to] = [axis._offset, axis._offset + axis._length];
  const ticks = ticksOf(axis).map((tick) => ({ ...tick, py: rowOf(axis, tick.at) }));
  const length = axis.ticklen ?? TICK;
  const marks = ticks.map(({ py }) => line(left - LINE, py, left - LINE - length, py, axis.tickcolor));
  const edge = left - LINE - length - ABOVE * font.size;
  const labels = axis.showticklabels === false ? [] : ticks.map(({ py, text }) => written(text, { x: edge, y: py + MIDDLE * font.size, size: font.size, family: font.family, anchor: "end" }));
  const before = labels.length ? edge - Math.max(...labels.map(({ width }) => width)) + LINE / 2 : left - length;
  const name = titled(axis, { x: before, y: axis._offset + axis._length / 2 }, true, layout);
  return [together(axis, [...lines(axis, from, to, [left - LINE / 2, right + LINE / 2], true), ...marks, ...[...labels, ...name].map(({ element }) => element)])];
}

/** An axis as one element, which says where it is and from where to where it counts. @param {PlacedAxis} axis @param {SVGElement[]} parts */
function together({ key, range: [low, high], _offset, _length }, parts) {
  const group = document.createElementNS("http://www.w3.org/2000/svg", "g");
  for (const [name, value] of Object.entries({ axis: key, low, high, offset: _offset, length: _length })) group.setAttribute(`data-${name}`, String(value));
  group.append(...parts);
  return group;
}

/**
 * The name of an axis, which stays on the page.
 *
 * @param {PlacedAxis} axis
 * @param {{x: number, y: number}} beside where its labels end
 * @param {boolean} turned of a y axis
 * @param {Layout} layout
 */
function titled({ title }, { x, y }, turned, { font, height }) {
  if (!title) return [];
  const size = Math.round(1.2 * font.size);
  const look = /** @type {const} */ ({ size, family: font.family, anchor: "middle" });
  const { up, down } = written(title.text, { ...look, x, y });
  const place = turned ? { x: Math.max(up, x - title.standoff - MIDDLE * size), y } : { x, y: Math.min(height - down, y + title.standoff + CAP * size) };
  return [written(title.text, { ...look, ...place, turned })];
}

/** @param {PlacedAxis} axis @param {number} from @param {number} to @param {Pair} at its own place, and that of its mirror image @param {boolean} upright */
function lines(axis, from, to, at, upright) {
  return (axis.mirror ? at : at.slice(0, 1)).map((place) => (upright ? line(place, from, place, to, axis.linecolor) : line(from, place, to, place, axis.linecolor)));
}

/** Labels that would touch are left out, every second one. @param {import("./svg_words.js").Written[]} labels @returns {import("./svg_words.js").Written[]} */
function spread(labels) {
  const touching = labels.some((label, i) => i > 0 && label.x - label.width / 2 < labels[i - 1].x + labels[i - 1].width / 2 + 2);
  return touching && labels.length > 2 ? spread(labels.filter((_, i) => i % 2 === 0)) : labels;
}

/** A line to compare with, at one height. @param {any} shape @param {Record<string, PlacedAxis>} axes */
function reference(shape, axes) {
  const [x, y] = [axes[shape.xref.replace("x", "xaxis")], axes[shape.yref.replace("y", "yaxis")]];
  const drawn = line(columnOf(x, shape.x0), rowOf(y, shape.y0), columnOf(x, shape.x1), rowOf(y, shape.y1), shape.line.color);
  drawn.setAttribute("stroke-dasharray", "3 3");
  drawn.removeAttribute("shape-rendering"); // plotly.js lets it stand between two pixels
  return drawn;
}

/** A title, above its chart and level with its left side. @param {any} note @param {Layout} layout */
function annotation({ x, y, text, font }, { margin, width, height, font: { family } }) {
  const [l, r, t, b] = ["l", "r", "t", "b"].map((side) => Math.round(margin[side]));
  const place = { x: Math.round(l + x * (Math.round(width) - l - r)) + NOTE_PAD, y: Math.round(t + (1 - y) * (Math.round(height) - t - b)) - NOTE_PAD };
  const { element, down } = written(text, { ...place, size: font.size, family, anchor: "start", colour: font.color });
  element.setAttribute("y", String(place.y - down));
  element.setAttribute("class", "ov-chart-title");
  return element;
}

/** @param {PlacedAxis} axis @param {number} value */
function columnOf({ _offset, _length, range: [low, high] }, value) {
  return _offset + ((value - low) / (high - low)) * _length;
}

/** @param {PlacedAxis} axis @param {number} value */
function rowOf({ _offset, _length, range: [low, high] }, value) {
  return _offset + ((high - value) / (high - low)) * _length;
}

/** @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 @param {string} [colour] */
function line(x1, y1, x2, y2, colour = "none") {
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "line");
  for (const [name, value] of Object.entries({ x1, y1, x2, y2, stroke: colour, "shape-rendering": "crispEdges" })) drawn.setAttribute(name, String(value));
  return drawn;
}
