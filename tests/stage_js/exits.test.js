import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

import { Panel } from "../../optim_viz/stage/assets/draw/canvas.js";
import { exitOf, gone } from "../../optim_viz/stage/assets/draw/exits.js";
import { freePlace, overlap } from "../../optim_viz/stage/assets/draw/label_places.js";
import { paintHeads } from "../../optim_viz/stage/assets/draw/heads.js";

const ASSETS = new URL("../../optim_viz/stage/assets/", import.meta.url);
const THEME = { lanes: Array(8).fill("#000"), labels: Array(8).fill("#111"), background: "#fff", text: "#000", font: "sans-serif" };
const EDGES = {
  right: (share) => [[0, share], [9, share]],
  left: (share) => [[0, share], [-9, share]],
  top: (share) => [[share, 0], [share, 9]],
  bottom: (share) => [[share, 0], [share, -9]],
};
const WIDE = 6; // pixels a letter, on the paper of these tests

/** A canvas that draws nothing and remembers the texts, and the strokes with their alpha. */
function paper() {
  const [texts, strokes] = [[], []];
  const state = { globalAlpha: 1 };
  const stack = [];
  const known = {
    measureText: (text) => ({ width: text.length * WIDE }), fillText: (text, x, y) => texts.push({ text, x, y }),
    stroke: () => strokes.push({ ...state }), save: () => stack.push({ ...state }), restore: () => Object.assign(state, stack.pop()),
  };
  return { texts, strokes, ctx: new Proxy(known, { get: (own, name) => own[name] ?? state[name] ?? (() => {}), set: (_, name, value) => ((state[name] = value), true) }) };
}

const panelOf = (size) => new Panel({ left: 20, top: 10, ...size }, [-1, 1], [-1, 1]);

/** @param {[number, number][]} points */
function laneOf(points, i = 0, more = {}) {
  const channels = { theta_x: points.map(([x]) => x), theta_y: points.map(([, y]) => y), loss: points.map(() => 1) };
  return { label: `lane ${i}`, run: { steps: points.length - 1, get: (name) => channels[name] }, state: { colour: i, marker: "circle" }, optimizer: { points: [], ellipse: null }, cloud: null, divergence: "", divergedAt: -1, ...more };
}

/** Paints lanes and returns their labels, each with the box that it fills. */
function painted(lanes, size, time = 1, start = [0, 0], ghosts = []) {
  const { ctx, texts, strokes } = paper();
  const panel = panelOf(size);
  const lab = { header: { surface: { minima: [] }, scenario: { start, pin: ghosts.length ? { start: [0, 0] } : null } }, overrides: new Map() };
  paintHeads(ctx, panel, lab, lanes, time, THEME, { named: true, ghosts });
  return { panel, strokes, texts: texts.map(({ text, x, y }) => ({ text, x, y: y - 13, width: text.length * WIDE, height: 16 })) };
}

function assertApart(texts, panel) {
  for (const [i, one] of texts.entries()) {
    assert.ok(panel.contains(one.x, one.y) && panel.contains(one.x + one.width, one.y + one.height), `${one.text} lies in the panel`);
    for (const other of texts.slice(0, i)) assert.ok(!overlap(one, other), `${one.text} and ${other.text} are apart`);
  }
}

for (const [edge, path] of Object.entries(EDGES)) {
  for (const [how, share] of [["at one point", () => 0.001], ["along it", (i) => i / 4 - 0.9], ["in its corner", () => 0.999]]) {
    test(`eight lanes that leave by the ${edge} edge, ${how}, are all named, inside and apart`, () => {
      const { panel, texts } = painted([...Array(8).keys()].map((i) => laneOf(path(share(i)), i)), { width: 600, height: 500 });
      assert.equal(texts.filter(({ text }) => text.includes("left the view at step 1, loss 1")).length, 8);
      assertApart(texts, panel);
    });
  }
}

test("a pinned run that leaves the view says so as a lane does; up to three are named at their heads", () => {
  const ghost = (points, i, more = {}) => laneOf(points, i, { label: `pinned ${i}`, pinned: true, ...more });
  const lanes = [laneOf([[0, 0], [0.1, 0]])];
  const out = painted(lanes, { width: 600, height: 500 }, 1, [0, 0], [ghost([[0, 0], [9, 0]], 1), ghost([[0, 0], [0, 0.5]], 2)]);
  assert.deepEqual(out.texts.map(({ text }) => text), ["pinned 1 left the view at step 1, loss 1", "lane 0", "pinned 2"]);
  assertApart(out.texts, out.panel);
  const lost = ghost([[0, 0], [9, 9], [NaN, NaN]], 1, { divergence: "lr 3 > 2/L = 2", divergedAt: 2 });
  assert.match(painted(lanes, { width: 600, height: 500 }, 1, [0, 0], [lost]).texts[0].text, /pinned 1 left at step 1: lr 3 > 2\/L = 2/);
  const many = [1, 2, 3, 4].map((i) => ghost([[0, 0], [0, i / 5]], i));
  assert.deepEqual(painted(lanes, { width: 600, height: 500 }, 1, [0, 0], many).texts.map(({ text }) => text), ["lane 0"]);
});

test("eight lanes in one place are all named, apart from each other and from every head", () => {
  for (const at of [[0, 0], [-1, -1], [1, 1], [0.999, -0.999]]) {
    const { panel, texts } = painted([...Array(8).keys()].map((i) => laneOf([at, at], i)), { width: 500, height: 400 });
    assert.equal(texts.length, 8);
    assertApart(texts, panel);
    const head = { x: panel.px(at[0]) - 6, y: panel.py(at[1]) - 6, width: 12, height: 12 };
    assert.ok(texts.every((label) => !overlap(label, head)), `a name covers the head at ${at}`);
  }
});

test("where there is no room for all labels some are left out, and none lies on another", () => {
  for (const height of [1, 20, 40, 60, 80, 100]) {
    const { panel, texts } = painted([...Array(8).keys()].map((i) => laneOf(EDGES.top(0.5), i)), { width: 120, height });
    assertApart(texts, panel);
    assert.ok(texts.length < 24);
  }
});

test("a long reason is broken into lines, of which none is cut", () => {
  const divergence = "lr 0.021 > 2/L = 0.02; theta is not finite from step 7451 on";
  const { panel, texts } = painted([laneOf(EDGES.right(0), 0, { divergence })], { width: 370, height: 300 });
  assert.equal(texts.map(({ text }) => text).join(" "), `lane 0 left at step 1: ${divergence}`);
  assert.ok(texts.length > 1);
  assertApart(texts, panel);
});

test("a label takes the nearest free place of its columns, found here by trying every pixel", () => {
  let seed = 1;
  const random = (/** @type {number} */ n) => (seed = (seed * 16807) % 2147483647) % n;
  const room = { x: 0, y: 0, width: 200, height: 200 };
  let none = 0;
  for (let round = 0; round < 300; round += 1) {
    const taken = [...Array(random(40)).keys()].map(() => ({ x: random(200), y: random(200), width: 10 + random(120), height: 10 + random(40) }));
    const label = { px: random(240) - 20, py: random(240) - 20, width: 20 + random(100), height: 18, gap: 9 };
    const found = freePlace(label, room, taken);
    const columns = [label.px + 9, label.px - 9 - label.width, label.px - label.width / 2].map((x) => Math.max(0, Math.min(x, 200 - label.width)));
    const free = columns.flatMap((x) => [...Array(183).keys()].map((y) => ({ x, y, width: label.width, height: 18 })))
      .filter((box) => taken.every((other) => !overlap(box, other)));
    if (!free.length) none += 1;
    assert.equal(found === null, !free.length);
    if (!found) continue;
    assert.ok(taken.every((other) => !overlap(found, other)) && found.x >= 0 && found.y >= 0 && found.x + found.width <= 200 && found.y + 18 <= 200);
    const reach = (box) => Math.max(label.gap, Math.hypot(Math.max(box.x - label.px, 0, label.px - box.x - box.width), Math.max(box.y - label.py, 0, label.py - box.y - box.height)));
    const covers = (box) => overlap(box, { x: label.px, y: label.py, width: 0, height: 0 });
    const nearest = Math.min(...free.filter((box) => !covers(box)).map(reach)); // sides differ by 2 pixels each
    assert.ok(covers(found) ? nearest + 4 >= 4 * label.gap : reach(found) <= nearest + 4, `${reach(found)} where ${nearest} is free`);
  }
  assert.ok(none > 5 && none < 295, `both happen: ${none} of 300 find no place`);
});

test("a run that diverges ends where it first leaves, however often it crosses the picture again", () => {
  const panel = panelOf({ width: 200, height: 200 });
  const swing = laneOf([[0, 0.1], [0, -0.5], [0, 3], [0, -0.7], [0, 9], [0, -20]], 0, { divergence: "lr 3 > 2/L = 2" });
  assert.equal(gone(swing, panel), 2);
  assert.equal(exitOf(swing, panel, 1, [0, 0.1]), null);
  for (const time of [2, 3, 4, 5]) {
    const exit = exitOf(swing, panel, time, [0, 0.1]);
    assert.equal(exit.text, "lane 0 left at step 2: lr 3 > 2/L = 2");
    assert.ok(Math.abs(exit.py - panel.top) < 1e-9 && Math.abs(exit.angle + Math.PI / 2) < 1e-9, "it points up, at the upper edge");
  }
  const { strokes } = painted([swing], { width: 200, height: 200 }, 5, [0, 0.1]);
  assert.ok(strokes.length > 0);
  // One that does not diverge comes back as if nothing had been.
  const calm = laneOf([[0, 0.1], [0, 3], [0, 0.2]]);
  assert.equal(gone(calm, panel), Infinity);
  assert.match(exitOf(calm, panel, 1, [0, 0.1]).text, /left the view at step 1, loss 1/);
  assert.equal(exitOf(calm, panel, 2, [0, 0.1]), null);
});

test("whatever is never in sight is pointed at from the edge, and what has no numbers is said at the start", () => {
  const panel = panelOf({ width: 200, height: 200 });
  const far = exitOf(laneOf([[50, 50], [49, 49]]), panel, 1, [50, 50]);
  assert.equal(far.text, "lane 0 is out of the view: at 49, 49");
  assert.ok(Math.abs(far.px - 220) < 1e-9 && Math.abs(far.py - 10) < 1e-9 && Math.abs(far.angle + Math.PI / 4) < 1e-9);
  for (const at of [[1e300, -1e300], [-1e308, 0], [0, 1e-3]]) {
    const exit = exitOf(laneOf([at, [NaN, NaN]], 0, { divergence: "theta is not finite from step 1 on", divergedAt: 1 }), panel, 1, at);
    assert.ok(panel.contains(exit.px, exit.py), `${at}`);
    assert.match(exit.text, /not finite/);
  }
  const lost = exitOf(laneOf([[NaN, NaN]], 0, { divergence: "loss is not finite from step 0 on", divergedAt: 0 }), panel, 0, [-0.5, 0]);
  assert.deepEqual([lost.px, lost.py, lost.angle], [panel.px(-0.5), panel.py(0), null]);
  assert.equal(lost.text, "lane 0 cannot start here: loss is not finite from step 0 on");
  const off = exitOf(laneOf([[NaN, NaN]], 0, { divergence: "loss is not finite from step 0 on", divergedAt: 0 }), panel, 0, [-5, 0]);
  assert.deepEqual([off.px, Math.abs(off.angle)], [panel.left, Math.PI]);
});

test("every loop of the stage has a bound that stands in its first line", () => {
  const files = readdirSync(ASSETS, { recursive: true }).map(String).filter((name) => name.endsWith(".js") && !name.includes("plotly"));
  assert.ok(files.length > 0);
  for (const name of files) {
    const code = readFileSync(new URL(name, ASSETS), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*|(["'`])(?:\\.|(?!\1)[^\\])*\1/g, "");
    assert.doesNotMatch(code, /\bwhile\s*\(|\bdo\s*\{|\bfor\s*\(\s*;|\bfor\s*\([^;()]*;\s*;/, `${name}: a loop without a bound`);
  }
});
