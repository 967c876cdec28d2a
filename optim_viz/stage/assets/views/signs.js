/**
 * Formulas, controls and numbers of a page that Streamlit lays out explain their signs, as the lab's do.
 *
 * @import { Signs } from "../state/signs.js"
 */
import { Explainer, explain } from "./explain.js";
import { explanation, plainSigns } from "../state/signs.js";

const SETTLES_MS = 150; // numbers that follow a slider are replaced with every frame
const FORMULA = ".katex";
const CONTROL = "[data-testid=stElementContainer]:has([data-testid=stWidgetLabel])";
const NUMBERS = ".ov-words :is(dt, th)";
const STOPS = ".katex-display .katex, dt"; // that the keyboard comes to, besides the controls: each of these has a line of its own

/** @param {Element} element @returns {string} its signs as text */
function textOf(element) {
  if (element.matches(FORMULA)) return plainSigns(element.querySelector("annotation")?.textContent ?? "");
  return (element.matches(CONTROL) ? element.querySelector("[data-testid=stWidgetLabel]") : element)?.textContent ?? "";
}

/** @param {Element} element @returns {string} the section that it stands in, by its anchor; "" before the first */
function sectionOf(element) {
  const heads = [...document.querySelectorAll("h2[id]")];
  return heads.findLast((head) => head.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING)?.id ?? "";
}

/** @param {string} section @param {string} name @returns {number | null} what a section's slider for a hyperparameter stands at */
function valueOf(section, name) {
  const slider = document.querySelector(`.st-key-${section}-${name} [aria-valuetext]`);
  const value = Number(slider?.getAttribute("aria-valuetext") ?? NaN);
  return Number.isFinite(value) ? value : null;
}

/** @type {WeakMap<Element, (signs: Signs) => void>} */
const pages = new WeakMap();

/** @param {HTMLElement} root the page @param {Signs} signs */
export function explainSigns(root, signs) {
  const known = pages.get(root);
  if (known) return known(signs);
  let now = signs;
  const explainer = new Explainer(root, () => "");
  root.addEventListener("input", () => setTimeout(() => explainer.update(), SETTLES_MS)); // Streamlit writes the slider's value first
  const all = () => {
    for (const element of root.querySelectorAll(`:is(${FORMULA}, ${CONTROL}, ${NUMBERS}):not([data-explained])`)) {
      const sentence = () => explanation(textOf(element), now, sectionOf(element), (name) => valueOf(sectionOf(element), name));
      if (!sentence()) continue;
      explain(element, () => ({ sentence: sentence() }));
      if (element.matches(STOPS)) element.setAttribute("tabindex", "0");
    }
  };
  document.addEventListener("keydown", ({ key }) => { if (key === "Escape") explainer.later(null, 0); }); // wherever the focus is
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer;
  new MutationObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(all, SETTLES_MS);
  }).observe(root, { childList: true, subtree: true });
  pages.set(root, (news) => { now = news; });
  all();
}
