import assert from "node:assert/strict";
import test from "node:test";

import { boxOf, cellAt, ending, moved, setting } from "../../optim_viz/stage/assets/views/map_cells.js";

const box = { width: 262, height: 252 };
const margin = { l: 52, r: 10, t: 8, b: 44 }; // cells are 200 wide and 200 high
const size = { rows: 10, columns: 20 };

test("a point lies in the cell that is drawn around it, and beside the cells in none", () => {
  assert.deepEqual(cellAt({ x: 52, y: 207.9 }, box, margin, size), { row: 0, column: 0 });
  assert.deepEqual(cellAt({ x: 251.9, y: 8.1 }, box, margin, size), { row: 9, column: 19 });
  for (const [x, y] of [[51, 100], [252, 100], [100, 7], [100, 209]]) assert.equal(cellAt({ x, y }, box, margin, size), null);
  for (let row = 0; row < size.rows; row += 1) {
    for (let column = 0; column < size.columns; column += 1) {
      const { left, top, width, height } = boxOf({ row, column }, box, margin, size);
      assert.deepEqual(cellAt({ x: left + width / 2, y: top + height / 2 }, box, margin, size), { row, column });
    }
  }
});

test("keys move by one cell, by ten with Shift, and never beyond the map", () => {
  assert.deepEqual(moved({ row: 4, column: 5 }, "ArrowUp", size, false), { row: 5, column: 5 });
  assert.deepEqual(moved({ row: 4, column: 5 }, "ArrowRight", size, true), { row: 4, column: 15 });
  assert.deepEqual(moved({ row: 4, column: 5 }, "ArrowLeft", size, true), { row: 4, column: 0 });
  assert.deepEqual(moved({ row: 4, column: 5 }, "End", size, false), { row: 4, column: 19 });
  assert.equal(moved({ row: 4, column: 5 }, "a", size, false), null);
});

test("words say what is set and how it ended", () => {
  const across = { title: "learning rate η", short: "lr", values: [0.001, 0.01] };
  const up = { title: "β₁", short: "β₁", values: [0, 0.9] };
  assert.equal(setting({ row: 1, column: 0 }, across, up), "lr 0.001, β₁ 0.9");
  const facts = { known: true, states: { "-1": "not there yet", "-2": "left the picture" }, minima: 1, tolerance: 0.001 };
  assert.equal(ending({ gap: NaN, arrived: -1, diverged: 12, where: -3 }, facts), "diverged at step 12");
  assert.equal(ending({ gap: 2e-7, arrived: 40, diverged: -1, where: 0 }, facts), "2e−7 above the minimum; first within 0.001 at step 40");
  assert.equal(ending({ gap: 2e-7, arrived: 40, diverged: -1, where: 2 }, { ...facts, minima: 4 }), "2e−7 above the minimum; first within 0.001 at step 40, at minimum 3");
  assert.equal(ending({ gap: 3, arrived: -1, diverged: -1, where: -1 }, facts), "3 above the minimum; not there yet");
  assert.equal(ending({ gap: -3, arrived: -1, diverged: -1, where: -1 }, { ...facts, known: false }), "loss −3");
  assert.equal(ending({ gap: -3, arrived: -1, diverged: -1, where: -2 }, { ...facts, known: false }), "loss −3; left the picture");
});
