/** The component of the Train page's charts; see stage/training.py. Streamlit calls this at every change of data or theme. */
import { decode } from "../state/packet.js";
import { TrainCharts } from "../views/train_charts.js";

/** @type {WeakMap<HTMLElement, TrainCharts>} */
const mounted = new WeakMap();

const ADDRESS = {
  read: () => location.search,
  write: (/** @type {string} */ query) => history.replaceState(history.state, "", `${location.pathname}${query ? "?" : ""}${query}`),
};

/** @param {{data: Uint8Array, parentElement: HTMLElement, setStateValue: (name: string, value: unknown) => void}} component */
export default function mount({ data, parentElement, setStateValue }) {
  const element = /** @type {HTMLElement} */ (parentElement.querySelector(".tr-charts") ?? parentElement);
  let charts = mounted.get(element);
  if (!charts) mounted.set(element, (charts = new TrainCharts(element, ADDRESS)));
  const { header, blocks } = decode(data);
  const news = /** @type {any} */ (header);
  const lanes = news.lanes.map((/** @type {any} */ lane, /** @type {number} */ i) => ({ ...lane, ...curvesOf(blocks, i) }));
  charts.onChoice = (choice) => setStateValue("choice", choice); // each mount brings one; only the latest is sure to be heard
  charts.receive({ ...news, lanes });
}

/**
 * @param {Map<string, import("../state/types.js").Block>} blocks
 * @param {number} lane
 */
function curvesOf(blocks, lane) {
  /** @type {Record<string, import("../draw/train_figure.js").Series>} */
  const series = {};
  /** @type {Record<string, import("../draw/train_figure.js").Series>} */
  const bounds = {};
  for (const [key, { values, shape }] of blocks) {
    const [index, quantity, part] = key.split(":");
    if (Number(index) !== lane) continue;
    const count = shape[1];
    (part ? bounds : series)[quantity] = { steps: values.subarray(0, count), values: values.subarray(count) };
  }
  return { series, bounds };
}
