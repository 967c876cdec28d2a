/**
 * The components of the Maps page: the maps, and the card of the run under the pointer. See stage/maps.py.
 *
 * Streamlit calls the default export at every change of data or theme; both kinds come here, since they know each other.
 */
import { decode } from "../state/packet.js";
import { MapGrid } from "../views/map_grid.js";
import { RunCard } from "../views/run_card.js";

/** @type {WeakMap<HTMLElement, MapGrid | RunCard>} */
const mounted = new WeakMap();

/** What the two know of each other. */
const link = { card: /** @type {RunCard | null} */ (null), grid: /** @type {MapGrid | null} */ (null) };

/** @param {string} href @param {boolean} elsewhere */
function go(href, elsewhere) {
  if (elsewhere) globalThis.open(href, "_blank", "noopener");
  else location.assign(href);
}

/** @param {{data: Uint8Array, parentElement: HTMLElement, setStateValue: (name: string, value: unknown) => void}} component */
export default function mount({ data, parentElement, setStateValue }) {
  const { header, blocks } = decode(data);
  const news = /** @type {any} */ (header);
  const element = /** @type {HTMLElement} */ (parentElement.querySelector(".mp-root") ?? parentElement);
  let view = mounted.get(element);
  if (!view) mounted.set(element, (view = "maps" in news ? new MapGrid(element, link) : new RunCard(element, go)));
  if (view instanceof MapGrid) {
    link.grid = view;
    view.receive(news, blocks);
  } else {
    link.card = view;
    view.receive(news, blocks, (cell) => setStateValue("cell", cell));
  }
}
