/**
 * A move of a story: the change is seen while it happens. Where it moves one slider, the lane goes through the exact runs
 * at the slider's stops on the way; then the new scenario plays from its start.
 *
 * @import { HyperparameterInfo, Scenario } from "../state/types.js"
 * @import { Stage } from "./stage.js"
 *
 * @typedef {{lane: number, hyperparameter: string, from: number, to: number}} Glide stops of one slider
 */
import { Lab } from "../state/lab.js";

const GLIDE_MS = 700;
const LEAST_FRAMES = 8; // of a glide: where frames are slow it takes longer, so that it is seen
const PATIENCE_MS = 8000; // for the runs of a slider that nobody has come near yet; they take a tenth of a second where the server is not busy
const RUN_FIELDS = /** @type {const} */ (["surface", "parameters", "formula", "domain", "start", "steps", "noise", "seed"]);

export class StoryMove {
  /** @param {Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.turn = 0; // grows with each move; a newer one ends the older
    this.running = false;
  }

  /** A pointer or the focus came near: have the runs here before they are needed. @param {Scenario} target */
  prepare(target) {
    const glide = glideTo(this.stage.lab, target);
    if (glide) this.stage.link.want(glide.lane, glide.hyperparameter);
  }

  /** @param {Scenario} target */
  to(target) {
    const { lab, link } = this.stage;
    this.turn += 1;
    const glide = link.pending ? null : glideTo(lab, target);
    if (!glide || matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.arrive(target);
      return;
    }
    link.want(glide.lane, glide.hyperparameter);
    this.running = true;
    this.glide(glide, target, this.turn);
  }

  /**
   * @param {Glide} glide
   * @param {Scenario} target
   * @param {number} turn
   */
  glide(glide, target, turn) {
    const { lab, actions, elements } = this.stage;
    const asked = performance.now();
    let last = 0;
    let share = 0;
    const frame = (/** @type {number} */ now) => {
      if (turn !== this.turn || !elements.section.isConnected) return;
      const ready = lab.family(glide.lane, glide.hyperparameter) !== undefined;
      if (ready) share += last ? Math.min((now - last) / GLIDE_MS, 1 / LEAST_FRAMES) : 0;
      if (ready) last = now;
      if (share >= 1 || (!ready && now - asked > PATIENCE_MS)) {
        this.arrive(target);
        return;
      }
      const stop = Math.round(glide.from + (glide.to - glide.from) * share);
      if (ready && lab.overrides.get(glide.lane)?.stop !== stop) actions.drag(glide.lane, glide.hyperparameter, stop);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  /** Shows it whole, however the person looks at the lab. @param {Scenario} target */
  arrive(target) {
    const { lab, link } = this.stage;
    this.running = false;
    for (const shown of lab.overrides.values()) shown.held = false; // the last stop stays on screen until the runs are here
    link.replace({ ...target, pin: lab.current.pin, view: lab.current.view, time: null });
  }
}

/**
 * @param {Pick<Lab, "header" | "optimizer">} lab
 * @param {Scenario} target
 * @returns {Glide | null} null where more than one slider moves, or something else does
 */
export function glideTo(lab, target) {
  if (!lab.header) return null;
  const { scenario } = lab.header;
  const same = (/** @type {unknown} */ one, /** @type {unknown} */ other) => JSON.stringify(one) === JSON.stringify(other);
  if (RUN_FIELDS.some((name) => !same(scenario[name], target[name])) || scenario.lanes.length !== target.lanes.length) return null;
  /** @type {{lane: number, info: HyperparameterInfo}[]} */
  const moved = [];
  for (const [lane, { optimizer, hyperparameters }] of target.lanes.entries()) {
    const now = scenario.lanes[lane];
    if (now.optimizer !== optimizer) return null;
    for (const info of lab.optimizer(optimizer).hyperparameters) {
      if (hyperparameters[info.name] !== now.hyperparameters[info.name]) moved.push({ lane, info });
    }
  }
  if (moved.length !== 1 || moved[0].info.scale === "choice") return null;
  const [{ lane, info }] = moved;
  const [from, to] = [scenario, target].map(({ lanes }) => Lab.nearestStop(info, lanes[lane].hyperparameters[info.name]));
  return from === to ? null : { lane, hyperparameter: info.name, from, to };
}
