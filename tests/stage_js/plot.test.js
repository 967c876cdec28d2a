import assert from "node:assert/strict";
import test from "node:test";

import { coloured, readable, themed } from "../../optim_viz/stage/assets/draw/figure_style.js";
import { overtaken } from "../../optim_viz/stage/assets/views/previews.js";

const dark = { "#d55e00": "#ff8800", "#ffffff": "#14171a" };
const roles = { text: "#111111", muted: "#666666", grid: "#dddddd", background: "#ffffff" };

test("the light theme's colours become the dark theme's wherever they stand, and nothing else changes", () => {
  const figure = { line: { color: "#D55E00" }, name: "SGD", marker: { color: ["#d55e00", "#123456"] }, x: [1, 2], title: { text: "#ffffff" } };
  assert.deepEqual(coloured(figure, dark), { line: { color: "#ff8800" }, name: "SGD", marker: { color: ["#ff8800", "#123456"] }, x: [1, 2], title: { text: "#ffffff" } });
});

test("every axis is themed, and keeps what the figure says of it", () => {
  const layout = themed({ xaxis2: { range: [0, 1], gridcolor: "#666666" }, yaxis: { type: "log" } }, roles, { width: 300, height: 200, font: "" });
  assert.equal(layout.xaxis2.gridcolor, "#666666");
  assert.deepEqual(layout.xaxis2.range, [0, 1]);
  assert.equal(layout.yaxis.gridcolor, "#dddddd");
  assert.equal(layout.yaxis.type, "log");
  assert.deepEqual([layout.width, layout.height, layout.uirevision], [300, 200, "keep"]);
});

test("a figure is old news while a control that plots follow stands elsewhere", () => {
  const now = new Map([["s1.lr", () => 3], ["s1.momentum", () => null]]);
  assert.equal(overtaken({ "s1.lr": 3, "s1.momentum": 7, "s9.other": 1 }, now), false);
  assert.equal(overtaken({ "s1.lr": 2 }, now), true);
  assert.equal(overtaken({}, now), false);
});

test("words in the colours of curves take those that can be read, and nothing else changes", () => {
  const layout = { annotations: [{ text: '<span style="color:#0072B2">m</span>', font: { size: 12, color: "#0072B2" } }, { text: "v", font: { color: "#123456" } }], title: { text: "t" } };
  const shown = readable(layout, { "#0072b2": "#4C9CC9" });
  assert.deepEqual(shown, { annotations: [{ text: '<span style="color:#4C9CC9">m</span>', font: { size: 12, color: "#4C9CC9" } }, { text: "v", font: { color: "#123456" } }], title: { text: "t" } });
});
