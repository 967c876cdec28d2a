/**
 * Which signs stand in a text or a formula, and what they mean there.
 *
 * @typedef {{name: string, symbol: string, words: string, default: number, help: string, meaning: string}} Facts of a hyperparameter
 * @typedef {{signs: Record<string, string | Facts>, sections: Record<string, Record<string, string>>}} Signs
 */
import { ofHyperparameter } from "./sentences.js";

const LETTERS = /** @type {Record<string, string>} */ ({
  alpha: "α", beta: "β", eta: "η", theta: "θ", kappa: "κ", lambda: "λ", mu: "μ", rho: "ρ", psi: "ψ", varepsilon: "ε", epsilon: "ε", Delta: "Δ",
});
const SMALL = "₀₁₂₃₄₅₆₇₈₉";

/**
 * @param {string} tex
 * @returns {string} its signs as plain text writes them: "\hat m_t" is "m̂", "\beta_1" "β₁"; other subscripts, functions and layout go
 */
export function plainSigns(tex) {
  return tex
    .replace(/\\(?:text|operatorname|mathrm)\s*\{[^{}]*\}/g, " ")
    .replace(/\\hat\s*(?:\{(\w)\}|(\w))/g, (_, braced, bare) => `${braced ?? bare}\u0302`)
    .replace(/\\beta\s*_\s*\{?(\d)\}?/g, (_, digit) => ` β${SMALL[Number(digit)]} `)
    .replace(/\\Delta\s*\\theta/g, " Δθ ")
    .replace(/_\s*(?:\{[^{}]*\}|\\?\w+)/g, " ")
    .replace(/\\nabla\s*/g, " ∇")
    .replace(/\\([A-Za-z]+)/g, (_, name) => ` ${LETTERS[name] ?? ""} `);
}

/**
 * @param {string} text
 * @param {Iterable<string>} signs
 * @returns {string[]} those that stand in the text by themselves, in their order there
 */
export function signsIn(text, signs) {
  /** @type {[number, string][]} */ const found = [];
  let left = text.normalize("NFC");
  for (const sign of [...signs].map((each) => each.normalize("NFC")).sort((a, b) => b.length - a.length)) {
    // A letter of a word, or one that carries an accent or a number below, is another sign.
    const own = new RegExp(`(?<![\\p{L}])${sign}(?![\\p{L}\\p{M}${SMALL}])`, "gu");
    const at = left.search(own);
    if (at < 0) continue;
    found.push([at, sign]);
    left = left.replace(own, (same) => " ".repeat(same.length));
  }
  return found.sort(([a], [b]) => a - b).map(([, sign]) => sign);
}

/**
 * @param {string} text that holds signs
 * @param {Signs} known
 * @param {string} section where it stands, "s4"; "" for none
 * @param {(name: string) => number | null} valueOf a hyperparameter in that section, null where it has no slider for it
 * @returns {string} a sentence a line; "" where nothing needs one
 */
export function explanation(text, known, section, valueOf) {
  const own = known.sections[section] ?? {};
  const all = /** @type {Record<string, string | Facts>} */ ({ ...known.signs, ...own });
  const byForm = new Map(Object.entries(all).map(([sign, meaning]) => [sign.normalize("NFC"), meaning]));
  return signsIn(text, byForm.keys()).map((sign) => {
    const meaning = /** @type {string | Facts} */ (byForm.get(sign));
    if (typeof meaning === "string") return `${sign}: ${meaning}`;
    const value = valueOf(meaning.name);
    const words = ofHyperparameter(/** @type {any} */ (meaning), value ?? meaning.default);
    return words.replace(meaning.symbol, `${meaning.symbol} (${meaning.words})`);
  }).join("\n");
}
