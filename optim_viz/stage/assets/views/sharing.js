/**
 * The address bar, the copied link and the files: views of the scenario that is on screen.
 *
 * @import { Stage } from "./stage.js"
 */
import { runsCsv } from "../state/runs_csv.js";
import { linkQuery } from "../state/scenario_link.js";
import { copyText, saveFile } from "./copy_save.js";

const SAID_MS = 4000;
const SETTLE_MS = 200; // browsers limit how often an address may change

export class Sharing {
  /** @param {Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.touched = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */ this.said = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */ this.timer = undefined;
  }

  /** @param {boolean} withTime @returns {string} */
  query(withTime) {
    const { lab, clock } = this.stage;
    return linkQuery(lab.header?.query ?? "", lab.current, withTime ? clock.time : null);
  }

  /** Something in the link changed: write it to the address bar once things settle. A playing run has no time in it. */
  touch() {
    if (!this.touched && this.stage.clock.playing) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.update(), SETTLE_MS);
  }

  update() {
    const { lab, clock, link } = this.stage;
    if (!lab.header || !this.stage.observed.frames || link.replaceUnderWay) return; // it would name what is on its way out
    this.touched = true;
    this.stage.host.address.show(this.query(!clock.playing));
    this.stage.lastLab.keep();
  }

  /** @param {string} text @param {string} done */
  async copy(text, done) {
    const copied = await copyText(text, this.stage.elements.section);
    this.say(copied ? done : "The browser did not allow copying. Copy the text in the box.");
  }

  copyLink() {
    const { clock, host } = this.stage;
    if (clock.playing && clock.looped) {
      const [first, last] = clock.looped;
      return this.copy(host.address.link(this.query(false)), `Link copied. It plays steps ${first} to ${last}, again and again.`);
    }
    clock.playing = false;
    this.stage.clockChanged();
    return this.copy(host.address.link(this.query(true)), "Link copied. It opens this very step.");
  }

  save() {
    const { lab, clock } = this.stage;
    saveFile("optim_viz_scenario.json", `${JSON.stringify({ ...lab.current, time: clock.time }, null, 2)}\n`);
  }

  /** Every number of the runs on screen, with all its digits. */
  saveRuns() {
    saveFile("optim_viz_runs.csv", runsCsv(this.stage.lab.lanes()), "text/csv");
  }

  /** @returns {import("../state/named_scenarios.js").Named["scenario"]} what is on screen, to be opened again */
  present() {
    const { lab, clock } = this.stage;
    return { ...structuredClone(lab.current), time: clock.playing ? null : clock.time };
  }

  /** Shows a whole scenario from outside. @param {Record<string, unknown>} scenario */
  open(scenario) {
    const { lab, clock, link } = this.stage;
    lab.overrides.clear();
    // What it leaves out stays as it is on screen; Python does not know all of that. A loop was set for the runs that go.
    link.replace({ view: lab.current.view, speed: lab.current.speed, time: clock.time, loop: null, ...scenario });
  }

  reset() {
    const first = this.stage.lab.catalog?.first;
    if (first) this.stage.link.replace(first);
  }

  /** Says something that is over soon, above the page so that nothing moves. @param {string} text */
  say(text) {
    const { toast } = this.stage.elements;
    toast.textContent = text;
    toast.hidden = false;
    clearTimeout(this.said);
    this.said = setTimeout(() => (toast.hidden = true), SAID_MS);
  }
}
