/**
 * What a page shows in places of ours, plots and words: the server's news, and what is shown before they come.
 *
 * @import { Colours, Figure } from "../draw/figures.js"
 * @import { Words } from "./words.js"
 * @typedef {Figure | Words} Message
 * @typedef {{element: HTMLElement, put: (message: any) => void, later: ReturnType<typeof setTimeout> | undefined}} Place
 */
import { plotIn } from "../draw/figures.js";
import { wordsIn } from "./words.js";

/** @type {WeakMap<HTMLElement, Place>} */
const mounted = new WeakMap();
/** @type {Map<string, Place>} */
const byKey = new Map();
/** @type {Map<string, () => number | null>} for controls that are followed: which of its values a control stands at */
export const positions = new Map();

const ASK_AGAIN_MS = 300;

/**
 * Takes what the server sends, unless a control has moved on since.
 *
 * @param {HTMLElement} element
 * @param {Colours} colours
 * @param {Message} message
 */
export function receive(element, colours, message) {
  let place = mounted.get(element);
  if (!place) {
    place = { element, put: "html" in message ? wordsIn(element) : plotIn(element, colours, message), later: undefined };
    mounted.set(element, place);
    place.put(message);
  }
  byKey.set(message.options.key, place);
  clearTimeout(place.later);
  if (overtaken(message.options.state, positions)) place.later = setTimeout(() => receive(element, colours, message), ASK_AGAIN_MS);
  else place.put(message);
}

/**
 * Shows something at once, in the place of its key.
 *
 * @param {Message} message
 */
export function preview(message) {
  const place = byKey.get(message.options.key);
  if (place?.element.isConnected) place.put(message);
}

/**
 * @param {Record<string, number>} state what a message was made for
 * @param {Map<string, () => number | null>} now where the controls stand
 */
export function overtaken(state, now) {
  return Object.entries(state).some(([control, index]) => {
    const place = now.get(control)?.() ?? null;
    return place !== null && place !== index;
  });
}
