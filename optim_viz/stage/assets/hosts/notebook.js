/**
 * The lab in a notebook: Python is the notebook's kernel, which the cell around this frame speaks to (hosts/notebook_cell.js).
 *
 * @import { Host } from "../state/host.js"
 */
import { decode } from "../state/packet.js";
import { Stage } from "../views/stage.js";

/**
 * @param {HTMLElement} root
 * @param {HTMLElement} foot where a page in one file says what is inside; a kernel has everything
 * @param {MessagePort} port to the cell: requests go out, Python's messages and the notebook's theme come in
 * @param {() => Promise<any>} plotly
 */
export function open(root, foot, port, plotly) {
  const { lab } = foot.dataset;
  foot.remove();
  root.classList.replace("ov-saved", "ov-live");
  root.replaceChildren();
  /** @type {Host} */
  const host = {
    send: (request) => port.postMessage({ request }),
    style: () => {
      const style = getComputedStyle(document.body);
      return { background: style.backgroundColor, text: style.color, font: style.fontFamily };
    },
    plotly,
    address: { show: () => {}, link: (query) => `${lab}?${query}`, fragment: null, named: true, entries: null },
    tab: null,
    onLeave: () => {},
  };
  const stage = new Stage(root, host);
  port.onmessage = ({ data }) => {
    if (data.scheme) {
      document.documentElement.style.colorScheme = data.scheme;
      void stage.layout();
    }
    if (data.message) void stage.receive(decode(data.message)).catch((/** @type {Error} */ error) => fail(root, error));
  };
  port.postMessage({ request: null });
}

/** @param {HTMLElement} root @param {Error} error */
function fail(root, error) {
  console.error(error);
  root.textContent = `The lab could not be drawn: ${error.message}. Run the cell again.`;
}
