/**
 * The clock's controls: restart, step, play, scrub, speed.
 *
 * @import { Clock } from "../state/clock.js"
 */
import { h, iconButton, setIcon } from "./dom.js";

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
    this.text = h("output", { class: "ov-step" });
    this.speed = h("select", { "aria-label": "Speed", onchange: () => onSpeed(Number(this.speed.value)) });
    this.element = h("div", { class: "ov-clock", role: "group", "aria-label": "Clock" },
      iconButton("restart", "Restart", () => clock.restart()),
      iconButton("back", "Step back", () => clock.step(-1)),
      this.play,
      iconButton("forward", "Step forward", () => clock.step(1)),
      this.range, this.text, this.speed);
  }

  /** @param {number[]} speeds */
  offer(speeds) {
    if (this.speed.options.length === speeds.length) return;
    this.speed.replaceChildren(...speeds.map((speed) => h("option", { value: speed }, `${speed}×`)));
  }

  /** Shows where the clock stands; called in every painted frame. */
  update() {
    const { time, steps, playing, speed } = this.clock;
    setIcon(this.play, playing ? "pause" : "play", playing ? "Pause" : "Play");
    if (this.range.max !== String(steps)) this.range.max = String(steps);
    this.range.valueAsNumber = time;
    this.range.setAttribute("aria-valuetext", `step ${time} of ${steps}`);
    this.range.style.setProperty("--share", String(steps ? time / steps : 0));
    this.text.textContent = `step ${time} / ${steps}`;
    if (document.activeElement !== this.speed) this.speed.value = String(speed);
  }
}
