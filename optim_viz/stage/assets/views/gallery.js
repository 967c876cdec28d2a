/**
 * The gallery of stories: a dialog over the lab, with a small picture of each. Its pictures are asked for when it is
 * opened, or when a pointer comes near the button that opens it.
 *
 * @import { GalleryStory } from "../state/types.js"
 * @import { Stage } from "./stage.js"
 */
import { h, iconButton } from "./dom.js";
import { paintThumbnail } from "../draw/thumbnail.js";

const SIZE = { width: 256, height: 160 };
const FRAGMENT = "stories"; // the address of the open gallery ends with "#stories"

export class GalleryDialog {
  /** @param {Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.button = h("button", { type: "button", class: "ov-stories", "aria-haspopup": "dialog", onclick: () => this.open(),
      onpointerenter: () => stage.link.wantGallery(), onfocus: () => stage.link.wantGallery() }, "Stories");
    this.groups = h("div", { class: "ov-gallery-groups" }, h("p", { class: "ov-muted" }, "The stories are on their way."));
    this.element = h("dialog", { class: "ov-gallery", role: "dialog", "aria-labelledby": "ov-gallery-title", onclose: () => this.closed(),
      onclick: (/** @type {MouseEvent} */ event) => event.target === this.element && this.element.close(), onkeydown: (/** @type {KeyboardEvent} */ event) => this.steer(event) },
      h("div", { class: "ov-gallery-head" }, h("h2", { id: "ov-gallery-title" }, "Stories"),
        h("p", { class: "ov-muted" }, "Each opens a lab that plays, says what is seen, and offers what to try."), iconButton("remove", "Close", () => this.element.close())),
      this.groups);
    this.built = false;
    this.painted = ""; // the theme and the density of pixels that the pictures have
    /** @type {{canvas: HTMLCanvasElement, story: GalleryStory}[]} */ this.pictures = [];
  }

  open() {
    this.stage.link.wantGallery();
    if (!this.element.open) this.element.showModal();
    this.stage.host.address.fragment?.show(FRAGMENT);
    this.update();
    this.links()[0]?.focus();
  }

  closed() {
    this.stage.host.address.fragment?.show("");
  }

  /** The page is open: so is the gallery, where the address says so. */
  begin() {
    if (this.stage.host.address.fragment?.now() === FRAGMENT) this.open();
  }

  /** Python answered, or the theme changed. */
  update() {
    const { gallery } = this.stage.lab;
    if (!this.element.open || !gallery) return;
    if (!this.built) {
      this.built = true;
      this.groups.replaceChildren(...gallery.groups.map(({ title, stories }) => h("section", { "aria-label": title }, h("h3", {}, title),
        h("ul", { class: "ov-gallery-grid" }, ...stories.map((story) => h("li", {}, this.card(story)))))));
      this.links()[0]?.focus();
    }
    this.paint();
  }

  paint() {
    const { theme, lab: { gallery } } = this.stage;
    const look = `${theme?.mode} ${globalThis.devicePixelRatio}`;
    if (!theme || !gallery || look === this.painted) return;
    this.painted = look;
    for (const { canvas, story } of this.pictures) {
      const [ground, paths] = [gallery.blocks.get(story.ground), gallery.blocks.get(story.paths)];
      if (ground && paths) paintThumbnail(canvas, SIZE, story, { ground, paths }, theme);
    }
  }

  /** @param {GalleryStory} story */
  card(story) {
    const canvas = h("canvas", { "aria-hidden": "true" });
    this.pictures.push({ canvas, story });
    return h("a", { class: "ov-gallery-card", href: `?${story.link}`, onclick: (/** @type {MouseEvent} */ event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a tab or a window of its own
      event.preventDefault();
      this.element.close();
      this.stage.elements.storyLine.move.arrive(story.scenario);
    } }, canvas, h("strong", {}, story.title), h("span", {}, story.text));
  }

  /** @returns {HTMLAnchorElement[]} */
  links() {
    return [...this.groups.querySelectorAll("a")];
  }

  /** Arrow keys go from card to card; up and down keep the column. @param {KeyboardEvent} event */
  steer(event) {
    const links = this.links();
    const at = links.indexOf(/** @type {HTMLAnchorElement} */ (document.activeElement));
    const move = { ArrowRight: 1, ArrowLeft: -1, Home: -links.length, End: links.length }[event.key];
    let next = move === undefined ? undefined : links[Math.max(0, Math.min(links.length - 1, at + move))];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") next = beside(links, at, event.key === "ArrowDown" ? 1 : -1);
    if (!next || at < 0) return;
    event.preventDefault();
    next.focus();
  }
}

/**
 * @template {HTMLElement} E
 * @param {E[]} cards
 * @param {number} at
 * @param {1 | -1} direction
 * @returns {E | undefined} the card nearest to this one in the next row
 */
function beside(cards, at, direction) {
  const boxes = cards.map((card) => card.getBoundingClientRect());
  const here = boxes[at];
  const rows = boxes.map(({ top }) => top).filter((top) => (top - here.top) * direction > 4).sort((a, b) => (a - b) * direction);
  const row = boxes.flatMap((box, i) => (Math.abs(box.top - rows[0]) < 4 ? [i] : []));
  return cards[row.sort((a, b) => Math.abs(boxes[a].left - here.left) - Math.abs(boxes[b].left - here.left))[0]];
}
