import assert from "node:assert/strict";
import test from "node:test";

import { Actions } from "../../optim_viz/stage/assets/state/actions.js";
import { familyKey } from "../../optim_viz/stage/assets/state/family_store.js";
import { Lab } from "../../optim_viz/stage/assets/state/lab.js";
import { apart, pairs, pinOf } from "../../optim_viz/stage/assets/state/pin.js";
import { Connection } from "../../optim_viz/stage/assets/state/connection.js";

globalThis.document ??= { hidden: true }; // a hidden page: the link does not guess on its own

const STOPS = [0.001, 0.01, 0.1, 1];
const hyperparameters = [{ name: "lr", stops: STOPS, scale: "log", default: 0.001 }, { name: "beta2", stops: [0.9, 0.99, 0.999, 0.9999], scale: "log", default: 0.999 }];
const catalog = { key: "catalog:1", optimizers: [{ name: "adam", title: "Adam", hyperparameters }], colours: ["red", "blue"], limits: { lanes: 8 } };

function scenario(changes = {}) {
  return {
    surface: "booth", parameters: {}, formula: "", domain: null, start: [0, 1], steps: 1, noise: 0, seed: 0,
    lanes: [{ optimizer: "adam", hyperparameters: { lr: 0.1, beta2: 0.99 }, colour: 0, marker: "circle", visible: true }],
    view: "overlay", time: null, speed: 1, lane: 0, zoom: null, plots: ["loss_gap"], scales: {}, ...changes,
  };
}

const block = (values, shape = [1, 2]) => ({ shape, channels: ["theta_x"], values: new Float64Array(values) });

function packet(seq, current, { families = [], blocks = [], key = "l:1", pinned = [], paths = [] } = {}) {
  return {
    header: {
      seq, scenario: structuredClone(current), query: "", problems: [], pages: [], surface: { key: "s:1" }, charts: [], families, strips: [], outside: [], catalog, arrays: {},
      paths,
      clouds: current.lanes.map(() => null), clouds_later: false,
      pinned: pinned.map((own) => ({ title: "Adam", key: own, optimizer: "adam", diverged_at: -1, divergence: "", arrived: -1, lines: [], recorded: [], curves: {}, note: "", waiting: false })),
      lanes: current.lanes.map(() => ({ title: "Adam", differs: [], key, optimizer: "adam", diverged_at: -1, divergence: "", arrived: -1, lines: [], recorded: [], curves: {}, note: "", waiting: false })),
    },
    blocks: new Map([["s:1", block([0, 0])], [key, block([1, 2])], ...blocks]),
  };
}

const endsInfo = { key: "t:lr", hyperparameter: "lr", start: 1, minimum: true, edge: null };
const endsBlock = ["t:lr", { shape: [3, 4], channels: ["final", "steps", "diverged"], values: new Float64Array(12) }];
const lrFamily = { key: "f:lr", lane: 0, hyperparameter: "lr", fine: null, strip: endsInfo, stops: STOPS, diverged_at: [-1, -1, -1, 1], divergence: ["", "", "", "too fast"], arrived: [-1, 7, 3, -1], lines: [[], [{ target: "theta", expression: "t" }]], line_of_stop: [0, 0, 0, 1], recorded: ["buffer"], curves: { loss: [] }, notes: [], waiting: 0 };
const lrBlock = ["f:lr", block([10, 11, 20, 21, 30, 31, 40, 41], [4, 1, 2])];

function labWithFamily() {
  const lab = new Lab();
  assert.equal(lab.accept(packet(1, scenario(), { families: [lrFamily], blocks: [lrBlock, endsBlock] }), false), true);
  return lab;
}

test("a family depends on everything but its own slider and the looks", () => {
  const key = familyKey(scenario(), 0, "lr");
  const other = scenario();
  other.lanes[0].hyperparameters.lr = 1;
  other.lanes[0].colour = 3;
  other.time = 7;
  assert.equal(familyKey(other, 0, "lr"), key);
  assert.notEqual(familyKey(scenario({ seed: 1 }), 0, "lr"), key);
  assert.notEqual(familyKey(scenario({ start: [0, 2] }), 0, "lr"), key);
  assert.notEqual(familyKey(scenario({ plots: ["loss_gap", "grad_norm"] }), 0, "lr"), key); // it has no curve of the new plot
  assert.notEqual(familyKey(scenario(), 0, "beta2"), key);
  other.lanes[0].hyperparameters.beta2 = 0.5;
  assert.notEqual(familyKey(other, 0, "lr"), key);
});

test("dragging shows the exact run of the stop, with its own numbers and lines", () => {
  const lab = labWithFamily();
  assert.deepEqual([...lab.lane(0).run.get("theta_x")], [1, 2]);
  lab.overrides.set(0, { hyperparameter: "lr", stop: 3, held: true, seq: 0 });
  const lane = lab.lane(0);
  assert.deepEqual([...lane.run.get("theta_x")], [40, 41]);
  assert.deepEqual([lane.hyperparameters.lr, lane.divergence, lane.divergedAt, lane.lines.length], [1, "too fast", 1, 1]);
  assert.equal(lane.hyperparameters.beta2, 0.99);
  // An outside class may keep more at another stop than it does at the present value.
  assert.deepEqual([lane.recorded, Object.keys(lane.curves)], [["buffer"], ["loss"]]);
  lab.overrides.get(0).stop = 2;
  assert.equal(lab.lane(0).arrived, 3);
});

test("a title that names the dragged value follows it; the names of controls keep the value that is committed", () => {
  const lab = labWithFamily();
  Object.assign(lab.header.lanes[0], { title: "Adam lr 0.1, β₂ 0.99", differs: [{ name: "lr", short: "lr" }, { name: "beta2", short: "β₂" }] });
  assert.equal(lab.lane(0).label, "Adam lr 0.1, β₂ 0.99");
  lab.overrides.set(0, { hyperparameter: "lr", stop: 1, held: true, seq: 0 });
  assert.deepEqual([lab.lane(0).label, lab.lane(0).title], ["Adam lr 0.01, β₂ 0.99", "Adam lr 0.1, β₂ 0.99"]);
});

test("an answer older than the release does not take the dragged run away", () => {
  const lab = labWithFamily();
  lab.overrides.set(0, { hyperparameter: "lr", stop: 1, held: false, seq: 5 });
  lab.accept(packet(4, scenario()), false);
  assert.deepEqual([...lab.lane(0).run.get("theta_x")], [20, 21]);
  const committed = scenario();
  committed.lanes[0].hyperparameters.lr = 0.01;
  lab.accept(packet(5, committed, { key: "l:2" }), false);
  assert.equal(lab.overrides.size, 0);
  assert.deepEqual([...lab.lane(0).run.get("theta_x")], [1, 2]);
});

test("a held slider outlives every answer", () => {
  const lab = labWithFamily();
  lab.overrides.set(0, { hyperparameter: "lr", stop: 2, held: true, seq: 0 });
  lab.accept(packet(9, scenario()), false);
  assert.deepEqual([...lab.lane(0).run.get("theta_x")], [30, 31]);
});

test("play position, view and zoom stay when Python answers", () => {
  const lab = labWithFamily();
  Object.assign(lab.current, { view: "panels", zoom: [[0, 1], [0, 1]], speed: 4 });
  lab.accept(packet(2, scenario()), false);
  assert.deepEqual([lab.current.view, lab.current.zoom, lab.current.speed], ["panels", [[0, 1], [0, 1]], 4]);
});

test("an answer that brings no other run redraws none", () => {
  const lab = labWithFamily();
  const { version } = lab;
  lab.accept(packet(2, scenario()), false);
  assert.equal(lab.version, version);
  lab.accept(packet(3, scenario(), { key: "l:2" }), false);
  assert.equal(lab.version, version + 1);
  lab.overrides.set(0, { hyperparameter: "lr", stop: 1, fine: null, held: false, seq: 4 });
  lab.accept(packet(4, scenario(), { key: "l:2" }), false);
  assert.equal(lab.version, version + 2, "the lane no longer shows the stop that was released");
});

test("a ghost belongs to the first lane of its colour and marker that no ghost before has", () => {
  const look = (text) => ({ colour: Number(text[0]), marker: text.slice(1) });
  const all = (texts) => texts.split(" ").map(look);
  assert.deepEqual(pairs(all("0a 1b 2c"), all("2c 0a 3d")), [2, 0, -1]);
  assert.deepEqual(pairs(all("0a 0a"), all("0a 0a 0a")), [0, 1, -1]);
  assert.deepEqual(pairs(all("0a 0b"), all("0b 1a")), [1, -1]);
});

test("paths that are known on the surface are drawn beside the lanes that look like them, and hidden with them", () => {
  const lab = new Lab();
  const { colour, marker } = scenario().lanes[0];
  const paths = [{ key: "p:1", title: "Adam", colour, marker }, { key: "p:2", title: "SGD", colour: colour + 1, marker: "star" }];
  const answer = packet(1, scenario(), { paths, blocks: [["p:1", block([5, 6])], ["p:2", block([7, 8])]] });
  assert.equal(lab.accept(packet(1, scenario(), { paths }), false), false, "an array is missing");
  assert.equal(lab.accept(answer, false), true);
  assert.deepEqual(lab.paths().map(({ label, lane, pinned }) => [label, lane, pinned]), [["Adam in training", 0, true], ["SGD in training", -1, true]]);
  assert.deepEqual([...lab.paths()[1].run.get("theta_x")], [7, 8]);
  lab.current.lanes[0].visible = false;
  assert.deepEqual(apart(lab.paths(), lab.lanes()).map(({ title }) => title), ["SGD"]);
  assert.equal(lab.accept(packet(2, scenario()), false), true);
  assert.deepEqual(lab.paths(), []);
});

test("pinned runs stay while their lane changes, and are drawn where it shows another run", () => {
  const lab = labWithFamily();
  const pinned = { ...scenario(), pin: pinOf(scenario()) };
  lab.accept(packet(2, pinned, { pinned: ["l:1"] }), false);
  assert.equal(lab.ghosts().length, 1);
  assert.deepEqual(apart(lab.ghosts(), lab.lanes()), [], "nothing has changed: the ghost is the lane");
  lab.overrides.set(0, { hyperparameter: "lr", stop: 1, held: true, seq: 0 });
  assert.deepEqual(apart(lab.ghosts(), lab.lanes()).map(({ label, lane, pinned: is }) => [label, lane, is]), [["pinned Adam", 0, true]]);
  const { version } = lab;
  lab.overrides.clear();
  const after = structuredClone(pinned);
  after.lanes[0].hyperparameters.lr = 0.01;
  const answer = packet(3, after, { key: "l:2", pinned: ["l:1"] });
  answer.blocks.delete("l:1"); // it is here, and not sent again
  answer.blocks.set("l:2", block([7, 8]));
  assert.equal(lab.accept(answer, false), true);
  assert.ok(lab.version > version);
  const [ghost] = apart(lab.ghosts(), lab.lanes());
  assert.deepEqual([[...ghost.run.get("theta_x")], [...lab.lane(0).run.get("theta_x")], ghost.hyperparameters.lr], [[1, 2], [7, 8], 0.1]);
  assert.ok(lab.have.includes("l:1"));
});

test("a ghost is hidden with its lane, takes its colour on, and outlives it; one that is let go is gone at once", () => {
  const lab = new Lab();
  const link = new Connection(lab, { send: () => {} }, () => {});
  const actions = new Actions(lab, link, () => {});
  const two = lanesOf("a", "b");
  const answer = packet(1, { ...two, pin: pinOf(two) }, { key: "l:2", pinned: ["l:1", "l:1"] });
  answer.blocks.set("l:1", block([1, 2]));
  link.receive(answer);
  actions.changeLane(1, { colour: 5, marker: "z" });
  assert.deepEqual(lab.current.pin.lanes.map(({ colour, marker }) => [colour, marker]), [[0, "a"], [5, "z"]]);
  actions.changeLane(0, { visible: false });
  assert.deepEqual(apart(lab.ghosts(), lab.lanes()).map(({ state }) => [state.colour, state.marker]), [[5, "z"]]);
  actions.removeLane(1);
  assert.equal(apart(lab.ghosts(), lab.lanes()).length, 1);
  actions.togglePin();
  assert.deepEqual([lab.current.pin, lab.ghosts()], [null, []]);
  actions.togglePin();
  assert.deepEqual(lab.current.pin, pinOf(lab.current));
  clearTimeout(link.lostTimer);
  clearTimeout(link.quietTimer);
});

test("missing arrays are noticed and nothing on screen changes", () => {
  const lab = labWithFamily();
  const bad = packet(2, scenario(), { key: "l:9" });
  bad.blocks.delete("l:9");
  assert.equal(lab.accept(bad, false), false);
  assert.equal(lab.header.seq, 1);
});

function linked() {
  const lab = new Lab();
  const sent = [];
  const answers = [];
  const link = new Connection(lab, { send: (request) => sent.push(request) }, (replaced) => answers.push(replaced));
  link.receive(packet(0, scenario(), { families: [lrFamily], blocks: [lrBlock, endsBlock] }));
  return { lab, link, sent, answers, stop: () => { clearTimeout(link.lostTimer); clearTimeout(link.quietTimer); } };
}

test("one request is on the way at a time; the newest edit wins", () => {
  const { lab, link, sent, stop } = linked();
  for (const noise of [1, 2, 3]) {
    lab.current.noise = noise;
    link.commit();
  }
  assert.deepEqual(sent.map(({ scenario: body }) => body.noise), [1]);
  link.receive(packet(1, scenario({ noise: 1 })));
  link.pump();
  assert.deepEqual(sent.map(({ scenario: body }) => body.noise), [1, 3]);
  assert.equal(lab.current.noise, 3);
  stop();
});

test("a server that began anew is told what is on screen, and what it knew of the page's opening is not shown", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { lab, link, sent, answers, stop } = linked();
  lab.current.noise = 1;
  link.commit();
  link.receive(packet(1, scenario({ noise: 1 })));
  link.receive(packet(0, scenario()));
  assert.deepEqual([lab.current.noise, lab.header.scenario.noise, answers.length], [1, 1, 2]);
  t.mock.timers.tick(1);
  assert.deepEqual([sent.length, sent.at(-1).scenario.noise], [2, 1]);
  stop();
});

test("dragging over a family that is here sends nothing", () => {
  const { lab, link, sent, stop } = linked();
  for (let stopIndex = 0; stopIndex < 4; stopIndex += 1) {
    lab.overrides.set(0, { hyperparameter: "lr", stop: stopIndex, held: true, seq: 0 });
    link.want(0, "lr");
    link.pump();
  }
  assert.equal(sent.length, 0);
  stop();
});

test("a slider that comes near asks for its family once, and edits go first", () => {
  const { link, sent, stop } = linked();
  link.commit();
  link.want(0, "beta2");
  link.want(0, "beta2");
  assert.equal(sent.length, 1);
  link.receive(packet(1, scenario()));
  link.pump();
  assert.deepEqual(sent.map(({ families }) => families), [[], [{ lane: 0, hyperparameter: "beta2", fine: false }]]);
  assert.equal(sent[1].scenario, null);
  stop();
});

/** A page in sight, with time that stands still until it is moved on. */
function inSight(t) {
  globalThis.document.hidden = false;
  t.after(() => { globalThis.document.hidden = true; });
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let now = 1000;
  t.mock.method(performance, "now", () => now);
  return (ms) => { now += ms; t.mock.timers.tick(ms); };
}

const stripBlock = { shape: [3, 4], channels: ["final", "steps", "diverged"], values: new Float64Array(12) };

function withStrips(seq, current, ...asked) {
  const answer = packet(seq, current);
  answer.header.strips = asked.map(({ lane, hyperparameter }, i) => ({ key: `t:${i}`, lane, hyperparameter, start: 1, minimum: true, edge: null }));
  asked.forEach((_, i) => answer.blocks.set(`t:${i}`, stripBlock));
  return answer;
}

test("strips are asked for in a quiet moment, the chosen lane's first, until all are here; edits go before them", (t) => {
  const pass = inSight(t);
  const both = lanesOf("a", "b");
  both.lane = 1;
  both.lanes[1].hyperparameters.beta2 = 0.5; // lanes that are alike share their strips
  const lab = new Lab();
  const sent = [];
  const link = new Connection(lab, { send: (request) => sent.push(request) }, () => {});
  for (const info of hyperparameters) info.primary = info.name === "lr";
  link.receive(packet(0, both));
  link.touch();
  pass(20);
  assert.equal(sent.length, 0, "not while the person is busy");
  pass(300);
  assert.deepEqual(sent.at(-1).strips, [{ lane: 1, hyperparameter: "lr" }, { lane: 0, hyperparameter: "lr" }]);
  link.receive(withStrips(1, both, sent.at(-1).strips[0]));
  pass(300);
  assert.deepEqual(sent.at(-1).strips, [{ lane: 0, hyperparameter: "lr" }], "the rest is asked for again");
  lab.current.noise = 3;
  link.commit();
  link.receive(withStrips(2, both, sent.at(-1).strips[0]));
  pass(1);
  assert.deepEqual([sent.at(-1).scenario?.noise, sent.at(-1).strips], [3, []]);
  lab.strips.opened.add(0);
  link.receive(packet(3, { ...both, noise: 3 }));
  pass(300);
  assert.deepEqual(sent.at(-1).strips.map(({ lane, hyperparameter }) => `${lane} ${hyperparameter}`), ["1 lr", "0 lr", "0 beta2"], "a card that is open shows more sliders");
  const long = withStrips(4, { ...both, noise: 3 });
  long.header.strips_later = true;
  link.receive(long);
  pass(1);
  assert.equal(sent.at(-1).seq, 4, "long runs leave pauses");
  pass(300);
  assert.deepEqual([sent.at(-1).seq, sent.at(-1).strips.length], [5, 3], "and are asked for again");
  const asked = sent.length;
  link.receive(withStrips(5, { ...both, noise: 3 }));
  pass(3000);
  assert.ok(sent.slice(asked).every(({ strips }) => strips.length === 0), "what Python has not is not asked for again and again");
  for (const info of hyperparameters) delete info.primary;
});

test("nothing is loaded ahead before the stage says so", (t) => {
  const pass = inSight(t);
  const { link, sent } = linked();
  hyperparameters[1].primary = true;
  link.ahead = false;
  pass(3000);
  link.pump();
  assert.equal(sent.length, 0);
  link.want(0, "beta2");
  assert.equal(sent.length, 1, "what a pointer is near is not ahead");
  delete hyperparameters[1].primary;
});

test("no strip is asked for while a finger is down", (t) => {
  const pass = inSight(t);
  const { lab, link, sent } = linked();
  hyperparameters[1].primary = true;
  lab.overrides.set(0, { hyperparameter: "lr", stop: 1, fine: null, held: true, seq: 0 });
  pass(3000);
  link.pump();
  assert.equal(sent.length, 0);
  lab.overrides.clear();
  link.pump();
  assert.equal(sent.length, 1);
  delete hyperparameters[1].primary;
});

const fineStops = Array.from({ length: 21 }, (_, i) => (90 + i) / 1000);
const fineFamily = { ...lrFamily, key: "f:fine", fine: 0.1, stops: fineStops, diverged_at: fineStops.map(() => -1), divergence: fineStops.map(() => ""), line_of_stop: fineStops.map(() => 0), strip: { ...endsInfo, key: "t:fine" } };
const fineBlocks = [["f:fine", block(Array.from({ length: 42 }, (_, i) => i), [21, 1, 2])], ["t:fine", { shape: [3, 21], channels: endsBlock[1].channels, values: new Float64Array(63) }]];
const at = (lr) => { const current = scenario(); current.lanes[0].hyperparameters.lr = lr; return current; };

test("a fine family is shown and committed by its own stops, and leaves the slider's own strip alone", () => {
  const { lab, link, sent, stop } = linked();
  const actions = new Actions(lab, link, () => {});
  const own = lab.strips.get(lab.current, 0, "lr");
  link.receive(packet(0, scenario(), { families: [fineFamily], blocks: fineBlocks }));
  assert.equal(lab.strips.get(lab.current, 0, "lr"), own);
  const family = lab.family(0, "lr", true);
  actions.drag(0, "lr", 12, family);
  assert.deepEqual([lab.lane(0).hyperparameters.lr, [...lab.lane(0).run.get("theta_x")]], [0.102, [24, 25]]);
  assert.equal(sent.length, 0, "what is here is not asked for");
  actions.release(0, "lr");
  assert.equal(sent[0].scenario.lanes[0].hyperparameters.lr, 0.102);
  stop();
});

test("values near each other share a fine family; near its end, or off its stops, another is asked for", () => {
  const { lab, link, sent, stop } = linked();
  link.want(0, "lr", true);
  assert.deepEqual(sent[0].families, [{ lane: 0, hyperparameter: "lr", fine: true }]);
  link.receive(packet(1, at(0.1), { families: [fineFamily], blocks: fineBlocks }));
  assert.equal(lab.family(0, "lr", true)?.info.key, "f:fine");
  for (const [lr, here] of [[0.102, true], [0.108, false], [0.1005, false], [0.0985, false]]) {
    lab.accept(packet(2, at(lr)), false);
    assert.equal(lab.family(0, "lr", true) !== undefined, here, `lr = ${lr}`);
  }
  lab.accept(packet(3, at(0.09), { families: [{ ...fineFamily, fine: 0.09 }], blocks: fineBlocks }), false);
  assert.ok(lab.family(0, "lr", true), "made around this value, it ends where the allowed values end");
  stop();
});

test("Python is told what is here, so that it is not sent again", () => {
  const { link, sent, stop } = linked();
  link.commit();
  assert.deepEqual([...sent[0].have].sort(), ["catalog:1", "l:1", "s:1"]);
  stop();
});

test("a lost answer does not lose the edit", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { lab, link, sent } = linked();
  lab.current.noise = 5;
  link.commit();
  t.mock.timers.tick(9000);
  link.pump();
  assert.equal(sent.length, 2);
  assert.equal(sent[1].scenario.noise, 5);
});

function lanesOf(...names) {
  const lanes = names.map((marker) => ({ ...scenario().lanes[0], marker, hyperparameters: { lr: 0.1, beta2: 0.99 } }));
  return scenario({ lanes });
}

test("quick clicks reach the lanes that were clicked, before any answer", () => {
  const lab = new Lab();
  const link = new Connection(lab, { send: () => {} }, () => {});
  const actions = new Actions(lab, link, () => {});
  link.receive(packet(0, lanesOf("a", "b", "c", "d")));
  actions.removeLane(1);
  actions.changeLane(2, { visible: false });
  actions.removeLane(3);
  actions.removeLane(1); // gone already
  assert.deepEqual(lab.current.lanes.map(({ marker, visible }) => [marker, visible]), [["a", true], ["c", false]]);
  // The answer to the first removal arrives while the rest is still on its way: three lanes are on screen.
  link.receive(packet(1, lanesOf("a", "c", "d")));
  assert.deepEqual(lab.positions, [0, 1, -1]);
  actions.duplicateLane(0);
  actions.changeLane(1, { visible: true });
  assert.deepEqual(lab.current.lanes.map(({ marker, visible }) => [marker, visible]), [["a", true], [undefined, true], ["c", true]]);
  clearTimeout(link.lostTimer);
  clearTimeout(link.quietTimer);
});

test("a scenario from a file is shown as Python read it, with its own play position, and never before", () => {
  const { lab, link, sent, answers, stop } = linked();
  const before = structuredClone(lab.current);
  link.replace({ lanes: [null], start: "over there", time: 999, colour: 99 });
  assert.deepEqual(lab.current, before);
  assert.deepEqual(sent[0].scenario.start, "over there");
  lab.current.noise = 7; // edited meanwhile: it belongs to the scenario that goes
  link.commit();
  link.receive(packet(1, scenario({ time: 1, speed: 4, view: "3d", steps: 1 })));
  assert.deepEqual([lab.current.time, lab.current.speed, lab.current.view, lab.current.noise], [1, 4, "3d", 0]);
  assert.deepEqual(answers, [false, true]);
  link.pump();
  assert.equal(sent.length, 1);
  stop();
});

test("a newer whole scenario that waits is not lost with the answer to an older one", () => {
  const { lab, link, sent, answers, stop } = linked();
  link.replace(scenario({ noise: 3 }));
  link.replace(scenario({ noise: 4 }));
  link.receive(packet(1, scenario({ noise: 3 })));
  assert.deepEqual([lab.current.noise, link.replaceUnderWay], [3, true]);
  link.pump();
  link.receive(packet(2, scenario({ noise: 4 })));
  assert.deepEqual([lab.current.noise, link.replaceUnderWay], [4, false]);
  assert.deepEqual([sent.length, answers], [2, [false, false, true]]);
  stop();
});

test("a file whose answer is lost is asked for again", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { link, sent } = linked();
  link.replace({ lanes: [], noise: 3 });
  t.mock.timers.tick(9000);
  link.pump();
  assert.deepEqual(sent.map(({ scenario: body }) => body.noise), [3, 3]);
});

test("runs that a process works on are asked for again, of lanes first and of the slider wanted last; a dragged stop says that it is not there yet", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const lab = new Lab();
  /** @type {any[]} */ const sent = [];
  const link = new Connection(lab, { send: (request) => sent.push(request) }, () => {});
  link.ahead = false;
  const waiting = packet(1, scenario());
  waiting.header.lanes[0].waiting = true;
  link.receive(waiting);
  t.mock.timers.tick(1000);
  assert.deepEqual([sent.length, sent[0].families, sent[0].scenario], [1, [], null]);
  link.receive(packet(sent[0].seq, scenario()));
  t.mock.timers.tick(1000);
  assert.equal(sent.length, 1); // nothing is on its way any more
  link.want(0, "lr");
  const partly = packet(sent[1].seq, scenario(), { families: [{ ...lrFamily, notes: ["running", "", "", ""], waiting: 1 }], blocks: [lrBlock, endsBlock] });
  link.receive(partly);
  t.mock.timers.tick(1000);
  assert.deepEqual(sent[2].families, [{ lane: 0, hyperparameter: "lr", fine: false }]);
  lab.overrides.set(0, { hyperparameter: "lr", stop: 0, fine: null, held: true, seq: 0 });
  assert.equal(lab.lane(0).note, "running");
});

test("a page in one file is asked for once, whether it comes or cannot be had", (t) => {
  const pass = inSight(t);
  const lab = new Lab();
  const sent = [];
  const link = new Connection(lab, { send: (request) => sent.push(request) }, () => {});
  link.ahead = false;
  link.receive(packet(0, lanesOf("a")));
  link.wantPage({ drag: true, plotly: false });
  assert.deepEqual(sent.map(({ page }) => page), [{ drag: true, plotly: false }]);
  link.wantPage({ drag: false, plotly: false }); // somebody changes their mind while it is made
  link.receive(packet(1, lanesOf("a")));
  link.pump();
  assert.deepEqual(sent[1].page, { drag: false, plotly: false });
  link.receive(packet(2, lanesOf("a")));
  pass(1000);
  link.pump();
  assert.equal(sent.length, 2);
  assert.equal(link.wishes.page, null);
});
