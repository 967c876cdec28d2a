import assert from "node:assert/strict";
import test from "node:test";

import { latest, readStep, writeWorlds } from "../../optim_viz/stage/assets/state/worlds.js";

test("the latest record is the last one that is not beyond the step", () => {
  const steps = Float64Array.of(1, 7, 7, 20);
  const slow = (step) => [...steps].filter((each) => each <= step).length - 1;
  for (const step of [0, 1, 2, 6, 7, 8, 19, 20, 21, 1e9]) assert.equal(latest(steps, step), slow(step), `at ${step}`);
  assert.equal(latest([], 5), -1);
});

test("an address says what is looked at, beside what else stands there, and is read back", () => {
  const worlds = { surface: "rosenbrock", lane: "4", layer: "layer 1" };
  const query = writeWorlds("?run=3&toy=bowl&toy_step=9&hide=0,1", worlds, 45);
  assert.equal(query, "run=3&hide=0,1&toy=rosenbrock&toy_lane=4&toy_layer=layer%201&toy_step=45");
  assert.equal(readStep(query), 45);
  assert.equal(new URLSearchParams(query).get("toy_layer"), "layer 1");
  assert.equal(writeWorlds(query, worlds, 45), query);
  for (const wrong of ["", "?toy_step=", "?toy_step=-1", "?toy_step=1e3", "?toy_step=x", "?toy_step=99999999999"]) assert.equal(readStep(wrong), null, wrong);
});
