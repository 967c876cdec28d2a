/**
 * The strip on a slider's track: how the run would end at each stop, with a mark at the best one and at a known limit.
 *
 * @import { HyperparameterInfo } from "../state/types.js"
 * @import { Metric, Scale, Strip } from "../state/strips.js"
 *
 * @typedef {object} Shown what strips are drawn with
 * @property {Metric} metric
 * @property {Scale} scale
 * @property {number} steps of a run
 */
import { h } from "./dom.js";
import { depths, placeOf, sentence } from "../state/strips.js";

const PALE = 4; // per cent of the lane's colour
const DEEP = 82;
let count = 0;

export class StripView {
  /**
   * @param {string} whose the slider's accessible name
   * @param {(stop: number) => void} onTake the best stop is wanted
   */
  constructor(whose, onTake) {
    count += 1;
    this.best = -1;
    this.drawn = "";
    this.words = h("span", { class: "ov-scent", role: "tooltip", id: `ov-scent-${count}`, hidden: true });
    this.bar = h("span", { class: "ov-strip", hidden: true });
    this.mark = h("button", { class: "ov-best", type: "button", "aria-label": `Take the best ${whose}`, tabindex: -1, hidden: true, onclick: () => onTake(this.best) });
    this.edge = h("span", { class: "ov-edge", hidden: true });
    this.elements = [this.bar, this.edge];
  }

  /** @returns {string} what the track shows, as a sentence; "" while it shows nothing */
  get said() {
    const { textContent: text } = this.words;
    return text ? `Along its track: ${text}.` : "";
  }

  /**
   * @param {Strip | undefined} strip undefined while it is on its way: the last one stays, faint
   * @param {HyperparameterInfo["stops"]} stops
   * @param {Shown} shown
   */
  show(strip, stops, shown) {
    this.bar.classList.toggle("ov-stale", !strip);
    if (!strip) return;
    const key = JSON.stringify([strip.info.key, shown]);
    if (key === this.drawn) return;
    this.drawn = key;
    const last = stops.length - 1;
    const { info } = strip;
    this.best = strip.best(shown.metric);
    this.bar.hidden = false;
    this.bar.style.background = ramp(depths(strip, shown.metric, shown.scale, shown.steps));
    this.bar.replaceChildren(...strip.lost.map(([from, to]) => h("span", {
      class: "ov-lost", style: `left:${share(from - 0.5, last)};right:${share(last - to - 0.5, last)}`,
    })));
    this.mark.hidden = this.best < 0;
    if (this.best >= 0) {
      this.mark.style.setProperty("--at", String(this.best / last));
      this.mark.title = `Best: ${stops[this.best]} (key B)`;
    }
    const place = info.edge ? placeOf(stops, info.edge.value) : 0;
    this.edge.hidden = !(place > 0 && place < last);
    this.edge.style.setProperty("--at", String(place / last));
    this.words.textContent = sentence(strip, stops, shown.metric);
    this.words.hidden = this.words.textContent === "";
  }
}

/** @param {number} stop @param {number} last @returns {string} */
function share(stop, last) {
  return `${Math.max(0, Math.min(100, (100 * stop) / last)).toFixed(2)}%`;
}

/** @param {number[]} depths @returns {string} a gradient in the lane's colour; what lies on a line between its neighbours is left out */
function ramp(depths) {
  const last = depths.length - 1;
  const percent = depths.map((depth) => Math.round(PALE + (DEEP - PALE) * depth));
  const kept = percent.map((value, i) => ({ value, i })).filter(({ value, i }) => i === 0 || i === last || percent[i - 1] !== value || percent[i + 1] !== value);
  const stops = kept.map(({ value, i }) => `color-mix(in oklab, var(--lane) ${value}%, var(--ov-pale)) ${share(i, last)}`);
  return `linear-gradient(to right, ${stops.join(", ")})`;
}
