/**
 * The component's entry. Streamlit calls the default export at every change of data or theme; the stage is built once
 * and hangs on the element that survives those calls.
 */
import { decode } from "../state/packet.js";
import { loadPlotly } from "../draw/plotly.js";
import { Stage } from "../views/stage.js";

void loadPlotly().catch(() => {}); // starts loading at once; the stage reports a failure where it can be seen

/** @type {WeakMap<object, {stage: Stage, data: Uint8Array | null}>} */
const stages = new WeakMap();

/**
 * @param {{data: Uint8Array, parentElement: HTMLElement, setStateValue: (name: string, value: unknown) => void}} component
 */
export default function mount({ data, parentElement, setStateValue }) {
  const root = /** @type {HTMLElement} */ (parentElement.querySelector(".ov-root") ?? parentElement);
  let entry = stages.get(parentElement);
  if (!entry) {
    entry = { stage: new Stage(root), data: null };
    stages.set(parentElement, entry);
  }
  const { stage } = entry;
  stage.link.setStateValue = setStateValue;
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
