/**
 * Where published results disagree: which convention a lane follows, the others beside it, and torch itself beside it.
 *
 * @import { ConventionInfo, OptimizerInfo } from "../state/types.js"
 *
 * @typedef {object} ConventionEvents
 * @property {(settings: Record<string, number | boolean>) => void} follow
 * @property {() => void} compare
 * @property {() => void} check run torch.optim beside the lane
 */
import { h, setHidden, setText } from "./dom.js";
import { explain } from "./explain.js";
import { follows } from "../state/conventions.js";

export class ConventionControl {
  /**
   * @param {string} lane the lane's title
   * @param {OptimizerInfo} optimizer
   * @param {ConventionEvents} events
   */
  constructor(lane, optimizer, events) {
    this.conventions = optimizer.conventions;
    this.mixed = h("option", { value: "", disabled: true }, "a mixture");
    this.select = h("select", { "aria-label": `Convention of ${lane}`, onchange: () => events.follow(this.conventions[Number(this.select.value)].settings) },
      ...this.conventions.map(({ title }, i) => h("option", { value: i }, title)), this.mixed);
    const compare = h("button", { type: "button", class: "ov-plain", "aria-label": `Compare conventions of ${lane}`, onclick: () => events.compare(), hidden: !this.conventions.length }, "Compare conventions");
    this.row = h("div", { class: "ov-convention", hidden: !this.conventions.length }, h("span", { class: "ov-name" }, "convention"), this.select);
    this.button = h("button", { type: "button", class: "ov-plain", "aria-label": `Is ${lane} equal to torch?`, onclick: () => events.check() }, "Equal to torch?");
    this.told = h("p", { class: "ov-parity ov-muted", role: "status" });
    this.element = h("div", {}, this.row, h("div", { class: "ov-beside" }, compare, this.button), this.told);
    explain(this.select, () => ({ sentence: `Implementations differ here. ${this.now?.sentence ?? "This lane follows none of them alone."}` }));
    explain(compare, () => ({ sentence: "Adds a lane for each other convention, the rest alike; its card says how far apart they get." }));
    explain(this.button, () => ({ sentence: "Runs torch.optim, and optax where it is installed, beside this lane in float64." }));
  }

  /** @returns {ConventionInfo | undefined} the one that the lane follows */
  get now() {
    return this.conventions[Number(this.select.value || NaN)];
  }

  /**
   * @param {Record<string, number | boolean | string>} hyperparameters
   * @param {string[]} told what came of running the libraries; [] before anybody asked
   */
  update(hyperparameters, told) {
    const at = this.conventions.findIndex((each) => follows(each, hyperparameters));
    const value = at < 0 ? "" : String(at);
    if (this.select.value !== value) this.select.value = value;
    setHidden(this.mixed, at >= 0);
    const text = told.join("\n");
    setText(this.told, text);
    setHidden(this.told, !text);
  }
}
