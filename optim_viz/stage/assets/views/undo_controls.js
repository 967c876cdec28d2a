/**
 * The buttons and keys of undo and redo, and what is one change while it is held.
 *
 * @import { Undo } from "../state/undo.js"
 * @import { Key } from "./keyboard.js"
 */
import { h, iconButton } from "./dom.js";
import { explain } from "./explain.js";

const MAC = /Mac|iP(hone|ad)/.test(navigator.userAgent);
const KEYS = MAC ? { undo: "⌘Z", redo: "⇧⌘Z", again: "⌘Y" } : { undo: "Ctrl+Z", redo: "Ctrl+Shift+Z", again: "Ctrl+Y" };

export class UndoControls {
  /** @param {Undo} undo */
  constructor(undo) {
    this.undo = undo;
    this.back = iconButton("undo", "Undo", () => undo.step(-1));
    this.forth = iconButton("redo", "Redo", () => undo.step(1));
    explain(this.back, () => ({ sentence: this.words(-1) }));
    explain(this.forth, () => ({ sentence: this.words(1) }));
    this.element = h("div", { class: "ov-undo", role: "group", "aria-label": "Changes" }, this.back, this.forth);
  }

  update() {
    for (const [button, count, by] of /** @type {[HTMLButtonElement, number, -1 | 1][]} */ ([[this.back, this.undo.undoable, -1], [this.forth, this.undo.redoable, 1]])) {
      button.setAttribute("aria-disabled", String(count === 0));
      button.setAttribute("aria-description", this.words(by));
    }
  }

  /** @param {-1 | 1} by @returns {string} what the button would do, or why it does nothing */
  words(by) {
    const { undo } = this;
    if (by < 0) return undo.undoable ? `Takes back: ${undo.change(-1) || "the last change"}. Key: ${KEYS.undo}.` : "Nothing to undo: nothing has been changed yet.";
    return undo.redoable ? `Does again: ${undo.change(1) || "the next change"}. Key: ${KEYS.redo}.` : "Nothing to redo: no change has been undone.";
  }

  /** A key, or a press, that is held on a slider or the start is one change, also where Shift has it go on finely. @param {HTMLElement} stage */
  listen(stage) {
    stage.addEventListener("pointerdown", ({ target, button }) => {
      if (button === 0 && isMoved(target)) this.undo.hold("press");
    }, true);
    for (const type of ["pointerup", "pointercancel", "blur"]) addEventListener(type, () => this.undo.release("press"));
    stage.addEventListener("keydown", (event) => {
      if (moves(event)) this.undo.hold("key");
    }, true);
    for (const type of ["keyup", "focusout"]) stage.addEventListener(type, () => this.undo.release("key"));
  }
}

/** A field that holds text keeps these keys for its own undo. @param {Undo} undo @returns {Key[]} */
export function undoKeys(undo) {
  return [
    { key: "z", ctrl: true, shift: false, shown: KEYS.undo, words: "Undo the last change", act: () => undo.step(-1) },
    { key: "z", ctrl: true, shift: true, shown: KEYS.redo, words: "Do again what was undone", act: () => undo.step(1) },
    { key: "y", ctrl: true, shift: false, shown: KEYS.again, words: "Do again what was undone", act: () => undo.step(1) },
  ];
}

/** @param {KeyboardEvent} event @returns {boolean} whether the key moves a slider or the start, again and again while it is held */
function moves({ key, target }) {
  return /^(Arrow|Page|Home$|End$)/.test(key) && isMoved(target);
}

/** @param {EventTarget | null} target @returns {boolean} whether it is a slider or the start */
function isMoved(target) {
  return target instanceof Element && target.matches("input[type=range], .ov-start");
}
