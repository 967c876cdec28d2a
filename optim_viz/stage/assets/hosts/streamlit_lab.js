/**
 * The lab as a Streamlit component. Streamlit calls the default export at every change of data or theme; the stage is
 * built once and hangs on the element that survives those calls.
 *
 * @import { Host } from "../state/host.js"
 */
import { loadPlotly } from "../draw/plotly.js";
import { decode } from "../state/packet.js";
import { Stage } from "../views/stage.js";

void loadPlotly().catch(() => {}); // starts loading at once; the stage reports a failure where it can be seen

/** @typedef {(name: string, value: unknown) => void} SetStateValue */

/** @type {WeakMap<object, {stage: Stage, data: Uint8Array | null, line: {setStateValue: SetStateValue}}>} */
const stages = new WeakMap();

/** @param {{data: Uint8Array, parentElement: HTMLElement, setStateValue: SetStateValue}} component */
export default function mount({ data, parentElement, setStateValue }) {
  const root = /** @type {HTMLElement} */ (parentElement.querySelector(".ov-root") ?? parentElement);
  let entry = stages.get(parentElement);
  if (!entry) {
    const line = { setStateValue };
    entry = { stage: new Stage(root, streamlit(line)), data: null, line };
    stages.set(parentElement, entry);
  }
  const { stage } = entry;
  entry.line.setStateValue = setStateValue; // each call brings one; only the latest is sure to be heard
  if (data === entry.data) {
    void stage.layout(); // only the theme changed
    return;
  }
  entry.data = data;
  try {
    void stage.receive(decode(data)).catch((/** @type {unknown} */ error) => fail(root, error));
  } catch (error) {
    fail(root, error);
  }
}

/** @param {{setStateValue: SetStateValue}} line @returns {Host} */
function streamlit(line) {
  return {
    send: (request) => line.setStateValue("request", request),
    style: (element) => {
      const style = getComputedStyle(element);
      /** @param {string} name */
      const read = (name) => style.getPropertyValue(`--st-${name}`).trim();
      return { background: read("background-color"), text: read("text-color"), font: read("font") };
    },
    plotly: loadPlotly,
    address: {
      show: (query) => {
        if (location.search !== `?${query}`) history.replaceState(history.state, "", `${location.pathname}?${query}`);
      },
      link: (query) => `${location.origin}${location.pathname}?${query}`,
      reset: () => location.assign(location.pathname),
    },
  };
}

/**
 * @param {HTMLElement} root
 * @param {unknown} error
 */
function fail(root, error) {
  console.error(error);
  const message = document.createElement("p");
  message.className = "ov-fatal";
  message.setAttribute("role", "alert");
  message.textContent = `The lab could not be drawn: ${error instanceof Error ? error.message : error}. Reload the page to try again.`;
  root.append(message);
}
