import assert from "node:assert/strict";
import test from "node:test";

import { decode, Family, Run } from "../../optim_viz/stage/assets/state/packet.js";

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
