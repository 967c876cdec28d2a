/**
 * How the runs of each slider end: what its track shows before it is touched.
 *
 * @import { Block, HyperparameterInfo, Scenario, StripInfo, Values } from "./types.js"
 */
import { number } from "./format.js";

/** @typedef {"loss" | "steps" | "diverged"} Metric */
/** @typedef {{top: number, bottom: number}} Scale of a lane's strips, in the metric's own measure: palest and deepest */

export const METRICS = /** @type {[Metric, string][]} */ ([["loss", "final loss"], ["steps", "steps to 10⁻³"], ["diverged", "what diverges"]]);
const ROOM = 600;
const LEAST_GAP = 1e-16; // two losses this near to the minimum are alike: float64 tells no more about a loss of 1

/**
 * What a slider's strip depends on: everything but the slider's own value and what is only looks.
 *
 * @param {Scenario} scenario
 * @param {number} lane
 * @param {string} hyperparameter
 */
export function stripKey(scenario, lane, hyperparameter) {
  const { surface, parameters, formula, domain, start, steps, noise, seed } = scenario;
  const { optimizer, hyperparameters, schedule } = scenario.lanes[lane];
  const rest = Object.entries(hyperparameters).filter(([name]) => name !== hyperparameter);
  return JSON.stringify([surface, parameters, formula, domain, start, steps, noise, seed, optimizer, schedule, rest, hyperparameter]);
}

/** One slider's strip: a number for each stop in each of its rows. */
export class Strip {
  /**
   * @param {StripInfo} info
   * @param {Block} block
   */
  constructor(info, block) {
    this.info = info;
    const count = block.shape[1];
    /** @param {string} name @returns {Values} */
    const row = (name) => block.values.subarray(block.channels.indexOf(name) * count, (block.channels.indexOf(name) + 1) * count);
    this.final = row("final");
    this.steps = row("steps");
    this.diverged = row("diverged");
  }

  /** @returns {number} the stop whose run ends lowest (or arrives first, where that is asked for); -1 where all diverged */
  best(/** @type {Metric} */ metric) {
    const bySteps = metric === "steps";
    let best = -1;
    for (let i = 0; i < this.final.length; i += 1) {
      if (this.diverged[i] || !Number.isFinite(this.final[i])) continue;
      if (best < 0 || this.before(i, best, bySteps)) best = i;
    }
    return bySteps && best >= 0 && Number.isNaN(this.steps[best]) ? -1 : best;
  }

  /** @param {number} a @param {number} b @param {boolean} bySteps @returns {boolean} whether stop a did better than stop b */
  before(a, b, bySteps) {
    const [x, y] = [this.steps[a], this.steps[b]].map((steps) => (Number.isNaN(steps) ? Infinity : steps));
    return bySteps && x !== y ? x < y : this.final[a] < this.final[b];
  }

  /** @returns {[number, number][]} first and last stop of each stretch that diverges */
  get lost() {
    /** @type {[number, number][]} */ const found = [];
    for (let i = 0; i < this.diverged.length; i += 1) {
      if (!this.diverged[i]) continue;
      const last = found.at(-1);
      if (last && last[1] === i - 1) last[1] = i;
      else found.push([i, i]);
    }
    return found;
  }
}

/**
 * The measure in which final losses are compared: the logarithm of the distance to the minimum, or, where no minimum is
 * known, a logarithm that lets zero and negative losses through.
 *
 * @param {number} loss
 * @param {boolean} minimum whether `loss` is a distance to a known minimum
 */
export function measure(loss, minimum) {
  return minimum ? Math.log10(Math.max(loss, LEAST_GAP)) : Math.sign(loss) * Math.log10(1 + Math.abs(loss));
}

/**
 * One scale for all strips of a lane, so that a slider that changes little looks as if it changed little.
 *
 * @param {Strip[]} strips of one lane
 * @returns {Scale} from the loss at the start to the lowest loss that any of the strips reaches; a power of ten apart at least
 */
export function scaleOf(strips) {
  let top = -Infinity;
  let bottom = Infinity;
  for (const strip of strips) {
    const { minimum, start } = strip.info;
    if (start !== null) top = Math.max(top, measure(start, minimum));
    const best = strip.best("loss");
    if (best >= 0) bottom = Math.min(bottom, measure(strip.final[best], minimum));
  }
  if (!Number.isFinite(bottom)) return { top: 0, bottom: -1 };
  if (!Number.isFinite(top)) top = bottom + 1;
  return { top, bottom: Math.min(bottom, top - 1) };
}

/**
 * @param {Strip} strip
 * @param {Metric} metric
 * @param {Scale} scale
 * @param {number} steps of a run
 * @returns {number[]} for each stop 0 (pale: as bad as not to move) to 1 (deep: the best there is)
 */
export function depths(strip, metric, scale, steps) {
  return Array.from(strip.final, (loss, i) => {
    if (strip.diverged[i] || !Number.isFinite(loss)) return 0;
    if (metric === "diverged") return 0.5;
    if (metric === "steps") return Number.isNaN(strip.steps[i]) ? 0 : 1 - (0.8 * strip.steps[i]) / Math.max(1, steps);
    const share = (scale.top - measure(loss, strip.info.minimum)) / (scale.top - scale.bottom);
    return Math.min(1, Math.max(0, share));
  });
}

/**
 * @param {HyperparameterInfo["stops"]} stops
 * @param {number} value
 * @returns {number} where a value stands among stops, in stops: 2.5 is half way from stop 2 to stop 3; past the ends it is cut
 */
export function placeOf(stops, value) {
  const numbers = stops.map(Number);
  const after = numbers.findIndex((stop) => stop >= value);
  if (after < 0) return numbers.length - 1;
  if (after === 0) return 0;
  return after - (numbers[after] - value) / (numbers[after] - numbers[after - 1]);
}

/**
 * What a strip shows, in words.
 *
 * @param {Strip} strip
 * @param {HyperparameterInfo["stops"]} stops
 * @param {Metric} metric
 * @returns {string} such as "best at 0.15: 2.3e−12; diverges above 0.02 = 2/L"
 */
export function sentence(strip, stops, metric) {
  const best = strip.best(metric);
  const parts = [];
  if (metric === "steps" && !strip.info.minimum) parts.push("no minimum is known, so there is no 10⁻³ to reach");
  else if (metric === "steps") parts.push(best < 0 ? "never within 10⁻³ of the minimum" : `best at ${stops[best]}: step ${strip.steps[best]}`);
  else if (metric === "loss" && best >= 0) parts.push(`best at ${stops[best]}: ${number(strip.final[best], 2)}`);
  parts.push(...lostWords(strip, stops));
  if (metric === "diverged" && !strip.lost.length) parts.push("diverges nowhere");
  return parts.join("; ");
}

/** @param {Strip} strip @param {HyperparameterInfo["stops"]} stops @returns {string[]} where it diverges, and where the limit is */
function lostWords(strip, stops) {
  const { lost, info: { edge } } = strip;
  const last = stops.length - 1;
  // Its own limit is a formula for the value itself; that of another slider says where the learning rate meets it.
  const at = edge ? `${number(edge.value)}${edge.words.includes("=") ? `, where ${edge.words}` : ` = ${edge.words}`}` : "";
  if (lost.length === 1) {
    const [[from, to]] = lost;
    if (from === 0 && to === last) return ["diverges everywhere"];
    if (to === last) return [edge?.above ? `diverges above ${at}` : `diverges from ${stops[from]} up`];
    if (from === 0) return [edge && !edge.above ? `diverges below ${at}` : `diverges up to ${stops[to]}`];
  }
  if (lost.length) return [`diverges at ${lost.map(([from, to]) => (from === to ? stops[from] : `${stops[from]} to ${stops[to]}`)).join(", ")}`];
  return edge ? [`the limit is ${at}`] : [];
}

/** The strips that the browser holds, the newest of them. */
export class StripStore {
  constructor() {
    /** @type {Map<string, Strip>} */ this.strips = new Map();
    this.version = 0; // grows with each strip that comes
    /** @type {Set<number>} lanes on screen whose further sliders are in sight */ this.opened = new Set();
  }

  /** @param {Scenario} scenario that it belongs to @param {number} lane @param {Strip} strip */
  keep(scenario, lane, strip) {
    const key = stripKey(scenario, lane, strip.info.hyperparameter);
    this.strips.delete(key);
    this.strips.set(key, strip);
    this.version += 1;
    for (const oldest of this.strips.keys()) {
      if (this.strips.size <= ROOM) break;
      this.strips.delete(oldest);
    }
  }

  /** @param {Scenario} scenario @param {number} lane @param {string} hyperparameter @returns {Strip | undefined} */
  get(scenario, lane, hyperparameter) {
    return this.strips.get(stripKey(scenario, lane, hyperparameter));
  }
}
