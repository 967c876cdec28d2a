import assert from "node:assert/strict";
import test from "node:test";

import { decode, Family, Run, ThinnedRun } from "../../optim_viz/stage/assets/state/packet.js";

/** Packs as the wire format says, independently of the Python side. */
function pack(header, bodies, lead = 0) {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const body = Math.ceil((8 + json.length) / 8) * 8;
  const size = bodies.reduce((end, { offset, values }) => Math.max(end, offset + values.byteLength), 0);
  const bytes = new Uint8Array(lead + body + size);
  bytes.set(new TextEncoder().encode("OVZ1"), lead);
  new DataView(bytes.buffer).setUint32(lead + 4, json.length, true);
  bytes.set(json, lead + 8);
  for (const { offset, values } of bodies) bytes.set(new Uint8Array(values.buffer), lead + body + offset);
  return bytes.subarray(lead);
}

const lane = { dtype: "<f8", shape: [2, 3], channels: ["theta_x", "loss"], offset: 0 };
const family = { dtype: "<f4", shape: [2, 1, 3], channels: ["theta_x"], offset: 48 };
const bodies = [
  { offset: 0, values: new Float64Array([1, 2, 3, NaN, 1e300, -0.5]) },
  { offset: 48, values: new Float32Array([1, 2, 3, 4, 5, 6]) },
];

for (const lead of [0, 1, 5, 8]) {
  test(`arrays come out of a blob that starts at byte ${lead} of its buffer`, () => {
    const { header, blocks } = decode(pack({ seq: 7, arrays: { l: lane, f: family } }, bodies, lead));
    assert.equal(header.seq, 7);
    const run = new Run(blocks.get("l"));
    assert.equal(run.steps, 2);
    assert.deepEqual([...run.get("theta_x")], [1, 2, 3]);
    assert.deepEqual([...run.get("loss")], [NaN, 1e300, -0.5]);
    assert.equal(run.get("m_x"), undefined);
  });
}

test("a family gives the run of each stop, and the same object each time", () => {
  const { blocks } = decode(pack({ arrays: { l: lane, f: family } }, bodies));
  const runs = new Family({ stops: [0.1, 0.2] }, blocks.get("f"));
  assert.deepEqual([...runs.run(0).get("theta_x")], [1, 2, 3]);
  assert.deepEqual([...runs.run(1).get("theta_x")], [4, 5, 6]);
  assert.equal(runs.run(1), runs.run(1));
});

test("anything else is refused with what was found", () => {
  assert.throws(() => decode(new TextEncoder().encode("<html><body>")), /starts with "<htm"/);
  assert.throws(() => decode(new Uint8Array(0)), /not "OVZ1"/);
});

/** Two runs of 6 steps: of y three points at steps 0, 4 and 6; of the update nothing but the numbers of steps 2 and 3. */
const points = { shape: [2, 1, 3], channels: ["theta_y"], values: new Float32Array([0, 0, 0, 1, 9, 5]) };
const thinned = {
  steps: { shape: [2, 1, 3], channels: ["theta_y"], values: new Uint16Array([0, 4, 6, 0, 4, 6]) },
  exact: { shape: [2, 2, 2], channels: ["theta_y", "update_y"], values: new Float64Array([0, 0, 0, 0, 2.75, 1e300, 0.1, -1e-300]) },
  time: 3,
};

test("a thinned run joins its points by lines, and is exact at the step on screen and the one before", () => {
  const run = new ThinnedRun(points, thinned, 1);
  assert.equal(run.steps, 6);
  assert.deepEqual([...run.get("theta_y")], [1, 3, 2.75, 1e300, 9, 7, 5]);
  assert.deepEqual([...run.get("update_y")], [NaN, NaN, 0.1, -1e-300, NaN, NaN, NaN]);
  assert.equal(run.get("m_y"), undefined);
  assert.deepEqual([2, 3, 4].map((step) => run.exactAt(step)), [false, true, false]);
});

test("a thinned run draws nothing where a point is not a number", () => {
  const lost = { ...points, values: new Float32Array([0, 4, NaN, 0, 0, 0]) };
  assert.deepEqual([...new ThinnedRun(lost, { ...thinned, time: 1 }, 0).get("theta_y")], [0, 0, 2, 3, 4, NaN, NaN]);
});

test("a family of long runs makes thinned ones, and knows at which step they are exact", () => {
  const family = new Family({ stops: [0.1, 0.2] }, points, null, thinned);
  assert.equal(family.run(1).get("theta_y")[4], 9);
  assert.equal(family.run(1), family.run(1));
  assert.equal(family.bytes, 6 * 4 + 6 * 2 + 8 * 8);
  assert.deepEqual([family.exactAt(3), family.exactAt(4)], [true, false]);
});
