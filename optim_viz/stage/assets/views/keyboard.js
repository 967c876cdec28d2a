/**
 * Keys for the clock, wherever the focus is, unless it is on something that uses the key itself.
 *
 * @import { Clock } from "../state/clock.js"
 */

/**
 * @param {Clock} clock
 * @param {() => boolean} alive false once the stage has left the page
 */
export function listenForKeys(clock, alive) {
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (!alive()) {
      document.removeEventListener("keydown", onKey);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || taken(event)) return;
    const action = keyAction(clock, event);
    if (!action) return;
    event.preventDefault();
    action();
  };
  document.addEventListener("keydown", onKey);
}

/**
 * @param {Clock} clock
 * @param {{key: string, shiftKey: boolean}} event
 * @returns {(() => void) | undefined}
 */
export function keyAction(clock, { key, shiftKey }) {
  const by = shiftKey ? 10 : 1;
  switch (key) {
    case " ": return () => clock.toggle();
    case "ArrowLeft": return () => clock.step(-by);
    case "ArrowRight": return () => clock.step(by);
    case "Home": return () => clock.step(-clock.steps);
    case "End": return () => clock.step(clock.steps);
    default: return undefined;
  }
}

/** @param {KeyboardEvent} event */
function taken(event) {
  const target = /** @type {HTMLElement | null} */ (event.target);
  if (!target?.tagName) return false;
  if (target.isContentEditable || ["INPUT", "SELECT", "TEXTAREA"].includes(target.tagName)) return true;
  if (target.closest("[role=dialog], [role=menu], [role=listbox], .ov-start")) return true;
  return event.key === " " && ["BUTTON", "SUMMARY", "A"].includes(target.tagName);
}
