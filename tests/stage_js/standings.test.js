import assert from "node:assert/strict";
import test from "node:test";

import { sorted, standings } from "../../optim_viz/stage/assets/state/standings.js";

/** A lane of the values given, one a step. */
function lane(title, loss, more = {}) {
  const { distance, visible = true, ...rest } = more;
  const channels = { loss, ...(distance ? { distance } : {}) };
  return { label: title, run: { get: (name) => channels[name] }, state: { visible }, divergence: "", divergedAt: -1, arrived: -1, ...rest };
}

const LANES = [
  lane("A", [9, 4, 1], { distance: [3, 2, 1], arrived: 2 }),
  lane("B", [9, 1, 2], { distance: [3, 1, 2], arrived: 1 }),
  lane("C", [9, 1e9, NaN], { distance: [3, 1e5, NaN], divergence: "lr 3 > 2/L = 2", divergedAt: 2 }),
];
const titles = (all) => all.map(({ title }) => title).join("");
const leads = (lanes, time) => titles(standings(lanes, time).filter((one) => one.leads));

test("the lowest loss leads, and nobody before the lanes have parted", () => {
  assert.deepEqual([0, 1, 2].map((time) => leads(LANES, time)), ["", "B", "A"]);
  assert.equal(leads([LANES[0]], 2), "", "one that runs alone leads nobody");
});

test("of two that stand at one loss the first to arrive leads; without an arrival nobody", () => {
  const zero = [1, 0, 0];
  assert.equal(leads([lane("A", zero, { arrived: 2 }), lane("B", zero, { arrived: 1 })], 2), "B");
  assert.equal(leads([lane("A", zero, { arrived: null }), lane("B", zero, { arrived: null })], 2), "");
});

test("the first to arrive is first from then on, whoever is lowest later; of two at once both, of all at once or of one alone nobody", () => {
  const first = (lanes, time) => titles(standings(lanes, time).filter((one) => one.first));
  assert.deepEqual([0, 1, 2].map((time) => first(LANES, time)), ["", "B", "B"]);
  assert.equal(leads(LANES, 2), "A");
  const same = [1, 0, 0];
  assert.equal(first([lane("A", same, { arrived: 1 }), lane("B", same, { arrived: 1 }), lane("C", same, { arrived: 2 })], 2), "AB");
  assert.equal(first([lane("A", same, { arrived: 1 })], 2), "", "one that runs alone");
  assert.equal(first([lane("A", same, { arrived: 0 }), lane("B", same, { arrived: 0 })], 2), "", "all began at the minimum");
  assert.equal(first([lane("A", same, { arrived: null }), lane("B", same, { arrived: null })], 2), "", "no minimum is known");
  assert.equal(first([lane("A", same, { arrived: 0, visible: false }), lane("B", same, { arrived: 1 }), lane("C", same, { arrived: 2 })], 2), "B", "one is hidden");
});

test("a lane that is hidden or has diverged never leads and is said to be so", () => {
  const lanes = [lane("A", [9, 1], { visible: false }), lane("B", [9, NaN], { divergedAt: 1 }), lane("C", [9, 5]), lane("D", [9, 6])];
  assert.equal(leads(lanes, 1), "C");
  assert.deepEqual(standings(lanes, 1).map(({ hidden, diverged }) => [hidden, diverged]), [[true, false], [false, true], [false, false], [false, false]]);
  assert.equal(standings(lanes, 0)[1].diverged, false, "not before it has happened");
});

test("a step of arrival is told once it has come, and is not a number where no minimum is known", () => {
  assert.deepEqual([0, 1, 2].map((time) => standings(LANES, time).map(({ arrived }) => arrived)), [[Infinity, Infinity, Infinity], [Infinity, 1, Infinity], [2, 1, Infinity]]);
  const [unknown] = standings([lane("A", [1], { arrived: null })], 0);
  assert.deepEqual([unknown.arrived, unknown.distance, unknown.loss], [NaN, NaN, 1]);
});

test("a lane is held against its pinned run at the step: loss, and which of the two arrived, and when", () => {
  const ghost = (at, loss, more = {}) => ({ ...lane(`pinned ${at}`, loss, more), lane: at });
  const ghosts = [ghost(0, [9, 6, 3], { arrived: 1 }), ghost(1, [9, 1, 1], { arrived: 2 }), ghost(2, [9, 5, 5])];
  const told = (time) => standings(LANES, time, ghosts).map(({ change, later }) => [change, later]);
  assert.deepEqual(told(0), [[0, NaN], [0, NaN], [0, NaN]]);
  assert.deepEqual(told(1), [[-2, Infinity], [0, -Infinity], [1e9 - 5, NaN]]);
  assert.deepEqual(told(2), [[-2, 1], [1, -1], [NaN, NaN]]);
  const all = standings(LANES, 2, ghosts.slice(0, 1));
  assert.deepEqual(all.map(({ change }) => change), [-2, NaN, NaN], "a lane that was not pinned has nothing to be held against");
  assert.equal(titles(sorted(standings(LANES, 2, ghosts), { column: "change", descending: true })), "BAC");
  const same = { ...LANES[0], lane: 0 };
  assert.deepEqual(standings(LANES, 1, [same]).map((one) => one.same), [true, false, false]);
});

test("rows sort by any column and both ways; those without a value, then the hidden, stay last", () => {
  const lanes = [...LANES, lane("Adam 10", [9, 3, 0], { visible: false }), lane("Adam 9", [9, 3, 0.5], { arrived: null })];
  const by = (column, descending) => titles(sorted(standings(lanes, 2), { column, descending }));
  assert.equal(by("loss", false), "Adam 9ABCAdam 10");
  assert.equal(by("loss", true), "BAAdam 9CAdam 10");
  assert.equal(by("arrived", false), "BACAdam 9Adam 10");
  assert.equal(by("distance", false), "ABCAdam 9Adam 10");
  assert.equal(by("title", false), "AAdam 9BCAdam 10");
});
