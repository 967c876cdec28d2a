/**
 * The menu that chooses which charts of a training run are drawn: all there are, under their headings, each with its sentence.
 *
 * @import { Quantity } from "../draw/train_figure.js"
 */
import { h } from "./dom.js";

export class TrainPlots {
  /** @param {(plots: string[] | null) => void} onChoose null: the usual ones */
  constructor(onChoose) {
    this.onChoose = onChoose;
    this.usual = h("button", { type: "button", class: "tr-plain", onclick: () => this.onChoose(null) }, "Usual plots");
    this.list = h("div", { class: "tr-plot-list" });
    this.summary = h("summary", { class: "tr-plain" });
    this.element = h("details", { class: "tr-plots" }, this.summary,
      h("div", { class: "tr-plots-pop", role: "group", "aria-label": "Plots" }, h("div", { class: "tr-plots-head" }, h("b", {}, "Plots"), this.usual), this.list));
    /** @type {Map<string, {quantity: Quantity, box: HTMLInputElement, cost: HTMLElement}>} */
    this.entries = new Map();
    this.listen();
  }

  listen() {
    const { element } = this;
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

  /**
   * @param {Quantity[]} quantities all there are
   * @param {string[]} chosen names of those that are drawn
   * @param {Record<string, string[]>} notes of monitors; the first sentence is what it costs
   */
  update(quantities, chosen, notes) {
    const names = quantities.map(({ name }) => name);
    if (names.join() !== [...this.entries.keys()].join()) this.build(quantities);
    for (const [name, { box, cost }] of this.entries) {
      box.checked = chosen.includes(name);
      // aria-disabled, not disabled: the last one keeps the focus, and says why it stays.
      const last = box.checked && chosen.length === 1;
      box.setAttribute("aria-disabled", String(last));
      box.title = last ? "One plot stays" : "";
      const words = notes[name]?.[0] ?? "";
      if (cost.textContent !== words) cost.textContent = words;
    }
    this.summary.textContent = `Plots: ${chosen.length} of ${names.length}`;
    this.usual.disabled = quantities.every((each) => each.default === chosen.includes(each.name));
  }

  /** @param {Quantity[]} quantities */
  build(quantities) {
    this.entries = new Map(quantities.map((quantity) => [quantity.name, {
      quantity,
      box: h("input", { type: "checkbox", id: `tr-plot-${quantity.name}`, "aria-describedby": `tr-plot-help-${quantity.name}`, onchange: () => this.toggle(quantity.name) }),
      cost: h("span", { class: "tr-cost" }),
    }]));
    const panels = [...new Set(quantities.map(({ panel }) => panel))];
    this.list.replaceChildren(...panels.map((panel) => h("fieldset", {}, h("legend", {}, panel),
      ...[...this.entries.values()].filter(({ quantity }) => quantity.panel === panel).map(({ quantity: { name, title, help }, box, cost }) =>
        h("div", { class: "tr-plot-entry" }, box, h("label", { for: `tr-plot-${name}` }, title), h("p", { id: `tr-plot-help-${name}` }, help, " ", cost))))));
  }

  /** @param {string} name */
  toggle(name) {
    const chosen = [...this.entries].filter(([, { box }]) => box.checked).map(([each]) => each);
    if (chosen.length) this.onChoose(chosen);
    else /** @type {HTMLInputElement} */ (this.entries.get(name)?.box).checked = true;
  }
}
