/**
 * One hyperparameter's control: a slider over its stops with a typed entry beside it, or a switch.
 *
 * @import { HyperparameterInfo } from "../state/types.js"
 * @import { Strip } from "../state/strips.js"
 * @import { Shown } from "./strip.js"
 *
 * @typedef {object} SliderEvents
 * @property {() => void} near a pointer or the focus comes near: the family will be wanted
 * @property {(stop: number) => void} drag
 * @property {() => void} release
 * @property {(stop: number) => void} take the best stop
 * @property {(value: number | boolean | string) => void} set a value from the keyboard entry, the switch, or the default
 */
import { h, setProblem } from "./dom.js";
import { exact } from "../state/format.js";
import { Lab } from "../state/lab.js";
import { StripView } from "./strip.js";
import { typed } from "../state/typed_number.js";

export class Slider {
  /**
   * @param {string} lane the lane's title
   * @param {HyperparameterInfo} info
   * @param {SliderEvents} events
   */
  constructor(lane, info, events) {
    this.info = info;
    this.events = events;
    this.held = false;
    this.message = h("p", { class: "ov-problem", role: "alert", hidden: true });
    const hint = `${info.help} Default ${exact(info.default)}.`;
    this.name = h("span", { class: "ov-name", title: hint }, h("i", {}, info.symbol), h("span", {}, info.words));
    if (info.scale === "choice") {
      this.range = null;
      this.entry = null;
      this.strip = null;
      this.box = h("input", { type: "checkbox", "aria-label": `${lane} ${info.name}`, onchange: () => events.set(this.box?.checked ?? false) });
      this.element = h("div", { class: "ov-slider ov-choice" }, h("label", {}, this.box, this.name), this.message);
    } else {
      this.box = null;
      this.strip = new StripView(`${lane} ${info.name}`, events.take);
      this.range = this.makeRange(lane, this.strip);
      this.entry = h("input", {
        class: "ov-entry", type: "text", inputmode: "decimal", "aria-label": `${info.name} of ${lane}, typed`, title: hint, spellcheck: "false",
        onchange: () => events.set(typed(this.entry?.value ?? "")),
      });
      const track = h("span", { class: "ov-track" }, ...this.ticks(), ...this.strip.elements, this.range, this.strip.mark);
      this.element = h("div", { class: "ov-slider" }, this.name, track, this.entry, this.message, this.strip.words);
    }
  }

  /** @param {string} lane @param {StripView} strip */
  makeRange(lane, strip) {
    const { events, info } = this;
    const range = h("input", {
      type: "range", min: 0, max: info.stops.length - 1, step: 1, "aria-label": `${lane} ${info.name}`,
      "aria-describedby": strip.words.id, "aria-keyshortcuts": "B",
    });
    for (const type of ["pointerenter", "focus", "touchstart"]) range.addEventListener(type, events.near, { passive: true });
    range.addEventListener("input", () => {
      this.held = true;
      events.drag(range.valueAsNumber);
    });
    const release = () => {
      if (!this.held) return;
      this.held = false;
      events.release();
    };
    for (const type of ["change", "pointercancel", "blur"]) range.addEventListener(type, release);
    range.addEventListener("dblclick", () => events.set(info.default));
    range.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() !== "b" || event.ctrlKey || event.metaKey || event.altKey || strip.best < 0) return;
      event.preventDefault();
      events.take(strip.best);
    });
    return range;
  }

  /** @returns {HTMLElement[]} small marks at the powers of ten (of the value, or of 1 - value) */
  ticks() {
    const { stops, scale, complement } = this.info;
    if (scale !== "log") return [];
    const last = stops.length - 1;
    const marks = [];
    for (let power = -12; power <= 3; power += 1) {
      const value = complement ? 1 - 10 ** power : 10 ** power;
      const stop = Lab.nearestStop(this.info, value);
      const size = complement ? 10 ** power : value;
      if (Math.abs(Number(stops[stop]) - value) < size * 0.12) marks.push(stop);
    }
    return marks.map((stop) => h("span", { class: "ov-tick", style: `--at:${stop / last}` }));
  }

  /** @param {Strip | undefined} strip undefined while it is on its way @param {Shown} shown */
  scent(strip, shown) {
    this.strip?.show(strip, this.info.stops, shown);
  }

  /**
   * @param {number | boolean | string} value the value of the run on screen, or what was typed
   * @param {string} problem
   */
  update(value, problem) {
    if (this.box) this.box.checked = value === true;
    if (this.range) {
      const text = exact(value);
      if (!this.held) this.range.valueAsNumber = Lab.nearestStop(this.info, value);
      if (this.range.getAttribute("aria-valuetext") !== text) this.range.setAttribute("aria-valuetext", text);
      if (this.entry && document.activeElement !== this.entry && this.entry.value !== text && (!problem || !this.entry.value)) this.entry.value = text;
    }
    setProblem(/** @type {HTMLElement} */ (this.entry ?? this.box), this.message, problem);
  }
}
