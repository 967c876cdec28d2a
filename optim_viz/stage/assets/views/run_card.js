/**
 * The run of one cell: a small picture of its path, its setting, how it ended, and the way to the lab.
 *
 * The words are there at once; the picture comes from the server, which runs the cell again with its whole path.
 *
 * @import { Block, ThemeColours } from "../state/types.js"
 * @import { Cell } from "./map_cells.js"
 * @typedef {{cell: string, title: string, setting: string, ending: string, href: string, colour: number, marker: string,
 *   window: [[number, number], [number, number]], minima: [number, number][], themes: Record<"light" | "dark", ThemeColours>}} Run
 */
import { paintThumbnail } from "../draw/thumbnail.js";
import { isDark } from "../draw/theme.js";
import { h } from "./dom.js";

/** A pointer that only passes by asks for nothing. */
const SETTLED_MS = 60;
const ASPECT = 1.6;

export class RunCard {
  /** @param {HTMLElement} element @param {(href: string, elsewhere: boolean) => void} go opens a page, elsewhere in a new tab */
  constructor(element, go) {
    this.go = go;
    this.element = element;
    this.title = h("h2", {});
    this.setting = h("p", { class: "mp-setting" });
    this.ending = h("p", { role: "status" });
    this.canvas = h("canvas", { role: "img" });
    this.open_link = h("a", { class: "mp-open", target: "_self" }, "Open this run in the lab");
    element.replaceChildren(h("div", { class: "mp-card" }, this.canvas, h("div", {}, this.title, this.setting, this.ending, this.open_link)));
    this.wanted = "";
    /** @type {boolean | null} */ this.opening = null; // in a new tab, once the run is there
    /** @type {(cell: string) => void} */ this.request = () => {};
    new ResizeObserver(() => this.paint()).observe(this.canvas);
  }

  /** @param {{run: Run}} news @param {Map<string, Block>} blocks @param {(cell: string) => void} request */
  receive({ run }, blocks, request) {
    this.request = request;
    if (this.wanted && run.cell !== this.wanted) return; // the pointer has gone on
    this.run = run;
    this.blocks = blocks;
    this.title.textContent = run.title;
    this.setting.textContent = run.setting;
    this.open_link.href = run.href;
    if (!this.wanted) this.ending.textContent = run.ending;
    this.canvas.setAttribute("aria-label", `Path of ${run.title}, ${run.setting}`);
    this.element.dataset.cell = run.cell;
    this.element.classList.remove("mp-waiting");
    this.paint();
    if (this.opening !== null) this.leave(this.opening);
  }

  /** Asks for the run of a cell. @param {number} map @param {Cell} cell @param {string} title @param {[string, string]} words */
  ask(map, { row, column }, title, [setting, ending]) {
    this.wanted = `${map},${row},${column}`;
    this.title.textContent = title;
    this.setting.textContent = setting;
    this.ending.textContent = ending;
    this.opening = null;
    this.element.classList.toggle("mp-waiting", this.wanted !== this.run?.cell);
    clearTimeout(this.later);
    this.later = setTimeout(() => this.request(this.wanted), SETTLED_MS);
  }

  /** Opens the run that the card is about, once it is there. @param {boolean} elsewhere in a new tab */
  open(elsewhere) {
    if (this.run && (!this.wanted || this.run.cell === this.wanted)) this.leave(elsewhere);
    else this.opening = elsewhere;
  }

  /** @param {boolean} elsewhere */
  leave(elsewhere) {
    this.opening = null;
    this.go(this.open_link.href, elsewhere);
  }

  paint() {
    const { run, blocks } = this;
    const width = this.canvas.clientWidth;
    if (!run || !blocks || !width) return;
    const style = getComputedStyle(this.element);
    const background = style.getPropertyValue("--st-background-color").trim() || "#ffffff";
    const colours = run.themes[isDark(background) ? "dark" : "light"];
    const theme = { ...colours, background, scale: 1, font: "" };
    const story = /** @type {any} */ ({ window: run.window, minima: run.minima, lanes: [{ colour: run.colour, marker: run.marker }] });
    paintThumbnail(this.canvas, { width, height: Math.round(width / ASPECT) }, story, { ground: /** @type {Block} */ (blocks.get("ground")), paths: /** @type {Block} */ (blocks.get("paths")) }, theme);
  }
}
