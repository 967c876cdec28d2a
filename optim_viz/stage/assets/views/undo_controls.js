/**
 * The buttons and keys of undo and redo, and the keys that are one change while they are held.
 *
 * @import { Undo } from "../state/undo.js"
 */
import { h, iconButton } from "./dom.js";

const MAC = /Mac|iP(hone|ad)/.test(navigator.userAgent);
const KEYS = MAC ? { undo: "⌘Z", redo: "⇧⌘Z" } : { undo: "Ctrl+Z", redo: "Ctrl+Shift+Z" };

export class UndoControls {
  /** @param {Undo} undo */
  constructor(undo) {
    this.undo = undo;
    this.back = iconButton("undo", "Undo", () => undo.step(-1));
    this.forth = iconButton("redo", "Redo", () => undo.step(1));
    this.element = h("div", { class: "ov-undo", role: "group", "aria-label": "Changes" }, this.back, this.forth);
  }

  update() {
    const { undo } = this;
    mark(this.back, undo.undoable > 0, undo.undoable ? `Undo: ${undo.change(-1) || "the last change"} (${KEYS.undo})` : "Nothing to undo: nothing has been changed yet");
    mark(this.forth, undo.redoable > 0, undo.redoable ? `Redo: ${undo.change(1) || "the next change"} (${KEYS.redo})` : "Nothing to redo: no change has been undone");
  }

  /**
   * @param {HTMLElement} stage
   * @param {() => boolean} alive false once the stage has left the page
   */
  listen(stage, alive) {
    /** @param {KeyboardEvent} event */
    const onKey = (event) => {
      if (!alive()) document.removeEventListener("keydown", onKey);
      const by = alive() ? undoKey(event) : 0;
      if (!by) return;
      event.preventDefault();
      this.undo.step(by);
    };
    document.addEventListener("keydown", onKey);
    stage.addEventListener("keydown", (event) => {
      if (moves(event)) this.undo.hold("key");
    }, true);
    for (const type of ["keyup", "focusout"]) stage.addEventListener(type, () => this.undo.release("key"));
  }
}

/**
 * @param {KeyboardEvent} event
 * @returns {-1 | 0 | 1} what the key asks for; a field that holds text keeps the keys for its own undo
 */
export function undoKey(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.defaultPrevented) return 0;
  const key = event.key.toLowerCase();
  const redo = (key === "z" && event.shiftKey) || (key === "y" && event.ctrlKey && !event.shiftKey);
  if ((key !== "z" && !redo) || holdsText(event.target)) return 0;
  return redo ? 1 : -1;
}

/** @param {EventTarget | null} target */
function holdsText(target) {
  const element = /** @type {HTMLInputElement | null} */ (target);
  if (!element?.tagName) return false;
  if (element.isContentEditable || element.tagName === "TEXTAREA") return true;
  return element.tagName === "INPUT" && !["range", "checkbox", "radio", "button", "file", "color"].includes(element.type);
}

/** @param {KeyboardEvent} event @returns {boolean} whether the key moves a slider or the start, again and again while it is held */
function moves({ key, target }) {
  if (!/^(Arrow|Page|Home$|End$)/.test(key) || !(target instanceof Element)) return false;
  return target.matches("input[type=range], .ov-start");
}

/** @param {HTMLButtonElement} button @param {boolean} able @param {string} text */
function mark(button, able, text) {
  if (button.title === text) return;
  button.title = text;
  button.setAttribute("aria-disabled", String(!able));
}
