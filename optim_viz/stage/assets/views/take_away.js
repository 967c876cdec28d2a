/**
 * "Save data" and "Copy script or LaTeX": what somebody takes away of the lab's numbers and rules. Python makes it when it is asked
 * for; the browser has it saved or copied.
 *
 * @import { Connection } from "../state/connection.js"
 * @import { Lab } from "../state/lab.js"
 * @import { Choice, Taken, Wish } from "../state/types.js"
 */
import { copyText, saveFile } from "./copy_save.js";
import { h } from "./dom.js";

/** A dialog that asks Python for one thing at a time. */
class Asking {
  /** @param {Lab} lab @param {Connection} link @param {(text: string) => void} say */
  constructor(lab, link, say) {
    this.lab = lab;
    this.link = link;
    this.say = say;
    /** @type {Wish | null} */ this.waiting = null; // what Python has not answered yet
    this.told = h("p", { role: "status" });
  }

  /** @param {Wish} wish @param {string} meanwhile */
  want(wish, meanwhile) {
    this.waiting = wish;
    this.told.textContent = meanwhile;
    this.link.wantTaken(wish);
  }

  /** Python answered: maybe this. @returns {Taken | null} */
  answer() {
    const { taken } = this.lab;
    const { waiting } = this;
    if (!waiting) return null;
    if (taken && JSON.stringify(taken.wish) === JSON.stringify(waiting)) {
      this.waiting = this.lab.taken = null;
      this.told.textContent = taken.problem ?? "";
      return taken.problem === undefined ? taken : null;
    }
    if (this.link.wishes.take === null) { // it came to nothing: the answer says why
      this.waiting = null;
      this.told.textContent = `This cannot be made. ${this.lab.header?.problems.map(({ message }) => message).join(" ") ?? ""}`;
    }
    return null;
  }
}

export class SaveData extends Asking {
  /** @param {Lab} lab @param {Connection} link @param {(text: string) => void} say */
  constructor(lab, link, say) {
    super(lab, link, say);
    this.tables = new Choices("ov-take-table", "What");
    this.formats = new Choices("ov-take-format", "As");
    this.save = h("button", { type: "submit", class: "ov-primary", title: "Puts the file where the browser keeps downloads." }, "Save the file");
    this.element = dialog("ov-save-data", "Save data", (event) => { event.preventDefault(); this.make(); },
      h("p", {}, "Every number that the lab shows, in full: as a table, with all digits of float64, names and units."),
      this.tables.element, this.formats.element, this.told,
      h("div", {}, h("button", { type: "button", class: "ov-plain", "aria-label": "Cancel saving data", title: "Saves nothing. Key: Esc.", onclick: () => this.element.close() }, "Cancel"), this.save));
  }

  ask() {
    const takes = this.lab.catalog?.takes;
    if (!takes) return;
    this.told.textContent = "";
    const step = this.lab.now;
    const { current } = this.lab;
    const there = takes.tables.filter(({ needs }) => !needs || current[/** @type {keyof typeof current} */ (needs)]);
    this.tables.fill(there.map((table) => (table.name === "scoreboard" ? { ...table, title: `${table.title}, at step ${step}` } : table)));
    this.formats.fill(takes.formats);
    this.element.showModal();
  }

  make() {
    this.save.disabled = true;
    this.want({ kind: "table", name: this.tables.chosen, format: this.formats.chosen }, "Making the file …");
  }

  update() {
    const taken = this.answer();
    if (!this.waiting) this.save.disabled = false;
    if (!taken || !this.element.open) return;
    saveFile(taken.file, part(taken), taken.media);
    this.element.close();
    this.say(`${taken.file} is saved, ${size(taken.bytes.length)}.`);
  }
}

export class CopyScript extends Asking {
  /** @param {Lab} lab @param {Connection} link @param {(text: string) => void} say */
  constructor(lab, link, say) {
    super(lab, link, say);
    this.scripts = new Choices("ov-take-script", "For", () => this.write());
    this.text = h("textarea", { readonly: true, "aria-label": "Script", title: "The text to copy or save; it can be read here, not changed.", spellcheck: "false", wrap: "off", rows: 14 });
    this.copy = h("button", { type: "button", class: "ov-primary", title: "Puts the text on the clipboard.", onclick: () => void this.copied() }, "Copy");
    this.save = h("button", { type: "button", class: "ov-plain", title: "Puts a file where the browser keeps downloads.", onclick: () => this.saved() }, "Save as a file");
    /** @type {Taken | null} */ this.shown = null;
    this.element = dialog("ov-copy-script", "Copy script or LaTeX", (event) => event.preventDefault(),
      h("p", {}, "These runs as a program or as formulas, with this lab's numbers in it."),
      this.scripts.element, this.told, this.text,
      h("div", {}, h("button", { type: "button", class: "ov-plain", "aria-label": "Close the script", title: "Key: Esc.", onclick: () => this.element.close() }, "Close"), this.save, this.copy));
  }

  ask() {
    const takes = this.lab.catalog?.takes;
    if (!takes) return;
    this.scripts.fill(takes.scripts);
    this.element.showModal();
    this.write();
  }

  write() {
    this.shown = null;
    this.text.value = "";
    this.copy.disabled = this.save.disabled = true;
    this.want({ kind: "script", name: this.scripts.chosen }, "Writing it …");
  }

  update() {
    const taken = this.answer();
    if (!taken || !this.element.open) return;
    this.shown = taken;
    this.text.value = new TextDecoder().decode(taken.bytes);
    this.text.scrollTop = 0;
    this.told.textContent = this.lab.catalog?.takes.scripts.find(({ name }) => name === taken.wish.name)?.help ?? "";
    this.copy.disabled = this.save.disabled = false;
  }

  async copied() {
    if (await copyText(this.text.value, this.element)) this.told.textContent = "Copied.";
    else this.told.textContent = "The browser did not allow copying. Copy the text in the box.";
  }

  saved() {
    if (this.shown) saveFile(this.shown.file, part(this.shown), "text/plain");
  }
}

/** A choice of one among a few, all in sight. */
class Choices {
  /** @param {string} name @param {string} title @param {() => void} [onchange] */
  constructor(name, title, onchange = () => {}) {
    this.name = name;
    this.element = h("fieldset", { onchange }, h("legend", {}, title));
    this.key = "";
  }

  /** @param {Choice[]} choices */
  fill(choices) {
    const key = JSON.stringify(choices);
    if (key === this.key) return;
    const before = this.key ? this.chosen : "";
    this.key = key;
    const legend = /** @type {HTMLElement} */ (this.element.firstElementChild);
    this.element.replaceChildren(legend, ...choices.map(({ name, title }, i) => h("label", {},
      h("input", { type: "radio", name: this.name, value: name, checked: before ? name === before : i === 0 }), title)));
  }

  /** @returns {string} its name */
  get chosen() {
    return /** @type {HTMLInputElement | null} */ (this.element.querySelector("input:checked"))?.value ?? "";
  }
}

/** @param {string} kind @param {string} title @param {(event: SubmitEvent) => void} onsubmit @param {HTMLElement[]} content */
function dialog(kind, title, onsubmit, ...content) {
  return h("dialog", { class: `ov-take ${kind}`, "aria-labelledby": `${kind}-title` },
    h("form", { method: "dialog", onsubmit: (/** @type {SubmitEvent} */ event) => onsubmit(event) }, h("h2", { id: `${kind}-title` }, title), ...content));
}

/** @param {Taken} taken @returns {BlobPart} */
function part({ bytes }) {
  return /** @type {BlobPart} */ (/** @type {unknown} */ (bytes));
}

/** @param {number} bytes */
export function size(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
