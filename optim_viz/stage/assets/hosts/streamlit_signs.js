/** What explains the signs of a page, as a Streamlit component; see stage/signs.py. Streamlit calls it at every change of data or theme. */
import { explainSigns } from "../views/signs.js";

/** @param {{data: Uint8Array, parentElement: HTMLElement}} component */
export default function mount({ data, parentElement }) {
  const page = /** @type {HTMLElement | null} */ (parentElement.closest("[data-testid=stMain]"));
  if (page) explainSigns(page, JSON.parse(new TextDecoder().decode(data.slice())));
}
