/**
 * The runs on screen as a table, where no Python can make it: a row for each lane and step, with every number that the
 * browser holds of it. Text stands in quotes, and behind an apostrophe where a spreadsheet would take it for a formula, as
 * `optim_viz.tables` writes and reads it.
 *
 * The names are those of `Trajectory.to_dataframe`: x, y, loss, grad_x, update_x, and each state under its own name; plots
 * that are no state follow under theirs.
 *
 * @import { LaneView } from "./lane_view.js"
 */

/**
 * @param {Pick<LaneView, "title" | "run">[]} lanes
 * @returns {string} comma-separated, with a head; empty where a lane has no such number
 */
export function runsCsv(lanes) {
  const names = [...new Set(lanes.flatMap(({ run }) => [...run.channels.keys()]))];
  const rows = [["lane", "step", ...names.map(column)].join(",")];
  for (const { title, run } of lanes) {
    const columns = names.map((name) => run.get(name));
    for (let step = 0; step <= run.steps; step += 1) {
      rows.push([quoted(title), step, ...columns.map((values) => cell(values?.[step]))].join(","));
    }
  }
  return `${rows.join("\r\n")}\r\n`;
}

/** @param {string} channel */
function column(channel) {
  return channel.replace(/^theta_/, "").replace(/\.0(?=_[xy]$|$)/, "");
}

/** @param {number | undefined} value */
function cell(value) {
  if (value === undefined || Number.isNaN(value)) return "";
  return Number.isFinite(value) ? String(value) : value > 0 ? "inf" : "-inf";
}

/** @param {string} text */
function quoted(text) {
  const guarded = /^[=+\-@\t\r\n＝＋－＠']/.test(text) ? `'${text}` : text;
  return `"${guarded.replaceAll('"', '""')}"`;
}
