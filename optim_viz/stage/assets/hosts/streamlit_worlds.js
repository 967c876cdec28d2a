/** The component of two worlds on the Train page; see stage/worlds.py. Streamlit calls this at every change of data or theme. */
import { decode } from "../state/packet.js";
import { TwoWorlds } from "../views/two_worlds.js";

/** @type {WeakMap<HTMLElement, TwoWorlds>} */
const mounted = new WeakMap();

const ADDRESS = {
  read: () => location.search,
  write: (/** @type {string} */ query) => history.replaceState(history.state, "", `${location.pathname}?${query}`),
};

/** @param {{data: Uint8Array, parentElement: HTMLElement, setStateValue: (name: string, value: unknown) => void}} component */
export default function mount({ data, parentElement, setStateValue }) {
  const element = /** @type {HTMLElement} */ (parentElement.querySelector(".tw") ?? parentElement);
  let worlds = mounted.get(element);
  if (!worlds) mounted.set(element, (worlds = new TwoWorlds(element, ADDRESS)));
  const { header, blocks } = decode(data);
  worlds.onChoice = (choice) => setStateValue("choice", choice); // each mount brings one; only the latest is sure to be heard
  worlds.receive(/** @type {any} */ (header), blocks);
}
