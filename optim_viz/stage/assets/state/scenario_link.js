/**
 * A link is a run: the address of what is on screen, and the scenario as a file or a script.
 *
 * @import { Scenario } from "./types.js"
 */

const LOOKS = ["view", "speed", "show", "time", "zoom"];

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
  if (scenario.zoom) parts.push(`zoom=${scenario.zoom.flat().join(",")}`);
  return parts.join("&");
}

/**
 * @param {string} text
 * @param {HTMLElement} near where to show the text if it cannot be copied
 * @returns {Promise<boolean>} false when the browser refuses the clipboard and the text is shown to copy by hand
 */
export async function copyText(text, near) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.className = "ov-copy";
    field.value = text;
    field.readOnly = true;
    field.setAttribute("aria-label", "Copy this");
    field.addEventListener("blur", () => field.remove());
    near.append(field);
    field.focus();
    field.select();
    return false;
  }
}

/**
 * @param {string} name
 * @param {string} text
 */
export function saveFile(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
