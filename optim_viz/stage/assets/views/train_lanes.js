/**
 * The buttons of a run's lanes: a click hides one, a double click or the key O shows it alone.
 *
 * @import { Lane } from "../draw/train_figure.js"
 */
import { markerPath } from "../draw/canvas.js";
import { h, svg } from "./dom.js";

/** As Plotly draws its dashes: the line styles of the runs of a comparison. */
const SAMPLES = ["none", "5 3", "1.5 2.5", "6 2 1.5 2", "8 3", "8 2 1.5 2"];

export class TrainLanes {
  /**
   * @param {(key: string) => void} toggle
   * @param {(key: string) => void} isolate
   */
  constructor(toggle, isolate) {
    this.toggle = toggle;
    this.isolate = isolate;
    /** @type {Lane[]} */
    this.lanes = [];
    this.element = h("div", { class: "tr-lanes", role: "group", "aria-label": "Lanes" });
  }

  /**
   * @param {Lane[]} lanes
   * @param {Set<string>} hidden
   * @param {(lane: Lane) => string} shade
   */
  update(lanes, hidden, shade) {
    this.lanes = lanes;
    for (const extra of [...this.element.children].slice(lanes.length)) extra.remove();
    for (const [i, lane] of lanes.entries()) {
      const button = /** @type {HTMLButtonElement} */ (this.element.children[i] ?? this.element.appendChild(this.button(i)));
      const seen = !hidden.has(lane.key);
      button.setAttribute("aria-pressed", String(seen));
      button.style.setProperty("--lane", shade(lane));
      button.title = `${lane.title}: a click ${seen ? "hides" : "shows"} it, a double click or the key O shows it alone`;
      const lines = lanes.some(({ dash }) => dash !== lanes[0].dash);
      const name = `${lane.marker} ${lines && lane.dash} ${lane.title}`;
      if (button.dataset.look !== name) {
        button.dataset.look = name;
        button.replaceChildren(svg(markerPath(lane.marker, 6), "-9 -9 18 18"), ...(lines ? [sample(lane.dash)] : []), h("span", {}, lane.title));
      }
    }
  }

  /** @param {number} index */
  button(index) {
    const key = () => this.lanes[index]?.key ?? "";
    return h("button", {
      type: "button",
      onclick: () => this.toggle(key()),
      ondblclick: () => this.isolate(key()),
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key.toLowerCase() === "o" && !event.ctrlKey && !event.metaKey) this.isolate(key());
      },
    });
  }
}

/** @param {number} dash */
function sample(dash) {
  const line = svg("M0,4H22", "0 0 22 8");
  line.classList.add("tr-line");
  line.style.strokeDasharray = SAMPLES[dash % SAMPLES.length];
  return line;
}
