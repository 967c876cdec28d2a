/**
 * The line above the picture: what is seen here and why, and what to try.
 *
 * Python sends a sentence only where it was checked on these very runs. Everywhere else, and while an edit is under way,
 * the line says who is lowest now, read off the runs on screen, and what of their steps tells why.
 *
 * @import { LaneView } from "../state/lane_view.js"
 * @import { StoryInfo } from "../state/types.js"
 * @import { Stage } from "./stage.js"
 */
import { h, svg } from "./dom.js";
import { markerPath } from "../draw/canvas.js";
import { StoryMove } from "./story_move.js";
import { number } from "../state/format.js";
import { reason } from "../state/reasons.js";

export class StoryLine {
  /** @param {Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.move = new StoryMove(stage);
    this.title = h("h2", {});
    this.sentence = h("p", { "aria-live": "polite" });
    this.now = h("p", {});
    this.answers = h("div", { class: "ov-chips", role: "group", "aria-label": "Your guess" });
    this.moves = h("div", { class: "ov-chips", role: "group", "aria-label": "Try" });
    this.back = h("button", { type: "button", class: "ov-chip", onclick: () => this.info && this.move.to(this.info.scenario) }, "Back to the story");
    this.element = h("section", { class: "ov-story-line", "aria-label": "Story" }, this.title, this.sentence, this.now, this.answers, this.moves, this.back);
    this.asking = ""; // the story whose question waits for an answer
    this.guess = ""; // the lane that the person named
    /** @type {Set<string>} stories whose end was seen: their answers may be said */ this.seen = new Set();
    this.shown = "";
  }

  /** @returns {StoryInfo | null} */
  get info() {
    return this.stage.lab.header?.story ?? null;
  }

  /** @returns {boolean} what is on screen are the very runs that Python's sentence was checked on */
  get settled() {
    const { link, lab } = this.stage;
    return !link.pending && lab.overrides.size === 0 && !this.move.running;
  }

  /** A scenario is about to play from its start. @returns {boolean} whether its question waits for an answer first */
  asks() {
    const { info } = this;
    this.guess = "";
    this.asking = info?.question && !this.seen.has(info.name) ? info.name : "";
    return this.asking !== "";
  }

  /** @param {LaneView} lane */
  answer(lane) {
    this.guess = lane.title;
    this.asking = "";
    this.stage.player.play();
  }

  /** Brings the line up to date; called in every painted frame, and cheap where nothing has changed. @param {LaneView[]} lanes */
  update(lanes) {
    const { info, settled } = this;
    const { clock } = this.stage;
    const told = settled && info !== null && info.at !== null; // and so the sentence is true here
    if (this.asking && (clock.playing || clock.time > 0)) this.asking = "";
    if (told && info.at === 0 && clock.time === clock.steps) this.seen.add(info.name);
    this.say(this.sentence, told ? this.words(info) : "");
    this.say(this.now, told ? "" : leader(lanes, clock.time, clock.playing, settled));
    const asked = told && this.asking === info.name;
    const key = JSON.stringify([info?.name, info?.at, asked && [this.stage.theme?.mode, lanes.map(({ title }) => title)]]);
    if (key === this.shown) return;
    this.shown = key;
    this.stage.elements.section.classList.toggle("ov-asking", asked); // the plots would tell the answer
    this.element.dataset.at = info ? `${info.name}:${info.at}` : "";
    this.title.textContent = info?.title ?? "";
    this.title.hidden = !info || info.at === null; // the story is not what is seen any more
    this.back.hidden = !info || info.at === 0;
    this.back.textContent = this.title.hidden && info ? `Back to the story: ${info.title}` : "Back to the story";
    this.offer(this.answers, asked ? lanes.map((lane) => this.choice(lane)) : []);
    const moves = asked || !info || info.at === null ? [] : info.moves.map((_, i) => this.try(info, i));
    this.offer(this.moves, moves.length ? [h("span", { class: "ov-muted", "aria-hidden": "true" }, "Try"), ...moves] : []);
  }

  /** @param {StoryInfo} info @returns {string} the sentence, with the question and its answer where there is one; never the answer before the end */
  words({ name, sentence, question }) {
    if (!question) return sentence;
    const seen = this.seen.has(name);
    if (!seen) return this.guess ? `${question.text} You say ${this.guess}.` : question.text;
    return `${this.guess ? `You said ${this.guess}. ` : ""}${question.answer} ${sentence}`;
  }

  /** @param {HTMLElement} element @param {string} text */
  say(element, text) {
    if (element.textContent === text && element.hidden === (text === "")) return;
    element.textContent = text;
    element.hidden = text === "";
  }

  /** @param {HTMLElement} group @param {HTMLElement[]} buttons */
  offer(group, buttons) {
    group.replaceChildren(...buttons);
    group.hidden = buttons.length === 0;
  }

  /** @param {LaneView} lane */
  choice(lane) {
    const colour = this.stage.theme?.lanes[lane.state.colour] ?? "";
    return h("button", { type: "button", class: "ov-chip", style: `--lane:${colour}`, onclick: () => this.answer(lane) },
      svg(markerPath(lane.state.marker, 6), "-9 -9 18 18"), lane.title);
  }

  /** @param {StoryInfo} info @param {number} i */
  try(info, i) {
    const { label, scenario } = info.moves[i];
    const near = () => this.move.prepare(scenario);
    return h("button", { type: "button", class: "ov-chip", "aria-pressed": String(info.at === i + 1), onpointerenter: near, onfocus: near,
      onclick: () => this.move.to(scenario) }, label);
  }
}

/**
 * Who is lowest at a step, in words.
 *
 * @param {Pick<LaneView, "title" | "run" | "state">[]} lanes
 * @param {number} time
 * @param {boolean} playing a number that changes with every frame cannot be read
 * @param {boolean} [why] whether a reason is told where there is one
 */
export function leader(lanes, time, playing, why = false) {
  const seen = lanes.filter(({ state }) => state.visible);
  const shown = seen.map(({ title, run }) => ({ title, run, loss: run.get("loss")?.[time] ?? NaN }));
  const ordered = shown.filter(({ loss }) => !Number.isNaN(loss)).sort((a, b) => a.loss - b.loss);
  const [first, second] = ordered;
  if (!shown.length) return "Every lane is hidden.";
  if (seen.every(({ run }) => !Number.isFinite(run.get("loss")?.[0] ?? NaN))) return "No run can begin here: the loss is not finite at the start. Drag the ring to another place.";
  if (!first) return `At step ${time} no run is left: all have diverged.`;
  if (second && first.loss === second.loss) return time ? level(ordered.filter(({ loss }) => loss === first.loss), shown.length) : "All start from the same point.";
  const what = shown.length > 1 ? `${first.title} is lowest now` : first.title;
  const said = playing ? `${shown.length > 1 ? what : `${what} runs alone`}.` : `${what}: loss ${number(first.loss, 3)} at step ${time}.`;
  return [said, ...(why ? [reason(ordered, time, playing)] : [])].join(" ").trim();
}

/**
 * @param {{ title: string }[]} tied two or more of the lowest
 * @param {number} count of all that are shown
 */
function level(tied, count) {
  if (tied.length > 2 && tied.length === count) return `All ${count} are level.`;
  const titles = tied.map(({ title }) => title);
  return `${titles.slice(0, -1).join(", ")} and ${titles[titles.length - 1]} are level.`;
}
