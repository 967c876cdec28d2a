/**
 * Words and numbers that follow controls as plots do.
 *
 * @typedef {{options: {key: string, state: Record<string, number>}, html: string}} Words
 */

/**
 * Makes an element the place of words.
 *
 * @param {HTMLElement} element
 * @returns {(message: Words) => void} what shows words there
 */
export function wordsIn(element) {
  let said = "";
  element.classList.add("ov-words");
  return ({ options, html }) => {
    if (html === said) return; // a selection that a reader has made stays
    said = html;
    element.dataset.testid = `words-${options.key}`;
    element.innerHTML = html;
  };
}
