/**
 * One hyperparameter's control: a slider over its stops with a typed entry beside it, or a switch.
 *
 * @import { Family } from "../state/packet.js"
 * @import { HyperparameterInfo } from "../state/types.js"
 * @import { Strip } from "../state/strips.js"
 * @import { Shown } from "./strip.js"
 *
 * @typedef {object} SliderEvents
 * @property {() => void} near a pointer or the focus comes near: the family will be wanted
 * @property {(stop: number) => void} drag
 * @property {() => void} release
 * @property {(value: number | boolean) => void} take the best value
 * @property {() => boolean} finely whether sliders are to move finely without Shift
 * @property {() => Family | undefined} fine the family around the present value; asked for where it is not here
 * @property {(stop: number, family: Family) => void} dragFinely
 * @property {(value: number | boolean | string) => void} set a value from the keyboard entry, the switch, or the default
 */
import { h, setProblem } from "./dom.js";
import { exact } from "../state/format.js";
import { Lab } from "../state/lab.js";
import { Fine } from "./fine.js";
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
    /** @type {number | boolean | string} of the run on screen */ this.value = info.default;
    /** @type {Strip | undefined} */ this.own = undefined; // the strip of the slider's own stops
    /** @type {Shown | null} */ this.shown = null;
    this.message = h("p", { class: "ov-problem", role: "alert", hidden: true });
    this.name = h("span", { class: "ov-name" }, h("i", {}, info.symbol), h("span", {}, info.words));
    if (info.scale === "choice") {
      this.range = null;
      this.entry = null;
      this.strip = null;
      this.fine = null;
      this.box = h("input", { type: "checkbox", "aria-label": `${lane} ${info.name}`, onchange: () => events.set(this.box?.checked ?? false) });
      this.element = h("div", { class: "ov-slider ov-choice" }, h("label", {}, this.box, this.name), this.message);
    } else {
      this.box = null;
      this.strip = new StripView(`${lane} ${info.name}`, () => this.take());
      this.range = this.makeRange(lane, this.strip);
      this.fine = this.makeFine(this.range);
      this.entry = h("input", {
        class: "ov-entry", type: "text", inputmode: "decimal", "aria-label": `${info.name} of ${lane}, typed`, spellcheck: "false",
        onchange: () => events.set(typed(this.entry?.value ?? "")),
      });
      this.track = h("span", { class: "ov-track" }, ...this.ticks(), ...this.strip.elements, this.range, this.strip.mark);
      this.element = h("div", { class: "ov-slider" }, this.name, this.track, this.entry, this.message, this.strip.words);
    }
  }

  /** @param {string} lane @param {StripView} strip */
  makeRange(lane, strip) {
    const { events, info } = this;
    const range = h("input", {
      type: "range", min: 0, max: info.stops.length - 1, step: 1, "aria-label": `${lane} ${info.name}`,
      "aria-describedby": strip.words.id, "aria-keyshortcuts": "B Shift+ArrowRight Shift+ArrowLeft",
    });
    for (const type of ["pointerenter", "focus", "touchstart"]) range.addEventListener(type, events.near, { passive: true });
    range.addEventListener("input", () => {
      if (this.fine?.held) return; // the browser's own drag, which Shift has taken over
      this.held = true;
      events.drag(range.valueAsNumber);
    });
    for (const type of ["change", "pointerup", "pointercancel", "blur"]) range.addEventListener(type, () => this.release());
    range.addEventListener("dblclick", () => events.set(info.default));
    range.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() !== "b" || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.take();
    });
    return range;
  }

  /** The browser's own drag is over. */
  release() {
    if (!this.held) return;
    this.held = false;
    this.events.release();
  }

  /** @returns {HTMLElement[]} what its words explain */
  get explained() {
    return [this.name, this.range, this.entry, this.box].filter((element) => element !== null);
  }

  /** @param {HTMLInputElement} range */
  makeFine(range) {
    const { events } = this;
    return new Fine(range, {
      on: () => events.finely(),
      family: () => {
        const family = events.fine();
        return family && family.info.stops.includes(/** @type {number} */ (this.value)) ? family : undefined;
      },
      place: (family) => family.info.stops.indexOf(/** @type {number} */ (this.value)),
      drag: (stop, family) => {
        this.value = family.info.stops[stop];
        events.dragFinely(stop, family);
      },
      release: () => events.release(),
      takeOver: () => this.release(),
      show: (family, stop) => {
        const { stops } = family?.info ?? this.info;
        range.max = String(stops.length - 1);
        range.valueAsNumber = family ? stop : Lab.nearestStop(this.info, this.value);
        this.track?.classList.toggle("ov-fine", family !== null);
        this.showStrip();
      },
    });
  }

  /** Takes the best of the stops that the track stands for. */
  take() {
    const best = this.strip?.best ?? -1;
    if (best >= 0) this.events.take((this.fine?.family?.info ?? this.info).stops[best]);
  }

  showStrip() {
    if (!this.shown) return;
    const family = this.fine?.family;
    this.strip?.show(family?.strip ?? this.own, (family?.info ?? this.info).stops, this.shown);
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
    this.own = strip;
    this.shown = shown;
    this.showStrip();
  }

  /**
   * @param {number | boolean | string} value the value of the run on screen, or what was typed
   * @param {string} problem
   */
  update(value, problem) {
    if (this.box) this.box.checked = value === true;
    this.value = value;
    if (this.range) {
      const text = exact(value);
      this.fine?.follow();
      this.fine?.catchUp();
      if (!this.held && !this.fine?.family) this.range.valueAsNumber = Lab.nearestStop(this.info, value);
      if (this.range.getAttribute("aria-valuetext") !== text) this.range.setAttribute("aria-valuetext", text);
      if (this.entry && document.activeElement !== this.entry && this.entry.value !== text && (!problem || !this.entry.value)) this.entry.value = text;
    }
    setProblem(/** @type {HTMLElement} */ (this.entry ?? this.box), this.message, problem);
  }
}
