/**
 * The lab's state in the browser: the scenario as it is edited now, the runs Python sent, and which run each lane shows.
 *
 * @import { LaneView } from "./lane_view.js"
 * @import { Block, Catalog, Header, HyperparameterInfo, LaneState, OptimizerInfo, Packet, Scenario } from "./types.js"
 */
import { Cloud } from "./cloud.js";
import { FamilyStore } from "./family_store.js";
import { knownPathViews, laneView, pinnedViews } from "./lane_view.js";
import { Family, Run } from "./packet.js";
import { pairs } from "./pin.js";
import { Strip, StripStore } from "./strips.js";

/** What belongs to the browser: an answer from Python never moves it. @type {(keyof Scenario)[]} */
export const LOOKS = ["view", "axes", "height", "camera", "time", "loop", "speed", "lane", "zoom", "scales"];
/** Looks that pass: they are no change of the scenario, so none can be undone. @type {(keyof Scenario)[]} */
export const GLANCES = ["camera", "time", "loop", "speed", "lane", "zoom"];

/** What Python notes of a run that is not there yet. */
export const RUNNING = "running";

/**
 * @typedef {object} Override a lane shown at a slider stop that Python has not confirmed yet
 * @property {string} hyperparameter
 * @property {number} stop
 * @property {Family | null} fine the family that the stop is one of, where it is not the slider's own
 * @property {boolean} held the finger is still down
 * @property {number} seq the request that commits it (0 while not sent)
 */

export class Lab {
  constructor() {
    /** @type {Catalog | null} */ this.catalog = null;
    /** @type {Header | null} */ this.header = null;
    /** @type {Scenario | null} */ this.scenario = null;
    /** @type {Map<string, Block>} */ this.blocks = new Map();
    /** @type {Map<string, OptimizerInfo>} outside classes that lanes have run */ this.outside = new Map();
    this.families = new FamilyStore();
    this.strips = new StripStore();
    /** @type {Map<number, Override>} */ this.overrides = new Map();
    /** @type {Run[]} */ this.runs = [];
    /** @type {{run: Run, lane: number}[]} */ this.pinned = []; // the pinned runs, with the lanes on screen that they belong to
    /** @type {Run[]} */ this.knownPaths = []; // on the surface, whatever runs there
    /** @type {number[]} */ this.positions = []; // where each lane on screen stands in the edited scenario, -1 once removed
    /** @type {(["add" | "remove", number])[]} */ this.moves = []; // lanes added and removed since the last request
    /** @type {(Cloud | null)[]} by lane */ this.clouds = [];
    this.now = 0; // the step on screen
    /** @type {{drag: boolean, plotly: boolean, draggable: number, bytes: Uint8Array} | null} */ this.page = null; // in one file, as it came last
    /** @type {import("./types.js").Taken | null} */ this.taken = null; // a file or a script that was wished for
    /** @type {import("./types.js").Drawing | null} */ this.drawing = null; // how the picture or film stands, as it was told last
    /** @type {{key: string, told: string[]} | null} */ this.parity = null; // what came of running torch beside a run
    /** @type {{groups: import("./types.js").GalleryGroup[], blocks: Map<string, Block>} | null} */ this.gallery = null;
    /** @type {string[]} */ this.needed = []; // the arrays that the screen shows: the surface's, each lane's, each pinned run's
    this.version = 0; // grows whenever a lane may show another run
  }

  /**
   * Takes in one packet from Python.
   *
   * @param {Packet} packet
   * @param {boolean} dirty the person has edited since the request that this answers
   * @param {boolean} whole the scenario came from outside: its play position, zoom and the like count too
   * @returns {boolean} false when arrays are missing that Python believed were here
   */
  accept({ header, blocks }, dirty, whole = false) {
    this.keep(header, blocks);
    const needed = [header.surface.key, ...header.lanes.map((lane) => lane.key), ...header.pinned.map((lane) => lane.key),
      ...header.paths.map((path) => path.key), ...header.clouds.flatMap((cloud) => (cloud ? [cloud.key] : []))];
    if (!this.catalog || needed.some((key) => !this.blocks.has(key))) return false;
    const old = this.scenario;
    const before = JSON.stringify([this.needed, [...this.overrides.keys()]]);
    this.header = header;
    if (!dirty || !old) {
      this.scenario = structuredClone(header.scenario);
      if (old && !whole) for (const name of LOOKS) this.copyLook(name, old);
    }
    this.positions = header.lanes.map((_, index) => index);
    for (const [kind, at] of dirty ? this.moves : []) this.shift(kind, at);
    this.showRuns(header);
    for (const [lane, shown] of this.overrides) {
      if (!shown.held && shown.seq > 0 && header.seq >= shown.seq) this.overrides.delete(lane);
    }
    for (const key of [...this.blocks.keys()]) if (!needed.includes(key)) this.blocks.delete(key);
    this.needed = needed;
    if (header.parity) this.parity = { key: header.lanes[header.parity.lane]?.key ?? "", told: header.parity.told };
    if (JSON.stringify([needed, [...this.overrides.keys()]]) !== before) this.version += 1; // not for strips and families alone
    return true;
  }

  /**
   * Keeps what a packet brings, whether all that the screen needs is here or not.
   *
   * @param {Header} header
   * @param {Map<string, Block>} blocks
   */
  keep(header, blocks) {
    if (header.catalog) this.catalog = header.catalog;
    for (const info of header.outside) this.outside.set(info.name, info);
    for (const [key, block] of blocks) this.blocks.set(key, block);
    for (const info of header.families) this.keepFamily(header, info);
    for (const info of header.strips) {
      const block = this.blocks.get(info.key);
      if (block) this.strips.keep(header.scenario, info.lane, new Strip(info, block));
    }
    if (header.gallery) this.keepGallery(header.gallery);
    const page = header.page && blocks.get(header.page.key);
    if (header.page && page) this.page = { ...header.page, bytes: /** @type {Uint8Array} */ (/** @type {unknown} */ (page.values)) };
    if (header.taken) {
      const bytes = blocks.get(header.taken.key ?? "")?.values ?? new Uint8Array();
      this.taken = { file: "", media: "", ...header.taken, bytes: /** @type {Uint8Array} */ (/** @type {unknown} */ (bytes)) };
    }
    if (header.drawing) this.drawing = { ...header.drawing, bytes: /** @type {Uint8Array | undefined} */ (/** @type {unknown} */ (blocks.get("drawing")?.values)) };
  }

  /** Shows the runs that a header names; their arrays are here. @param {Header} header */
  showRuns(header) {
    this.runs = header.lanes.map((lane) => new Run(/** @type {Block} */ (this.blocks.get(lane.key))));
    this.clouds = header.clouds.map((info, lane) => info && (this.clouds[lane]?.info.key === info.key ? this.clouds[lane] : new Cloud(info, /** @type {Block} */ (this.blocks.get(info.key)))));
    const partners = pairs(header.scenario.lanes, header.scenario.pin?.lanes ?? []);
    this.pinned = header.pinned.map(({ key }, i) => {
      const same = header.lanes.findIndex((lane) => lane.key === key);
      return { run: this.runs[same] ?? new Run(/** @type {Block} */ (this.blocks.get(key))), lane: partners[i] };
    });
    this.knownPaths = header.paths.map(({ key }) => new Run(/** @type {Block} */ (this.blocks.get(key))));
  }

  /**
   * Play position, zoom and the like belong to the browser: an answer from Python never moves them.
   *
   * @param {string} name
   * @param {Scenario} old
   */
  copyLook(name, old) {
    const target = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (this.scenario));
    target[name] = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (old))[name];
    const scenario = this.current;
    if (name === "lane") scenario.lane = Math.min(scenario.lane, scenario.lanes.length - 1);
  }

  /**
   * A lane was added or removed in the edited scenario; those on screen are still the old ones.
   *
   * @param {"add" | "remove"} kind
   * @param {number} at
   */
  shift(kind, at) {
    this.positions = this.positions.map((position) => {
      if (kind === "add") return position >= at ? position + 1 : position;
      return position === at ? -1 : position > at ? position - 1 : position;
    });
  }

  /**
   * @param {number} lane on screen
   * @returns {LaneState | undefined} the same lane as edited now; undefined once removed
   */
  edited(lane) {
    return this.current.lanes[this.positions[lane] ?? -1];
  }

  /** @returns {Scenario} the scenario as edited now */
  get current() {
    if (!this.scenario) throw new Error("the lab has no scenario yet");
    return this.scenario;
  }

  /** @returns {number} steps of the runs on screen */
  get steps() {
    return this.runs.length ? this.runs[0].steps : 0;
  }

  /** @returns {import("./types.js").PlotInfo[]} all that can be plotted: what has a file, and what the lanes on screen keep */
  get plots() {
    return [...(this.catalog?.plots ?? []), ...(this.header?.states ?? [])];
  }

  /** @param {number} lane @returns {string[]} what came of running torch beside the run on screen; [] where nobody asked */
  parityOf(lane) {
    const key = this.header?.lanes[lane]?.key;
    return this.parity && this.parity.key === key ? this.parity.told : [];
  }

  /** @param {import("./types.js").GalleryGroup[]} groups */
  keepGallery(groups) {
    /** @type {Map<string, Block>} */
    const blocks = new Map();
    for (const { ground, paths } of groups.flatMap(({ stories }) => stories)) {
      for (const key of [ground, paths]) {
        const block = this.blocks.get(key);
        if (block) blocks.set(key, block);
        this.blocks.delete(key);
      }
    }
    this.gallery = { groups, blocks };
  }

  /** @returns {string[]} what Python need not send again */
  get have() {
    return [...this.blocks.keys(), ...(this.catalog ? [this.catalog.key] : [])];
  }

  /**
   * @param {Header} header
   * @param {import("./types.js").FamilyInfo} info
   */
  keepFamily(header, info) {
    const [block, ends] = [this.blocks.get(info.key), this.blocks.get(info.strip.key)];
    if (!block || !ends) return;
    this.blocks.delete(info.key);
    const steps = info.thinned && this.blocks.get(info.thinned.steps);
    const exact = info.thinned && this.blocks.get(info.thinned.exact);
    const thinned = info.thinned && steps && exact ? { steps, exact, time: info.thinned.time } : null;
    const family = new Family(info, block, new Strip(info.strip, ends), thinned);
    this.families.keep(header.scenario, family);
    if (info.fine === null) this.strips.keep(header.scenario, info.lane, family.strip);
  }

  /**
   * @param {number} lane
   * @param {string} hyperparameter
   * @param {boolean} [fine] the one around the present value, ten times finer
   * @returns {Family | undefined}
   */
  family(lane, hyperparameter, fine = false) {
    if (!this.header || lane >= this.header.scenario.lanes.length) return undefined;
    const { scenario } = this.header;
    return fine ? this.families.fine(scenario, lane, hyperparameter) : this.families.get(scenario, lane, hyperparameter);
  }

  /** @param {string} name @returns {OptimizerInfo | undefined} undefined for an outside class that no run was seen of yet */
  find(name) {
    return this.catalog?.optimizers.find((item) => item.name === name) ?? this.outside.get(name);
  }

  /**
   * @param {string} name
   * @returns {OptimizerInfo}
   */
  optimizer(name) {
    const found = this.find(name);
    if (!found) throw new Error(`the catalog has no optimizer "${name}"`);
    return found;
  }

  /** @param {number} lane @returns {LaneView} */
  lane(lane) {
    return laneView(this, lane);
  }

  /** @returns {LaneView[]} every lane the runs on screen have, hidden ones too */
  lanes() {
    return this.runs.map((_, index) => this.lane(index));
  }

  /** @returns {import("./pin.js").Ghost[]} the pinned runs */
  ghosts() {
    return pinnedViews(this);
  }

  /** @returns {import("./pin.js").Ghost[]} the paths that are known on the surface */
  paths() {
    return knownPathViews(this);
  }

  /**
   * @param {HyperparameterInfo} info
   * @param {number | boolean | string} value
   * @returns {number} the index of the stop nearest to a value, by their difference; the later of two as near
   */
  static nearestStop(info, value) {
    const target = Number(value);
    let best = 0;
    for (let i = 1; i < info.stops.length; i += 1) {
      if (Math.abs(Number(info.stops[i]) - target) <= Math.abs(Number(info.stops[best]) - target)) best = i;
    }
    return best;
  }
}
