/**
 * Maps side by side on one colour scale, the scale and what the signs mean; the cell under the pointer, or under the
 * arrow keys, is told to the card beside them.
 *
 * @import { Block } from "../state/types.js"
 * @import { Cell, Margin, MapAxis } from "./map_cells.js"
 * @import { Figure, Colours } from "../draw/figures.js"
 * @import { RunCard } from "./run_card.js"
 * @typedef {{title: string, colour: string, note: string, theory: {kind: string, words: string}[], figure: Figure}} MapNews
 * @typedef {{maps: MapNews[], across: MapAxis, up: MapAxis, margin: Margin, colours: Colours, known: boolean, minima: number,
 *   tolerance: number, states: Record<string, string>, bar: {title: string, ramp: string[], ticks: [number, string][]} | null,
 *   legend: {colour: string, words: string}[], signs: {sign: string, words: string}[]}} News
 * @typedef {{card: RunCard | null, grid: MapGrid | null}} Link
 */
import { asDrawn, plotIn } from "../draw/figures.js";
import { h } from "./dom.js";
import { boxOf, cellAt, ending, moved, setting } from "./map_cells.js";

/** Arrays of a map, in the order in which Python packs them. */
const ROWS = ["gap", "arrived", "diverged", "where"];

export class MapGrid {
  /** @param {HTMLElement} element @param {Link} link */
  constructor(element, link) {
    this.element = element;
    this.link = link;
    /** @type {OneMap[]} */ this.maps = [];
    /** @type {News | null} */ this.news = null;
    this.grid = h("div", { class: "mp-grid" });
    this.key = h("div", { class: "mp-key" });
    element.replaceChildren(this.grid, this.key);
  }

  /** @param {News} news @param {Map<string, Block>} blocks */
  receive(news, blocks) {
    this.news = news;
    for (const gone of this.maps.splice(news.maps.length)) gone.element.remove();
    news.maps.forEach((each, index) => {
      if (!this.maps[index]) {
        this.maps[index] = new OneMap(this, index);
        this.grid.append(this.maps[index].element);
      }
      this.maps[index].receive(each, /** @type {Block} */ (blocks.get(String(index))), news);
    });
    this.key.replaceChildren(...this.explained(news));
    this.element.dataset.maps = String(news.maps.length);
    this.element.dataset.metric = news.bar?.title ?? "where";
  }

  /** @param {News} news */
  explained({ bar, legend, signs, colours }) {
    const parts = [];
    if (bar) {
      const ticks = bar.ticks.map(([at, words]) => h("span", { style: `left: ${at * 100}%` }, words));
      parts.push(h("div", { class: "mp-bar" }, h("b", {}, bar.title), h("div", { class: "mp-ramp" }, h("i", { style: `background: linear-gradient(to right, ${bar.ramp.join(",")})` }), h("div", {}, ...ticks))));
    }
    const items = legend.map(({ colour, words }) => h("li", {}, h("i", { class: "mp-swatch", style: `background: ${asDrawn(this.element, colours, colour)}` }), words));
    const drawn = signs.map(({ sign, words }) => h("li", {}, h("i", { class: `mp-sign mp-${sign}` }), words));
    if (items.length + drawn.length) parts.push(h("ul", { class: "mp-legend", "aria-label": "What the colours and signs mean" }, ...items, ...drawn));
    return parts;
  }

  /** Shows which cell the card is about, on its map alone. @param {number} map @param {Cell} cell */
  point(map, cell) {
    this.maps.forEach((each, index) => each.mark(index === map ? cell : null));
  }
}

class OneMap {
  /** @param {MapGrid} grid @param {number} index */
  constructor(grid, index) {
    this.grid = grid;
    this.index = index;
    /** @type {Cell | null} */ this.cell = null;
    this.title = h("figcaption", {});
    this.plot = h("div", { class: "mp-plot" });
    this.cursor = h("i", { class: "mp-cursor", hidden: true });
    this.over = h("div", {
      class: "mp-over", tabindex: "0", role: "application", "aria-roledescription": "map",
      onpointermove: (/** @type {PointerEvent} */ event) => event.pointerType !== "touch" && this.go(this.under(event)),
      onclick: (/** @type {PointerEvent} */ event) => this.pressed(event),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.typed(event),
      onfocus: () => this.over.matches(":focus-visible") && this.go(this.cell ?? this.middle()),
    }, this.cursor);
    this.note = h("p", { class: "mp-note" });
    this.element = h("figure", { class: "mp-map" }, this.title, h("div", { class: "mp-box" }, this.plot, this.over), this.note);
    /** @type {((figure: Figure) => void) | null} */ this.show = null;
    new ResizeObserver(() => this.cell && !this.cursor.hidden && this.mark(this.cell)).observe(this.over);
  }

  /** @param {MapNews} news @param {Block} block @param {News} all */
  receive(news, block, all) {
    this.all = all;
    this.block = block;
    this.size = { rows: block.shape[1], columns: block.shape[2] };
    this.title.replaceChildren(h("i", { class: "mp-swatch", style: `background: ${asDrawn(this.grid.element, all.colours, news.colour)}` }), news.title);
    const theory = news.theory.map(({ kind, words }) => h("span", {}, h("i", { class: `mp-sign mp-${kind === "optimum" ? "line" : kind}` }), words));
    this.note.replaceChildren(...(news.note ? [h("span", {}, news.note)] : []), ...theory);
    this.over.setAttribute("aria-label", `${news.title}: ${all.across.title} across, ${all.up.title} up. Arrow keys go from cell to cell, Enter opens the run in the lab.`);
    this.show ??= plotIn(this.plot, all.colours, news.figure);
    this.show(news.figure);
    this.mark(null);
  }

  /** @param {PointerEvent} event */
  under(event) {
    const box = this.over.getBoundingClientRect();
    return cellAt({ x: event.clientX - box.left, y: event.clientY - box.top }, box, this.margin, this.shape);
  }

  get margin() { return /** @type {News} */ (this.all).margin; }
  get shape() { return /** @type {{rows: number, columns: number}} */ (this.size); }
  middle() { return { row: this.shape.rows >> 1, column: this.shape.columns >> 1 }; }

  /** @param {Cell | null} cell */
  go(cell) {
    if (!cell || (this.cell && !this.cursor.hidden && cell.row === this.cell.row && cell.column === this.cell.column)) return;
    this.cell = cell;
    this.grid.point(this.index, cell);
    const { title } = /** @type {News} */ (this.all).maps[this.index];
    this.grid.link.card?.ask(this.index, cell, title, this.words(cell));
  }

  /** @param {Cell} cell @returns {[string, string]} its setting, and how its run ended */
  words(cell) {
    const all = /** @type {News} */ (this.all);
    const { values, shape } = /** @type {Block} */ (this.block);
    const at = cell.row * shape[2] + cell.column;
    const run = Object.fromEntries(ROWS.map((name, place) => [name, values[place * shape[1] * shape[2] + at]]));
    return [setting(cell, all.across, all.up), ending(/** @type {any} */ (run), all)];
  }

  /** A mouse opens the run that it points at; a finger first shows it, and opens it from the card. @param {PointerEvent} event */
  pressed(event) {
    const cell = this.under(event);
    if (!cell) return;
    this.go(cell);
    if (event.pointerType !== "touch") this.grid.link.card?.open(event.ctrlKey || event.metaKey);
  }

  /** @param {KeyboardEvent} event */
  typed(event) {
    if (event.key === "Enter") {
      this.grid.link.card?.open(event.ctrlKey || event.metaKey);
      return;
    }
    const cell = moved(this.cell ?? this.middle(), event.key, this.shape, event.shiftKey);
    if (!cell) return;
    event.preventDefault();
    this.go(cell);
  }

  /** @param {Cell | null} cell */
  mark(cell) {
    this.cursor.hidden = !cell;
    if (!cell) return;
    this.cell = cell;
    const { left, top, width, height } = boxOf(cell, this.over.getBoundingClientRect(), this.margin, this.shape);
    Object.assign(this.cursor.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
  }
}
