/**
 * A lab without Python behind it: a page in one file that holds the runs on screen, and those at each stop of some sliders.
 *
 * It answers as Python would where what was asked for is inside, and says so where it is not; it computes no run.
 *
 * @import { Block, FamilyInfo, Header, LaneInfo, LaneState, Packet, Request, Scenario } from "./types.js"
 *
 * @typedef {FamilyInfo & {titles: string[][], texts: string[]}} SavedFamily with what every lane is called at each stop, and the lane
 *   as a link has it
 * @typedef {{scenario: Scenario, problems: {field: string, message: string}[]}} Judged
 */

/** What the browser alone decides, so that any of it can be shown. */
const LOOKS = ["view", "zoom", "axes", "height", "camera", "scales", "lane", "speed", "time", "loop"];
const LANE_LOOKS = ["colour", "marker", "visible"];

/** @type {Record<string, string>} what else a person can change, in words */
const WORDS = {
  surface: "another surface", formula: "another surface", domain: "another domain", parameters: "another surface", start: "another start",
  steps: "another number of steps", noise: "noise", seed: "another seed", cloud: "a cloud", pin: "a pin", plots: "other plots", story: "another story",
};

export class SavedLab {
  /** @param {Packet} opening Python's answer to a page that opens @param {Packet} kept the families */
  constructor(opening, kept) {
    const { header, blocks } = opening;
    const { scenario } = header;
    /** @type {Header} */
    this.first = { ...header, catalog: header.catalog && { ...header.catalog, first: scenario }, pages: [], story: null };
    this.blocks = new Map([...blocks, ...kept.blocks]);
    /** @type {Set<string>} families' arrays that were unfolded */ this.unfolded = new Set();
    this.families = new Map(/** @type {SavedFamily[]} */ (kept.header.families).map((family) => [`${family.lane} ${family.hyperparameter}`, family]));
    this.scenario = scenario; // as answered last
    /** @type {Judged["problems"]} */ this.problems = []; // and what was said of it
  }

  /** @param {Request} request @returns {Packet} */
  answer(request) {
    const { scenario, problems } = request.scenario === null ? this : this.judge(/** @type {Scenario} */ (request.scenario));
    [this.scenario, this.problems] = [scenario, problems];
    const shown = scenario.lanes.map((lane, index) => this.lane(lane, index));
    const titles = this.titles(shown);
    /** @param {{lane: number, hyperparameter: string}} slider @returns {SavedFamily[]} its family, where the lane's other values are those that it was saved with */
    const inside = ({ lane, hyperparameter }) => {
      const family = this.families.get(`${lane} ${hyperparameter}`);
      const others = shown[lane]?.changed;
      return family && (!others || others === hyperparameter) ? [family] : [];
    };
    const families = request.families.filter(({ fine }) => !fine).flatMap(inside);
    const strips = request.strips.flatMap(inside).map(({ lane, strip }) => ({ lane, ...strip }));
    /** @type {Header} */
    const header = {
      ...this.first, seq: request.seq, scenario, problems, families, strips, strips_later: false, clouds_later: false,
      lanes: shown.map(({ info }, index) => ({ ...info, title: titles[index] })),
      query: withLanes(this.first.query, shown.map(({ info }) => info.text)),
    };
    const keys = [header.surface.key, ...shown.map(({ info }) => info.key), ...header.paths.map(({ key }) => key), ...families.map(({ key }) => key), ...[...strips, ...families.map(({ strip }) => strip)].map(({ key }) => key)];
    /** @type {Map<string, Block>} */
    const blocks = new Map(shown.map(({ info, block }) => [info.key, block]));
    for (const key of keys) {
      const block = this.block(key);
      if (block && !blocks.has(key)) blocks.set(key, block);
    }
    return { header, blocks: new Map([...blocks].filter(([key]) => !request.have.includes(key))) };
  }

  /** @param {Scenario} wanted @returns {Judged} what of it is inside, and words for what is not */
  judge(wanted) {
    if (!different(wanted, this.scenario)) return this; // what was said of it is still to be read
    const first = this.first.scenario;
    const elsewhere = Object.keys(WORDS).find((name) => different(field(wanted, name), field(first, name)));
    const others = wanted.lanes.length !== first.lanes.length || wanted.lanes.some((lane, i) => lane.optimizer !== first.lanes[i].optimizer || different(lane.schedule, first.lanes[i].schedule));
    const looks = Object.fromEntries(LOOKS.map((name) => [name, field(wanted, name) ?? null]));
    if (elsewhere || others) {
      const what = elsewhere ? WORDS[elsewhere] : "another lane";
      const known = { ...this.scenario, ...(others ? { ...looks, lane: this.scenario.lane } : looks) };
      return { scenario: known, problems: [{ field: "page", message: `This page does not hold ${what}; the full lab does.` }] };
    }
    /** @type {Judged["problems"]} */
    const problems = [];
    const lanes = wanted.lanes.map((lane, index) => this.nearest(lane, index, problems));
    return { scenario: { ...first, ...looks, lanes }, problems };
  }

  /**
   * @param {LaneState} wanted
   * @param {number} index
   * @param {Judged["problems"]} problems
   * @returns {LaneState} with values that are inside: one hyperparameter at one of its stops, the others as they were saved
   */
  nearest(wanted, index, problems) {
    const [saved, before] = [this.first.scenario.lanes[index], this.scenario.lanes[index]];
    const changed = Object.keys(saved.hyperparameters).filter((name) => wanted.hyperparameters[name] !== saved.hyperparameters[name]);
    const looks = Object.fromEntries(LANE_LOOKS.map((name) => [name, field(wanted, name)]));
    const name = changed.find((each) => wanted.hyperparameters[each] !== before.hyperparameters[each]) ?? changed[0];
    if (!name) return { ...saved, ...looks };
    const family = this.families.get(`${index} ${name}`);
    const value = Number(wanted.hyperparameters[name]);
    if (!family || !Number.isFinite(value)) {
      problems.push({ field: `lanes.${index}.${name}`, message: `This page holds ${name} at ${saved.hyperparameters[name]} alone.` });
      return { ...saved, ...looks };
    }
    const stop = family.stops.reduce((best, each) => (Math.abs(Number(each) - value) < Math.abs(Number(best) - value) ? each : best));
    if (Number(stop) !== value) problems.push({ field: `lanes.${index}.${name}`, message: `This page holds the stops of the slider; ${stop} is the nearest to ${value}.` });
    if (changed.length > 1) {
      const back = changed.filter((each) => each !== name);
      problems.push({ field: `lanes.${index}`, message: `This page holds one change a lane: ${back.join(" and ")} went back to ${back.map((each) => saved.hyperparameters[each]).join(" and ")}.` });
    }
    return { ...saved, ...looks, hyperparameters: { ...saved.hyperparameters, [name]: stop } };
  }

  /**
   * @param {LaneState} lane
   * @param {number} index
   * @returns {{info: LaneInfo, block: Block, changed: string, family?: SavedFamily, stop: number}} its run, and the hyperparameter that is not as saved
   */
  lane(lane, index) {
    const info = this.first.lanes[index];
    const saved = this.first.scenario.lanes[index].hyperparameters;
    const changed = Object.keys(saved).find((name) => lane.hyperparameters[name] !== saved[name]) ?? "";
    const family = this.families.get(`${index} ${changed}`);
    if (!family) return { info, block: /** @type {Block} */ (this.blocks.get(info.key)), changed: "", stop: -1 };
    const stop = family.stops.findIndex((each) => each === lane.hyperparameters[changed]);
    const whole = /** @type {Block} */ (this.block(family.key));
    const [count, length] = whole.shape.slice(-2);
    const values = whole.values.subarray(stop * count * length, (stop + 1) * count * length);
    return {
      changed, family, stop, block: { ...whole, shape: [count, length], values },
      info: {
        ...info, key: `${family.key}:${stop}`, text: family.texts[stop], lines: family.lines[family.line_of_stop[stop]], recorded: family.recorded, curves: family.curves,
        divergence: family.divergence[stop], diverged_at: family.diverged_at[stop], arrived: family.arrived && family.arrived[stop], note: family.notes[stop] ?? "",
      },
    };
  }

  /** @param {string} key @returns {Block | undefined} an array, which of a family is unfolded where it is needed first */
  block(key) {
    const block = this.blocks.get(key);
    if (block && key.startsWith("f:") && !this.unfolded.has(key)) {
      this.unfolded.add(key);
      unfold(/** @type {Float32Array} */ (block.values), block.shape[block.shape.length - 1]);
    }
    return block;
  }

  /**
   * @param {ReturnType<SavedLab["lane"]>[]} shown
   * @returns {string[]} of each lane. Titles tell lanes of one optimizer apart, so a change may name it in others too.
   */
  titles(shown) {
    const titles = this.first.lanes.map(({ title }) => title);
    for (const { family, stop } of shown) {
      for (const [index, title] of (family?.titles[stop] ?? []).entries()) {
        if (title !== this.first.lanes[index].title) titles[index] = title;
      }
    }
    return titles;
  }
}

/**
 * Undoes in place what saved_page/page.py does to a family's array, so that it packs small.
 *
 * @param {Float32Array} values
 * @param {number} length of each curve
 */
export function unfold(values, length) {
  const planes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const count = values.length;
  for (let i = 0; i < count; i += 1) bits[i] = planes[i] | (planes[count + i] << 8) | (planes[2 * count + i] << 16) | (planes[3 * count + i] << 24);
  for (let from = 0; from < count; from += length) {
    for (let round = 0; round < 2; round += 1) {
      for (let i = from + 1; i < from + length; i += 1) bits[i] += bits[i - 1]; // modulo 2^32, as the array keeps it
    }
  }
}

/** @param {object} of @param {string} name @returns {unknown} */
function field(of, name) {
  return /** @type {Record<string, unknown>} */ (of)[name];
}

/** @param {unknown} one @param {unknown} other */
function different(one, other) {
  return JSON.stringify(one ?? null) !== JSON.stringify(other ?? null);
}

/** @param {string} query @param {string[]} texts of all lanes, as a link has them @returns {string} the query with these lanes */
function withLanes(query, texts) {
  const others = query.split("&").filter((part) => part && !part.startsWith("lane=") && !part.startsWith("story="));
  return [...others, ...texts.map((text) => `lane=${encodeURIComponent(text)}`)].join("&");
}
