/**
 * A lane's schedule: a menu of what the learning rate may do over the run, and the numbers of the one that is chosen.
 *
 * @import { Catalog, ScheduleInfo } from "../state/types.js"
 */
import { h, setProblem } from "./dom.js";
import { explain } from "./explain.js";
import { readSchedule, writeSchedule } from "../state/schedule_text.js";
import { typed } from "../state/typed_number.js";

export class ScheduleControl {
  /**
   * @param {string} lane the lane's title
   * @param {Catalog} catalog
   * @param {(schedule: string | undefined) => void} set undefined: the learning rate stays
   * @param {() => void} plot its curve is wanted among the plots
   */
  constructor(lane, catalog, set, plot) {
    this.lane = lane;
    this.catalog = catalog;
    this.set = set;
    this.built = "";
    this.shown = "";
    this.select = h("select", { "aria-label": `Schedule of ${lane}`, onchange: () => this.choose(this.select.value, new Map()) },
      ...catalog.schedules.map(({ name, title }) => h("option", { value: name }, title)));
    this.plot = h("button", { type: "button", class: "ov-plain", "aria-label": `Plot the learning rate of ${lane}`, onclick: plot }, "plot it");
    this.message = h("p", { class: "ov-problem", role: "alert", hidden: true });
    this.fields = h("div", { class: "ov-schedule-fields" });
    /** @type {Map<string, HTMLInputElement>} */ this.entries = new Map();
    this.element = h("div", { class: "ov-schedule" }, h("span", { class: "ov-name" }, "schedule"), this.select, this.plot, this.fields, this.message);
    explain(this.select, () => ({ sentence: `What lr is multiplied by over the run. Now: ${this.info.sentence}` }));
    explain(this.plot, () => ({ sentence: "Adds the learning rate of each step to the plots." }));
  }

  /** @returns {ScheduleInfo} of what is chosen */
  get info() {
    return this.catalog.schedules.find(({ name }) => name === this.select.value) ?? this.catalog.schedules[0];
  }

  /** @param {string} name @param {Map<string, string>} values */
  choose(name, values) {
    const info = /** @type {ScheduleInfo} */ (this.catalog.schedules.find((each) => each.name === name));
    // With the first of the menu the learning rate stays, which a lane need not say.
    this.set(info === this.catalog.schedules[0] ? undefined : writeSchedule(info, values));
  }

  /**
   * @param {string | undefined} text the lane's schedule
   * @param {string} problem
   */
  update(text, problem) {
    const shown = JSON.stringify([text, problem]);
    if (shown === this.shown) return; // with every frame of a drag
    this.shown = shown;
    const { name, values } = readSchedule(text);
    this.select.value = name || this.catalog.schedules[0].name;
    this.plot.hidden = text === undefined;
    if (this.built !== this.info.name) {
      this.built = this.info.name;
      this.entries = new Map(this.info.parameters.map((each) => [each.name, this.entry(each)]));
      this.fields.replaceChildren(...this.info.parameters.map((each) => h("label", { class: "ov-schedule-field" },
        h("span", { class: "ov-name" }, h("i", {}, each.symbol), h("span", {}, each.name.replaceAll("_", " "))), /** @type {HTMLElement} */ (this.entries.get(each.name)))));
    }
    for (const each of this.info.parameters) {
      const entry = /** @type {HTMLInputElement} */ (this.entries.get(each.name));
      if (document.activeElement !== entry) entry.value = values.get(each.name) ?? String(each.default);
    }
    setProblem(this.select, this.message, problem);
  }

  /** @param {ScheduleInfo["parameters"][number]} parameter */
  entry(parameter) {
    const { name, help, low, high } = parameter;
    const entry = h("input", {
      class: "ov-entry", type: "text", inputmode: "decimal", spellcheck: "false", "aria-label": `${name} of the schedule of ${this.lane}`,
      onblur: () => { this.shown = ""; }, // what it did not take while it had the focus
      onchange: () => this.choose(this.select.value, new Map([...this.entries].map(([each, field]) => [each, String(typed(field.value))]))),
    });
    explain(entry, () => ({ sentence: `${help} From ${low} to ${high}; usually ${parameter.default}.` }));
    return entry;
  }
}
