/**
 * Who stands where at a step: loss, distance, arrival, and who leads.
 *
 * @import { LaneView } from "./lab.js"
 *
 * @typedef {"title" | "loss" | "distance" | "arrived"} Column
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
 * @property {boolean} leads
 */

/**
 * @param {LaneView[]} lanes
 * @param {number} time
 * @returns {Standing[]} in the order of the lanes
 */
export function standings(lanes, time) {
  const all = lanes.map((lane, index) => {
    const { arrived } = lane;
    return {
      lane: index,
      title: lane.label,
      hidden: !lane.state.visible,
      diverged: lane.divergedAt >= 0 && time >= lane.divergedAt,
      divergence: lane.divergence,
      loss: lane.run.get("loss")?.[time] ?? NaN,
      distance: lane.run.get("distance")?.[time] ?? NaN,
      arrived: arrived === null ? NaN : arrived >= 0 && arrived <= time ? arrived : Infinity,
      leads: false,
    };
  });
  const leader = leading(all.filter(({ hidden, loss }) => !hidden && Number.isFinite(loss)));
  if (leader) leader.leads = true;
  return all;
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
