/**
 * Scenarios that a person has named: a list, and the file that holds some of them. What a scenario says is not judged
 * here; Python does that when it is opened.
 *
 * @typedef {{name: string, scenario: {lanes: unknown[]} & Record<string, unknown>}} Named
 * @typedef {{found: Named[], left: string[]}} FileContent `left` says of each entry that is left out why
 */

export const MOST = 200; // named scenarios in one browser
const LONGEST_NAME = 80;
const LONGEST_FILE = 2_000_000;
const LONGEST_SCENARIO = 20_000; // characters; eight lanes with all their settings have about 4,000

/** @param {unknown} name @returns {string} in one line and not too long; "" for what is no name */
export function cleanName(name) {
  return typeof name === "string" ? [...name.replace(/[\s\p{Cc}]+/gu, " ").trim()].slice(0, LONGEST_NAME).join("").trim() : "";
}

/** @param {string} name @param {Named[]} list @returns {string} the name, or with a number where it is taken */
export function freeName(name, list) {
  const taken = new Set(list.map((one) => one.name));
  const names = [name, ...list.map((_, i) => `${name} (${i + 2})`)]; // one more than can be taken
  return names.find((free) => !taken.has(free)) ?? name;
}

/** @param {unknown} kept what the browser keeps; anything may stand there @returns {Named[]} */
export function readList(kept) {
  return (Array.isArray(kept) ? kept : []).filter((one) => !fault(one)).slice(0, MOST).map(({ name, scenario }) => ({ name: cleanName(name), scenario }));
}

/** @param {Named[]} list @returns {string} a file that `readFile` reads */
export function fileText(list) {
  return `${JSON.stringify({ format: "optim_viz scenarios", scenarios: list }, null, 2)}\n`;
}

/** @param {string} name @returns {string} what a file of this scenario is called */
export function fileName(name) {
  return `${name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_+|_+$/g, "") || "scenario"}.json`;
}

/**
 * @param {string} text of a file
 * @returns {FileContent | {single: Record<string, unknown>}} its named scenarios, or the one without a name that it is
 * @throws {Error} with a message for the person, when it holds none
 */
export function readFile(text) {
  if (text.length > LONGEST_FILE) throw new Error(`That file is too long: ${text.length} characters, and at most ${LONGEST_FILE} are read.`);
  let content;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new Error(`That file is not JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (Array.isArray(content?.lanes)) {
    const { length } = JSON.stringify(content);
    if (length > LONGEST_SCENARIO) throw new Error(`That file is too long for a scenario: ${length} characters, and at most ${LONGEST_SCENARIO} are read.`);
    return { single: content };
  }
  if (!Array.isArray(content?.scenarios)) throw new Error("That file holds no scenario: it has no list of lanes, nor a list of scenarios.");
  /** @type {FileContent} */ const read = { found: [], left: [] };
  for (const [i, one] of content.scenarios.entries()) {
    const wrong = read.found.length >= MOST ? `more than ${MOST} are not read` : fault(one);
    if (wrong) read.left.push(`entry ${i + 1} is left out: ${wrong}`);
    else read.found.push({ name: cleanName(one.name), scenario: one.scenario });
  }
  if (!read.found.length) throw new Error(`That file holds no scenario that can be read${read.left.length ? `: ${read.left[0]}` : ""}.`);
  return read;
}

/** @param {any} one @returns {string} why it is no named scenario; "" when it is one */
function fault(one) {
  if (!cleanName(one?.name)) return "it has no name";
  if (!Array.isArray(one.scenario?.lanes)) return "its scenario has no list of lanes";
  return JSON.stringify(one.scenario).length > LONGEST_SCENARIO ? `its scenario has more than ${LONGEST_SCENARIO} characters` : "";
}

/**
 * Adds scenarios of a file. One that is here already, with its name, is not added again; a name that is taken gets a number.
 *
 * @param {Named[]} list
 * @param {Named[]} found
 * @returns {{list: Named[], added: Named[], full: boolean}}
 */
export function add(list, found) {
  /** @type {Named[]} */ const added = [];
  for (const one of found) {
    const here = [...list, ...added];
    if (here.length >= MOST) return { list: here, added, full: true };
    const text = JSON.stringify(one.scenario);
    if (here.some((other) => other.name === one.name && JSON.stringify(other.scenario) === text)) continue;
    added.push({ name: freeName(one.name, here), scenario: one.scenario });
  }
  return { list: [...list, ...added], added, full: false };
}
