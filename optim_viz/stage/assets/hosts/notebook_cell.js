/**
 * The lab's cell in a notebook (anywidget): a frame that holds the stage, and the line between it and the kernel.
 *
 * The frame is a page of its own, so that neither the notebook's style nor its keys reach into the stage, and the stage
 * fits itself to the cell as it does to a window. notebook/widget.py puts the frame's page and the program in front.
 *
 * @typedef {object} Model of anywidget
 * @property {(content: object) => void} send
 * @property {(event: string, heard: (content: any, buffers: DataView[]) => void) => void} on
 * @property {(event: string, heard: (content: any, buffers: DataView[]) => void) => void} off
 * @property {(name: string) => any} get
 */

const WHOLE = 1120; // pixels of width at which the stage stands side by side; below them it is one column
const SMALLEST = 0.76; // a cell that is a little narrower shows it whole at a smaller scale, down to this one
const COLUMN = 760; // pixels of height, at least, of one column, which is scrolled

/**
 * @param {Model} model
 * @param {HTMLElement} place the cell's
 * @param {string} page the frame's document
 * @param {string} program packed, as the page takes it
 * @returns {() => void} ends it
 */
export function cell(model, place, page, program) {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts allow-downloads allow-popups allow-popups-to-escape-sandbox allow-modals");
  frame.allow = "fullscreen; clipboard-write";
  frame.title = "Optimizer lab";
  const height = Number(model.get("height"));
  frame.style.cssText = "display: block; border: 1px solid rgb(128 128 128 / 40%); border-radius: 6px; box-sizing: border-box; transform-origin: 0 0;";
  let view = ""; // names what the frame shows, for the kernel
  /** @type {MessagePort | null} */ let port = null;
  const scheme = () => port?.postMessage({ scheme: schemeOf(place) });
  /** @param {any} content @param {DataView[]} buffers */
  const heard = (content, buffers) => {
    if (content.view !== view) return;
    const { buffer, byteOffset, byteLength } = buffers[0];
    port?.postMessage({ message: new Uint8Array(buffer, byteOffset, byteLength) });
  };
  const leave = () => {
    port?.close();
    if (view) model.send({ view, request: "closed" });
  };
  /** A notebook that moves a cell about makes its frame load again, and what it showed begins anew. */
  const begin = () => {
    leave();
    const [mine, channel] = [crypto.randomUUID(), new MessageChannel()];
    [view, port] = [mine, channel.port1];
    port.onmessage = ({ data }) => {
      model.send({ view: mine, request: data.request });
      if (data.request === null) scheme();
    };
    frame.contentWindow?.postMessage({ program, lab: model.get("lab") }, "*", [channel.port2]);
  };
  model.on("msg:custom", heard);
  frame.addEventListener("load", begin);
  frame.srcdoc = page;
  place.replaceChildren(frame);
  const themed = new MutationObserver(scheme);
  for (const root of [document.documentElement, document.body]) themed.observe(root, { attributes: true });
  const sized = new ResizeObserver(() => Object.assign(frame.style, fitted(place.clientWidth, height)));
  sized.observe(place);
  return () => {
    model.off("msg:custom", heard);
    themed.disconnect();
    sized.disconnect();
    leave();
  };
}

/**
 * @param {number} width of the cell, in pixels
 * @param {number} height wanted
 * @returns {{width: string, height: string, transform: string, marginBottom: string}} the style of the frame
 */
export function fitted(width, height) {
  const scale = Math.min(1, width / WHOLE);
  if (scale < SMALLEST) return { width: "100%", height: `${Math.max(height, COLUMN)}px`, transform: "none", marginBottom: "0" };
  const inner = height / scale;
  return { width: `${100 / scale}%`, height: `${inner}px`, transform: scale < 1 ? `scale(${scale})` : "none", marginBottom: `${height - inner}px` };
}

/** @param {Element} place @returns {"light" | "dark"} which the notebook around it is */
function schemeOf(place) {
  const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  for (/** @type {Element | null} */ let at = place; at && probe; at = at.parentElement ?? /** @type {ShadowRoot} */ (at.getRootNode()).host ?? null) {
    probe.clearRect(0, 0, 1, 1);
    probe.fillStyle = getComputedStyle(at).backgroundColor;
    probe.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = probe.getImageData(0, 0, 1, 1).data;
    if (alpha > 128) return 0.299 * red + 0.587 * green + 0.114 * blue < 128 ? "dark" : "light";
  }
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
