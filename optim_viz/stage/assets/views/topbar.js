/**
 * The top line: where one can go, the surface, the run's settings (start, steps, noise, seed), view and link.
 *
 * @import { Lab } from "../state/lab.js"
 * @import { Problem, Scenario } from "../state/types.js"
 *
 * @typedef {object} TopEvents
 * @property {(change: Partial<Scenario>) => void} change
 * @property {(name: string) => void} surface of the catalog
 * @property {(view: Scenario["view"]) => void} view
 * @property {() => void} link
 * @property {() => void} page the lab in one file
 * @property {() => void} copied the picture on the clipboard
 * @property {() => void} drawing a picture or a film
 * @property {() => void} data its numbers
 * @property {() => void} table the runs, as a table that the browser makes
 * @property {() => void} script its runs as a program, and its rules as LaTeX
 * @property {() => void} save
 * @property {() => void} reset
 */
import { h, setProblem } from "./dom.js";
import { exact } from "../state/format.js";
import { linkQuery } from "../state/scenario_link.js";
import { pretty, readOtherwise } from "./about.js";
import { typed } from "../state/typed_number.js";

const VIEWS = /** @type {[Scenario["view"], string][]} */ ([["overlay", "Overlay"], ["panels", "Side by side"], ["3d", "3D"]]);

/** Fields of the scenario that stand in the settings of the run. */
export const SETTINGS = ["start", "steps", "noise", "seed", "cloud", "domain"];

class Field {
  /**
   * @param {string} label
   * @param {string} name accessible name
   * @param {string} size
   * @param {(text: string) => void} onchange
   */
  constructor(label, name, size, onchange) {
    this.input = h("input", { type: "text", "aria-label": name, class: `ov-field-${size}`, spellcheck: "false", autocomplete: "off", onchange: () => onchange(this.input.value) });
    this.message = h("p", { class: "ov-problem", role: "alert", hidden: true });
    this.element = h("label", { class: "ov-field" }, h("span", {}, label), this.input, this.message);
  }

  /** @param {string} text @param {string} problem */
  update(text, problem) {
    if (document.activeElement !== this.input && (!problem || !this.input.value) && this.input.value !== text) this.input.value = text;
    setProblem(this.input, this.message, problem);
  }
}

export class TopBar {
  /** @param {TopEvents} events */
  constructor(events) {
    this.events = events;
    this.surface = h("select", { "aria-label": "Surface", onchange: () => this.chooseSurface() });
    /** @type {Lab | null} */ this.lab = null;
    /** @type {import("../state/types.js").Catalog | null} */ this.offered = null; // what the menu of surfaces was made of
    this.formula = new Field("f(x, y) =", "Formula", "wide", (text) => events.change({ formula: text }));
    this.formula.element.classList.add("ov-own"); // it stands below the header
    this.domain = new Field("domain", "Domain", "mid", (text) => events.change({ domain: /** @type {any} */ (pairs(text)) }));
    this.parameters = h("span", { class: "ov-parameters" });
    /** @type {Map<string, Field>} */ this.parameterFields = new Map();
    this.start = new Field("start", "Start x, y", "mid", (text) => events.change({ start: /** @type {any} */ (text.split(",").map(typed)) }));
    this.steps = new Field("steps", "Steps", "small", (text) => events.change({ steps: typed(text) }));
    this.noise = new Field("noise", "Gradient noise", "small", (text) => events.change({ noise: typed(text) }));
    this.seed = new Field("seed", "Seed", "small", (text) => events.change({ seed: typed(text) }));
    this.cloud = new Field("cloud", "Cloud: starts, spread", "mid", (text) => events.change({ cloud: text.trim() ? /** @type {any} */ (text.split(",").map(typed)) : null }));
    this.cloud.input.placeholder = "none";
    this.views = h("div", { class: "ov-views", role: "group", "aria-label": "View" }, ...VIEWS.map(([view, title]) =>
      h("button", { type: "button", "data-name": view, "aria-pressed": "false", onclick: () => events.view(view) }, title)));
    this.link = h("button", { type: "button", class: "ov-primary", onclick: () => events.link() }, "Copy link");
    this.pages = h("nav", { class: "ov-pages", "aria-label": "Pages", hidden: true });
    this.settings = h("details", { class: "ov-menu ov-settings" }, h("summary", {}),
      h("div", { class: "ov-pop", role: "group", "aria-label": "Settings of the run" },
        ...[this.start, this.steps, this.noise, this.seed, this.cloud, this.domain].map((field) => field.element)));
    closes(this.settings);
    this.wrong = ""; // the settings that were wrong when it was looked last
    this.element = h("header", { class: "ov-top" }, h("h1", { class: "ov-brand" }, "optim_viz"), this.pages,
      h("label", { class: "ov-field ov-choose" }, h("span", {}, "surface"), this.surface),
      this.parameters, this.settings, this.views, h("span", { class: "ov-space" }), this.link, this.menu());
  }

  /** Says the settings in brief, and opens them when one of them is wrong, unless a note tells it. @param {Scenario} current @param {Problem[]} problems @param {boolean} noted */
  updateSettings({ steps, noise, cloud }, problems, noted) {
    const summary = /** @type {HTMLElement} */ (this.settings.firstElementChild);
    const text = `${exact(steps)} steps${Number(noise) === 0 ? "" : `, noise ${exact(noise)}`}${cloud ? `, cloud of ${exact(cloud[0])}` : ""}`;
    if (summary.textContent !== text) summary.textContent = text;
    const wrong = problems.filter(({ field }) => SETTINGS.includes(field)).map(({ field, message }) => `${field}: ${message}`).join("\n");
    if (wrong && wrong !== this.wrong && !noted) this.settings.open = true;
    this.wrong = wrong;
  }

  menu() {
    const { events } = this;
    /** @param {string} text @param {() => void} act @param {string} [needs] what a host may not have */
    const item = (text, act, needs = "") => h("button", { type: "button", "data-needs": needs || null, onclick: () => {
      summary.focus(); // a dialog that opens gives the focus back to where it was
      details.open = false;
      act();
    } }, text);
    const summary = h("summary", { "aria-label": "More" }, "More");
    const details = h("details", { class: "ov-menu" }, summary,
      h("div", { class: "ov-pop" }, item("Save as a page", () => events.page(), "python"),
        item("Copy picture", () => events.copied()), item("Save a picture or film", () => events.drawing(), "python"),
        item("Save data", () => events.data(), "python"), item("Save runs as CSV", () => events.table(), "no python"),
        item("Copy script or LaTeX", () => events.script(), "python"), item("Save scenario as JSON", () => events.save()),
        item("Back to the first scenario", () => events.reset())));
    closes(details);
    return details;
  }

  chooseSurface() {
    const header = this.lab?.header;
    if (!header) return;
    const name = this.surface.value;
    if (name === "formula") {
      this.events.change({ surface: name, formula: header.surface.text, domain: header.surface.domain, parameters: {}, zoom: null });
    } else {
      this.events.surface(name);
    }
  }

  /** @param {Lab} lab @param {Problem[]} problems @param {boolean} noted whether messages stand in a note above the picture */
  update(lab, problems, noted) {
    this.lab = lab;
    const header = lab.header;
    const { catalog, current } = lab;
    if (!catalog || !header) return;
    if (this.offered !== catalog) {
      this.offered = catalog;
      const groups = [...new Set(catalog.surfaces.map((item) => item.group))];
      this.surface.replaceChildren(...groups.map((group) => h("optgroup", { label: group },
        ...catalog.surfaces.filter((item) => item.group === group).map((item) => h("option", { value: item.name }, item.title)))),
      h("option", { value: "formula" }, "Your own formula"));
    }
    if (this.pages.childElementCount !== header.pages.length) {
      // The lab is the page without a path; on it, a link there would only lose what is on screen.
      this.pages.replaceChildren(...header.pages.map(({ title, path }) => (path ? this.pageLink(title, path) : h("span", { "aria-current": "page", "data-title": title }, title))));
      this.pages.hidden = header.pages.length === 0;
    }
    /** @param {string} field */
    const problem = (field) => problems.find((item) => item.field === field)?.message ?? "";
    if (document.activeElement !== this.surface) this.surface.value = current.surface;
    const own = current.surface === "formula";
    this.formula.element.hidden = this.domain.element.hidden = !own;
    this.updateSettings(current, problems, noted);
    this.formula.update(current.formula, problem("formula"));
    this.formula.input.title = readOtherwise(header) ? `Read as ${pretty(header.surface.text)}` : "";
    this.domain.update(asTyped(current.domain ?? header.surface.domain), problem("domain"));
    this.start.update(asTyped(current.start), problem("start"));
    this.steps.update(exact(current.steps), problem("steps"));
    this.noise.update(exact(current.noise), problem("noise"));
    this.seed.update(exact(current.seed), problem("seed"));
    this.cloud.update(current.cloud ? asTyped(current.cloud) : "", problem("cloud"));
    this.updateParameters(lab, problem);
    for (const button of this.views.children) {
      button.setAttribute("aria-pressed", String(button instanceof HTMLElement && button.dataset.name === current.view));
    }
  }

  /** A link to another page; that to the maps takes along what is on screen when it is followed. @param {string} title @param {string} path */
  pageLink(title, path) {
    const link = h("a", { href: path, "data-title": title, onclick: () => {
      if (path === "maps" && this.lab?.header) link.href = `maps?${linkQuery(this.lab.header.query, this.lab.current, null)}`;
    } }, title);
    return link;
  }

  /** @param {Lab} lab @param {(field: string) => string} problem */
  updateParameters(lab, problem) {
    const list = lab.header?.surface.parameters ?? [];
    if ([...this.parameterFields.keys()].join() !== list.map((item) => item.name).join()) {
      this.parameterFields = new Map(list.map((item) => [item.name, new Field(item.symbol, item.help, "small", (text) =>
        this.events.change({ parameters: { ...lab.current.parameters, [item.name]: typed(text) } }))]));
      this.parameters.replaceChildren(...[...this.parameterFields.values()].map((field) => field.element));
    }
    for (const item of list) this.parameterFields.get(item.name)?.update(exact(item.value), problem(`parameters.${item.name}`));
  }
}

/** A menu closes when the focus or a press goes elsewhere, and with Escape. @param {HTMLDetailsElement} details */
function closes(details) {
  details.addEventListener("focusout", (event) => {
    if (event.relatedTarget instanceof Node && !details.contains(event.relatedTarget)) details.open = false;
  });
  document.addEventListener("pointerdown", (event) => {
    if (details.open && !event.composedPath().includes(details)) details.open = false;
  });
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    event.stopPropagation();
    details.open = false;
    details.querySelector("summary")?.focus();
  });
}

/** @param {string} text "x0, x1, y0, y1" @returns {unknown} pairs where it is four parts, else the text for Python to judge */
function pairs(text) {
  const parts = text.split(",").map(typed);
  return parts.length === 4 ? [[parts[0], parts[1]], [parts[2], parts[3]]] : text;
}

/** @param {unknown} value numbers in any nesting, or what a person typed and Python has not judged yet @returns {string} */
function asTyped(value) {
  return Array.isArray(value) ? value.flat().map(exact).join(", ") : String(value);
}
