/**
 * Undo and redo: one entry for each committed change, kept here, in the browser's own history, and (where the host
 * has a memory) over a reload and other pages.
 *
 * @import { ClockPlan, Entry, Glance } from "./change.js"
 * @import { Clock } from "./clock.js"
 * @import { Connection } from "./connection.js"
 * @import { Address, Store } from "./host.js"
 * @import { Lab } from "./lab.js"
 *
 * @typedef {{stack: string, position: number, base: number, entry: Entry, clock?: ClockPlan}} Mark what an entry of the browser's history
 *   holds; `base` is the position of the first entry of this page, and whatever is older shares that entry with it; `clock`
 *   is where the clock stood when the page was left
 *
 * @typedef {object} Parts
 * @property {Lab} lab
 * @property {Clock} clock
 * @property {Pick<Connection, "pending" | "held" | "replaceUnderWay" | "replace">} link
 * @property {Pick<Address, "entries" | "named">} address
 * @property {Store | null} tab what is kept as long as the tab is open
 * @property {() => string} query of the link to what is on screen
 * @property {() => void} onChange
 */
import { committed, lookedAt, same } from "./change.js";
import { describeChange } from "./change_words.js";

const MOST = 200; // entries that are kept
const KEPT = "undo";
const ARRIVES_MS = 1000; // a browser that has not gone by then holds no such entry: it keeps some fifty

export class Undo {
  /** @param {Parts} parts */
  constructor(parts) {
    this.parts = parts;
    this.stack = "";
    this.position = 0;
    this.top = 0; // the newest entry that can be redone
    this.base = 0;
    this.target = 0; // where the browser is on its way to
    this.away = false; // the browser has been asked to go there
    /** @type {ReturnType<typeof setTimeout> | undefined} */ this.timer = undefined;
    this.waiting = 0; // steps asked for while an edit was under way
    /** @type {Map<number, Entry>} */ this.entries = new Map();
    /** @type {Map<string, boolean>} gestures under way, which are one change; true once they have ended */ this.holds = new Map();
    /** @type {Glance | null} */ this.last = null; // how it was looked at when nothing was under way
    this.lane = 0; // the lane chosen when the present entry was made: choosing another belongs to the change that follows
    /** @type {{clock: ClockPlan | null} | null} */ this.restoring = null;
    parts.address.entries?.listen((mark) => this.arrived(mark));
  }

  /** @returns {number} the oldest entry that can be gone back to */
  get lowest() {
    return Math.min(this.position, this.base, ...this.entries.keys());
  }

  /** @returns {number} changes that can be undone */
  get undoable() {
    return this.position - this.lowest;
  }

  /** @returns {number} changes that can be done again */
  get redoable() {
    return this.top - this.position;
  }

  /** @param {-1 | 1} by @returns {string} in words, the change that a step would undo or do again; "" where it is not known */
  change(by) {
    const [older, newer] = [Math.min(this.position, this.position + by), Math.max(this.position, this.position + by)];
    const [before, after] = [this.entries.get(older), this.entries.get(newer)];
    return before && after ? describeChange(before.scenario, after.scenario) : "";
  }

  /** A gesture begins: what it changes on its way is one change. @param {string} gesture */
  hold(gesture) {
    this.holds.set(gesture, false);
  }

  /** @param {string} gesture */
  release(gesture) {
    if (!this.holds.has(gesture)) return;
    this.holds.set(gesture, true);
    this.note();
  }

  /** Remembers how it is looked at while nothing is under way; called in every painted frame. */
  look() {
    if (this.stack && !this.parts.link.pending && !this.holds.size) this.last = this.glance();
  }

  /** Makes an entry if what is on screen is not that of the present one; called after each answer and each new look. */
  note() {
    const { lab, link } = this.parts;
    if (!this.stack || !lab.header || link.held || link.replaceUnderWay) return;
    if ([...this.holds.values()].some((ended) => !ended || link.pending)) return;
    this.holds.clear();
    const scenario = committed(lab);
    const entry = this.entries.get(this.position);
    if (this.restoring || !entry) this.entries.set(this.position, { before: null, after: null, ...entry, scenario });
    else if (same(entry.scenario, scenario)) return this.noted();
    else this.add({ scenario, before: this.last && { ...this.last, lane: this.lane }, after: this.glance() });
    this.restoring = null;
    this.last = this.glance();
    this.lane = this.last.lane;
    this.noted();
  }

  /** All is as the present entry has it. */
  noted() {
    const { link } = this.parts;
    if (this.target !== this.position) this.travel();
    else if (this.waiting && !link.pending) this.step(this.waiting);
    this.parts.onChange();
  }

  /** @param {Entry} entry */
  add(entry) {
    const { entries } = this.parts.address;
    for (const position of this.entries.keys()) if (position > this.position) this.entries.delete(position);
    if (this.base > this.position) {
      this.base = this.position;
      entries?.mark(this.mark());
    }
    this.position += 1;
    this.top = this.target = this.position;
    this.entries.set(this.position, entry);
    if (this.entries.size > MOST) this.entries.delete(Math.min(...this.entries.keys()));
    entries?.push(this.parts.query(), this.mark());
  }

  /** Undoes (-1) or does again (1). @param {number} by */
  step(by) {
    const { link, address } = this.parts;
    this.waiting = 0;
    if (!this.stack || link.held) return;
    if ((link.pending && !this.restoring) || this.holds.size) {
      this.waiting = by; // after the edit that is under way has become an entry
      return;
    }
    const target = Math.max(this.lowest, Math.min(this.target + by, this.top));
    this.target = target;
    this.travel();
    if (this.position === target) address.entries?.mark(this.mark());
  }

  /** Goes to the target, through the browser's history where that holds it. */
  travel() {
    if (this.away || this.restoring) return; // goes on once that is shown
    const by = this.travelled(this.target) - this.travelled(this.position);
    const { entries } = this.parts.address;
    this.away = by !== 0 && entries !== null;
    if (this.away) {
      this.timer = setTimeout(() => this.stayed(), ARRIVES_MS);
      entries?.go(by);
    } else if (this.target !== this.position) this.restore(this.target);
  }

  /** The browser has dropped the entry that it was to go to: whatever is older shares the present one. */
  stayed() {
    this.away = false;
    this.base = this.position;
    this.travel();
  }

  /** @param {number} position @returns {number} how many entries of the browser's history lie between it and the page's first */
  travelled(position) {
    return Math.max(0, position - this.base);
  }

  /** The browser went to an entry: by Back or Forward, or because we asked for it. @param {Mark} mark */
  arrived(mark) {
    const asked = this.away;
    this.away = false;
    clearTimeout(this.timer);
    this.holds.clear();
    this.waiting = 0;
    this.base = Math.min(this.base, mark.base);
    this.top = Math.max(this.top, mark.position);
    if (!this.entries.has(mark.position)) this.entries.set(mark.position, mark.entry);
    if (!asked) this.target = mark.position;
    this.restore(mark.position);
  }

  /** Shows an entry. @param {number} target */
  restore(target) {
    const entry = this.entries.get(target);
    if (!entry) {
      this.target = this.position; // nobody knows what stood there
      return;
    }
    const { glance, clock } = this.lookedAt(target);
    this.position = target;
    this.restoring = { clock };
    const { time, playing, ...looks } = glance;
    looks.lane = Math.min(looks.lane, entry.scenario.lanes.length - 1);
    if (looks.loop && looks.loop[1] > Number(entry.scenario.steps)) looks.loop = null;
    this.parts.link.replace({ ...structuredClone(entry.scenario), ...looks, time: null });
    this.parts.onChange();
  }

  /** @param {number} target @returns {ReturnType<typeof lookedAt>} how that entry is looked at */
  lookedAt(target) {
    const back = target < this.position;
    const passed = [];
    for (let at = this.position; at !== target; at += back ? -1 : 1) passed.push(this.entries.get(back ? at : at + 1));
    return lookedAt(this.glance(), passed, back);
  }

  /** @returns {Glance} */
  glance() {
    const { lab, clock } = this.parts;
    const { loop, speed, lane, zoom } = lab.current;
    return { time: clock.time, playing: clock.playing, loop, speed, lane, zoom };
  }

  /** @returns {Mark} */
  mark() {
    const { stack, position, base } = this;
    return { stack, position, base, entry: /** @type {Entry} */ (this.entries.get(position)) };
  }

  /** The first answer is on screen: goes on where this entry of the browser's history, or this tab, stood. @param {boolean} reopened the lab came back as it was left */
  begin(reopened) {
    const { lab, address, tab } = this.parts;
    const mark = address.entries?.marked() ?? null;
    const kept = read(tab?.read(KEPT));
    const stack = mark?.stack ?? (reopened ? kept?.stack : undefined);
    this.stack = stack ?? Math.random().toString(36).slice(2);
    if (kept && kept.stack === stack) {
      this.entries = new Map(kept.entries);
      [this.position, this.top] = [kept.position, kept.top];
    }
    if (mark) [this.position, this.base, this.top] = [mark.position, mark.base, Math.max(this.top, mark.position)];
    const scenario = committed(lab);
    const entry = this.entries.get(this.position) ?? mark?.entry;
    if (!mark && entry && !same(entry.scenario, scenario)) this.top = this.position += 1; // another tab went on
    for (const position of this.entries.keys()) if (position > this.top) this.entries.delete(position);
    if (!mark) this.base = this.position;
    this.target = this.position;
    this.entries.set(this.position, { before: null, after: null, ...this.entries.get(this.position), scenario });
    this.last = this.glance();
    this.lane = this.last.lane;
    address.entries?.mark(this.mark());
    this.parts.onChange();
  }

  /**
   * Where the clock stood when this entry of the browser's history was left. A browser that is about to load the page again no
   * longer takes a mark; what the tab keeps is there.
   *
   * @returns {ClockPlan | null}
   */
  clockLeft() {
    const { address, tab } = this.parts;
    const mark = address.entries?.marked();
    const kept = mark && read(tab?.read(KEPT));
    return (kept?.stack === mark?.stack && kept?.position === mark?.position && kept?.clock) || mark?.clock || null;
  }

  /** The page is left. */
  keep() {
    if (!this.stack) return;
    const { stack, position, top } = this;
    const { time, playing } = this.parts.clock;
    const clock = { time, playing };
    this.parts.address.entries?.mark({ ...this.mark(), clock });
    this.parts.tab?.write(KEPT, JSON.stringify({ stack, position, top, entries: [...this.entries], clock }));
  }
}

/**
 * @param {string | null | undefined} text what this tab keeps; anything may stand there
 * @returns {{stack: string, position: number, top: number, entries: [number, Entry][], clock?: ClockPlan} | null}
 */
function read(text) {
  try {
    const kept = JSON.parse(text ?? "null");
    const whole = typeof kept.stack === "string" && Number.isInteger(kept.position) && Number.isInteger(kept.top);
    const good = kept.entries.every((/** @type {unknown[]} */ [at, entry]) => Number.isInteger(at) && Array.isArray(/** @type {Entry} */ (entry).scenario.lanes));
    const { time, playing } = kept.clock ?? {};
    const clock = Number.isInteger(time) && typeof playing === "boolean" ? { time, playing } : undefined;
    return whole && good ? { ...kept, clock } : null;
  } catch {
    return null;
  }
}
