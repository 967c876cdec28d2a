/**
 * The clock's controls: restart, step, play, scrub, the step to be typed, a loop between two steps, speed.
 *
 * @import { Clock } from "../state/clock.js"
 */
import { typed } from "../state/typed_number.js";
import { h, iconButton, setAttribute, setHidden, setIcon, setProblem, setText } from "./dom.js";

const ENDS = /** @type {["a" | "b", string, string][]} */ ([["a", "start", "["], ["b", "end", "]"]]);

export class ClockBar {
  /**
   * @param {Clock} clock
   * @param {(speed: number) => void} onSpeed
   */
  constructor(clock, onSpeed) {
    this.clock = clock;
    this.play = iconButton("play", "Play", () => clock.toggle());
    this.play.classList.add("ov-play");
    this.range = h("input", {
      type: "range", class: "ov-time", min: 0, max: 1, step: 1, value: 0, "aria-label": "Time",
      oninput: () => {
        clock.playing = false;
        clock.seek(this.range.valueAsNumber);
      },
    });
    this.step = h("input", { type: "text", inputmode: "numeric", class: "ov-step-entry", "aria-label": "Step", autocomplete: "off", spellcheck: "false",
      onchange: () => this.typed(), onfocus: () => this.step.select(), onblur: () => this.left(), onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event) });
    this.of = h("span", {});
    this.problem = h("p", { class: "ov-problem", role: "alert", hidden: true });
    this.speed = h("select", { "aria-label": "Speed", onchange: () => onSpeed(Number(this.speed.value)) });
    this.ends = ENDS.map(([end, which, key]) => h("button", {
      type: "button", class: "ov-loop-end", "aria-label": `Loop ${which}`, title: `Plays a stretch again and again: its ${which} at this step (key ${key})`, onclick: () => clock.setLoop(end),
    }, which));
    this.clear = iconButton("remove", "Clear the loop", () => { clock.clearLoop(); this.ends[0].focus(); });
    this.loop = h("span", { class: "ov-unseen", "aria-live": "polite" });
    this.element = h("div", { class: "ov-clock", role: "group", "aria-label": "Clock" },
      iconButton("restart", "Restart", () => clock.restart()),
      iconButton("back", "Step back", () => clock.step(-1)),
      this.play,
      iconButton("forward", "Step forward", () => clock.step(1)),
      this.range,
      h("label", { class: "ov-step" }, h("span", { class: "ov-step-word" }, "step "), this.step, this.of, this.problem),
      h("span", { class: "ov-loop", role: "group", "aria-label": "Loop" }, h("span", { class: "ov-loop-word", "aria-hidden": "true" }, "loop"), ...this.ends, this.clear, this.loop),
      this.speed);
  }

  /** @param {number[]} speeds */
  offer(speeds) {
    if (this.speed.options.length === speeds.length) return;
    this.speed.replaceChildren(...speeds.map((speed) => h("option", { value: speed }, `${speed}×`)));
  }

  /** A person typed a step. */
  typed() {
    const step = typed(this.step.value);
    const { steps } = this.clock;
    const good = typeof step === "number" && Number.isInteger(step) && step >= 0 && step <= steps;
    setProblem(this.step, this.problem, good ? "" : `A step is a whole number from 0 to ${steps}, not "${this.step.value.slice(0, 20)}".`);
    if (!good) return;
    this.clock.playing = false;
    this.clock.seek(step);
  }

  left() {
    setProblem(this.step, this.problem, "");
    this.step.value = String(this.clock.time);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key !== "Escape") return;
    this.left();
    this.step.select();
  }

  /** Shows where the clock stands; called in every painted frame. */
  update() {
    const { time, steps, playing, speed } = this.clock;
    setIcon(this.play, playing ? "pause" : "play", playing ? "Pause" : "Play");
    if (this.range.max !== String(steps)) this.range.max = String(steps);
    this.range.valueAsNumber = time;
    setAttribute(this.range, "aria-valuetext", `step ${time} of ${steps}`);
    this.range.style.setProperty("--share", String(steps ? time / steps : 0));
    if (document.activeElement !== this.step) this.step.value = String(time);
    if (this.of.textContent !== ` / ${steps}`) {
      this.of.textContent = ` / ${steps}`;
      this.step.style.width = `calc(${String(steps).length + 0.5}ch + 12px)`;
    }
    this.showLoop();
    if (document.activeElement !== this.speed) this.speed.value = String(speed);
  }

  showLoop() {
    const { loop: { a, b }, steps, looped } = this.clock;
    for (const [i, at] of [a, b].entries()) setAttribute(this.ends[i], "aria-pressed", String(at !== null));
    setHidden(this.clear, a === null && b === null);
    const [from, to] = [a ?? b ?? 0, b ?? a ?? 0];
    this.range.classList.toggle("ov-looped", a !== null || b !== null);
    this.range.style.setProperty("--loop-a", String(steps ? from / steps : 0));
    this.range.style.setProperty("--loop-b", String(steps ? to / steps : 0));
    const said = looped ? `Plays from step ${looped[0]} to ${looped[1]}, again and again.` : a !== null ? `The loop starts at step ${a}; set its end.` : b !== null ? `The loop ends at step ${b}; set its start.` : "";
    setText(this.loop, said);
  }
}
