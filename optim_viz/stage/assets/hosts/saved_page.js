/**
 * The lab as a page in one file: no server answers, so the page does, from what was saved in it.
 *
 * @import { Host } from "../state/host.js"
 */
import { decode } from "../state/packet.js";
import { SavedLab } from "../state/saved_lab.js";
import { Stage } from "../views/stage.js";

/**
 * @param {HTMLElement} root
 * @param {HTMLElement} foot says what is inside, and leads to the full lab
 * @param {{opening: Uint8Array, families: Uint8Array}} held Python's message to a page that opens, and the one that holds the families
 *   of the sliders in sight
 * @param {(() => Promise<any>) | null} plotly null where it is not inside: the page has no 3D
 */
export function open(root, foot, { opening, families }, plotly) {
  const inside = new SavedLab(decode(opening), decode(families));
  const link = document.createElement("a");
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = "Open it in the full lab";
  const full = (/** @type {string} */ query) => `${foot.dataset.lab}?${query}`;
  const tell = (/** @type {string} */ query) => { link.href = full(query); };
  const sliders = inside.families.size;
  const [moves, lacks] = sliders ? ["play it, and drag the sliders", "Another surface, start or optimizer"] : [`play it, zoom it${plotly ? ", turn it" : ""}`, "Other settings"];
  const what = `${moves}. ${plotly ? lacks : sliders ? `${lacks}, or 3D,` : `${lacks} and 3D`} ${sliders ? "is" : "are"} not in this page. `;
  root.classList.toggle("ov-flat", !plotly);
  foot.append(`${inside.first.surface.title}, saved from optim_viz: ${what}`, link);
  root.replaceChildren();
  /** @type {Host} */
  const host = {
    send: (request) => setTimeout(() => void stage.receive(inside.answer(request)), 0),
    style: () => {
      const style = getComputedStyle(document.body);
      return { background: style.backgroundColor, text: style.color, font: style.fontFamily };
    },
    plotly,
    address: { show: tell, link: full, fragment: null, named: true, entries: null },
    tab: null,
    onLeave: () => {},
  };
  const stage = new Stage(root, host);
  tell(inside.first.query);
  void stage.receive(inside.answer({ seq: 0, scenario: null, families: [], strips: [], have: [], query: "", step: 0, aspect: null }));
}
