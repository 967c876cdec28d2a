import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

import { Panel } from "../../optim_viz/stage/assets/draw/canvas.js";
import { freePlace, LINE } from "../../optim_viz/stage/assets/draw/label_places.js";
import { paintPanel } from "../../optim_viz/stage/assets/draw/trails.js";

const ASSETS = new URL("../../optim_viz/stage/assets/", import.meta.url);
const THEME = { lanes: Array(8).fill("#000"), background: "#fff", text: "#000", font: "sans-serif" };
const EDGES = {
  right: (share) => [[0, share], [9, share]],
  left: (share) => [[0, share], [-9, share]],
  top: (share) => [[share, 0], [share, 9]],
  bottom: (share) => [[share, 0], [share, -9]],
};

/** A canvas that draws nothing and remembers the texts. */
function paper(width = 300) {
  const texts = [];
  const known = { measureText: () => ({ width }), fillText: (text, x, y) => texts.push({ text, x, y }) };
  return { texts, ctx: new Proxy(known, { get: (own, name) => own[name] ?? (() => {}), set: () => true }) };
}

/** Paint eight lanes at their second place and return the labels of those that left the panel. */
function labels(places, size, width) {
  const { ctx, texts } = paper(width);
  const panel = new Panel({ left: 20, top: 10, ...size }, [-1, 1], [-1, 1]);
  const lanes = places.map((path, i) => {
    const channels = { theta_x: path.map(([x]) => x), theta_y: path.map(([, y]) => y), loss: path.map(() => 1) };
    const run = { steps: path.length - 1, get: (name) => channels[name] };
    return { title: `lane ${i}`, run, state: { colour: i, marker: "circle" }, divergence: "", divergedAt: -1 };
  });
  const lab = { header: { surface: { minima: [] } }, overrides: new Map() };
  const past = { layer: { canvas: {} }, size, dragged: new Set() };
  paintPanel(ctx, panel, lab, lanes, 1, THEME, past);
  return { panel, texts: texts.filter(({ text }) => text.includes("left")) };
}

for (const [edge, path] of Object.entries(EDGES)) {
  for (const [how, share] of [["at one point", () => 0.001], ["along it", (i) => i / 4 - 0.9], ["in its corner", () => 0.999]]) {
    test(`eight lanes that leave by the ${edge} edge, ${how}, are all named, inside and apart`, () => {
      const { panel, texts } = labels([...Array(8).keys()].map((i) => path(share(i))), { width: 600, height: 500 }, 250);
      assert.equal(texts.length, 8);
      for (const { x, y } of texts) {
        assert.ok(panel.contains(x, y) && panel.contains(x + 250, y - 13), `${x}, ${y} lies in the panel`);
      }
      for (const [i, one] of texts.entries()) {
        for (const other of texts.slice(0, i)) {
          assert.ok(Math.abs(one.x - other.x) >= 250 || Math.abs(one.y - other.y) >= LINE, `${one.y} and ${other.y} are apart`);
        }
      }
    });
  }
}

test("where there is no room for all labels they still get a place each, inside", () => {
  for (const height of [1, 20, 40, 60, 80, 100]) {
    const { texts } = labels([...Array(8).keys()].map(() => EDGES.top(0.5)), { width: 120, height }, 300);
    assert.equal(texts.length, 8);
    assert.ok(texts.every(({ y }) => Number.isFinite(y)));
  }
});

test("a label takes the nearest free place, found here by trying every pixel", () => {
  let seed = 1;
  const random = (/** @type {number} */ n) => (seed = (seed * 16807) % 2147483647) % n;
  for (let round = 0; round < 500; round += 1) {
    const taken = [];
    for (let i = 0; i < 8; i += 1) {
      const label = { x: random(200), width: 20 + random(100), wanted: random(220) - 10, low: 0, high: 200 };
      const y = freePlace(label, taken);
      const near = taken.filter((other) => other.x < label.x + label.width && label.x < other.x + other.width);
      const free = [...Array(201).keys()].filter((place) => near.every((other) => Math.abs(other.y - place) >= LINE));
      const wanted = Math.max(0, Math.min(label.wanted, 200));
      const nearest = Math.min(...free.map((place) => Math.abs(place - wanted)));
      assert.equal(Math.abs(y - wanted), free.length ? nearest : 0);
      taken.push({ ...label, y });
    }
  }
});

test("every loop of the stage has a bound that stands in its first line", () => {
  const files = readdirSync(ASSETS, { recursive: true }).map(String).filter((name) => name.endsWith(".js") && !name.includes("plotly"));
  assert.ok(files.length > 0);
  for (const name of files) {
    const code = readFileSync(new URL(name, ASSETS), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*|(["'`])(?:\\.|(?!\1)[^\\])*\1/g, "");
    assert.doesNotMatch(code, /\bwhile\s*\(|\bdo\s*\{|\bfor\s*\(\s*;|\bfor\s*\([^;()]*;\s*;/, `${name}: a loop without a bound`);
  }
});
