/**
 * "Save a picture or film": asks Python to draw what is on screen, shows how far it is, and saves the file.
 *
 * @import { Stage } from "./stage.js"
 */
import { saveFile } from "./copy_save.js";
import { h } from "./dom.js";

const AGAIN_MS = 400; // between two questions how far it is
const LOST_MS = 6000; // an answer that takes longer is asked for again

const FORMATS = /** @type {[string, string, string][]} */ ([
  ["png", "PNG picture", "image/png"], ["svg", "SVG picture: lines and text", "image/svg+xml"], ["pdf", "PDF picture: lines and text", "application/pdf"],
  ["mp4", "MP4 film", "video/mp4"], ["webm", "WebM film", "video/webm"], ["gif", "GIF film", "image/gif"],
]);
const FILMS = ["mp4", "webm", "gif"];
const SIZES = /** @type {[string, string][]} */ ([["slide", "Slide, 1920 × 1080"], ["paper", "Paper width, 6.5 inches"], ["1280x720", "1280 × 720"], ["1080x1080", "Square, 1080 × 1080"], ["own", "Other pixels"]]);
const PARTS = /** @type {[string, string][]} */ ([["ground", "landscape"], ["plots", "plots"], ["legend", "legend"], ["title", "title"]]);

export class SaveDrawing {
  /** @param {Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.token = ""; // of what is being drawn
    /** @type {Record<string, unknown>} */ this.order = {}; // that began it, for the case that it is lost on its way
    this.busy = false;
    /** @type {unknown} */ this.told = null; // the answer that was looked at last
    /** @type {Record<string, string>} */ this.missing = {};
    /** @type {ReturnType<typeof setTimeout> | undefined} */ this.timer = undefined;
    const choice = (/** @type {string} */ name, /** @type {string[][]} */ options, /** @type {string} */ title) => h("select", { "aria-label": name, title, onchange: () => this.adapt() }, ...options.map(([value, text]) => h("option", { value }, text)));
    const whole = (/** @type {string} */ name) => h("input", { type: "number", min: "0", step: "1", required: true, "aria-label": name, title: `${name} of the film.` });
    this.format = choice("Format", FORMATS, "What the file is. A film goes over the steps; a picture shows the step on screen.");
    this.size = choice("Size", SIZES, "How large it is. A PDF or an SVG is as many inches wide as a print of it.");
    this.pixels = h("input", { type: "text", value: "1600x900", "aria-label": "Pixels", title: "Width x height, such as 1600x900; each 240 to 4096.", size: "9" });
    this.theme = choice("Colours", [["light", "Light"], ["dark", "Dark"]], "Of paper, or of a dark slide.");
    this.view = choice("View", [["overlay", "Overlay"], ["panels", "Side by side"], ["3d", "3D"]], "All on one landscape, one landscape for each optimizer, or the loss as height, turned as it is on screen.");
    this.parts = PARTS.map(([name, words]) => ({ name, box: h("input", { type: "checkbox", checked: true, title: `Whether it has the ${words}.` }), words }));
    this.first = whole("First step");
    this.last = whole("Last step");
    this.fps = h("input", { type: "number", min: "1", max: "120", step: "any", value: "30", required: true, "aria-label": "Frames a second", title: "How fast the film plays: 1 to 120." });
    this.loop = h("input", { type: "checkbox", checked: true, title: "After a rest of a second and a half." });
    this.film = h("div", { class: "ov-film" }, row("Steps", this.first, "to", this.last), row("Frames a second", this.fps));
    this.loops = h("label", {}, this.loop, "begins again at its end");
    this.progress = h("progress", { max: "1", value: "0", hidden: true, "aria-label": "Drawn so far" });
    this.status = h("p", { role: "status" });
    this.cancel = h("button", { type: "button", class: "ov-plain", "aria-label": "Close the pictures", title: "Ends what is being drawn; nothing is saved. Key: Esc.", onclick: () => this.stop() }, "Close");
    this.save = h("button", { type: "submit", class: "ov-primary", title: "Draws it on the server and puts the file where the browser keeps downloads." }, "Draw and save");
    this.settings = h("fieldset", {},
      row("Format", this.format), row("Size", this.size, this.pixels), row("Colours", this.theme), row("View", this.view),
      h("div", { class: "ov-parts", role: "group", "aria-label": "What is in it" }, ...this.parts.map(({ box, words }) => h("label", {}, box, words))),
      this.film, this.loops);
    this.element = h("dialog", { class: "ov-save-page ov-save-drawing", "aria-labelledby": "ov-save-drawing-title", onclose: () => this.end() },
      h("form", { onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); this.start(); } },
        h("h2", { id: "ov-save-drawing-title" }, "Save a picture or film"), this.settings, this.progress, this.status, h("div", {}, this.cancel, this.save)));
  }

  /** Opens, as things are on screen. */
  ask() {
    const { lab, clock, theme } = this.stage;
    const [first, last] = clock.looped ?? [0, lab.steps];
    this.theme.value = theme?.mode ?? "light";
    this.view.value = lab.current.view;
    for (const field of [this.first, this.last]) field.max = String(lab.steps);
    [this.first.value, this.last.value] = [String(first), String(last)];
    this.status.textContent = "";
    this.show(false);
    this.adapt();
    this.element.showModal();
    this.stage.link.wantDrawing({});
  }

  /** Shows what belongs to the format, and what it lacks. */
  adapt() {
    const film = FILMS.includes(this.format.value);
    this.film.hidden = !film;
    for (const field of [this.first, this.last, this.fps]) field.disabled = !film;
    this.loops.hidden = this.format.value !== "gif";
    this.pixels.hidden = this.size.value !== "own";
    const missing = this.missing[this.format.value];
    if (missing) this.status.textContent = `This needs ${missing}, which is not installed where the lab runs: pip install 'optim_viz[render]'`;
    this.save.disabled = this.busy || Boolean(missing);
  }

  start() {
    const { lab, clock, link } = this.stage;
    this.token = "";
    this.show(true);
    this.status.textContent = "Waiting for its turn …";
    this.order = {
      start: {
        kind: this.format.value, first: Number(this.first.value), last: Number(this.last.value), fps: Number(this.fps.value), loop: this.loop.checked,
        look: { size: this.size.value === "own" ? this.pixels.value : this.size.value, theme: this.theme.value, view: this.view.value, parts: this.parts.filter(({ box }) => box.checked).map(({ name }) => name) },
      },
      scenario: { ...structuredClone(lab.current), time: clock.time, loop: null },
    };
    link.wantDrawing(this.order);
    this.expect(LOST_MS);
  }

  /** Asks how far it is, after a while. @param {number} wait milliseconds */
  expect(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (!this.busy) return;
      const { link } = this.stage;
      if (this.token) link.wantDrawing({ follow: this.token });
      else if (!link.inFlight) link.wantDrawing(this.order); // it was lost on its way, or its answer was
      this.expect(LOST_MS);
    }, wait);
  }

  /** Python answered. */
  update() {
    const { drawing } = this.stage.lab;
    if (!drawing || drawing === this.told) return;
    this.told = drawing;
    this.missing = drawing.missing ?? this.missing;
    if (!this.busy) {
      if (drawing.state === "waiting" || drawing.state === "running") this.stage.link.wantDrawing({ cancel: drawing.token }); // left before it had begun
      if (this.element.open) this.adapt();
      return;
    }
    if (drawing.state === "waiting" || drawing.state === "running") this.follow(drawing);
    else if (drawing.state) this.finish(drawing);
  }

  /** @param {import("../state/types.js").Drawing} drawing */
  follow({ token, done = 0, of = 1 }) {
    this.token = token;
    this.progress.value = done / of;
    if (done) this.status.textContent = `${done} of ${of} frames`;
    else this.status.textContent = "Drawing …";
    this.expect(AGAIN_MS);
  }

  /** @param {import("../state/types.js").Drawing} drawing */
  finish({ state, error, bytes, kind }) {
    this.show(false);
    if (state === "done" && bytes && kind) {
      saveFile(this.name(kind), /** @type {BlobPart} */ (/** @type {unknown} */ (bytes)), FORMATS.find(([name]) => name === kind)?.[2]);
      this.status.textContent = `${this.name(kind)}: ${size(bytes.length)}, saved where the browser keeps downloads.`;
    } else this.status.textContent = state === "cancelled" ? "Cancelled; nothing was saved." : `It cannot be drawn: ${error}`;
  }

  /** @param {boolean} busy something is being drawn */
  show(busy) {
    this.busy = busy;
    this.progress.hidden = !busy;
    this.progress.value = 0;
    this.settings.disabled = this.save.disabled = busy;
    this.cancel.textContent = busy ? "Cancel" : "Close";
    this.cancel.ariaLabel = busy ? "Cancel the drawing" : "Close the pictures"; // another dialog has a Close, too
  }

  /** The one button ends the drawing, or the dialog. */
  stop() {
    if (this.busy) this.end();
    else this.element.close();
  }

  /** Ends the drawing, if there is one. */
  end() {
    if (!this.busy) return;
    clearTimeout(this.timer);
    this.show(false);
    this.status.textContent = "Cancelled; nothing was saved.";
    if (this.token) this.stage.link.wantDrawing({ cancel: this.token });
  }

  /** @param {string} kind */
  name(kind) {
    return `optim_viz_${(this.stage.lab.header?.surface.title ?? "lab").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "")}.${kind}`;
  }
}

/** @param {string} words @param {...(Node | string)} controls */
function row(words, ...controls) {
  return h("div", { class: "ov-choice" }, h("span", {}, words), h("span", {}, ...controls));
}

/** @param {number} bytes */
function size(bytes) {
  return bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
