/**
 * One lane's card: its optimizer, its looks, its sliders and further settings.
 *
 * @import { Lab } from "../state/lab.js"
 * @import { LaneView } from "../state/lane_view.js"
 * @import { Catalog, HyperparameterInfo, OptimizerInfo, Problem } from "../state/types.js"
 * @import { Theme } from "../draw/theme.js"
 * @import { LanesView } from "./lanes_view.js"
 */
import { allow, h, iconButton, sayOrHide, setIcon, setText, svg } from "./dom.js";
import { explain } from "./explain.js";
import { ofHyperparameter } from "../state/sentences.js";
import { markerPath } from "../draw/canvas.js";
import { apartWords } from "../state/conventions.js";
import { ConventionControl } from "./convention_control.js";
import { number } from "../state/format.js";
import { RUNNING } from "../state/lab.js";
import { ScheduleControl } from "./schedule_control.js";
import { trainLink } from "../state/scenario_link.js";
import { Slider } from "./slider.js";

export class LaneCard {
  /**
   * @param {LanesView} view in which it stands
   * @param {Lab} lab
   * @param {Theme} theme
   * @param {number} index of its lane on screen
   */
  constructor(view, lab, theme, index) {
    this.view = view;
    this.lab = lab;
    this.index = index;
    this.look = ""; // what it was dressed for last
    const { title, optimizer } = lab.lane(index);
    this.optimizer = optimizer.name;
    const { events } = view;
    /** @type {Map<string, Slider>} */
    this.sliders = new Map(optimizer.hyperparameters.map((info) => [info.name, this.slider(title, info)]));
    this.select = this.menu();
    this.eye = iconButton("show", `Hide ${title}`, () => events.change(index, { visible: !lab.lane(index).state.visible }));
    this.swatch = h("summary", { class: "ov-swatch", "aria-label": `Colour and marker of ${title}`, title: "Colour and marker" });
    this.problem = h("p", { class: "ov-problem", role: "alert", hidden: true });
    this.note = h("p", { class: "ov-note ov-muted", role: "status", hidden: true });
    this.copy = iconButton("copy", `Duplicate ${title}`, () => events.duplicate(index));
    this.remove = iconButton("remove", `Remove ${title}`, () => events.remove(index));
    this.schedule = new ScheduleControl(title, /** @type {Catalog} */ (lab.catalog),
      (text) => events.change(index, { schedule: text }),
      () => events.plot(lab.catalog?.plots.find(({ control }) => control === "schedule")?.name ?? ""));
    this.convention = this.conventions(title, optimizer);
    this.apart = h("p", { class: "ov-apart ov-muted", hidden: true });
    const [shown, rest] = [true, false].map((primary) => [...this.sliders.values()].filter(({ info }) => info.primary === primary).map(({ element }) => element));
    this.further = this.drawer(title, [...rest, this.convention.element, ...(this.sliders.has("lr") ? [this.schedule.element] : [])]);
    const head = h("div", { class: "ov-card-head" }, this.picker(title, theme), this.select, h("span", { class: "ov-space" }), this.eye, this.copy, this.remove);
    this.element = h("section", { class: "ov-card", "aria-label": title }, head, this.problem, this.note, ...shown, this.apart, this.further, ...this.train());
    this.element.addEventListener("focusin", () => events.choose(index));
    this.element.addEventListener("pointerdown", () => events.choose(index));
  }

  /**
   * @param {LaneView[]} lanes
   * @param {Theme} theme
   * @param {number} limit how many lanes there can be
   * @param {Problem[]} problems
   */
  update(lanes, theme, limit, problems) {
    const { index, lab } = this;
    const lane = lanes[index];
    const { state } = lane;
    const said = (/** @type {string} */ name) => problems.find((item) => item.field === `lanes.${index}${name}`)?.message ?? "";
    const look = JSON.stringify([lab.positions[index] === lab.current.lane, state, lane.title, lane.optimizer.name, lanes.length]);
    if (look !== this.look) {
      this.look = look;
      this.dress(lane, theme, limit);
    }
    sayOrHide(this.problem, said(""));
    sayOrHide(this.note, lane.note === RUNNING ? "running: the nearest run that is there is shown" : lane.note);
    for (const [name, slider] of this.sliders) {
      // A switch shows what was chosen: until Python has answered, the run on screen has its old value.
      const value = slider.box ? (state.hyperparameters[name] ?? lane.hyperparameters[name]) : lane.hyperparameters[name];
      slider.update(value, said(`.${name}`));
    }
    this.schedule.update(state.schedule, said(".schedule"));
    this.convention.update(state.hyperparameters, lab.parityOf(index));
    const info = lab.header?.lanes[index];
    sayOrHide(this.apart, info ? apartWords(info, lanes.map(({ title }) => title), number) : "");
    setText(this.further.children[0], state.schedule ? `more · ${this.schedule.info.title} schedule` : "more");
  }

  /**
   * Everything but its values, which a drag changes with every frame.
   *
   * @param {LaneView} lane
   * @param {Theme} theme
   * @param {number} limit
   */
  dress({ title, optimizer, state }, theme, limit) {
    const { index, lab } = this;
    const count = lab.runs.length;
    this.rename(title);
    this.element.classList.toggle("ov-chosen", lab.positions[index] === lab.current.lane);
    this.element.classList.toggle("ov-hidden-lane", !state.visible);
    this.element.style.setProperty("--lane", theme.lanes[state.colour]);
    this.select.value = optimizer.name;
    this.swatch.replaceChildren(svg(markerPath(state.marker, 6), "-9 -9 18 18"));
    allow(this.copy, count < limit, `Duplicate ${title}`, `At most ${limit} lanes`);
    allow(this.remove, count > 1, `Remove ${title}`, "A lab needs one lane");
    setIcon(this.eye, state.visible ? "show" : "hide", `${state.visible ? "Hide" : "Show"} ${title}`);
  }

  /** Puts the lane's new title into the names of its controls, which all hold the old one. @param {string} title */
  rename(title) {
    const old = this.element.getAttribute("aria-label") ?? "";
    if (old === title) return;
    for (const control of [this.element, ...this.element.querySelectorAll("[aria-label]")]) {
      control.setAttribute("aria-label", (control.getAttribute("aria-label") ?? "").replace(old, () => title));
    }
  }

  /** @param {string} title @param {HyperparameterInfo} info @returns {Slider} */
  slider(title, info) {
    const { index, lab } = this;
    const { events } = this.view;
    /** @type {Slider} */
    const slider = new Slider(title, info, {
      near: () => events.near(index, info.name),
      finely: () => this.view.finely,
      fine: () => events.fine(index, info.name),
      drag: (stop) => events.drag(index, info.name, stop),
      dragFinely: (stop, family) => events.drag(index, info.name, stop, family),
      release: () => events.release(index, info.name),
      take: (value) => this.take(slider, value),
      set: (value) => this.set(info.name, value),
    });
    const value = () => lab.lanes()[index]?.hyperparameters[info.name] ?? info.default;
    for (const element of slider.explained) {
      explain(element, () => ({ sentence: ofHyperparameter(info, value()), more: element === slider.range ? slider.strip?.said : "", section: info.section }));
    }
    return slider;
  }

  /** @param {Slider} slider @param {number | boolean} value */
  take({ info, strip }, value) {
    this.set(info.name, value);
    this.view.said.textContent = `${this.lab.lane(this.index).title} ${info.name} is ${value} now: ${strip?.words.textContent}`;
  }

  /** @param {string} name @param {number | boolean | string} value */
  set(name, value) {
    const { hyperparameters } = this.lab.lane(this.index).state;
    this.view.events.change(this.index, { hyperparameters: { ...hyperparameters, [name]: value } });
  }

  /** @param {string} title @param {OptimizerInfo} optimizer */
  conventions(title, optimizer) {
    const { index, lab } = this;
    const { events } = this.view;
    return new ConventionControl(title, optimizer, {
      follow: (settings) => events.change(index, { hyperparameters: { ...lab.lane(index).state.hyperparameters, ...settings } }),
      compare: () => events.compare(index), check: () => events.check(index),
    });
  }

  /** The optimizers that it can be. @returns {HTMLSelectElement} */
  menu() {
    const { index, lab } = this;
    const select = h("select", {
      class: "ov-optimizer", "aria-label": `Optimizer of lane ${index + 1}`,
      onchange: () => this.view.events.change(index, { optimizer: select.value, hyperparameters: {} }),
    }, ...(lab.catalog?.optimizers ?? []).map((item) => h("option", { value: item.name }, item.title)), ...outsideGroups(lab));
    return select;
  }

  /** A link that takes this lane, as it stands when it is followed, to the training page. */
  train() {
    const { index, lab } = this;
    if (!lab.header?.pages.some(({ path }) => path === "train")) return [];
    const link = h("a", { class: "ov-train", href: "train", onclick: () => {
      link.href = trainLink(lab, index);
    } }, "train a network");
    return [link];
  }

  /**
   * What is seldom set, behind "more"; it stays open when the cards are made anew.
   *
   * @param {string} title
   * @param {HTMLElement[]} controls
   */
  drawer(title, controls) {
    const { view } = this;
    const details = h("details", { class: "ov-further", hidden: !controls.length, open: view.open.has(this.name()) },
      h("summary", { "aria-label": `More settings of ${title}` }, "more"), ...controls);
    details.addEventListener("toggle", () => {
      view.noteOpen();
      view.events.opened();
    });
    return details;
  }

  /** Which card it is, whatever its values are: its optimizer, and how many of it stand before. @returns {string} */
  name() {
    const names = this.lab.runs.map((_, i) => this.lab.lane(i).optimizer.name);
    return `${names[this.index]} ${names.slice(0, this.index).filter((name) => name === names[this.index]).length}`;
  }

  /** The menu of colours and markers. @param {string} title @param {Theme} theme */
  picker(title, theme) {
    const { index, swatch } = this;
    const { catalog } = this.lab;
    const { events } = this.view;
    const names = catalog?.colours ?? [];
    const colours = theme.lanes.map((colour, i) => h("button", {
      type: "button", class: "ov-dot", style: `--lane:${colour}`, "aria-label": `${title} in ${names[i] ?? colour}`, title: names[i] ?? colour,
      onclick: () => events.change(index, { colour: i }),
    }, svg(markerPath("circle", 6), "-9 -9 18 18")));
    const markers = (catalog?.markers ?? []).map((name) => h("button", {
      type: "button", class: "ov-dot", "aria-label": `${title} as ${name}`, title: name,
      onclick: () => events.change(index, { marker: name }),
    }, svg(markerPath(name, 6), "-9 -9 18 18")));
    const details = h("details", { class: "ov-picker" }, swatch,
      h("div", { class: "ov-pop" }, h("div", {}, ...colours), h("div", {}, ...markers)));
    details.addEventListener("focusout", (event) => {
      if (event.relatedTarget instanceof Node && !details.contains(event.relatedTarget)) details.open = false;
    });
    return details;
  }
}

/** The outside classes of the menu, a group for each package; one that only a link names too. @param {Lab} lab */
function outsideGroups(lab) {
  const { outside = [] } = lab.catalog ?? {};
  const listed = new Set(outside.map(({ name }) => name));
  const named = [...lab.outside.values()].filter(({ name }) => !listed.has(name)).map(({ name, title }) => ({ name, title, package: name.split(":")[0] }));
  const all = [...outside, ...named];
  return [...new Set(all.map((item) => item.package))].map((name) =>
    h("optgroup", { label: name }, ...all.filter((item) => item.package === name).map((item) => h("option", { value: item.name }, item.title))));
}
