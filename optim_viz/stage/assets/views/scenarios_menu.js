/**
 * The menu of named scenarios: save what is on screen under a name; open, rename, delete (and bring back) what is saved;
 * to a file and from one. They stay in this browser.
 *
 * @import { Named } from "../state/named_scenarios.js"
 *
 * @typedef {object} ScenarioEvents
 * @property {() => Named["scenario"]} present what is on screen
 * @property {(scenario: Record<string, unknown>) => void} open
 * @property {(name: string, text: string) => void} save to a file
 * @property {(text: string) => void} say
 */
import { h, iconButton } from "./dom.js";
import { MOST, add, cleanName, fileName, fileText, freeName, readFile, readList } from "../state/named_scenarios.js";
import { explain } from "./explain.js";
import { recall, remember } from "./remembered.js";

const KEPT = "scenarios";
const NOT_KEPT = "This browser keeps nothing for this page, or is full: what is saved here is gone once the page is left. Save it to a file.";

export class ScenariosMenu {
  /** @param {ScenarioEvents} events */
  constructor(events) {
    this.events = events;
    /** @type {Named[]} */ this.list = [];
    /** @type {{named: Named, at: number, words: string} | null} */ this.gone = null; // what can be brought back
    this.renaming = "";
    this.name = h("input", { type: "text", "aria-label": "Name of this scenario", placeholder: "Name of this scenario", maxlength: 80, spellcheck: "false", autocomplete: "off" });
    explain(this.name, () => ({ sentence: "A name for what is on screen: runs, step and view." }));
    const form = h("form", { class: "ov-save-as" }, this.name, said(h("button", { type: "submit" }, "Save"), "Keeps what is on screen under this name, in this browser."));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.save();
    });
    this.rows = h("ul", { class: "ov-saved", "aria-label": "Saved scenarios" });
    this.all = said(h("button", { type: "button", onclick: () => this.toFile("optim_viz_scenarios.json", this.list) }, "Save all to a file"),
      "A file that opens here again, or on another computer.");
    this.file = h("input", { type: "file", accept: ".json,application/json", hidden: true, "aria-label": "File of scenarios" });
    this.file.addEventListener("change", async () => {
      const chosen = this.file.files?.[0];
      if (chosen) this.take(await chosen.text());
      this.file.value = "";
    });
    this.element = h("details", { class: "ov-menu ov-scenarios" }, said(h("summary", {}, "Scenarios"), "What you have named and saved in this browser."),
      h("div", { class: "ov-pop" }, form, this.rows,
        h("div", { class: "ov-saved-files" }, this.all, 
          said(h("button", { type: "button", onclick: () => this.file.click() }, "Open a file"), "Adds the scenarios of a file to this list, or shows the one that it holds.")), this.file));
    this.element.addEventListener("toggle", () => this.toggled());
    document.addEventListener("pointerdown", (event) => {
      if (this.element.open && !event.composedPath().includes(this.element)) this.element.open = false;
    });
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      this.element.open = false;
      this.element.querySelector("summary")?.focus();
    });
  }

  toggled() {
    if (!this.element.open) return;
    this.gone = null;
    this.renaming = "";
    this.read();
    this.draw();
  }

  /** Another tab may have saved meanwhile. */
  read() {
    const kept = recall(KEPT);
    if (kept !== null) this.list = readList(kept);
  }

  /** @param {Named[]} list */
  keep(list) {
    this.list = list;
    if (!remember(KEPT, list)) this.events.say(NOT_KEPT);
    this.draw();
  }

  save() {
    const name = cleanName(this.name.value);
    this.read();
    const at = this.list.findIndex((one) => one.name === name);
    if (!name || (at < 0 && this.list.length >= MOST)) {
      this.events.say(name ? `${MOST} scenarios are saved, and no more fit. Delete one first.` : "Write a name first.");
      this.name.focus();
      return;
    }
    const named = { name, scenario: this.events.present() };
    this.name.value = "";
    this.gone = at < 0 ? null : { named: this.list[at], at: at + 1, words: `“${name}” is replaced.` };
    this.events.say(`Saved in this browser as “${name}”.`);
    this.keep(at < 0 ? [named, ...this.list] : this.list.with(at, named));
  }

  /** @param {number} at */
  remove(at) {
    this.read();
    const named = this.list[at];
    if (!named) return;
    this.gone = { named, at, words: `“${named.name}” is deleted.` };
    this.keep(this.list.toSpliced(at, 1));
    /** @type {HTMLElement | null} */ (this.rows.querySelector(".ov-gone button"))?.focus();
  }

  bringBack() {
    const { gone } = this;
    if (!gone) return;
    this.gone = null;
    this.read();
    this.keep(this.list.toSpliced(gone.at, 0, { ...gone.named, name: freeName(gone.named.name, this.list) }));
  }

  /** @param {number} at @param {string} text */
  rename(at, text) {
    this.read();
    const old = this.list[at];
    const name = cleanName(text);
    this.renaming = "";
    if (!old || !name || name === old.name) this.draw();
    else this.keep(this.list.with(at, { ...old, name: freeName(name, this.list) }));
  }

  /** @param {string} name @param {Named[]} list */
  toFile(name, list) {
    if (list.length) this.events.save(name, fileText(list));
  }

  /** @param {string} text of a file */
  take(text) {
    let read;
    try {
      read = readFile(text);
    } catch (error) {
      this.events.say(error instanceof Error ? error.message : String(error));
      return;
    }
    if ("single" in read) {
      this.events.open(read.single);
      return;
    }
    this.read();
    const { list, added, full } = add(this.list, read.found);
    const names = added.slice(0, 3).map(({ name }) => `“${name}”`).join(", ") + (added.length > 3 ? ` and ${added.length - 3} more` : "");
    const words = [added.length ? `Added ${names}.` : "All scenarios of that file are here already.", ...read.left.slice(0, 2).map((why) => `${why}.`)];
    if (read.left.length > 2) words.push(`${read.left.length - 2} more are left out.`);
    if (full) words.push(`${MOST} scenarios are saved, and no more fit.`);
    this.events.say(words.join(" "));
    this.keep(list);
  }

  draw() {
    const rows = this.list.map((named, at) => (this.renaming === named.name ? this.renameRow(named, at) : this.row(named, at)));
    if (this.gone) {
      const back = said(h("button", { type: "button", onclick: () => this.bringBack() }, "Bring back"), "Puts it back where it was.");
      rows.splice(this.gone.at, 0, h("li", { class: "ov-gone" }, h("span", {}, this.gone.words), back));
    }
    if (!rows.length) rows.push(h("li", { class: "ov-muted" }, "Nothing is saved yet. What you name here stays in this browser."));
    this.rows.replaceChildren(...rows);
    this.all.disabled = !this.list.length;
    /** @type {HTMLElement | null} */ (this.rows.querySelector("input"))?.focus();
  }

  /** @param {Named} named @param {number} at */
  row(named, at) {
    const { name, scenario } = named;
    const open = h("button", { type: "button", class: "ov-open", onclick: () => { this.element.open = false; this.events.open(scenario); } }, name);
    return h("li", {}, said(open, "Shows it. Undo brings back what is on screen now."),
      said(iconButton("rename", `Rename ${name}`, () => { this.renaming = name; this.draw(); }), "Gives it another name."),
      said(iconButton("file", `Save ${name} to a file`, () => this.toFile(fileName(name), [named])), "A file that opens here again, or on another computer."),
      said(iconButton("remove", `Delete ${name}`, () => this.remove(at)), "Takes it off the list; it can be brought back until this menu closes."));
  }

  /** @param {Named} named @param {number} at */
  renameRow({ name }, at) {
    const field = h("input", { type: "text", "aria-label": `New name of ${name}`, value: name, maxlength: 80, spellcheck: "false", autocomplete: "off" });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.rename(at, field.value);
      if (event.key !== "Escape") return;
      event.preventDefault();
      this.rename(at, name);
    });
    field.addEventListener("blur", () => {
      if (this.renaming === name) this.rename(at, field.value);
    });
    return h("li", {}, field);
  }
}

/** @template {HTMLElement} E @param {E} control @param {string} sentence that explains it @returns {E} */
function said(control, sentence) {
  explain(control, () => ({ sentence }));
  return control;
}
