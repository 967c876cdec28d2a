/**
 * What the controls of the stage do, for those that nobody else explains: a sentence each, found by a selector.
 *
 * @import { Catalog } from "../state/types.js"
 */
import { explain } from "./explain.js";

/** @type {[string, (catalog: Catalog | null, element: Element) => string][]} the first that fits counts */
const CONTROLS = [
  ['[aria-label="Surface"]', (catalog) => `The landscape: its height is the loss. ${catalog?.surfaces.length ?? 0} are built in, and any formula of yours can be one.`],
  ['[aria-label="Formula"]', () => "Any function of x and y, such as (1-x)**2 + 100*(y-x**2)**2."],
  ['[aria-label="Domain"]', () => "The part of the plane that is drawn: lowest and highest x, lowest and highest y."],
  ['[aria-label="Start x, y"]', () => "Where every lane starts. A click on the landscape starts there too."],
  ['[aria-label="Steps"]', (catalog) => `How many steps each lane takes, 1 to ${catalog?.limits.steps ?? ""}.`],
  ['[aria-label="Gradient noise"]', () => "Standard deviation of the normal noise added to each coordinate of each gradient; 0 is none."],
  ['[aria-label="Seed"]', () => "What noise and minibatches are drawn from: one seed, one run, digit for digit."],
  ['[aria-label="Cloud: starts, spread"]', () => "How many further starts each lane has, and the radius of the disc around the start that they are spread over, in parts of the domain's shorter side: 64, 0.1. Empty for none."],
  ['[data-name="overlay"]', () => "All lanes on one landscape."],
  ['[data-name="panels"]', () => "A landscape for each lane, side by side."],
  ['[data-name="3d"]', () => "The loss as height. Drag to turn it."],
  [".ov-primary", () => "An address that opens this very picture, at this step."],
  [".ov-settings > summary", () => "How many steps are run, from where, with what noise and seed; of a formula also the domain."],
  [".ov-menu:not(.ov-settings) > summary", () => "These runs as a page, a table, a script or LaTeX, the scenario as a file, and back to the first scenario."],
  [".ov-menu button", () => "What is on screen, to take away or to bring back."],
  [".ov-optimizer", (catalog) => `The rule that this lane runs, one of ${catalog?.optimizers.length ?? 0}. Another one starts from its own defaults.`],
  [".ov-swatch", () => "How this lane is drawn everywhere: 8 colours, 8 markers."],
  [".ov-picker .ov-dot", () => "Draws the lane like this everywhere."],
  ['.ov-card-head [aria-label^="Hide"], .ov-card-head [aria-label^="Show"]', () => "Hides the lane's trail and curves, or shows them again. Its run stays."],
  ['[aria-label^="Duplicate"]', (catalog) => `Another lane with the same settings, to change one and compare; ${catalog?.limits.lanes ?? 8} lanes at most.`],
  ['[aria-label^="Remove"]', () => "Takes the lane away."],
  [".ov-further > summary", () => "Settings that are seldom changed."],
  [".ov-train", () => "Trains a real network on handwritten digits with this lane's optimizer."],
  [".ov-train-all", () => "Trains a real network on handwritten digits with each of these lanes, side by side."],
  [".ov-chip", () => "Changes the lab as it says, before your eyes; Undo takes it back."],
  ['[aria-label="Slider tracks show"]', () => "What the colour of a slider's track stands for at each of its stops."],
  [".ov-add", (catalog) => `Adds a lane that runs an optimizer not yet here; ${catalog?.limits.lanes ?? 8} lanes at most.`],
  ['[aria-label="Zoom in"]', () => "Shows 60 % of the width and height."],
  ['[aria-label="Zoom out"]', () => "Shows more around what is in sight."],
  ['[aria-label="Reset zoom"]', () => "The whole domain again."],
  [".ov-start", () => "Where every lane starts: drag it, or move it with the arrow keys, further with Shift."],
  [".ov-usual", () => "The plots that are drawn unless somebody chooses others."],
  [".ov-plots-button", () => "Chooses which quantities are drawn over time."],
  ['[aria-label="Restart"]', () => "Plays again from step 0."],
  ['[aria-label="Step back"]', () => "One step back. Key: ←; with Shift ten steps."],
  ['[aria-label="Step forward"]', () => "One step on. Key: →; with Shift ten steps."],
  [".ov-play", () => "Plays the steps one after the other, or stops. Key: Space."],
  ['[aria-label="Time"]', () => "The step on screen, for particles, curves and numbers alike."],
  ['[aria-label="Step"]', () => "The step on screen: type another one, from 0 to the last, and Enter."],
  [".ov-skip", () => "Past the top line, to the chosen lane's first slider."],
  [".ov-fold", () => "Shows the chosen lane's sliders, or puts them away."],
  [".ov-sheet-head button", () => "Chooses this lane: its sliders stand below."],
  [".ov-stories", () => "Experiments to open with one click, each with what it shows and a picture."],
  ['[aria-label="Close"]', () => "Closes this, and leaves the lab as it is. Key: Esc."],
  ['[aria-label="Speed"]', () => "Steps a second while it plays: 60 at 1×."],
  ['[aria-label="Lane shown in the arithmetic"]', () => "Whose update is written out, line by line."],
  [".ov-help-button", () => "The keys, the signs on the landscape, and what every symbol means with its value now. Key: ?."],
  [".ov-help form button", () => "Back to the lab. Key: Esc."],
  [".ov-present-button", () => "Picture, names and clock alone, in large type, for a projector. Key: P; Esc leaves."],
  [".ov-caption button", () => "Back to the whole lab. Key: Esc."],
  [".ov-skip", () => "Moves the focus to the first slider of the chosen lane."],
  [".ov-lane-names button", () => "Shows this lane's sliders."],
  [".ov-fold", () => "Folds the sliders away, or brings them back."],
  [".ov-pages a", (_, element) => `Opens the page ${element.textContent}.`],
];

export const CONTROL = "button, input, select, summary, textarea, a[href]";

/**
 * Explains every control under a root that has no words yet, those that come later too.
 *
 * @param {HTMLElement} root
 * @param {() => Catalog | null} catalog
 */
export function explainControls(root, catalog) {
  const all = (/** @type {Element} */ part) => {
    for (const element of [part, ...part.querySelectorAll(CONTROL)]) if (element.matches(CONTROL)) one(element, catalog);
  };
  all(root);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) if (node instanceof Element) all(node);
  }).observe(root, { childList: true, subtree: true });
}

/** @param {Element} element @param {() => Catalog | null} catalog */
function one(element, catalog) {
  if (element.hasAttribute("data-explained") || element.closest(".ov-explain")) return;
  const [, words] = CONTROLS.find(([selector]) => element.matches(selector)) ?? [];
  if (words) explain(element, () => ({ sentence: words(catalog(), element) }));
}
