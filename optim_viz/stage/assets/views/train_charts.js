/**
 * The charts of training runs with the controls that stand over them. Everything a person can change here is done in the
 * browser from the points that were logged: the server is not asked.
 *
 * @import { Lane, Quantity } from "../draw/train_figure.js"
 * @import { Unit } from "../state/train_look.js"
 * @typedef {{theme: Record<"light" | "dark", Record<string, string>>, dark: Record<string, string>, legible: Record<"light" | "dark", Record<string, string>>}} Colours
 * @typedef {{key: string, lanes: Lane[], quantities: Quantity[], palette: string[], colours: Colours, totalSteps: number, epochs: number, layers: string[], sent: {plots: string[], layer: string}, notes: Record<string, string[]>}} News sent: whose curves the lanes have
 * @typedef {{plots: string | null, layer: string}} Choice what the server is to send
 */
import { scaleOf } from "../draw/train_figure.js";
import { fittingStop, STOPS } from "../state/smoothing.js";
import { plainLook, readLook, UNITS, writeLook } from "../state/train_look.js";
import { h } from "./dom.js";
import { TrainChart } from "./train_chart.js";
import { TrainLanes } from "./train_lanes.js";
import { TrainPainter } from "./train_painter.js";
import { TrainPlots } from "./train_plots.js";

const ADDRESS_MS = 250;

export class TrainCharts {
  /**
   * @param {HTMLElement} root
   * @param {{read: () => string, write: (query: string) => void}} address the page's query
   */
  constructor(root, address) {
    this.root = root;
    this.address = address;
    this.look = readLook(address.read());
    /** @type {News | null} */
    this.news = null;
    /** @type {Map<string, TrainChart>} */
    this.charts = new Map();
    this.lanes = new TrainLanes((key) => this.toggle(key), (key) => this.isolate(key));
    this.smoothing = h("input", { type: "range", min: 0, max: STOPS.length - 1, step: 1, "aria-label": "Smoothing", oninput: () => this.smooth() });
    this.memory = h("output", {});
    this.units = h("div", { class: "tr-units", role: "radiogroup", "aria-label": "Horizontal axis" });
    this.reset = h("button", { type: "button", class: "tr-plain", onclick: () => this.resetAll() }, "Reset the axes");
    this.plots = new TrainPlots((plots) => this.choosePlots(plots));
    this.layer = h("select", { "aria-label": "Layer", title: "Of which layer the charts of gradients, moments and steps are drawn", onchange: () => this.chooseLayer() });
    /** Told when charts are to be drawn that the server has not sent. @type {(choice: Choice) => void} */
    this.onChoice = () => {};
    const smoothing = h("label", { class: "tr-smoothing", title: SMOOTHING }, "smoothing", this.smoothing, this.memory);
    this.grid = h("div", { class: "tr-grid" });
    root.replaceChildren(h("div", { class: "tr-bar" }, this.lanes.element, h("div", { class: "tr-controls" }, smoothing, this.units, this.layer, this.reset, this.plots.element)), this.grid);
    this.painter = new TrainPainter(this);
    new ResizeObserver(() => this.painter.all()).observe(root);
  }

  /** @param {News} news */
  receive(news) {
    if (this.news && this.news.key !== news.key) this.look = readLook(this.address.read());
    this.news = news;
    this.showLanes();
    this.showControls();
    this.showCharts();
    this.painter.all();
  }

  // ---- what the person does ----

  smooth() {
    this.look.smoothing = STOPS[Number(this.smoothing.value)];
    this.showControls();
    this.changed((this.news?.quantities ?? []).filter((each) => each.smoothed).map((each) => each.name));
  }

  /** @param {Unit} unit */
  measure(unit) {
    this.look.x = unit;
    this.look.span = null;
    this.changed();
  }

  /** @param {string} key */
  toggle(key) {
    if (!this.look.hidden.delete(key)) this.look.hidden.add(key);
    this.changed();
  }

  /** @param {string} key */
  isolate(key) {
    const others = (this.news?.lanes ?? []).map((lane) => lane.key).filter((each) => each !== key);
    const alone = !this.look.hidden.has(key) && others.every((each) => this.look.hidden.has(each));
    this.look.hidden = new Set(alone ? [] : others);
    this.changed();
  }

  /**
   * @param {TrainChart} chart
   * @param {Record<string, number>} event what Plotly says of a zoom
   */
  zoomed({ quantity }, event) {
    const range = (/** @type {string} */ axis) => [event[`${axis}.range[0]`], event[`${axis}.range[1]`]];
    const [x, y] = [range("xaxis"), range("yaxis")];
    if (x.every(Number.isFinite)) this.look.span = [x[0], x[1]];
    if (y.every(Number.isFinite)) {
      const log = scaleOf(quantity, this.look) === "log";
      this.look.limits.set(quantity.name, log ? [10 ** y[0], 10 ** y[1]] : [y[0], y[1]]);
    }
    this.changed();
  }

  /** @param {TrainChart} chart */
  unzoomed({ quantity }) {
    this.look.span = null;
    this.look.limits.delete(quantity.name);
    this.changed();
  }

  /** @param {string[] | null} plots null: the usual ones */
  choosePlots(plots) {
    this.look.plots = plots;
    this.choose();
  }

  chooseLayer() {
    this.look.layer = this.layer.value;
    this.choose();
  }

  /** Draws what is there, and asks for the rest. */
  choose() {
    this.showCharts();
    this.changed();
    this.onChoice({ plots: this.look.plots && this.look.plots.join(","), layer: this.look.layer });
  }

  resetAll() {
    const plain = plainLook();
    this.look.span = plain.span;
    this.look.limits = plain.limits;
    this.changed();
  }

  /** @param {string[]} [names] quantities that look different now; all where none are named */
  changed(names) {
    this.showLanes();
    this.showControls();
    for (const chart of this.charts.values()) chart.update(this.news?.notes[chart.quantity.name] ?? []);
    clearTimeout(this.later);
    this.later = setTimeout(() => this.address.write(writeLook(this.address.read(), this.look)), ADDRESS_MS);
    if (names) this.painter.draw(names);
    else this.painter.all();
  }

  // ---- what is on the page ----

  showLanes() {
    this.lanes.update(this.news?.lanes ?? [], this.look.hidden, (lane) => this.painter.shade(lane));
  }

  showControls() {
    const { news } = this;
    if (!news) return;
    const beta = this.beta();
    const stop = STOPS.reduce((best, each, i) => (Math.abs(each - beta) < Math.abs(STOPS[best] - beta) ? i : best), 0);
    this.smoothing.value = String(stop);
    const words = beta === 0 ? "none: every batch" : `${beta}: about ${Math.round(1 / (1 - beta)).toLocaleString("en")} steps`;
    this.smoothing.setAttribute("aria-valuetext", words);
    this.memory.textContent = words;
    const timed = news.lanes.some((lane) => lane.series.seconds?.steps.length);
    if (!this.units.children.length) this.units.append(...UNITS.map((unit) => this.unitButton(unit)));
    for (const [i, unit] of UNITS.entries()) {
      const button = /** @type {HTMLButtonElement} */ (this.units.children[i]);
      button.setAttribute("aria-checked", String(unit === this.look.x));
      button.tabIndex = unit === this.look.x ? 0 : -1;
      button.disabled = unit === "seconds" && !timed && this.look.x !== unit;
      button.title = button.disabled ? "No times were kept for this run." : `Draw over ${unit === "seconds" ? "seconds of training" : `${unit}s`}`;
    }
    this.reset.hidden = !this.look.span && this.look.limits.size === 0;
    this.showLayers(news);
    this.plots.update(news.quantities, this.drawn().map(({ name }) => name), news.notes);
  }

  /** @param {News} news */
  showLayers({ layers, quantities }) {
    this.layer.hidden = layers.length < 2 || !quantities.some(({ layered }) => layered);
    if (this.layer.options.length !== layers.length + 1) {
      this.layer.replaceChildren(...["", ...layers].map((name) => h("option", { value: name }, name || "all layers")));
    }
    if (!layers.includes(this.look.layer)) this.look.layer = "";
    this.layer.value = this.look.layer;
  }

  /** @returns {Quantity[]} those that are drawn; the usual ones where no chosen one is there */
  drawn() {
    const { quantities } = this.news ?? { quantities: [] };
    const { plots } = this.look;
    const chosen = quantities.filter((each) => (plots ? plots.includes(each.name) : each.default));
    return chosen.length ? chosen : quantities.filter((each) => each.default);
  }

  /** Whether the curves of a quantity are those of the layer that is to be seen. @param {Quantity} quantity */
  sent({ name, panel, layered }) {
    const sent = this.news?.sent;
    return panel === this.news?.quantities[0].panel || (sent !== undefined && sent.plots.includes(name) && (!layered || sent.layer === this.look.layer));
  }

  /** @param {Unit} unit */
  unitButton(unit) {
    return h("button", {
      type: "button", role: "radio", onclick: () => this.measure(unit),
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        const turn = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (!turn) return;
        event.preventDefault();
        const buttons = /** @type {HTMLButtonElement[]} */ ([...this.units.children]).filter((each) => !each.disabled);
        const next = buttons.at((buttons.indexOf(/** @type {HTMLButtonElement} */ (event.currentTarget)) + turn) % buttons.length);
        next?.focus();
        next?.click();
      },
    }, unit);
  }

  showCharts() {
    const quantities = this.drawn();
    for (const [name, { section }] of this.charts) {
      if (quantities.some((each) => each.name === name)) continue;
      section.remove();
      this.charts.delete(name);
    }
    for (const quantity of quantities) {
      const chart = this.charts.get(quantity.name);
      if (chart) chart.quantity = quantity;
      else this.charts.set(quantity.name, new TrainChart(quantity, this, () => this.changed([quantity.name])));
    }
    for (const [i, { name }] of quantities.entries()) {
      const section = /** @type {TrainChart} */ (this.charts.get(name)).section;
      if (this.grid.children[i] !== section) this.grid.insertBefore(section, this.grid.children[i] ?? null);
    }
    for (const chart of this.charts.values()) chart.update(this.news?.notes[chart.quantity.name] ?? []);
  }

  beta() {
    return this.look.smoothing ?? fittingStop(this.news?.totalSteps ?? 0);
  }
}

const SMOOTHING =
  "The strong line is an exponential average of the faint one: at each step this share of it stays. It starts at 0 and is divided by 1 - β^t, as Adam's moments are.";
