/**
 * The lab as a Streamlit component. Streamlit calls the default export at every change of data or theme; the stage is
 * built once and hangs on the element that survives those calls.
 *
 * @import { Host } from "../state/host.js"
 * @import { Header, Request } from "../state/types.js"
 */
import { loadPlotly } from "../draw/plotly.js";
import { onLeave, pageAddress, tabStore } from "./browser_page.js";
import { decode } from "../state/packet.js";
import { Stage } from "../views/stage.js";

if (new URLSearchParams(location.search).get("view") === "3d") void loadPlotly().catch(() => {}); // at once; the stage tells where it fails

const RUN_LOST_MS = 3000; // a run of the page that nobody heard of is not waited for any longer

/** @typedef {(name: string, value: unknown) => void} SetStateValue */

/** What is sent to Python, held back while Streamlit runs the whole page: a request of ours in its way can cost the stage its place on the page. */
class Line {
  /** @param {SetStateValue} setStateValue */
  constructor(setStateValue) {
    this.setStateValue = setStateValue; // each mount brings one; only the latest is sure to be heard
    /** @type {Request | null} */ this.latest = null;
    this.held = false;
    this.runs = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */ this.timer = undefined;
  }

  /** @param {Request} request */
  send(request) {
    this.latest = request;
    if (!this.held) this.setStateValue("request", request);
  }

  /** Streamlit's own listener has just asked for a run of the page. */
  hold() {
    this.held = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.release(-1), RUN_LOST_MS);
  }

  /** @param {Header} header of a message that came */
  heard({ page_runs: runs, seq }) {
    const again = this.runs > 0 && runs !== this.runs;
    this.runs = runs;
    if (again) setTimeout(() => this.release(seq), 0);
  }

  /** Goes on, with the request that waits or that the run has swallowed. @param {number} seq the last one that was answered */
  release(seq) {
    clearTimeout(this.timer);
    this.held = false;
    if (this.latest && this.latest.seq > seq) this.setStateValue("request", this.latest);
  }
}

/** @typedef {{stage: Stage, root: HTMLElement, data: Uint8Array | null, line: Line}} Mounted */

/** @type {WeakMap<object, Mounted>} */
const stages = new WeakMap();
/** @type {Mounted | null} the one that was built last */ let latest = null;

/** @param {{data: Uint8Array, parentElement: HTMLElement, setStateValue: SetStateValue}} component */
export default function mount({ data, parentElement, setStateValue }) {
  const place = /** @type {HTMLElement} */ (parentElement.querySelector(".ov-root") ?? parentElement);
  let entry = stages.get(parentElement);
  if (entry) entry.line.setStateValue = setStateValue;
  if (entry && data === entry.data) {
    void entry.stage.layout(); // only the theme changed
    return;
  }
  try {
    const packet = decode(data);
    entry ??= moved(packet.header, place) ?? built(place, setStateValue);
    stages.set(parentElement, entry);
    entry.line.setStateValue = setStateValue;
    entry.data = data;
    const { root } = entry;
    void entry.stage.receive(packet).catch((/** @type {unknown} */ error) => fail(root, error));
    entry.line.heard(packet.header);
  } catch (error) {
    fail(entry?.root ?? place, error);
  }
}

/** @param {HTMLElement} root @param {SetStateValue} setStateValue @returns {Mounted} */
function built(root, setStateValue) {
  const line = new Line(setStateValue);
  latest = { stage: new Stage(root, streamlit(line, root)), root, data: null, line };
  return latest;
}

/**
 * The stage whose request is answered here, moved to the place that Streamlit has made for it anew: a request in the way
 * of a run of the page costs it the old one, and with a new stage all that can be undone would be gone.
 *
 * @param {Header} header
 * @param {HTMLElement} place
 * @returns {Mounted | null} null where nobody has asked yet: the page is opened, or the person comes back to it
 */
function moved(header, place) {
  if (!latest?.line.latest || header.seq === 0 || header.seq > latest.line.latest.seq) return null;
  place.replaceWith(latest.root);
  return latest;
}

/** @param {Line} line @param {HTMLElement} root @returns {Host} */
function streamlit(line, root) {
  return {
    send: (request) => line.send(request),
    style: (element) => {
      const style = getComputedStyle(element);
      /** @param {string} name */
      const read = (name) => style.getPropertyValue(`--st-${name}`).trim();
      return { background: read("background-color"), text: read("text-color"), font: read("font") };
    },
    plotly: loadPlotly,
    title: (text) => {
      const title = `${text} · optim_viz`;
      if (document.title !== title) document.title = title;
    },
    address: pageAddress(() => root.isConnected, () => line.hold()),
    tab: tabStore(),
    onLeave,
  };
}

/**
 * @param {HTMLElement} root
 * @param {unknown} error
 */
function fail(root, error) {
  console.error(error);
  root.querySelector(".ov-frame")?.remove();
  const message = document.createElement("p");
  message.className = "ov-fatal";
  message.setAttribute("role", "alert");
  message.textContent = `The lab could not be drawn: ${error instanceof Error ? error.message : error}. Reload the page to try again.`;
  root.append(message);
}
