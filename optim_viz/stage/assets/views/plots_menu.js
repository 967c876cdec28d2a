/**
 * The menu that chooses which diagnostics are drawn: all that the catalog has, and the states that the lanes on screen keep,
 * under their headings, each with its sentence.
 *
 * @import { Lab } from "../state/lab.js"
 * @import { PlotInfo } from "../state/types.js"
 */
import { h } from "./dom.js";

export class PlotsMenu {
  /** @param {(plots: string[]) => void} onChoose */
  constructor(onChoose) {
    this.onChoose = onChoose;
    this.count = h("span", { class: "ov-muted" });
    this.list = h("div", { class: "ov-plot-list" });
    this.usual = h("button", { type: "button", class: "ov-usual", onclick: () => this.choose(this.infos.filter((info) => info.default)) }, "Usual plots");
    this.summary = h("summary", { class: "ov-plots-button" }, "Plots");
    this.element = h("details", { class: "ov-plots" }, this.summary,
      h("div", { class: "ov-pop", role: "group", "aria-label": "Plots" },
        h("div", { class: "ov-plots-head" }, h("b", {}, "Plots over time"), this.count, this.usual), this.list));
    /** @type {PlotInfo[]} */ this.infos = [];
    this.built = "";
    /** @type {Map<string, HTMLInputElement>} */ this.boxes = new Map();
    this.listen();
  }

  listen() {
    const { element } = this;
    // What lies under the menu moves the clock when it is pressed.
    for (const type of ["pointerdown", "pointermove", "click"]) element.addEventListener(type, (event) => event.stopPropagation());
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !element.open) return;
      event.stopPropagation();
      element.open = false;
      this.summary.focus();
    });
    element.addEventListener("focusout", (event) => {
      if (event.relatedTarget instanceof Node && !element.contains(event.relatedTarget)) element.open = false;
    });
    document.addEventListener("pointerdown", (event) => {
      if (!event.composedPath().includes(element)) element.open = false;
    });
  }

  /** @param {Lab} lab */
  update(lab) {
    const infos = lab.plots;
    const key = JSON.stringify(infos);
    if (key !== this.built) this.build(infos, key);
    const chosen = lab.current.plots;
    for (const [name, box] of this.boxes) {
      box.checked = chosen.includes(name);
      // aria-disabled, not disabled: the last one keeps the focus, and says why it stays.
      const last = box.checked && chosen.length === 1;
      box.setAttribute("aria-disabled", String(last));
      box.title = last ? "One plot stays" : "";
    }
    this.count.textContent = `${chosen.length} of ${infos.length}`;
    this.usual.disabled = infos.every((info) => info.default === chosen.includes(info.name));
  }

  /** @param {PlotInfo[]} infos @param {string} key of them */
  build(infos, key) {
    const focused = [...this.boxes].find(([, box]) => box === document.activeElement)?.[0];
    this.infos = infos;
    this.built = key;
    this.boxes = new Map(infos.map((info) => [info.name, h("input", {
      type: "checkbox", id: `ov-plot-${info.name}`, "aria-describedby": `ov-plot-help-${info.name}`, onchange: () => this.toggle(info),
    })]));
    const panels = [...new Set(infos.map((info) => info.panel))];
    this.list.replaceChildren(...panels.map((panel) => h("fieldset", {}, h("legend", {}, panel),
      ...infos.filter((info) => info.panel === panel).map((info) => this.entry(info)))));
    if (focused) this.boxes.get(focused)?.focus(); // a state came or went while the menu was in use
  }

  /** @param {PlotInfo} info */
  entry({ name, title, help }) {
    return h("div", { class: "ov-plot-entry" }, /** @type {HTMLInputElement} */ (this.boxes.get(name)),
      h("label", { for: `ov-plot-${name}` }, ...subscripted(title)), h("p", { id: `ov-plot-help-${name}` }, help));
  }

  /** @param {PlotInfo} info */
  toggle(info) {
    const chosen = this.infos.filter(({ name }) => this.boxes.get(name)?.checked);
    if (chosen.length) this.choose(chosen);
    else /** @type {HTMLInputElement} */ (this.boxes.get(info.name)).checked = true;
  }

  /** @param {PlotInfo[]} infos */
  choose(infos) {
    this.onChoose(infos.map(({ name }) => name));
  }
}

/**
 * A title with its coordinate, "ᵢ", as a subscript that can be read.
 *
 * @param {string} title
 * @returns {(Node | string)[]}
 */
function subscripted(title) {
  return title.split("ᵢ").flatMap((part, at) => (at ? [h("sub", {}, "i"), part] : [part]));
}
