/**
 * The drawers under the picture: each opens with one button and stays as it was left, also on the next visit.
 */
import { h } from "./dom.js";
import { recall, remember } from "./remembered.js";

const KEPT = "drawers";

export class Drawers {
  /** @param {() => void} onChange a drawer was opened or closed: the picture has other room now */
  constructor(onChange) {
    this.onChange = onChange;
    /** @type {Map<string, {button: HTMLButtonElement, element: HTMLElement}>} */ this.drawers = new Map();
    this.tabs = h("div", { class: "ov-tabs", role: "group", "aria-label": "Drawers" });
    this.tray = h("div", { class: "ov-tray", hidden: true });
  }

  /**
   * @param {string} name
   * @param {string} title on its button
   * @param {string} help
   * @param {HTMLElement} content
   */
  add(name, title, help, content) {
    const kept = recall(KEPT);
    const open = Array.isArray(kept) && kept.includes(name);
    const element = h("div", { class: `ov-drawer ov-drawer-${name}`, id: `ov-drawer-${name}`, hidden: !open }, content);
    const button = h("button", {
      type: "button", title: help, "aria-expanded": String(open), "aria-controls": element.id, onclick: () => this.set(name, !this.isOpen(name)),
    }, title);
    this.drawers.set(name, { button, element });
    this.tabs.append(button);
    this.tray.append(element);
    this.tray.hidden &&= !open;
  }

  /** @param {string} name */
  isOpen(name) {
    return this.drawers.get(name)?.element.hidden === false;
  }

  /** @param {string} name @param {boolean} open */
  set(name, open) {
    const drawer = this.drawers.get(name);
    if (!drawer || this.isOpen(name) === open) return;
    drawer.element.hidden = !open;
    drawer.button.setAttribute("aria-expanded", String(open));
    const names = [...this.drawers.keys()].filter((each) => this.isOpen(each));
    this.tray.hidden = names.length === 0;
    remember(KEPT, names);
    this.onChange();
  }
}
