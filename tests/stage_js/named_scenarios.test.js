import assert from "node:assert/strict";
import test from "node:test";

import { MOST, add, cleanName, fileName, fileText, freeName, readFile, readList } from "../../optim_viz/stage/assets/state/named_scenarios.js";

const named = (name, seed = 0) => ({ name, scenario: { lanes: [{ optimizer: "adam" }], seed } });

test("a file holds the scenarios with their names", () => {
  const list = [named("Narrow valley"), named("<b>bold</b> \"quoted\" 雪", 4294967295)];
  assert.deepEqual(readFile(fileText(list)), { found: list, left: [] });
});

test("a file of one scenario without a name is that scenario", () => {
  assert.deepEqual(readFile('{"lanes": [], "steps": 3}'), { single: { lanes: [], steps: 3 } });
});

test("a file that holds none says why", () => {
  for (const [text, message] of [
    ["", /not JSON/], ["{", /not JSON/], ["\0", /not JSON/], ["null", /no scenario/], ["7", /no scenario/], ["[]", /no scenario/], ['{"lanes": 7}', /no scenario/],
    ['{"scenarios": {}}', /no scenario/], ['{"scenarios": []}', /no scenario/], ['{"scenarios": [null, 3]}', /entry 1 is left out: it has no name/],
    ['{"scenarios": [{"name": "  ", "scenario": {"lanes": []}}]}', /no name/], ['{"scenarios": [{"name": "a", "scenario": {}}]}', /no list of lanes/],
    [" ".repeat(2_000_001), /too long/], [JSON.stringify({ scenarios: [{ name: "a", scenario: { lanes: [], formula: "x".repeat(30_000) } }] }), /more than 20000/],
  ]) assert.throws(() => readFile(text), message, text.slice(0, 60));
});

test("what can be read of a file is read", () => {
  const { found, left } = readFile(JSON.stringify({ scenarios: [named("a"), { name: "b" }, named("c")] }));
  assert.deepEqual([found.map(({ name }) => name), left], [["a", "c"], ["entry 2 is left out: its scenario has no list of lanes"]]);
});

test("names are one short line, and no two are the same", () => {
  assert.equal(cleanName("  two\n\tlines\u0000 "), "two lines");
  assert.equal([...cleanName("雪".repeat(300))].length, 80);
  assert.equal(cleanName(7), "");
  assert.equal(freeName("a", [named("a"), named("a (2)")]), "a (3)");
  assert.equal(fileName("Adam: β₂ = 0.9 / 雪"), "adam_β₂_0_9_雪.json");
  assert.equal(fileName("///"), "scenario.json");
});

test("what is added loses nothing that is here", () => {
  const list = [named("a"), named("b")];
  const after = add(list, [named("a"), named("b", 1), named("c"), named("c", 1)]);
  assert.deepEqual(after.list.map(({ name, scenario }) => [name, scenario.seed]), [["a", 0], ["b", 0], ["b (2)", 1], ["c", 0], ["c (2)", 1]]);
  const many = add(list, [...Array(MOST).keys()].map((i) => named(`n${i}`)));
  assert.deepEqual([many.full, many.list.length, many.list[0]], [true, MOST, list[0]]);
});

test("what the browser keeps may be anything", () => {
  for (const kept of [null, 7, "a", {}, [null], [[]], [{ name: 1 }], [{ name: "a", scenario: null }], [{ scenario: { lanes: [] } }]]) assert.deepEqual(readList(kept), []);
  assert.deepEqual(readList([3, named("a")]), [named("a")]);
});
