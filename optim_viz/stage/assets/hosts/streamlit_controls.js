/**
 * Plots that follow Streamlit's sliders, switches and choices while these move. See stage/streamlit_controls.py.
 *
 * Streamlit tells its server of a slider when it is let go. Until then the slider's <input> is what there is: its
 * attribute "value" changes at each stop. What is asked of Streamlit's markup: an element of class st-key-<key> around
 * each control, with <input> elements of the kinds below. Were it otherwise, plots would change on release.
 *
 * @import { Message } from "../views/previews.js"
 * @typedef {{control: string, stops: Record<number, Record<string, Message>>}} Family
 * @typedef {{ask: (control: string) => void, wanted: string, name: string, family: Family | null}} Group
 */
import { positions, preview } from "../views/previews.js";

/** @type {Map<string, Group>} the groups by their controls */
const groups = new Map();
/** @type {WeakSet<Element>} */
const watched = new WeakSet();
/** @type {WeakMap<HTMLElement, Group>} */
const mounted = new WeakMap();

/** @type {Map<string, number | null>} where a control stood when it was last looked at: what has not moved shows nothing new */
const stoodAt = new Map();

/** Nothing is asked for a pointer or a focus that only passes by. */
const SETTLED_MS = 120;

/**
 * Takes the names of controls, and the family that was asked for.
 *
 * @param {HTMLElement} element
 * @param {{controls: string[], family: string}} header
 * @param {string} content a family as JSON, or null
 * @param {(name: string, value: unknown) => void} setStateValue
 */
export function hear(element, header, content, setStateValue) {
  let group = mounted.get(element);
  if (!group) {
    group = { ask: () => {}, wanted: "", name: "", family: null };
    mounted.set(element, group);
    element.hidden = true;
  }
  group.ask = (control) => setStateValue("wanted", control);
  for (const control of header.controls) groups.set(control, group);
  if (group.name === header.family) return;
  group.name = header.family;
  group.family = JSON.parse(content);
  element.dataset.family = group.family?.control ?? "";
  if (group.family) show(group.family.control); // it may have been moved while its family was on the way
}

/** @param {string} control */
const boxOf = (control) => document.querySelector(`.st-key-${CSS.escape(control.replace(/[^\w-]/g, "-"))}`);

/**
 * Which of its values a control stands at, null where that cannot be told.
 *
 * @param {ParentNode | null} box
 * @returns {number | null}
 */
export function positionOf(box) {
  const inputs = /** @type {HTMLInputElement[]} */ ([...(box?.querySelectorAll("input") ?? [])]);
  const range = inputs.find((input) => input.type === "range");
  if (range) return Math.round((Number(range.value) - Number(range.min)) / Number(range.step));
  const radios = inputs.filter((input) => input.type === "radio");
  if (radios.length) return radios.findIndex((input) => input.checked);
  const toggle = inputs.find((input) => input.type === "checkbox");
  return toggle ? Number(toggle.checked) : null;
}

/** @param {string} control */
function show(control) {
  const group = groups.get(control);
  const position = positionOf(boxOf(control));
  if (!group?.family || group.family.control !== control || position === null || position === stoodAt.get(control)) return;
  stoodAt.set(control, position);
  for (const message of Object.values(group.family.stops[position] ?? {})) preview(message);
}

/**
 * The control around an element, if plots follow it.
 *
 * @param {EventTarget | null} target
 */
function controlAround(target) {
  const box = target instanceof Element ? target.closest('[class*="st-key-"]') : null;
  if (!box) return null;
  const control = [...groups.keys()].find((each) => boxOf(each) === box);
  return control ? { box, control } : null;
}

/** @param {Event} event */
function near(event) {
  const found = controlAround(event.target);
  if (!found) return;
  const { box, control } = found;
  if (!watched.has(box)) {
    watched.add(box);
    stoodAt.set(control, positionOf(box));
    new MutationObserver(() => show(control)).observe(box, { subtree: true, attributes: true, attributeFilter: ["value"] });
    // Choices and switches tell nothing of themselves: React sets them a moment after the event that moves them.
    for (const kind of ["keydown", "click"]) box.addEventListener(kind, () => setTimeout(() => show(control)));
    positions.set(control, () => positionOf(boxOf(control)));
  }
  const want = () => {
    const group = groups.get(control);
    if (!group || group.wanted === control) return;
    group.wanted = control;
    group.ask(control);
  };
  setTimeout(() => box.matches(":hover, :focus-within, :active") && want(), SETTLED_MS);
}

if (typeof document !== "undefined") {
  for (const kind of ["pointerover", "focusin", "touchstart", "pointerdown"]) document.addEventListener(kind, near, { capture: true, passive: true });
}
