/**
 * The line under the landscape: what its colours mean, and whether both axes have one scale.
 *
 * @import { Legend } from "../draw/ground.js"
 * @import { Scenario } from "../state/types.js"
 */
import { h } from "./dom.js";
import { number } from "../state/format.js";
import { MarkKeys } from "./mark_keys.js";

const AXES = /** @type {[Scenario["axes"], string, string][]} */ ([
  ["equal", "Equal scale", "One unit is as long in x as in y: a step downhill is square to the level line"],
  ["fill", "Fill", "The window is stretched to fill the picture"],
]);

const HEIGHTS = /** @type {[Scenario["height"], string, string][]} */ ([
  ["asinh", "Height asinh", "asinh of the loss above the floor, as the colours: the floor shows, and the walls are not endless"],
  ["linear", "Linear", "The loss itself"],
]);

export class GroundBar {
  /** @param {(look: Partial<Scenario>) => void} change */
  constructor(change) {
    this.axes = choice("Scale of the axes", AXES, (axes) => change({ axes }));
    this.height = choice("Height in 3D", HEIGHTS, (height) => change({ height }));
    this.stretched = h("span", { class: "ov-stretched", role: "status" });
    this.hatched = h("span", { class: "ov-hatched" });
    this.coarse = h("span", { role: "status" });
    this.ramp = h("span", { class: "ov-ramp" });
    this.ticks = h("span", { class: "ov-ramp-ticks" });
    this.legend = h("span", { class: "ov-heights" }, h("span", {}, "loss"), h("span", { class: "ov-ramp-box" }, this.ramp, this.ticks));
    this.marks = new MarkKeys();
    this.element = h("div", { class: "ov-ground-bar" }, this.height, this.axes, this.marks.element, this.stretched, this.hatched, this.coarse, this.legend);
  }

  /**
   * @param {Scenario} scenario
   * @param {number} stretch how many times longer a unit of y is drawn than one of x
   * @param {Legend} legend of the flat picture
   * @param {boolean} resolved whether the picture on screen, flat or not, shows all detail that the surface has
   */
  update(scenario, stretch, legend, resolved) {
    const flat = scenario.view !== "3d";
    this.height.hidden = flat;
    press(this.axes, scenario.axes);
    press(this.height, scenario.height);
    this.stretched.textContent = flat ? stretchWords(stretch) : "";
    this.hatched.hidden = !legend.hatched || !flat;
    this.hatched.textContent = legend.empty ? "the loss is undefined everywhere in sight" : "the loss is undefined here";
    this.coarse.textContent = resolved ? "" : "finer than this picture: not resolved at this zoom";
    this.coarse.hidden = resolved;
    this.legend.hidden = legend.empty || !flat; // in 3D the axis says it
    this.ramp.style.background = `linear-gradient(to right, ${legend.ramp.map(([at, colour]) => `${colour} ${at * 100}%`).join(", ")})`;
    this.ticks.replaceChildren(...legend.ticks.map(({ share, loss }) => h("span", { style: `left: ${(share * 100).toFixed(1)}%` }, number(loss))));
  }
}

/** @param {number} stretch @returns {string} "" where one unit is as long on both axes, to the eye */
export function stretchWords(stretch) {
  if (Math.abs(Math.log(stretch)) < 0.03) return "";
  return stretch > 1 ? `y stretched ${number(stretch, 2)}×` : `x stretched ${number(1 / stretch, 2)}×`;
}

/**
 * @template {string} Name
 * @param {string} label
 * @param {[Name, string, string][]} options name, text, what it does
 * @param {(name: Name) => void} choose
 */
function choice(label, options, choose) {
  return h("div", { class: "ov-views ov-small", role: "group", "aria-label": label }, ...options.map(([name, text, title]) =>
    h("button", { type: "button", "data-name": name, title, "aria-pressed": "false", onclick: () => choose(name) }, text)));
}

/** @param {HTMLElement} group @param {string} name of the option that holds */
function press(group, name) {
  for (const button of group.children) button.setAttribute("aria-pressed", String(button instanceof HTMLElement && button.dataset.name === name));
}
