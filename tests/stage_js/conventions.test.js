/** Where published results disagree: which convention a lane follows, and how far two of them are apart. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { apartWords, follows, otherConventions } from "../../optim_viz/stage/assets/state/conventions.js";

const ONE = { short: "a", title: "a", sentence: "", settings: { inside: false, start: 0 } };
const TWO = { short: "b", title: "b", sentence: "", settings: { inside: true, start: 0 } };
const optimizer = /** @type {any} */ ({ conventions: [ONE, TWO] });

test("a lane follows a convention where all of its settings are the lane's", () => {
  assert.ok(follows(ONE, { inside: false, start: 0, lr: 3 }));
  assert.ok(!follows(ONE, { inside: true, start: 0 }));
  assert.ok(!follows(TWO, { inside: true, start: 0.1 }));
});

test("the others have the lane's own values beside theirs", () => {
  assert.deepEqual(otherConventions(optimizer, { inside: false, start: 0, lr: 3 }), [{ inside: true, start: 0, lr: 3 }]);
  assert.equal(otherConventions(optimizer, { inside: true, start: 0.1, lr: 3 }).length, 2);
});

test("the largest distance is told with its step", () => {
  const words = (/** @type {any} */ apart) => apartWords(/** @type {any} */ ({ apart }), ["A", "B"], String);
  assert.equal(words(null), "");
  assert.equal(words({ lane: 0, distance: 0.5, step: 7 }), "At most 0.5 from A, at step 7.");
  assert.equal(words({ lane: 1, distance: 0, step: 0 }), "The same path as B.");
});
