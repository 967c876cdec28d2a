/**
 * What a lane shows now: the run that is there, or that of the stop where one of its sliders is held. Pinned runs and the paths
 * that are known on a surface are shown by the same means.
 *
 * @import { Cloud } from "./cloud.js"
 * @import { Lab } from "./lab.js"
 * @import { Run } from "./packet.js"
 * @import { Ghost } from "./pin.js"
 * @import { CurveInfo, Header, LaneInfo, LaneState, Line, OptimizerInfo } from "./types.js"
 *
 * @typedef {object} LaneView what one lane shows now
 * @property {string} title
 * @property {string} label the title with the values of the run that is shown, where a slider is dragged
 * @property {OptimizerInfo} optimizer
 * @property {LaneState} state
 * @property {Run} run
 * @property {Line[]} lines
 * @property {string[]} recorded as in LaneInfo
 * @property {Record<string, CurveInfo[]>} curves diagnostic -> what is drawn of the run; see stage/channels.py
 * @property {string} divergence
 * @property {string} note what else must be said of the run
 * @property {number} divergedAt
 * @property {number | null} arrived first step near the minimum, -1 for none, null where the minimum is not known
 * @property {Record<string, number | boolean | string>} hyperparameters the values of the run that is shown
 * @property {Cloud | null} cloud its runs from other starts; null while a slider of it is dragged: they are of the value before
 * @property {boolean} [pinned] it is no lane but a pinned run
 */
import { number } from "./format.js";
import { pairs } from "./pin.js";

/**
 * @param {Lab} lab
 * @param {number} lane on screen
 * @returns {LaneView}
 */
export function laneView(lab, lane) {
  const header = /** @type {Header} */ (lab.header);
  const info = header.lanes[lane];
  const committed = header.scenario.lanes[lane];
  const state = lab.edited(lane) ?? committed;
  const shown = lab.overrides.get(lane);
  const family = shown && (shown.fine ?? lab.family(lane, shown.hyperparameter));
  const base = { title: info.title, label: info.title, optimizer: lab.optimizer(info.optimizer), state };
  if (!shown || !family) {
    const cloud = lab.current.cloud ? (lab.clouds[lane] ?? null) : null; // one that was let go is gone at once
    const { lines, recorded, curves, divergence, note, diverged_at: divergedAt, arrived } = info;
    return { ...base, run: lab.runs[lane], lines, recorded, curves, divergence, note, divergedAt, arrived, cloud, hyperparameters: committed.hyperparameters };
  }
  const { stop, hyperparameter } = shown;
  const hyperparameters = { ...committed.hyperparameters, [hyperparameter]: family.info.stops[stop] };
  return {
    ...base,
    label: labelOf(base.optimizer, info, hyperparameters),
    run: family.run(stop),
    lines: family.info.lines[family.info.line_of_stop[stop]],
    recorded: family.info.recorded,
    curves: family.info.curves,
    divergence: family.info.divergence[stop],
    note: family.info.notes[stop] ?? "",
    divergedAt: family.info.diverged_at[stop],
    arrived: family.info.arrived && family.info.arrived[stop],
    cloud: null,
    hyperparameters,
  };
}

/**
 * A lane's title while one of its sliders is dragged: the values that it names follow.
 *
 * @param {OptimizerInfo} optimizer
 * @param {LaneInfo} info
 * @param {Record<string, number | boolean | string>} hyperparameters
 */
function labelOf(optimizer, info, hyperparameters) {
  const values = info.differs.map(({ name, short }) => `${short} ${number(hyperparameters[name])}`);
  if (info.convention) values.unshift(info.convention);
  if (info.schedule) values.push(info.schedule);
  return values.length ? `${optimizer.title} ${values.join(", ")}` : info.title;
}

/** @param {Lab} lab @returns {Ghost[]} the pinned runs, in the looks that their lanes have now */
export function pinnedViews(lab) {
  const { header } = lab;
  const pin = lab.current.pin && header?.scenario.pin; // one that was let go is gone at once
  if (!header || !pin) return [];
  return header.pinned.map((info, i) => {
    const { run, lane } = lab.pinned[i];
    const own = lab.edited(lane);
    const state = { ...pin.lanes[i], ...(own ? { colour: own.colour, marker: own.marker, visible: own.visible } : {}) };
    const { title, key, divergence, diverged_at: divergedAt, arrived, curves, lines, recorded, note } = info;
    const { hyperparameters } = pin.lanes[i];
    return { title, label: `pinned ${title}`, optimizer: lab.optimizer(info.optimizer), state, run, lines, recorded, curves, divergence, note, divergedAt, arrived, hyperparameters, cloud: null, pinned: true, lane, key };
  });
}

/** @param {Lab} lab @returns {Ghost[]} the paths that are known on the surface, hidden with the lanes that look like them */
export function knownPathViews(lab) {
  const { header } = lab;
  if (!header?.paths.length) return [];
  const partners = pairs(header.scenario.lanes, header.paths);
  return header.paths.map(({ key, title, colour, marker }, i) => {
    const [lane, own] = [partners[i], lab.edited(partners[i])];
    const optimizer = lab.optimizer(header.lanes[Math.max(0, lane)].optimizer);
    const state = { optimizer: optimizer.name, hyperparameters: {}, colour: own?.colour ?? colour, marker: own?.marker ?? marker, visible: own?.visible ?? true };
    return { title, label: `${title} in training`, optimizer, state, run: lab.knownPaths[i], lines: [], recorded: [], curves: {}, divergence: "", note: "", divergedAt: -1, arrived: null, hyperparameters: {}, cloud: null, pinned: true, lane, key };
  });
}
