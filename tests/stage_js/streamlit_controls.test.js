import assert from "node:assert/strict";
import test from "node:test";

import { positionOf } from "../../optim_viz/stage/assets/hosts/streamlit_controls.js";

/** @param {object[]} inputs */
const box = (...inputs) => /** @type {any} */ ({ querySelectorAll: () => inputs });

test("a slider stands at a stop, counted from its lowest value", () => {
  assert.equal(positionOf(box({ type: "range", value: "7", min: "0", max: "11", step: "1" })), 7);
  assert.equal(positionOf(box({ type: "range", value: "30", min: "1", max: "60", step: "1" })), 29);
  assert.equal(positionOf(box({ type: "range", value: "0.3", min: "0", max: "3", step: "0.1" })), 3);
});

test("a choice stands at the option that is checked, a switch at off or on", () => {
  assert.equal(positionOf(box({ type: "radio", checked: false }, { type: "radio", checked: true })), 1);
  assert.equal(positionOf(box({ type: "checkbox", checked: false })), 0);
  assert.equal(positionOf(box({ type: "checkbox", checked: true })), 1);
});

test("what cannot be told is null", () => {
  assert.equal(positionOf(null), null);
  assert.equal(positionOf(box()), null);
  assert.equal(positionOf(box({ type: "text", value: "5, -4" })), null);
});
