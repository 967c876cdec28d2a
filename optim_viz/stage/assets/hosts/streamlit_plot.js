/**
 * The component that plots and words come in, and what lets them follow controls: one component, since each would load
 * modules of its own, and both must know the same plots. See stage/plot.py and stage/streamlit_controls.py.
 *
 * Streamlit calls the default export at every change of data or theme.
 */
import { hear } from "./streamlit_controls.js";
import { receive } from "../views/previews.js";

/** @param {{data: Uint8Array, parentElement: HTMLElement, setStateValue: (name: string, value: unknown) => void}} component */
export default function mount({ data, parentElement, setStateValue }) {
  const text = new TextDecoder().decode(data.slice());
  const end = text.indexOf("\n");
  const header = JSON.parse(text.slice(0, end));
  const element = /** @type {HTMLElement} */ (parentElement.querySelector(".ov-plot-root") ?? parentElement);
  if ("controls" in header) hear(element, header, text.slice(end + 1), setStateValue);
  else receive(element, header, JSON.parse(text.slice(end + 1)));
}
