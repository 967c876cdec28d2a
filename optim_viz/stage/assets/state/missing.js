/**
 * What the sliders in sight lack: families, with which they drag at once, and strips, which their tracks show.
 *
 * @import { Lab } from "./lab.js"
 *
 * @typedef {{lane: number, hyperparameter: string}} Slider
 */

/** @param {Lab} lab @returns {Slider[]} sliders in sight whose family is not here, each lane's last first */
export function missingFamilies(lab) {
  if (!lab.header) return [];
  const wanted = [];
  for (const [lane, state] of lab.header.scenario.lanes.entries()) {
    if (!state.visible || lab.outside.has(state.optimizer)) continue; // its runs take long: only what is asked for
    for (const [rank, info] of lab.optimizer(state.optimizer).hyperparameters.entries()) {
      if (info.primary && !lab.family(lane, info.name)) wanted.push({ lane, hyperparameter: info.name, rank });
    }
  }
  return wanted.sort((a, b) => b.rank - a.rank).map(({ lane, hyperparameter }) => ({ lane, hyperparameter }));
}

/** @param {Lab} lab @returns {Slider[]} sliders in sight whose strip is not here, the chosen lane's first */
export function missingStrips(lab) {
  if (!lab.header) return [];
  const { scenario } = lab.header;
  const wanted = [];
  for (const [lane, state] of scenario.lanes.entries()) {
    if (lab.outside.has(state.optimizer)) continue; // its strips come with its families
    const all = lab.strips.opened.has(lane);
    const far = lab.positions[lane] === lab.current.lane ? -1 : state.visible ? lane : lane + scenario.lanes.length;
    for (const info of lab.optimizer(state.optimizer).hyperparameters) {
      if (info.scale === "choice" || !(info.primary || all) || lab.strips.get(scenario, lane, info.name)) continue;
      wanted.push({ lane, hyperparameter: info.name, far });
    }
  }
  return wanted.sort((a, b) => a.far - b.far).map(({ lane, hyperparameter }) => ({ lane, hyperparameter }));
}
