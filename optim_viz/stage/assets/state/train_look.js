/**
 * How the curves of a run are looked at: a small value, and the part of the page's address that says it.
 *
 * @typedef {"step" | "epoch" | "seconds"} Unit
 * @typedef {object} Look
 * @property {Unit} x
 * @property {number | null} smoothing null: the stop that fits the run
 * @property {Set<string>} hidden keys of lanes
 * @property {Map<string, "log" | "linear">} scales by quantity, where the person chose
 * @property {Map<string, [number, number]>} limits y axis by quantity, where the person chose or zoomed
 * @property {[number, number] | null} span of the x axis, in its unit, where the person zoomed
 * @property {string[] | null} plots names of the quantities that are drawn; null: the usual ones
 * @property {string} layer of those that have one curve a layer; "" for all layers together
 */

/** @type {Unit[]} */
export const UNITS = ["step", "epoch", "seconds"];
const NAMES = ["x", "smooth", "hide", "scale", "limits", "span", "plots", "layer"];

/** @returns {Look} */
export function plainLook() {
  return { x: "step", smoothing: null, hidden: new Set(), scales: new Map(), limits: new Map(), span: null, plots: null, layer: "" };
}

/**
 * Reads what an address says of a look; what cannot be read is left as it is at first.
 *
 * @param {string} query
 * @returns {Look}
 */
export function readLook(query) {
  const given = new URLSearchParams(query);
  const look = plainLook();
  const unit = UNITS.find((each) => each === given.get("x"));
  if (unit) look.x = unit;
  const smoothing = Number.parseFloat(given.get("smooth") ?? "");
  if (smoothing >= 0 && smoothing < 1) look.smoothing = smoothing;
  for (const key of words(given.get("hide"))) look.hidden.add(key);
  for (const word of words(given.get("scale"))) {
    const [quantity, scale] = word.split(":");
    if (scale === "log" || scale === "linear") look.scales.set(quantity, scale);
  }
  for (const word of words(given.get("limits"))) {
    const [quantity, ...ends] = word.split(":");
    const range = pair(ends);
    if (range) look.limits.set(quantity, range);
  }
  look.span = pair((given.get("span") ?? "").split(":"));
  const plots = words(given.get("plots"));
  if (plots.length) look.plots = plots;
  look.layer = given.get("layer") ?? "";
  return look;
}

/**
 * Writes a look into an address, beside what else stands there.
 *
 * @param {string} query
 * @param {Look} look
 * @returns {string} query without "?"
 */
export function writeLook(query, look) {
  const parts = query.replace(/^\?/, "").split("&").filter((part) => part && !NAMES.includes(part.split("=")[0]));
  const add = (/** @type {string} */ name, /** @type {string} */ text) => text && parts.push(`${name}=${text}`);
  if (look.x !== "step") add("x", look.x);
  if (look.smoothing !== null) add("smooth", String(look.smoothing));
  add("hide", [...look.hidden].map(encodeURIComponent).join(","));
  add("scale", [...look.scales].map(([quantity, scale]) => `${quantity}:${scale}`).join(","));
  add("limits", [...look.limits].map(([quantity, range]) => `${quantity}:${range.map(short).join(":")}`).join(","));
  if (look.span) add("span", look.span.map(short).join(":"));
  add("plots", (look.plots ?? []).map(encodeURIComponent).join(","));
  add("layer", encodeURIComponent(look.layer));
  return parts.join("&");
}

/** @param {number} value */
function short(value) {
  return String(Number(value.toPrecision(5)));
}

/** @param {string | null} text */
function words(text) {
  return (text ?? "").split(",").filter(Boolean);
}

/**
 * @param {string[]} texts
 * @returns {[number, number] | null} null unless they are two numbers, the lower one first
 */
export function pair(texts) {
  const [low, high] = texts.map(Number);
  const given = texts.length === 2 && texts.every((text) => text.trim() !== "");
  return given && Number.isFinite(low) && Number.isFinite(high) && low < high ? [low, high] : null;
}
