/**
 * What a person can do to the scenario. Each action edits it and hands it to the link; Python judges the values.
 *
 * @import { Lab } from "./lab.js"
 * @import { Connection } from "./connection.js"
 * @import { LaneState, Scenario } from "./types.js"
 */
import { toggled } from "./cloud.js";
import { otherConventions } from "./conventions.js";
import { pinOf } from "./pin.js";

export class Actions {
  /**
   * @param {Lab} lab
   * @param {Connection} link
   * @param {() => void} refresh called after each edit
   */
  constructor(lab, link, refresh) {
    this.lab = lab;
    this.link = link;
    this.refresh = refresh;
    /** @type {Scenario["cloud"]} */ this.lastCloud = null; // that was let go
  }

  /** @param {Partial<Scenario>} change */
  change(change) {
    Object.assign(this.lab.current, change);
    this.send();
  }

  /** Changes only how it looks: Python need not hear of it before the next edit. @param {Partial<Scenario>} change */
  look(change) {
    Object.assign(this.lab.current, change);
    this.refresh();
  }

  send() {
    this.link.commit();
    this.refresh();
  }

  /** @param {number} lane on screen, as in every action here @param {Partial<LaneState>} change */
  changeLane(lane, change) {
    const state = this.lab.edited(lane);
    if (!state) return; // it was removed a moment ago
    Object.assign(state, change);
    const ghost = this.lab.current.pin?.lanes[this.lab.pinned.findIndex((one) => one.lane === lane)];
    if (ghost) Object.assign(ghost, { colour: state.colour, marker: state.marker }); // it goes on belonging to the lane
    this.send();
  }

  /** Keeps the lanes as they are now as ghosts, or lets those go. */
  togglePin() {
    const { current } = this.lab;
    this.change({ pin: current.pin ? null : pinOf(current) });
  }

  /** Starts a cloud around the start of each lane, or lets it go. */
  toggleCloud() {
    const { current } = this.lab;
    const cloud = toggled(current.cloud, this.lastCloud);
    this.lastCloud = current.cloud;
    this.change({ cloud });
  }

  /** @param {number} lane */
  duplicateLane(lane) {
    const state = this.lab.edited(lane);
    if (state) this.insert({ ...structuredClone(state), ...this.freshLook() }, this.lab.positions[lane] + 1);
  }

  /** Adds a lane for each other convention of a lane's optimizer, as many as there is room for. @param {number} lane */
  compareConventions(lane) {
    const state = this.lab.edited(lane);
    if (!state) return;
    const { lanes } = this.lab.current;
    const room = (this.lab.catalog?.limits.lanes ?? 8) - lanes.length;
    const optimizer = this.lab.optimizer(state.optimizer);
    const others = otherConventions(optimizer, state.hyperparameters)
      .filter((wanted) => !lanes.some((each) => each.optimizer === state.optimizer && each.schedule === state.schedule && alike(each.hyperparameters, wanted)));
    let at = this.lab.positions[lane];
    for (const hyperparameters of others.slice(0, room)) {
      at += 1;
      lanes.splice(at, 0, { ...structuredClone(state), hyperparameters, ...this.freshLook() });
      this.lab.shift("add", at);
      this.lab.moves.push(["add", at]);
    }
    this.lab.overrides.clear();
    this.send();
  }

  /** Adds the first optimizer of the menu that no lane runs yet. */
  addLane() {
    const { lanes } = this.lab.current;
    const all = this.lab.catalog?.optimizers ?? [];
    const next = all.find(({ name }) => !lanes.some((lane) => lane.optimizer === name)) ?? all[0];
    if (!next) return;
    const rate = suggestedRate(this.lab, next.name, this.lab.current.surface);
    this.insert({ optimizer: next.name, hyperparameters: rate === undefined ? {} : { lr: rate }, visible: true, ...this.freshLook() }, lanes.length);
  }

  /**
   * Another surface comes with its own start and, for each optimizer that runs in one lane, a learning rate that suits it.
   * Lanes of one optimizer are there to be compared: they keep theirs.
   *
   * @param {string} name of the catalog
   */
  chooseSurface(name) {
    const { lab } = this;
    const found = lab.catalog?.surfaces.find((item) => item.name === name);
    for (const lane of lab.current.lanes) {
      const rate = suggestedRate(lab, lane.optimizer, name);
      const alone = lab.current.lanes.filter(({ optimizer }) => optimizer === lane.optimizer).length === 1;
      if (rate !== undefined && alone) lane.hyperparameters.lr = rate;
    }
    this.change({ surface: name, formula: "", domain: null, parameters: {}, zoom: null, ...(found ? { start: found.start } : {}) });
  }

  /** @param {LaneState} lane @param {number} at place in the edited scenario */
  insert(lane, at) {
    const { current } = this.lab;
    if (current.lanes.length >= (this.lab.catalog?.limits.lanes ?? 8)) return;
    current.lanes.splice(at, 0, lane);
    this.moved("add", at);
  }

  /** @param {number} lane */
  removeLane(lane) {
    const { current } = this.lab;
    const at = this.lab.positions[lane] ?? -1;
    if (at < 0 || current.lanes.length < 2) return;
    current.lanes.splice(at, 1);
    current.lane = Math.min(current.lane, current.lanes.length - 1);
    this.moved("remove", at);
  }

  /** @param {"add" | "remove"} kind @param {number} at */
  moved(kind, at) {
    this.lab.shift(kind, at);
    this.lab.moves.push([kind, at]);
    this.lab.overrides.clear();
    this.send();
  }

  /** @param {number} lane */
  chooseLane(lane) {
    const place = this.lab.positions[lane] ?? -1;
    if (place >= 0 && this.lab.current.lane !== place) this.look({ lane: place });
  }

  /** @returns {{colour: number, marker: string}} the first colour and marker that no lane uses */
  freshLook() {
    const { lanes } = this.lab.current;
    const markers = this.lab.catalog?.markers ?? [];
    const colours = this.lab.catalog?.colours ?? [];
    const colour = [...colours.keys()].find((i) => !lanes.some((lane) => lane.colour === i)) ?? 0;
    const marker = markers.find((name) => !lanes.some((lane) => lane.marker === name)) ?? markers[0];
    return { colour, marker };
  }

  /**
   * @param {number} lane
   * @param {string} hyperparameter
   * @param {number} stop
   * @param {import("./packet.js").Family | null} [fine] the family that the stop is one of, where it is not the slider's own
   */
  drag(lane, hyperparameter, stop, fine = null) {
    this.lab.overrides.set(lane, { hyperparameter, stop, fine, held: true, seq: 0 });
    this.link.touch();
    if (!fine) this.link.want(lane, hyperparameter);
    this.refresh();
  }

  /** @param {number} lane @param {string} hyperparameter */
  release(lane, hyperparameter) {
    const shown = this.lab.overrides.get(lane);
    const state = this.lab.edited(lane);
    if (!shown || !state) return;
    shown.held = false;
    const { stops } = shown.fine?.info ?? /** @type {import("./types.js").HyperparameterInfo} */ (
      this.lab.optimizer(state.optimizer).hyperparameters.find((info) => info.name === hyperparameter)
    );
    state.hyperparameters[hyperparameter] = stops[shown.stop];
    this.send();
  }
}

/**
 * @param {Lab} lab
 * @param {string} optimizer
 * @param {string} surface
 * @returns {number | undefined} the learning rate that the surface suggests for this optimizer, where it does
 */
export function suggestedRate(lab, optimizer, surface) {
  const rates = lab.catalog?.surfaces.find((item) => item.name === surface)?.learning_rates ?? {};
  return rates[lab.find(optimizer)?.family ?? ""];
}

/** @param {Record<string, number | boolean | string>} one @param {Record<string, number | boolean | string>} other */
function alike(one, other) {
  return Object.keys(other).every((name) => one[name] === other[name]);
}
