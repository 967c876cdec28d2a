/**
 * A link is a run: the address of what is on screen, here and on the training page.
 *
 * @import { Lab } from "./lab.js"
 * @import { Scenario } from "./types.js"
 */

const LOOKS = ["view", "speed", "show", "time", "loop", "zoom", "scales", "axes", "height", "camera"];

/**
 * Python writes everything that makes the runs; what only the browser knows (time, zoom, ...) is added here.
 *
 * @param {string} query Python's query for the scenario
 * @param {Scenario} scenario
 * @param {number | null} time null leaves it out: the link then plays from the start
 * @returns {string} query without "?"
 */
export function linkQuery(query, scenario, time) {
  const parts = query.split("&").filter((part) => part && !LOOKS.includes(part.split("=")[0]));
  parts.push(`view=${scenario.view}`, `speed=${scenario.speed}`, `show=${scenario.lane}`);
  if (time !== null) parts.push(`time=${time}`);
  if (scenario.loop) parts.push(`loop=${scenario.loop.join(",")}`);
  const scales = Object.entries(scenario.scales).map(([name, scale]) => `${name}:${scale}`);
  if (scales.length) parts.push(`scales=${scales.join(",")}`);
  if (scenario.zoom) parts.push(`zoom=${scenario.zoom.flat().join(",")}`);
  if (scenario.axes !== "equal") parts.push(`axes=${scenario.axes}`);
  if (scenario.height !== "asinh") parts.push(`height=${scenario.height}`);
  if (scenario.camera) parts.push(`camera=${scenario.camera.join(",")}`);
  return parts.join("&");
}

/**
 * Where the training page opens with lanes as they stand; it leaves out what torch.optim does not have, and says so.
 *
 * @param {Lab | null} lab
 * @param {number} [index] of one lane; all of them where none is given
 */
export function trainLink(lab, index) {
  const lanes = lab?.header?.lanes ?? [];
  const query = lanes.filter((_, i) => index === undefined || i === index).map(({ text }) => `lane=${encodeURIComponent(text)}`);
  return `train?${query.join("&")}`;
}
