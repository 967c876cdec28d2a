/**
 * Unpacks what Python sends: "OVZ1", header length, JSON header, padding to 8, little-endian arrays.
 *
 * @import { Strip } from "./strips.js"
 * @import { Block, Header, Packet, Values } from "./types.js"
 */

/**
 * @param {Uint8Array} bytes one packed blob, at any offset in its buffer
 * @returns {Packet}
 * @throws {Error} when the bytes are not such a blob
 */
export function decode(bytes) {
  const buffer = bytes.slice().buffer; // a copy starts at offset 0, so typed arrays can be laid over it
  const view = new DataView(buffer);
  const magic = String.fromCharCode(...new Uint8Array(buffer, 0, Math.min(4, buffer.byteLength)));
  if (magic !== "OVZ1") throw new Error(`the lab's data starts with "${magic}", not "OVZ1"`);
  const length = view.getUint32(4, true);
  /** @type {Header} */
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const body = Math.ceil((8 + length) / 8) * 8;
  /** @type {Map<string, Block>} */
  const blocks = new Map();
  for (const [key, spec] of Object.entries(header.arrays)) {
    const count = spec.shape.reduce((product, size) => product * size, 1);
    const Type = spec.dtype === "<f8" ? Float64Array : Float32Array;
    const start = body + spec.offset;
    // Each array owns its memory, so that forgetting one frees it.
    const values = new Type(buffer.slice(start, start + count * Type.BYTES_PER_ELEMENT));
    blocks.set(key, { shape: spec.shape, channels: spec.channels, values });
  }
  return { header, blocks };
}

/** One run: its channels by name, each of length steps + 1; index t is the value after step t. */
export class Run {
  /**
   * @param {Block} block shape (C, T + 1), or (S, C, T + 1) for a family
   * @param {number} stop which run of a family
   */
  constructor(block, stop = 0) {
    const [count, length] = block.shape.slice(-2);
    /** @type {Map<string, Values>} */
    this.channels = new Map();
    for (let c = 0; c < count; c += 1) {
      const start = (stop * count + c) * length;
      this.channels.set(block.channels[c], block.values.subarray(start, start + length));
    }
    this.steps = length - 1;
  }

  /**
   * @param {string} name
   * @returns {Values | undefined} undefined where this optimizer has no such quantity
   */
  get(name) {
    return this.channels.get(name);
  }
}

/** The exact runs at every stop of one slider. */
export class Family {
  /**
   * @param {import("./types.js").FamilyInfo} info
   * @param {Block} block
   * @param {Strip} strip
   */
  constructor(info, block, strip) {
    this.info = info;
    this.block = block;
    this.strip = strip;
    this.bytes = block.values.byteLength;
    /** @type {Map<number, Run>} */
    this.runs = new Map();
  }

  /**
   * @param {number} stop
   * @returns {Run}
   */
  run(stop) {
    let run = this.runs.get(stop);
    if (!run) {
      run = new Run(this.block, stop);
      this.runs.set(stop, run);
    }
    return run;
  }
}
