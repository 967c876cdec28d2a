/**
 * "Save as a page": asks for the lab in one file, says how large it is, and saves it.
 *
 * @import { Connection } from "../state/connection.js"
 * @import { Lab } from "../state/lab.js"
 */
import { saveFile } from "./copy_save.js";
import { h } from "./dom.js";

export class SavePage {
  /** @param {Lab} lab @param {Connection} link */
  constructor(lab, link) {
    this.lab = lab;
    this.link = link;
    /** @type {typeof lab.page} */ this.told = null; // the page that is spoken of
    this.drags = h("input", { type: "checkbox", checked: true, title: "Without them the file is a fraction as large, and nothing in it can be dragged.", onchange: () => this.make() });
    this.solid = h("input", { type: "checkbox", title: "The library plotly.js draws the surface in 3D. Without it the page shows the landscape from above.", onchange: () => this.make() });
    this.size = h("p", { role: "status" });
    this.save = h("button", { type: "submit", class: "ov-primary", disabled: true, title: "Puts the file where the browser keeps downloads." }, "Save the page");
    this.element = h("dialog", { class: "ov-save-page", "aria-labelledby": "ov-save-page-title" },
      h("form", { method: "dialog", onsubmit: () => this.store() },
        h("h2", { id: "ov-save-page-title" }, "Save as a page"),
        h("p", {}, "One HTML file that opens from disk in any browser, without this app and without a network: for a course page, an e-mail, a talk. It plays, scrubs and zooms as the lab does."),
        h("label", {}, this.drags, "with the runs at every stop of the sliders in sight, so that they can be dragged"),
        h("label", {}, this.solid, "with 3D, which takes 2 MB"), this.size,
        h("div", {}, h("button", { type: "button", class: "ov-plain", title: "Saves nothing. Key: Esc.", onclick: () => this.element.close() }, "Cancel"), this.save)));
  }

  /** Opens, and has the page made. */
  ask() {
    this.solid.checked = this.lab.current.view === "3d"; // what is on screen is in the page
    this.element.showModal();
    this.make();
  }

  make() {
    this.lab.page = this.told = null;
    this.save.disabled = true;
    this.size.textContent = "Making the page …";
    this.link.wantPage({ drag: this.drags.checked, plotly: this.solid.checked });
  }

  /** Python answered. */
  update() {
    const { page } = this.lab;
    if (this.element.open && !this.told && !page && this.link.wishes.page === null) {
      this.size.textContent = `The page cannot be made. ${this.lab.header?.problems.map(({ message }) => message).join(" ") ?? ""}`;
    }
    if (!page || page === this.told || page.drag !== this.drags.checked || page.plotly !== this.solid.checked) return;
    this.told = page;
    this.save.disabled = false;
    const drags = page.drag ? `; ${page.draggable} sliders can be dragged${page.draggable ? "" : ", since the runs are longer than 1000 steps, or of classes from outside"}` : "";
    this.size.textContent = `${this.name}: ${(page.bytes.length / 1e6).toFixed(page.bytes.length < 1e6 ? 2 : 1)} MB${drags}`;
    if (this.element.open) this.save.focus();
  }

  /** @returns {string} of the file */
  get name() {
    return `optim_viz_${(this.lab.header?.surface.title ?? "lab").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "")}.html`;
  }

  store() {
    if (this.told) saveFile(this.name, /** @type {BlobPart} */ (/** @type {unknown} */ (this.told.bytes)), "text/html");
    this.lab.page = this.told = null;
  }
}
