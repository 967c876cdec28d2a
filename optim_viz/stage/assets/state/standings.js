/**
 * Who stands where at a step: loss, distance, arrival, whose loss is the lowest, and who was the first to arrive.
 *
 * @import { LaneView } from "./lane_view.js"
 * @import { Ghost } from "./pin.js"
 *
 * @typedef {"title" | "loss" | "distance" | "arrived" | "change" | "cloud"} Column
 * @typedef {{column: Column, descending: boolean}} Order
 *
 * @typedef {object} Standing of one lane
 * @property {number} lane
 * @property {string} title
 * @property {boolean} hidden
 * @property {boolean} diverged it has left the finite numbers by now
 * @property {string} divergence why it diverges, now or later; "" where it does not
 * @property {number} loss NaN once diverged
 * @property {number} distance to the nearest minimum; NaN once diverged, and where none is known
 * @property {number} arrived the step at which it came near the minimum; Infinity before that, NaN where none is known
 * @property {number} cloud the share of its other starts that have arrived by now; NaN where it has none, or none can
 * @property {number} gathered how many of them that is
 * @property {number} starts how many there are; 0 for none
 * @property {number} astray how many of them have diverged by now
 * @property {boolean} leads its loss is the lowest
 * @property {boolean} first it arrived by now, and none before it
 * @property {boolean} same it is the very run that is pinned
 * @property {number} change of the loss against that of its pinned run at this step: negative where it is lower now; NaN where one
 *   of the two has none
 * @property {number} later steps by which it arrived after its pinned run; -Infinity where only it has arrived by now, Infinity
 *   where only the pinned one has, NaN where neither has or none can
 */

/**
 * @param {LaneView[]} lanes
 * @param {number} time
 * @param {Ghost[]} [ghosts] the pinned runs
 * @returns {Standing[]} in the order of the lanes
 */
export function standings(lanes, time, ghosts = []) {
  const all = lanes.map((lane, index) => {
    const ghost = ghosts.find((one) => one.lane === index);
    const [loss, before] = [lane, ghost].map((one) => one?.run.get("loss")?.[time] ?? NaN);
    const [arrived, once] = [lane, ghost].map((one) => arrivalBy(one, time));
    return {
      lane: index,
      title: lane.label,
      hidden: !lane.state.visible,
      diverged: lane.divergedAt >= 0 && time >= lane.divergedAt,
      divergence: lane.divergence,
      loss,
      distance: lane.run.get("distance")?.[time] ?? NaN,
      arrived,
      ...ofCloud(lane, time),
      leads: false,
      first: false,
      same: lane.run === ghost?.run,
      change: loss - before,
      later: arrived - once, // of two that have not arrived NaN
    };
  });
  const racing = all.filter(({ hidden, loss }) => !hidden && Number.isFinite(loss));
  const leader = leading(racing);
  if (leader) leader.leads = true;
  for (const one of firstOf(racing)) one.first = true;
  return all;
}

/** @param {LaneView} lane @param {number} time */
function ofCloud({ cloud }, time) {
  const starts = cloud?.count ?? 0;
  const gathered = cloud?.arrivedBy(time) ?? NaN;
  return { cloud: gathered / starts, gathered, starts, astray: cloud?.divergedBy(time) ?? 0 };
}

/** @param {LaneView | undefined} lane @param {number} time @returns {number} Infinity before it has arrived; NaN where none can */
function arrivalBy(lane, time) {
  const arrived = lane?.arrived ?? null;
  return arrived === null ? NaN : arrived >= 0 && arrived <= time ? arrived : Infinity;
}

/**
 * The lowest loss leads; of equal ones the first to arrive. Nobody does before they have parted, nor one that is alone.
 *
 * @param {Standing[]} racing
 * @returns {Standing | undefined}
 */
function leading(racing) {
  const [first, second] = sorted(racing, { column: "loss", descending: false });
  return first && second && compare(first, second, "loss") !== 0 ? first : undefined;
}

/**
 * Those that came near the minimum before the others; nobody while none has, nor where all came at the same step.
 *
 * @param {Standing[]} racing
 * @returns {Standing[]} more than one where they came together before others
 */
function firstOf(racing) {
  const earliest = Math.min(...racing.map(({ arrived }) => (Number.isNaN(arrived) ? Infinity : arrived)));
  const found = Number.isFinite(earliest) ? racing.filter(({ arrived }) => arrived === earliest) : [];
  return found.length < racing.length ? found : [];
}

/**
 * @param {Standing[]} all
 * @param {Order} order
 * @returns {Standing[]} hidden lanes last, before them those without a value
 */
export function sorted(all, { column, descending }) {
  return [...all].sort((a, b) => {
    const last = Number(a.hidden) - Number(b.hidden) || Number(lacks(a, column)) - Number(lacks(b, column));
    return last || compare(a, b, column) * (descending ? -1 : 1) || a.lane - b.lane;
  });
}

/** @param {Standing} standing @param {Column} column */
function lacks(standing, column) {
  return column !== "title" && Number.isNaN(standing[column]);
}

/** @param {Standing} a @param {Standing} b @param {Column} column @returns {number} negative where a comes first */
function compare(a, b, column) {
  if (column === "title") return a.title.localeCompare(b.title, "en", { numeric: true });
  return numbers(a[column], b[column]) || (column === "arrived" ? numbers(a.loss, b.loss) : numbers(a.arrived, b.arrived));
}

/** @param {number} a @param {number} b @returns {number} 0 for equal ones, infinite ones too, and where one is no number */
function numbers(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
