/**
 * The charts of training runs with the controls that stand over them. Everything a person can change here is done in the
 * browser from the points that were logged: the server is not asked.
 *
 * @import { Lane, Quantity, Curve } from "../draw/train_figure.js"
 * @import { Unit } from "../state/train_look.js"
 * @typedef {{theme: Record<"light" | "dark", Record<string, string>>, dark: Record<string, string>, legible: Record<"light" | "dark", Record<string, string>>}} Colours
 * @typedef {{key: string, lanes: Lane[], quantities: Quantity[], palette: string[], colours: Colours, totalSteps: number, epochs: number, layers: string[], sent: {plots: string[], layer: string}, notes: Record<string, string[]>}} News sent: whose curves the lanes have
 * @typedef {{plots: string | null, layer: string}} Choice what the server is to send
 * @typedef {{quantity: Quantity, section: HTMLElement, plot: any, scale: HTMLButtonElement, low: HTMLInputElement, high: HTMLInputElement, heading: HTMLElement, notes: HTMLElement, painted: boolean}} Chart
 */
import { markerPath } from "../draw/canvas.js";
import { themed } from "../draw/figure_style.js";
import { loadPlotly } from "../draw/plotly.js";
import { isDark } from "../draw/theme.js";
import { fittingStop, STOPS } from "../state/smoothing.js";
import { pair, plainLook, readLook, UNITS, writeLook } from "../state/train_look.js";
import { h, svg } from "./dom.js";
import { TrainPlots } from "./train_plots.js";
import { curveOf, figure, scaleOf, written } from "../draw/train_figure.js";

const ADDRESS_MS = 250;
const HEIGHTS = { first: 340, other: 240 };

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
    /** @type {Map<string, Chart>} */
    this.charts = new Map();
    /** @type {Set<string>} what is drawn next */
    this.due = new Set();
    this.lanes = h("div", { class: "tr-lanes", role: "group", "aria-label": "Lanes" });
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
    root.replaceChildren(h("div", { class: "tr-bar" }, this.lanes, h("div", { class: "tr-controls" }, smoothing, this.units, this.layer, this.reset, this.plots.element)), this.grid);
    new ResizeObserver(() => this.drawAll()).observe(root);
  }

  /** @param {News} news */
  receive(news) {
    if (this.news && this.news.key !== news.key) this.look = readLook(this.address.read());
    this.news = news;
    this.showLanes();
    this.showControls();
    this.showCharts();
    this.drawAll();
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

  /** @param {Quantity} quantity */
  rescale(quantity) {
    const scale = scaleOf(quantity, this.look) === "log" ? "linear" : "log";
    this.look.scales.set(quantity.name, scale);
    this.look.limits.delete(quantity.name);
    this.changed([quantity.name]);
  }

  /** @param {Chart} chart */
  limit({ quantity, low, high }) {
    const factor = quantity.form === "percent" ? 100 : 1;
    const range = pair([low.value, high.value]);
    const positive = !range || scaleOf(quantity, this.look) === "linear" || range[0] > 0;
    const empty = !low.value.trim() && !high.value.trim();
    const right = empty || (range !== null && positive);
    for (const input of [low, high]) input.setAttribute("aria-invalid", String(!right));
    if (!right) return;
    if (range) this.look.limits.set(quantity.name, [range[0] / factor, range[1] / factor]);
    else this.look.limits.delete(quantity.name);
    this.changed([quantity.name]);
  }

  /**
   * @param {Chart} chart
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

  /** @param {Chart} chart */
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
    for (const chart of this.charts.values()) this.showChart(chart);
    clearTimeout(this.later);
    this.later = setTimeout(() => this.address.write(writeLook(this.address.read(), this.look)), ADDRESS_MS);
    if (names) this.draw(names);
    else this.drawAll();
  }

  // ---- what is on the page ----

  showLanes() {
    const lanes = this.news?.lanes ?? [];
    for (const extra of [...this.lanes.children].slice(lanes.length)) extra.remove();
    for (const [i, lane] of lanes.entries()) {
      const button = /** @type {HTMLButtonElement} */ (this.lanes.children[i] ?? this.lanes.appendChild(this.laneButton(i)));
      const seen = !this.look.hidden.has(lane.key);
      button.setAttribute("aria-pressed", String(seen));
      button.style.setProperty("--lane", this.shade(lane));
      button.title = `${lane.title}: a click ${seen ? "hides" : "shows"} it, a double click or the key O shows it alone`;
      const lines = lanes.some(({ dash }) => dash !== lanes[0].dash);
      const name = `${lane.marker} ${lines && lane.dash} ${lane.title}`;
      if (button.dataset.look !== name) {
        button.dataset.look = name;
        button.replaceChildren(svg(markerPath(lane.marker, 6), "-9 -9 18 18"), ...(lines ? [sample(lane.dash)] : []), h("span", {}, lane.title));
      }
    }
  }

  /** @param {number} index */
  laneButton(index) {
    const key = () => this.news?.lanes[index]?.key ?? "";
    return h("button", {
      type: "button",
      onclick: () => this.toggle(key()),
      ondblclick: () => this.isolate(key()),
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key.toLowerCase() === "o" && !event.ctrlKey && !event.metaKey) this.isolate(key());
      },
    });
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
      else this.charts.set(quantity.name, this.chart(quantity));
    }
    for (const [i, { name }] of quantities.entries()) {
      const section = /** @type {Chart} */ (this.charts.get(name)).section;
      if (this.grid.children[i] !== section) this.grid.insertBefore(section, this.grid.children[i] ?? null);
    }
    for (const chart of this.charts.values()) this.showChart(chart);
  }

  /**
   * @param {Quantity} quantity
   * @returns {Chart}
   */
  chart(quantity) {
    const input = (/** @type {string} */ label) => h("input", { inputmode: "decimal", placeholder: "auto", autocomplete: "off", "aria-label": `${quantity.title}, ${label}`, onchange: () => this.limit(made) });
    const scale = h("button", { type: "button", class: "tr-plain", onclick: () => this.rescale(made.quantity) });
    const [low, high] = [input("lower end of the axis"), input("upper end of the axis")];
    const plot = h("div", { class: "tr-plot", role: "img", "data-testid": `plot-train-${quantity.name}` });
    const tools = h("div", { class: "tr-tools" }, ...(quantity.positive ? [scale] : []), h("span", { class: "tr-limits" }, "y", low, "to", high, ...(quantity.form === "percent" ? ["%"] : [])));
    const heading = h("h3", {}, quantity.title);
    const notes = h("p", { class: "tr-notes" });
    const section = h("section", { class: "tr-chart" }, h("header", {}, heading, tools), plot, notes);
    /** @type {Chart} */
    const made = { quantity, section, plot, scale, low, high, heading, notes, painted: false };
    return made;
  }

  /** @param {Chart} chart */
  showChart({ quantity, scale, low, high, heading, notes }) {
    const { layer } = this.look;
    heading.textContent = quantity.title + (quantity.layered && layer ? `, ${layer}` : "");
    const words = (this.news?.notes[quantity.name] ?? []).join(" ");
    if (notes.textContent !== words) notes.textContent = words;
    const now = scaleOf(quantity, this.look);
    scale.textContent = now;
    scale.title = `The axis is ${now === "log" ? "logarithmic: a click makes it linear" : "linear: a click makes it logarithmic"}`;
    scale.setAttribute("aria-label", `${quantity.title}, axis: ${now}`);
    const factor = quantity.form === "percent" ? 100 : 1;
    const limits = this.look.limits.get(quantity.name);
    for (const [i, field] of [low, high].entries()) {
      if (document.activeElement === field) continue;
      field.value = limits ? String(Number((limits[i] * factor).toPrecision(4))) : "";
      field.setAttribute("aria-invalid", "false");
    }
  }

  // ---- drawing ----

  drawAll() {
    this.draw([...this.charts.keys()]);
  }

  /** @param {string[]} names */
  draw(names) {
    if (!this.due.size) {
      void loadPlotly().then(
        (Plotly) => requestAnimationFrame(() => this.paint(Plotly)),
        (/** @type {Error} */ error) => this.grid.replaceChildren(`The charts could not be drawn: ${error.message}. Reload the page to try again.`),
      );
    }
    for (const name of names) this.due.add(name);
  }

  /** @param {any} Plotly */
  paint(Plotly) {
    const charts = [...this.due].flatMap((name) => this.charts.get(name) ?? []);
    this.due.clear();
    const { news } = this;
    if (!news) return;
    const style = getComputedStyle(this.root);
    const mode = isDark(style.getPropertyValue("--st-background-color").trim() || "#ffffff") ? "dark" : "light";
    const font = style.getPropertyValue("--st-font") || "system-ui, sans-serif";
    const roles = news.colours.theme[mode];
    const lanes = news.lanes.filter((lane) => !this.look.hidden.has(lane.key));
    const widths = charts.map(({ plot }) => Math.floor(plot.clientWidth));
    for (const [i, chart] of charts.entries()) {
      if (!widths[i]) continue;
      const height = [this.grid.children[0], this.grid.children[1]].includes(chart.section) ? HEIGHTS.first : HEIGHTS.other;
      const there = this.sent(chart.quantity);
      const quantity = there ? chart.quantity : { ...chart.quantity, waiting: "being read …" };
      const curves = there ? lanes.flatMap((lane) => curveOf(lane, quantity, this.look.x, this.beta()) ?? []) : [];
      const paper = {
        width: widths[i], height, muted: roles.muted, text: measure(font),
        shade: (/** @type {Lane} */ lane) => this.shade(lane, mode),
        words: (/** @type {Lane} */ lane) => news.colours.legible[mode][news.palette[lane.colour].toLowerCase()] ?? this.shade(lane, mode),
      };
      const { data, layout } = figure(quantity, curves, this.look, this.end(curves), paper);
      this.put(Plotly, chart, data, themed({ ...layout, dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom", uirevision: null }, roles, { width: widths[i], height, font }));
      chart.plot.setAttribute("aria-label", label(chart.quantity, curves));
    }
  }

  /**
   * @param {any} Plotly
   * @param {Chart} chart
   * @param {any[]} data
   * @param {any} layout
   */
  put(Plotly, chart, data, layout) {
    // Plotly's own double click would go back to the ranges of the first drawing: of an empty chart, 0 to 1.
    void Plotly.react(chart.plot, data, { ...layout, uirevision: undefined }, { displayModeBar: false, responsive: false, doubleClick: false, showTips: false });
    chart.plot.dataset.paints = String(Number(chart.plot.dataset.paints ?? 0) + 1);
    if (chart.painted) return;
    chart.painted = true;
    chart.plot.on("plotly_relayout", (/** @type {Record<string, number>} */ event) => this.zoomed(chart, event));
    chart.plot.on("plotly_doubleclick", () => this.unzoomed(chart));
  }

  beta() {
    return this.look.smoothing ?? fittingStop(this.news?.totalSteps ?? 0);
  }

  /**
   * @param {Curve[]} curves
   * @returns {number} where the x axis ends: that of the whole run, so that it stands still while the curves grow
   */
  end(curves) {
    const last = Math.max(0, ...curves.map(({ line }) => line.x[line.x.length - 1]).filter(Number.isFinite));
    const whole = this.look.x === "step" ? this.news?.totalSteps : this.look.x === "epoch" ? this.news?.epochs : 0;
    return Math.max(last, whole ?? 0) || 1;
  }

  /**
   * @param {Lane} lane
   * @param {"light" | "dark"} [mode]
   */
  shade(lane, mode) {
    const { news } = this;
    const light = news?.palette[lane.colour] ?? "#888888";
    const dark = (mode ?? (isDark(getComputedStyle(this.root).getPropertyValue("--st-background-color").trim() || "#ffffff") ? "dark" : "light")) === "dark";
    return (dark && news?.colours.dark[light.toLowerCase()]) || light;
  }
}

const SMOOTHING =
  "The strong line is an exponential average of the faint one: at each step this share of it stays. It starts at 0 and is divided by 1 - β^t, as Adam's moments are.";

/** As Plotly draws its dashes: the line styles of the runs of a comparison. */
const SAMPLES = ["none", "5 3", "1.5 2.5", "6 2 1.5 2", "8 3", "8 2 1.5 2"];

/** @param {number} dash */
function sample(dash) {
  const line = svg("M0,4H22", "0 0 22 8");
  line.classList.add("tr-line");
  line.style.strokeDasharray = SAMPLES[dash % SAMPLES.length];
  return line;
}

/** @type {Map<string, CanvasRenderingContext2D>} */
const pens = new Map();

/**
 * @param {string} font
 * @returns {(words: string) => number} how wide words of 12 px are
 */
function measure(font) {
  let pen = pens.get(font);
  if (!pen) {
    pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
    pen.font = `12px ${font}`;
    pens.set(font, pen);
  }
  const context = pen;
  return (words) => context.measureText(words).width;
}

/**
 * Says what can be seen: the last value of every curve.
 *
 * @param {Quantity} quantity
 * @param {Curve[]} curves
 */
function label(quantity, curves) {
  const last = curves.map(({ lane, line }) => `${lane.title} ${written(line.y[line.y.length - 1], quantity)}`);
  return `${quantity.title}: ${last.join(", ") || "nothing yet"}`;
}
