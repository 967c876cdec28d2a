import assert from "node:assert/strict";
import test from "node:test";

import { positions, preview, receive } from "../../optim_viz/stage/assets/views/previews.js";

/** An element that counts how often its words are set. */
function place() {
  const set = /** @type {string[]} */ ([]);
  const element = { classList: { add: () => {} }, dataset: /** @type {Record<string, string>} */ ({}), isConnected: true };
  Object.defineProperty(element, "innerHTML", { set: (html) => set.push(html) });
  return { element: /** @type {any} */ (element), set };
}

const colours = /** @type {any} */ ({});
/** @param {string} key @param {string} html @param {Record<string, number>} [state] */
const words = (key, html, state = {}) => ({ options: { key, state }, html });

test("words are set once: the same ones again leave the place, and what is selected in it, alone", () => {
  const { element, set } = place();
  receive(element, colours, words("a", "<p>1</p>"));
  receive(element, colours, words("a", "<p>1</p>"));
  preview(words("a", "<p>1</p>"));
  assert.deepEqual(set, ["<p>1</p>"]);
  preview(words("a", "<p>2</p>"));
  assert.deepEqual(set, ["<p>1</p>", "<p>2</p>"]);
  assert.equal(element.dataset.testid, "words-a");
});

test("what the server says late does not overwrite what a moved control shows", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { element, set } = place();
  let stands = 0;
  positions.set("s1.lr", () => stands);
  receive(element, colours, words("b", "at 0", { "s1.lr": 0 }));
  stands = 2;
  preview(words("b", "at 2", { "s1.lr": 2 }));
  receive(element, colours, words("b", "at 1", { "s1.lr": 1 }));
  context.mock.timers.tick(1000);
  assert.deepEqual(set, ["at 0", "at 2"]);
  receive(element, colours, words("b", "at 2, again", { "s1.lr": 2 }));
  assert.equal(set.at(-1), "at 2, again");
  context.mock.timers.tick(1000);
  assert.equal(set.at(-1), "at 2, again");
  positions.delete("s1.lr");
});

test("nothing is shown in a place that is not there, or no more", () => {
  preview(words("nowhere", "x"));
  const { element, set } = place();
  receive(element, colours, words("c", "x"));
  element.isConnected = false;
  preview(words("c", "y"));
  assert.deepEqual(set, ["x"]);
});
