import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { placedAxes, subplots, ticksOf } from "../../optim_viz/stage/assets/draw/axes.js";
import { pieces } from "../../optim_viz/stage/assets/draw/svg_words.js";

/** What plotly.js made of the same in a browser: [range, nticks, tickformat, texts]. */
const TICKS = JSON.parse(readFileSync(new URL("plotly_ticks.json", import.meta.url), "utf8"));

test("ticks stand at plotly.js's round numbers and read as it writes them", () => {
  assert.ok(TICKS.length > 15);
  for (const [range, nticks, tickformat, texts] of TICKS) {
    const axis = { range, nticks, ...(tickformat ? { tickformat } : {}) };
    assert.deepEqual(ticksOf(axis).map(({ text }) => text.replace(/<[^>]*>/g, "")), texts, `${range} with ${nticks}`);
  }
});

test("given ticks are kept where they are in sight, and the first has the prefix", () => {
  const powers = ticksOf({ range: [-2.5, 0.5], tickvals: [-3, -2, -1, 0, 1], ticktext: ["a", "b", "c", "d", "e"] });
  assert.deepEqual(powers, [{ at: -2, text: "b" }, { at: -1, text: "c" }, { at: 0, text: "d" }]);
  assert.deepEqual(ticksOf({ range: [0, 300], nticks: 5, tickprefix: "step " }).map(({ text }) => text), ["step 0", "100", "200", "300"]);
  assert.deepEqual(ticksOf({ range: [1, 1], nticks: 5 }), []);
  assert.deepEqual(ticksOf({ range: [NaN, 1], nticks: 5 }), []);
});

test("axes take their parts of what the margins leave", () => {
  const axis = { range: [0, 1], domain: [0, 1] };
  const layout = {
    width: 640, height: 480, margin: { l: 44, r: 8, t: 8, b: 34 },
    xaxis: { ...axis, anchor: "y" }, yaxis: { ...axis, anchor: "x", domain: [0.5, 1] },
    xaxis2: { ...axis, anchor: "y2", domain: [0.25, 1] }, yaxis2: { ...axis, anchor: "x2", domain: [0, 0.25] },
  };
  const axes = placedAxes(layout);
  const places = Object.fromEntries(Object.entries(axes).map(([key, { _offset, _length }]) => [key, [_offset, _length]]));
  assert.deepEqual(places, { xaxis: [44, 588], yaxis: [8, 219], xaxis2: [191, 441], yaxis2: [336.5, 109.5] });
  assert.deepEqual(subplots(axes).map(({ x, y }) => [x.key, y.key]), [["xaxis", "yaxis"], ["xaxis2", "yaxis2"]]);
});

test("of the markup only what is known is markup", () => {
  const [plain, sub, note] = pieces('m<sub>x</sub> <span style="color:#555">(a < b)</span>'.replace("</sub> ", "</sub>"));
  assert.deepEqual([plain.text, sub.text, note.text], ["m", "x", "(a < b)"]);
  assert.ok(sub.shift > 0 && sub.scale < 1 && note.shift === 0 && note.scale === 1);
  assert.equal(note.colour, "#555");
  assert.deepEqual(pieces("<script>x</script>").map(({ text }) => text).join(""), "<script>x</script>");
  assert.deepEqual(pieces('<span style="x:y" onload=1>a').map(({ text }) => text).join(""), '<span style="x:y" onload=1>a');
});
