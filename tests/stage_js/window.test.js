import assert from "node:assert/strict";
import { test } from "node:test";

import { withinReach } from "../../optim_viz/stage/assets/state/window.js";

test("a window is kept within what a scenario can say", () => {
  const before = [[-1, 1], [-2, 2]];
  assert.deepEqual(withinReach([[-3, 4], [0.5, 0.6]], before), [[-3, 4], [0.5, 0.6]]);
  assert.deepEqual(withinReach([[-1857142.8, 142857.1], [-1999999.5, -496893.9]], before), [[-1e6, 142857.1], [-1e6, -496893.9]]);
  assert.equal(withinReach(null, before), null);
  for (const lost of [[[2e6, 3e6], [0, 1]], [[0, 1], [-3e6, -1e6]], [[1, 1 + 1e-10], [0, 1]], [[0, 1e-13], [0, 1]], [[0, NaN], [0, 1]]]) {
    assert.deepEqual(withinReach(lost, before), before);
    assert.equal(withinReach(lost, null), null);
  }
});
