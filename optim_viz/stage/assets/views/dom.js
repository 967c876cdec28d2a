/** Small DOM pieces that every part of the stage builds from. Text is always set as text, never as markup. */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, unknown>} [attributes] "class", "aria-label", ...; functions become listeners ("onclick")
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

/** @type {Record<string, string>} 16 x 16 line icons */
const ICONS = {
  play: "M4 2.5v11l9-5.5z",
  pause: "M4 2.5h3v11H4zM9 2.5h3v11H9z",
  back: "M11.5 3v10L5 8zM3 3h1.6v10H3z",
  forward: "M4.5 3v10L11 8zM11.4 3H13v10h-1.6z",
  restart: "M8 3V1L4.5 3.8 8 6.6V4.6a3.6 3.6 0 1 1-3.5 4.5H2.9A5.2 5.2 0 1 0 8 3z",
  show: "M8 3.5C4.6 3.5 2 6.2 1 8c1 1.8 3.6 4.5 7 4.5S14 9.8 15 8c-1-1.8-3.6-4.5-7-4.500zm0 7a2.5 2.5 0 1 1 0-5 2.5 2.5 0 0 1 0 5z",
  hide: "M2.2 1.3 1.3 2.200l2.4 2.400A9 9 0 0 0 1 8c1 1.8 3.6 4.5 7 4.5 1.1 0 2.1-.3 3-.7l2.8 2.9.9-.9zM8 10.500A2.5 2.5 0 0 1 5.6 7.300l3.2 3.100a2.5 2.5 0 0 1-.8.1zM8 3.500c-.7 0-1.4.1-2 .3l1.7 1.700a2.5 2.5 0 0 1 2.8 2.800l2.1 2.100A9 9 0 0 0 15 8c-1-1.8-3.6-4.5-7-4.500z",
  copy: "M5 1h8a1 1 0 0 1 1 1v8h-1.500V2.500H5zM3 4h7a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zm.5 1.500v8h6v-8z",
  remove: "M3.5 2.4 2.4 3.5 6.9 8l-4.5 4.5 1.1 1.100L8 9.100l4.5 4.5 1.1-1.100L9.1 8l4.5-4.5-1.1-1.100L8 6.900z",
  add: "M7.2 2.500h1.600v4.700h4.700v1.600H8.800v4.700H7.200V8.800H2.500V7.200h4.700z",
  minus: "M2.5 7.200h11v1.600h-11z",
  rename: "M11.4 1.6 14.4 4.6 5.6 13.4 1.8 14.2 2.6 10.4zM10.3 4.1 4 10.4l-.3 1.9 1.900-.3 6.300-6.300z",
  file: "M7.2 1.500h1.600v6.600l2.300-2.300 1.100 1.100L8 11.100 3.800 6.900l1.100-1.100 2.300 2.300zM2.500 12.500h11V14h-11z",
  undo: "M6.5 2 2 6l4.5 4V7.5h3a2.75 2.75 0 0 1 0 5.5H5v1.5h4.5a4.25 4.25 0 0 0 0-8.5h-3z",
  redo: "M9.5 2 14 6l-4.5 4V7.5h-3a2.75 2.75 0 0 0 0 5.5H11v1.5H6.5a4.25 4.25 0 0 1 0-8.5h3z",
  fit: "M2 2h4.500v1.500h-3v3H2zm7.5 0H14v4.500h-1.500v-3h-3zM2 9.500h1.500v3h3V14H2zm10.5 0H14V14H9.500v-1.500h3z",
};

/**
 * @param {string} path SVG path data
 * @param {string} [viewBox]
 * @returns {SVGSVGElement}
 */
export function svg(path, viewBox = "0 0 16 16") {
  const root = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  root.setAttribute("viewBox", viewBox);
  root.setAttribute("aria-hidden", "true");
  root.setAttribute("pointer-events", "none"); // a press is its button's: a picture that changes before it ends takes no click away
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
  shape.setAttribute("d", path);
  root.append(shape);
  return root;
}

/**
 * @param {string} icon
 * @param {string} label accessible name, shown as a tooltip as well
 * @param {() => void} onclick
 * @returns {HTMLButtonElement}
 */
export function iconButton(icon, label, onclick) {
  return h("button", { class: "ov-icon", type: "button", "aria-label": label, title: label, onclick }, svg(ICONS[icon]));
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} icon
 * @param {string} label
 */
export function setIcon(button, icon, label) {
  if (button.getAttribute("aria-label") === label) return;
  button.setAttribute("aria-label", label);
  button.title = label;
  button.replaceChildren(svg(ICONS[icon]));
}

/**
 * Writes a text where it is another one: the browser lays out again what is written again, even the same.
 *
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Shows or hides an element, which costs nothing where it is so already.
 *
 * @param {HTMLElement} element
 * @param {boolean} hidden
 */
export function setHidden(element, hidden) {
  if (element.hidden !== hidden) element.hidden = hidden;
}

/**
 * Sets an attribute where its value is another one.
 *
 * @param {Element} element
 * @param {string} name
 * @param {string} value
 */
export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/**
 * Marks a control as wrong, or as right again.
 *
 * @param {HTMLElement} control
 * @param {HTMLElement} message element that shows the text
 * @param {string} text "" when all is well
 */
export function setProblem(control, message, text) {
  if (message.textContent === text) return;
  message.textContent = text;
  message.hidden = text === "";
  if (text) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
}

/**
 * Makes the buttons of a group one stop of the Tab key; arrows go from one to the next. Called again when they change.
 *
 * @param {HTMLElement} group
 * @param {HTMLElement} [now] the one that Tab reaches; left out: the one that it reached, or the first
 */
export function oneStop(group, now) {
  const buttons = [...group.querySelectorAll("button")];
  const reached = now ?? buttons.find((button) => button.tabIndex === 0 && button.dataset.stop) ?? buttons[0];
  for (const button of buttons) {
    button.tabIndex = button === reached ? 0 : -1;
    button.dataset.stop = "one";
  }
  if (group.dataset.arrows) return;
  group.dataset.arrows = "on";
  group.addEventListener("keydown", (event) => {
    const by = /** @type {Record<string, number>} */ ({ ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 })[event.key];
    const all = [...group.querySelectorAll("button")];
    const at = all.findIndex((button) => button === document.activeElement);
    if (!by || at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const next = all[Math.max(0, Math.min(all.length - 1, at + by))];
    oneStop(group, next);
    next.focus();
  });
}

/** @param {HTMLButtonElement} button @param {boolean} possible @param {string} title @param {string} why not */
export function allow(button, possible, title, why) {
  button.disabled = !possible;
  setAttribute(button, "title", possible ? title : why);
}

/** @param {HTMLElement} element @param {string} text "" hides it */
export function sayOrHide(element, text) {
  setText(element, text);
  setHidden(element, text === "");
}
