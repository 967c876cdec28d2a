import assert from "node:assert/strict";
import test from "node:test";

import { Clock } from "../../optim_viz/stage/assets/state/clock.js";
import { clockKeys, keyAction } from "../../optim_viz/stage/assets/views/keyboard.js";

function clockAt(time, steps = 100) {
  const clock = new Clock(() => {});
  clock.resize(steps);
  clock.seek(time);
  return clock;
}

test("speed 1 plays sixty steps a second, whatever the frame rate", () => {
  for (const interval of [4, 16, 50]) {
    const clock = clockAt(0, 10000);
    clock.play();
    for (let now = 1000; now <= 3000; now += interval) clock.tick(now);
    assert.ok(Math.abs(clock.time - 120) <= 3, `${clock.time} steps at ${interval} ms a frame`);
  }
});

test("a tenth of the speed is a tenth of the steps, and time stays whole", () => {
  const clock = clockAt(0, 1000);
  clock.speed = 0.1;
  clock.play();
  for (let now = 1000; now <= 2000; now += 10) {
    clock.tick(now);
    assert.ok(Number.isInteger(clock.time));
  }
  assert.ok(clock.time >= 5 && clock.time <= 6, String(clock.time));
});

test("playing stops at the last step and play starts anew from there", () => {
  const clock = clockAt(99);
  clock.play();
  for (let now = 1000; now < 1200; now += 16) clock.tick(now);
  assert.deepEqual([clock.time, clock.playing], [100, false]);
  clock.play();
  assert.deepEqual([clock.time, clock.playing], [0, true]);
});

test("a hidden tab that comes back does not jump", () => {
  const clock = clockAt(0, 100000);
  clock.play();
  clock.tick(1000);
  clock.tick(60000);
  assert.ok(clock.time <= 6);
});

test("scrubbing stays within the run, both ways", () => {
  const clock = clockAt(50);
  clock.step(-1);
  assert.equal(clock.time, 49);
  clock.seek(-5);
  assert.equal(clock.time, 0);
  clock.seek(1e9);
  assert.equal(clock.time, 100);
  clock.resize(40);
  assert.equal(clock.time, 40);
  clock.resize(400);
  assert.equal(clock.time, 40);
});

test("keys step, jump and toggle; others are left alone", () => {
  const cases = [["ArrowLeft", false, 49], ["ArrowRight", false, 51], ["ArrowRight", true, 60], ["Home", false, 0], ["End", false, 100]];
  for (const [key, shiftKey, expected] of cases) {
    const clock = clockAt(50);
    keyAction(clockKeys(clock), { key, shiftKey })();
    assert.equal(clock.time, expected, key);
  }
  const clock = clockAt(50);
  keyAction(clockKeys(clock), { key: " ", shiftKey: false })();
  assert.equal(clock.playing, true);
  assert.equal(keyAction(clockKeys(clock), { key: "a", shiftKey: false }), undefined);
});

test("between two steps it plays again and again, whatever the speed, and shows no step outside", () => {
  for (const speed of [1, 64]) {
    const clock = clockAt(30);
    clock.setLoop("a");
    clock.seek(40);
    clock.setLoop("b");
    assert.deepEqual(clock.looped, [30, 40]);
    clock.speed = speed;
    clock.seek(25);
    clock.play();
    const seen = new Set();
    for (let now = 1000; now < 9000; now += 16) {
      clock.tick(now);
      seen.add(clock.time);
    }
    assert.ok(clock.playing);
    const inside = [...seen].filter((time) => time >= 30);
    assert.ok(Math.max(...seen) === 40 && inside.length === 11, [...seen].join());
  }
});

test("play beyond the loop starts at its start; without a loop it ends at the last step as before", () => {
  const clock = clockAt(100);
  clock.setLoop("b");
  clock.seek(90);
  clock.setLoop("a");
  clock.seek(100);
  clock.play();
  assert.equal(clock.time, 90);
  clock.clearLoop();
  assert.equal(clock.looped, null);
  for (let now = 1000; now < 3000; now += 16) clock.tick(now);
  assert.deepEqual([clock.time, clock.playing], [100, false]);
});

test("a loop that comes with a scenario takes the place of one that was there, and leaves a lone end alone", () => {
  const clock = clockAt(50);
  clock.loopBetween([20, 30]);
  assert.deepEqual(clock.looped, [20, 30]);
  clock.loopBetween(null);
  assert.deepEqual(clock.loop, { a: null, b: null });
  clock.setLoop("a");
  clock.loopBetween(null);
  assert.deepEqual(clock.loop, { a: 50, b: null });
});

test("an end on the wrong side of the other takes its place, and a shorter run drops the loop", () => {
  const clock = clockAt(50);
  clock.setLoop("a");
  clock.seek(20);
  clock.setLoop("b");
  assert.deepEqual(clock.loop, { a: null, b: 20 });
  clock.seek(10);
  clock.setLoop("a");
  assert.deepEqual(clock.looped, [10, 20]);
  clock.resize(20);
  assert.deepEqual(clock.looped, [10, 20]);
  clock.resize(15);
  assert.deepEqual(clock.loop, { a: null, b: null });
});
