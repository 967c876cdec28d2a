import assert from "node:assert/strict";
import { test } from "node:test";
import { few } from "../../optim_viz/stage/assets/views/problem_note.js";

/** @param {string} message @param {number} [count] */
const problem = (message, count) => ({ field: "scenario", message, count });

test("a few problems are all said", () => {
  assert.deepEqual(few([]), []);
  assert.deepEqual(few(["a", "b", "c", "d"].map((message) => problem(message))), ["a", "b", "c", "d"]);
});

test("of many the first three are said, and how many more there are, those that were only counted too", () => {
  const many = [..."abcdefg"].map((message) => problem(message));
  assert.deepEqual(few(many), ["a", "b", "c", "And 4 more"]);
  assert.deepEqual(few([...many, problem("93 more values could not be used either", 93)]), ["a", "b", "c", "And 97 more"]);
  assert.deepEqual(few([problem("a"), problem("9 more", 9)]), ["a", "9 more"]);
});
