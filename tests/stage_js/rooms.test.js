import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

const ASSETS = new URL("../../optim_viz/stage/assets/", import.meta.url);
/** What a room may import of the others: data goes one way. */
const MAY_IMPORT = { state: [], draw: ["state"], views: ["state", "draw"], hosts: ["state", "draw", "views"] };

const modules = Object.keys(MAY_IMPORT).flatMap((room) => readdirSync(new URL(room, ASSETS)).map((name) => {
  const text = readFileSync(new URL(`${room}/${name}`, ASSETS), "utf8");
  return { room, name, text, code: text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "") };
}));

test("every module stands in a room", () => {
  assert.deepEqual(readdirSync(ASSETS).filter((name) => name.endsWith(".js") && name !== "plotly.min.js"), []);
  assert.ok(modules.length > 40);
});

test("rooms import in one direction", () => {
  for (const { room, name, text } of modules) {
    for (const [, other] of text.matchAll(/from "\.\.\/(\w+)\//g)) {
      assert.ok(MAY_IMPORT[room].includes(other), `${room}/${name} imports ${other}`);
    }
  }
});

test("state touches no page: it runs where there is no document", () => {
  for (const { room, name, code } of modules) {
    if (room === "state") assert.doesNotMatch(code, /\b(window|localStorage|location|history|navigator|getComputedStyle)\b|document\.(?!hidden)/, name);
  }
});

test("only hosts know Streamlit, and the address bar", () => {
  for (const { room, name, code } of modules) {
    if (room === "hosts") continue;
    assert.doesNotMatch(code, /setStateValue|parentElement\s*\}|history\.|location\./, `${room}/${name}`);
  }
});
