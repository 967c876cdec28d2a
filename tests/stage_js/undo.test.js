import assert from "node:assert/strict";
import test from "node:test";

import { Clock } from "../../optim_viz/stage/assets/state/clock.js";
import { describeChange } from "../../optim_viz/stage/assets/state/change_words.js";
import { Undo } from "../../optim_viz/stage/assets/state/undo.js";

const lane = (lr, optimizer = "adam") => ({ optimizer, hyperparameters: { lr }, colour: 0, marker: "circle", visible: true });
const START = { surface: "booth", start: [0, 1], steps: 100, lanes: [lane(0.1)], view: "overlay", time: null, loop: null, speed: 1, lane: 0, zoom: null };

/** A browser's history, as far as the stage uses it: arrivals come later. */
function browser() {
  const list = [null];
  const self = { at: 0, list, heard: () => {}, arrive: () => self.heard(list[self.at]) };
  self.entries = {
    push: (query, mark) => list.splice((self.at += 1), Infinity, structuredClone(mark)),
    mark: (mark) => (list[self.at] = structuredClone(mark)),
    marked: () => list[self.at],
    go: (by) => (self.at += by),
    listen: (heard) => (self.heard = heard),
  };
  return self;
}

/** The lab, and Python that takes every scenario as it is. */
function lab({ page = null, kept = "", reopened = false, named = true, scenario = START } = {}) {
  const clock = new Clock(() => {});
  clock.steps = 100;
  const state = { header: { scenario: structuredClone(scenario) }, current: structuredClone(scenario) };
  const link = { pending: false, held: false, replaceUnderWay: false, replace: (whole) => { link.replaceUnderWay = link.pending = true; link.whole = whole; } };
  const tab = { kept, read: () => tab.kept || null, write: (_, text) => { tab.kept = text; return true; } };
  const undo = new Undo({ lab: state, clock, link, address: { entries: page?.entries ?? null, named }, tab, query: () => "", onChange: () => {} });
  const change = (changes) => {
    Object.assign(state.current, changes);
    state.header = { scenario: structuredClone(state.current) };
    undo.note();
  };
  const answer = () => {
    state.header = { scenario: { ...structuredClone(link.whole), time: null } };
    state.current = structuredClone(state.header.scenario);
    link.replaceUnderWay = link.pending = false;
    if (undo.restoring?.clock) clock.time = undo.restoring.clock.time;
    undo.note();
  };
  undo.begin(reopened);
  return { undo, state, clock, link, tab, change, answer };
}

test("each change is an entry, and what is only looked at is none", () => {
  const page = browser();
  const { undo, change, clock } = lab({ page });
  change({ steps: 50 });
  change({ zoom: [[0, 1], [0, 1]], speed: 4, lane: 0 });
  clock.time = 20;
  undo.note();
  change({ steps: 50 });
  assert.deepEqual([undo.undoable, undo.redoable, page.list.length], [1, 0, 2]);
});

test("to pin is one change and to unpin another, each told by its name", () => {
  const { undo, change, answer } = lab();
  change({ pin: { lanes: [lane(0.1)] } });
  change({ lanes: [lane(0.2)] });
  change({ pin: null });
  assert.equal(undo.undoable, 3);
  assert.equal(undo.change(-1), "unpin");
  undo.step(-1);
  answer();
  undo.step(-1);
  answer();
  assert.equal(undo.change(-1), "pin");
});

test("undo goes back through the browser's entries, and a new change ends what could be done again", () => {
  const page = browser();
  const { undo, state, change, answer } = lab({ page });
  for (const steps of [50, 60, 70]) change({ steps });
  undo.step(-1);
  undo.step(-1); // before the browser has arrived
  page.arrive();
  answer();
  page.arrive();
  answer();
  assert.deepEqual([state.current.steps, undo.undoable, undo.redoable, page.at], [50, 1, 2, 1]);
  undo.step(1);
  page.arrive();
  answer();
  assert.equal(state.current.steps, 60);
  change({ steps: 99 });
  assert.deepEqual([undo.undoable, undo.redoable, page.list.length], [3, 0, 4]);
});

test("entries that the browser has dropped are undone all the same, and done again", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const page = browser();
  const { undo, state, change, answer } = lab({ page });
  const { go } = page.entries;
  const held = 3; // changes that this browser remembers
  for (let steps = 1; steps <= 8; steps += 1) change({ steps });
  page.entries.go = (by) => page.at + by >= 8 - held && page.at + by < page.list.length && go(by);
  const move = (by) => {
    const before = page.at;
    undo.step(by);
    if (page.at !== before) page.arrive();
    else context.mock.timers.tick(1000);
    if (undo.restoring) answer();
    return state.current.steps;
  };
  assert.deepEqual([...Array(8)].map(() => move(-1)), [7, 6, 5, 4, 3, 2, 1, 100]);
  assert.deepEqual([...Array(8)].map(() => move(1)), [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual([undo.undoable, undo.redoable], [8, 0]);
});

test("without a history of the browser's, undo works all the same", () => {
  const { undo, state, change, answer } = lab();
  change({ steps: 50 });
  undo.step(-1);
  answer();
  assert.deepEqual([state.current.steps, undo.undoable, undo.redoable], [100, 0, 1]);
  undo.step(-1);
  undo.step(1);
  answer();
  assert.equal(state.current.steps, 50);
});

test("the step and the zoom stay when a change is undone, but for one that moved them itself", () => {
  const { undo, state, clock, change, answer } = lab();
  change({ lanes: [lane(0.2)] });
  clock.time = 40;
  state.current.zoom = [[0, 1], [0, 1]];
  undo.look();
  undo.step(-1);
  answer();
  assert.deepEqual([clock.time, state.current.zoom, state.current.lanes[0].hyperparameters.lr], [40, [[0, 1], [0, 1]], 0.1]);
  undo.look();
  clock.time = 0; // a new surface plays from the start, and shows its whole domain
  change({ surface: "beale", zoom: null });
  undo.step(-1);
  answer();
  assert.deepEqual([clock.time, state.current.zoom, state.current.surface], [40, [[0, 1], [0, 1]], "booth"]);
  undo.step(1);
  answer();
  assert.deepEqual([clock.time, state.current.zoom], [0, null]);
});

test("a loop stays when a change is undone, comes back with the steps that it needs, and never reaches beyond the last", () => {
  const { undo, state, change, answer } = lab();
  state.current.loop = [20, 90];
  undo.look();
  change({ lanes: [lane(0.2)] });
  assert.equal(undo.undoable, 1, "a loop is no change of its own");
  undo.look();
  change({ steps: 50, loop: null }); // a shorter run ends it
  undo.step(-1);
  answer();
  assert.deepEqual([state.current.steps, state.current.loop], [100, [20, 90]]);
  undo.step(-1);
  answer();
  assert.deepEqual([state.current.lanes[0].hyperparameters.lr, state.current.loop], [0.1, [20, 90]]);
  change({ steps: 400 });
  state.current.loop = [300, 350];
  undo.look();
  undo.step(-1);
  answer();
  assert.deepEqual([state.current.steps, state.current.loop], [100, null]);
});

test("choosing a lane belongs to the change that follows, so both ends are as they were", () => {
  const { undo, state, change, answer } = lab({ scenario: { ...START, lanes: [lane(0.1), lane(0.2)] } });
  state.current.lane = 1; // a press on its card, before the slider in it moves
  undo.note();
  undo.look();
  change({ lanes: [lane(0.1), lane(0.3)] });
  undo.step(-1);
  answer();
  assert.equal(state.current.lane, 0);
});

test("a gesture is one change, once Python has answered its last move", () => {
  const { undo, link, change } = lab();
  undo.hold("start");
  change({ start: [1, 1] });
  change({ start: [2, 1] });
  link.pending = true; // the last move is under way
  undo.release("start");
  assert.equal(undo.undoable, 0);
  link.pending = false;
  change({ start: [3, 1] });
  assert.equal(undo.undoable, 1);
  undo.hold("click");
  change({ start: [4, 1] });
  change({ start: [3, 1] }); // and back: nothing has changed
  undo.release("click");
  assert.equal(undo.undoable, 1);
});

test("undo asked for while a change is under way undoes that change", () => {
  const { undo, link, change, answer, state } = lab();
  link.pending = true;
  undo.step(-1);
  assert.equal(link.whole, undefined);
  link.pending = false;
  change({ steps: 50 });
  answer();
  assert.deepEqual([state.current.steps, undo.redoable], [100, 1]);
});

test("a reload goes on in the same entry; a lab that comes back keeps what can be undone", () => {
  const page = browser();
  const first = lab({ page });
  first.change({ steps: 50 });
  first.change({ steps: 60 });
  first.undo.keep();
  const reloaded = lab({ page, kept: first.tab.kept, scenario: { ...START, steps: 60 } });
  assert.deepEqual([reloaded.undo.undoable, reloaded.undo.redoable], [2, 0]);
  const later = browser(); // another page was open meanwhile
  const { undo, state, answer, change } = lab({ page: later, kept: first.tab.kept, reopened: true, named: false, scenario: { ...START, steps: 60 } });
  assert.equal(undo.undoable, 2);
  undo.step(-1);
  answer();
  assert.deepEqual([state.current.steps, later.list.length], [50, 1]);
  change({ steps: 70 });
  undo.step(-1);
  later.arrive();
  answer();
  assert.deepEqual([state.current.steps, undo.undoable, later.at], [50, 1, 0]);
});

test("an explicit link begins anew", () => {
  const first = lab();
  first.change({ steps: 50 });
  first.undo.keep();
  assert.equal(lab({ kept: first.tab.kept }).undo.undoable, 0);
});

test("what a tab keeps may be anything", () => {
  for (const kept of ["", "{", "7", "[]", '{"stack":"a"}', '{"stack":"a","position":0,"top":0,"entries":[[0,null]]}', '{"stack":"a","position":0,"top":0,"entries":[1]}']) {
    assert.equal(lab({ kept, reopened: true, named: false }).undo.undoable, 0, kept);
  }
});

test("a change is named in a few words", () => {
  const two = { ...START, lanes: [lane(0.1), lane(0.2)] };
  assert.equal(describeChange(START, START), "");
  assert.equal(describeChange(START, { ...START, start: [1, 2] }), "start");
  assert.equal(describeChange(START, { ...START, surface: "beale", start: [1, 2] }), "surface");
  assert.equal(describeChange(START, two), "lane added");
  assert.equal(describeChange(two, { ...two, lanes: [lane(0.1), lane(0.3)] }), "lr of lane 2");
  assert.equal(describeChange(two, { ...two, lanes: [lane(0.1), { ...lane(0.2), visible: false }] }), "lane hidden");
  assert.equal(describeChange(two, { ...two, lanes: [lane(0.1), lane(0.2, "sgd")] }), "optimizer of lane 2");
  const planned = (/** @type {string | undefined} */ schedule) => ({ ...START, lanes: [{ ...lane(0.1), schedule }] });
  assert.equal(describeChange(planned("step:gamma=0.5"), planned("step:gamma=0.2:step_size=9")), "gamma of the schedule of lane 1 and step_size of the schedule of lane 1");
  assert.equal(describeChange(planned(undefined), planned("step:gamma=0.2")), "schedule of lane 1");
});

test("a page that is loaded again finds where its clock stood, in the tab where the browser took no mark", () => {
  const page = browser();
  const first = lab({ page });
  first.change({ steps: 50 });
  Object.assign(first.clock, { time: 13, playing: true });
  const [older, mark] = structuredClone(page.list);
  first.undo.keep();
  const { kept } = first.tab;
  const again = () => lab({ page: browser(), kept: "" });
  const left = (marked, text) => {
    const { undo, tab } = again();
    undo.parts.address.entries = { marked: () => marked };
    tab.kept = text;
    return undo.clockLeft();
  };
  assert.deepEqual(left(mark, kept), { time: 13, playing: true });
  assert.equal(left(older, kept), null, "another entry was left elsewhere");
  assert.equal(left(null, kept), null, "a link that is opened anew has no mark");
  assert.equal(left({ ...mark, stack: "another" }, kept), null);
  assert.deepEqual(left({ ...older, clock: { time: 7, playing: false } }, kept), { time: 7, playing: false });
  assert.equal(left(mark, kept.replace('"time":13', '"time":"13"')), null, "whatever stands there");
});
