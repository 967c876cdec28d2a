/**
 * The keys of the lab: one table, which is listened to and which the list under "?" shows.
 *
 * A key works wherever the focus is, unless it is on something that uses the key itself.
 *
 * @import { Clock } from "../state/clock.js"
 *
 * @typedef {object} Key
 * @property {string} key as KeyboardEvent has it
 * @property {boolean} [ctrl] with Ctrl, or Cmd on a Mac
 * @property {boolean} [shift] with Shift; left out: with or without
 * @property {string} shown how the list writes it
 * @property {string} words what it does
 * @property {(by: number) => void} act by 1, or by 10 with Shift
 */

/** What the lab's own controls do with keys, for the list; the controls listen themselves. */
export const KEYS_OF_CONTROLS = /** @type {[string, string][]} */ ([
  ["Slider", "Arrows go to the stop before or after, Home and End to the ends; Shift makes it ten times finer, B takes the best, a double click goes back to the default"],
  ["Start ring", "Arrows move it, further with Shift"],
  ["Landscape", "A drag with Shift frames what is to be seen, a double click shows all again; an axis can be dragged, stretched at its ends, and a click on an end writes it down"],
  ["Changes", "Ctrl+Z undoes the last one, Ctrl+Shift+Z does it again; on a Mac ⌘Z and ⇧⌘Z"],
  ["Menus", "Esc closes what is open"],
]);

/** @param {Clock} clock @returns {Key[]} */
export function clockKeys(clock) {
  return [
    { key: " ", shown: "Space", words: "Play or pause", act: () => clock.toggle() },
    { key: "ArrowLeft", shown: "←", words: "One step back, ten with Shift", act: (by) => clock.step(-by) },
    { key: "ArrowRight", shown: "→", words: "One step on, ten with Shift", act: (by) => clock.step(by) },
    { key: "Home", shown: "Home", words: "To the start", act: () => clock.step(-clock.steps) },
    { key: "End", shown: "End", words: "To the last step", act: () => clock.step(clock.steps) },
    { key: "[", shown: "[", words: "Start a loop at this step", act: () => clock.setLoop("a") },
    { key: "]", shown: "]", words: "End the loop at this step", act: () => clock.setLoop("b") },
    { key: "\\", shown: "\\", words: "Clear the loop", act: () => clock.clearLoop() },
  ];
}

/**
 * @param {Key[]} keys may grow later
 * @param {() => boolean} alive false once the stage has left the page
 */
export function listenForKeys(keys, alive) {
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (!alive()) {
      document.removeEventListener("keydown", onKey);
      return;
    }
    if (event.altKey || event.defaultPrevented || taken(event)) return;
    const action = keyAction(keys, event);
    if (!action) return;
    event.preventDefault();
    action();
  };
  document.addEventListener("keydown", onKey);
}

/**
 * @param {Key[]} keys
 * @param {{key: string, shiftKey: boolean, ctrlKey?: boolean, metaKey?: boolean}} event
 * @returns {(() => void) | undefined}
 */
export function keyAction(keys, { key, shiftKey, ctrlKey = false, metaKey = false }) {
  const pressed = (/** @type {Key} */ one) =>
    one.key.toLowerCase() === key.toLowerCase() && Boolean(one.ctrl) === (ctrlKey || metaKey) && (one.shift ?? shiftKey) === shiftKey;
  const found = keys.find(pressed);
  return found && (() => found.act(shiftKey ? 10 : 1));
}

const MOVES = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"];

/** Whether what has the focus uses the key itself. @param {KeyboardEvent} event */
function taken(event) {
  const target = /** @type {HTMLElement | null} */ (event.target);
  if (!target?.tagName) return false;
  if (target.closest("[role=dialog], [role=menu], [role=listbox], dialog")) return true;
  const slides = target instanceof HTMLInputElement && target.type === "range";
  if (slides || target.closest(".ov-start")) return MOVES.includes(event.key);
  const ticks = target instanceof HTMLInputElement && ["checkbox", "radio"].includes(target.type);
  if (ticks || ["BUTTON", "SUMMARY", "A"].includes(target.tagName)) return event.key === " " && !event.ctrlKey;
  if (target.tagName === "SELECT") return !event.ctrlKey && !event.metaKey;
  return target.isContentEditable || ["INPUT", "TEXTAREA"].includes(target.tagName);
}
