import assert from "node:assert/strict";
import { test } from "node:test";
import { fitted } from "../../optim_viz/stage/assets/hosts/notebook_cell.js";

test("a wide cell shows the stage as it is", () => {
  assert.deepEqual(fitted(1300, 680), { width: "100%", height: "680px", transform: "none", marginBottom: "0px" });
});

test("a cell that is a little narrower shows it whole at a smaller scale, in the same height", () => {
  const { width, height, transform, marginBottom } = fitted(896, 680);
  const scale = Number(/scale\((.*)\)/.exec(transform)?.[1]);
  assert.equal(scale, 0.8);
  assert.equal(Number.parseFloat(width) * scale, 100);
  assert.equal(Number.parseFloat(height) * scale, 680);
  assert.equal(Number.parseFloat(height) + Number.parseFloat(marginBottom), 680);
});

test("a narrow cell shows one column, higher", () => {
  assert.deepEqual(fitted(600, 680), { width: "100%", height: "760px", transform: "none", marginBottom: "0" });
});
