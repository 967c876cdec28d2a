/**
 * Words that explain a control, a symbol or an axis: beside it while the pointer rests there, while the keyboard's focus is
 * there, and after a touch. A screen reader has them as the control's description.
 *
 * @typedef {object} Meaning
 * @property {string} sentence
 * @property {string} [more] a second sentence, said to a screen reader elsewhere
 * @property {string} [section] of the Paper page, by its slug
 */
import { h } from "./dom.js";

const RESTS_MS = 350; // before the words come
const STAYS_MS = 500; // after the pointer has left, so that it can go to the link

/** @type {WeakMap<Element, () => Meaning>} */
const meanings = new WeakMap();

/**
 * @param {Element} element what is pointed at or has the focus
 * @param {() => Meaning} meaning asked for each time
 */
export function explain(element, meaning) {
  meanings.set(element, meaning);
  element.setAttribute("data-explained", "");
  queueMicrotask(() => describe(element)); // once what it is part of is put together
}

/** @param {Element} element */
function describe(element) {
  const sentence = meanings.get(element)?.().sentence ?? "";
  if (element.getAttribute("aria-description") !== sentence) element.setAttribute("aria-description", sentence);
}

/** Brings all descriptions under a root up to date. @param {HTMLElement} root */
export function describeAll(root) {
  for (const element of root.querySelectorAll("[data-explained]")) describe(element);
}

/** @param {Element} element @returns {boolean} its value was refused: the reason stands where the words would */
function wrong(element) {
  return element.getAttribute("aria-invalid") === "true";
}

/** The box that the words stand in, one for the stage. */
export class Explainer {
  /**
   * @param {HTMLElement} root
   * @param {(section: string) => string} linkTo where a section of the Paper page is; "" where there is none
   */
  constructor(root, linkTo) {
    this.linkTo = linkTo;
    this.name = h("b", {});
    this.text = h("span", {});
    this.more = h("span", { class: "ov-explain-more" });
    this.link = h("a", { tabindex: -1 }, "See it in the paper");
    this.box = h("div", { class: "ov-explain", hidden: true, "aria-hidden": "true" }, this.name, this.text, this.more, this.link);
    /** @type {Element | null} */ this.shown = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */ this.timer = undefined;
    root.append(this.box);
    this.listen(root);
  }

  /** @param {HTMLElement} root */
  listen(root) {
    const at = (/** @type {Event} */ event) => (event.target instanceof Element && !event.target.closest("dialog") ? event.target.closest("[data-explained]") : null);
    const inBox = (/** @type {Event} */ event) => event.target instanceof Node && this.box.contains(event.target);
    root.addEventListener("pointerover", (event) => {
      if (event.pointerType === "touch" || event.buttons) return;
      if (inBox(event)) clearTimeout(this.timer);
      else this.later(at(event), at(event) ? RESTS_MS : STAYS_MS);
    });
    root.addEventListener("pointerleave", () => this.later(null, STAYS_MS));
    root.addEventListener("focusin", (event) => {
      const seen = event.target instanceof Element && event.target.matches(":focus-visible:not(.ov-unasked)");
      if (seen && !inBox(event)) this.later(at(event), RESTS_MS);
    });
    root.addEventListener("focusout", () => this.later(null, STAYS_MS));
    root.addEventListener("pointerdown", (event) => {
      if (inBox(event)) return;
      const touched = event.pointerType === "touch" ? at(event) : null;
      // A finger on a slider moves it; its name beside it is what explains it.
      if (touched && !(touched instanceof HTMLInputElement) && touched !== this.shown) this.later(touched, 0);
      else this.later(null, 0);
    });
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.later(null, 0);
      // A slider that the pointer has brought the focus to, and that keys move now.
      else if (event.target instanceof HTMLInputElement && event.target.type === "range") this.later(at(event), 0);
    });
  }

  /** @param {Element | null} element null hides the words @param {number} wait milliseconds */
  later(element, wait) {
    clearTimeout(this.timer);
    if (element !== this.shown) this.timer = setTimeout(() => this.show(element), wait);
  }

  /** @param {Element | null} element */
  show(element) {
    const meaning = element?.isConnected && !wrong(element) ? meanings.get(element)?.() : undefined;
    this.shown = meaning?.sentence ? element : null;
    this.box.hidden = !this.shown;
    if (!this.shown || !meaning) return;
    const href = meaning.section ? this.linkTo(meaning.section) : "";
    // A control that is only an icon has its name nowhere else; the browser's own box would come on top of this one.
    const name = this.shown.textContent || this.shown instanceof HTMLInputElement ? "" : (this.shown.getAttribute("aria-label") ?? "");
    if (this.shown.getAttribute("title") === name) this.shown.removeAttribute("title");
    this.name.textContent = name;
    this.name.hidden = !name;
    this.write(meaning);
    this.link.hidden = !href;
    if (href) this.link.href = href;
    this.place(this.shown.getBoundingClientRect(), (this.shown.closest(".ov-card, .ov-side") ?? this.shown).getBoundingClientRect());
  }

  /** Follows a value that changes while its words are in sight. */
  update() {
    if (this.shown && wrong(this.shown)) this.show(null);
    const meaning = this.shown ? meanings.get(this.shown)?.() : undefined;
    if (meaning?.sentence) this.write(meaning);
  }

  /** @param {Meaning} meaning */
  write({ sentence, more = "" }) {
    if (this.text.textContent !== sentence) this.text.textContent = sentence;
    if (this.more.textContent !== more) this.more.textContent = more;
    this.more.hidden = more === "";
  }

  /**
   * Beside the column that it stands in, so that it covers no neighbour; below or above where there is no room beside.
   *
   * @param {DOMRect} at
   * @param {DOMRect} column
   */
  place(at, column) {
    const { width, height } = this.box.getBoundingClientRect();
    const [right, left] = [column.right + 8, column.left - width - 8];
    const beside = right + width <= innerWidth - 8 ? right : left;
    const isBeside = column.width > at.width && beside >= 8;
    const [below, above] = [at.bottom + 6, at.top - height - 6];
    const x = isBeside ? beside : Math.max(8, Math.min(at.left, innerWidth - width - 8));
    const y = isBeside ? at.top - 4 : below + height > innerHeight - 8 ? above : below;
    this.box.style.transform = `translate(${Math.round(x)}px, ${Math.round(Math.max(8, Math.min(y, innerHeight - height - 8)))}px)`;
  }
}
