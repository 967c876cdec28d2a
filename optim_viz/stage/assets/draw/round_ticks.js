/**
 * Ticks of a linear axis at round numbers, and how they are written: as plotly.js does both, so that these axes read as all others.
 *
 * @import { Pair } from "../state/types.js"
 */
const ROUND = [2, 5, 10];
const PREFIXES = ["f", "p", "n", "μ", "m", "", "k", "M", "B", "T"]; // of 10^-15, 10^-12 and so on
const PLAIN = 3; // powers of ten of the larger end up to which numbers are written out
const EDGE = 1e-4; // of the range: a tick so far outside is still at its end

/**
 * @param {Pair} range
 * @param {number} most ticks that are wanted, about
 * @returns {{step: number, values: number[]}} multiples of 2, 5 or 10 times a power of ten; none of a range that is no range
 */
export function roundTicks([low, high], most) {
  const rough = Math.abs(high - low) / most;
  if (!(rough > 0 && rough < Infinity)) return { step: 0, values: [] };
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (ROUND.find((each) => each > rough / power) ?? 10);
  const slack = EDGE * (high - low);
  const [first, last] = [Math.ceil((low - slack) / step), Math.floor((high + slack) / step)];
  const values = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
  return { step, values };
}

/**
 * @param {number[]} values multiples of `step`
 * @param {number} step
 * @param {Pair} range numbers of one axis have as many digits, and one prefix
 * @returns {string[]} with a true minus sign
 */
export function tickWords(values, step, [low, high]) {
  const exponent = commonExponent(Math.max(Math.abs(low), Math.abs(high)));
  const digits = 2 - Math.floor(Math.log10(step) + 0.01); // after the point: two more than the step's first
  return values.map((value) => {
    if (Math.abs(value) < 10 ** -digits / 2) return "0";
    const size = trimmed((Math.abs(value) / 10 ** exponent).toFixed(Math.max(0, Math.min(100, digits + exponent))));
    return `${value < 0 ? "−" : ""}${inThousands(size)}${suffix(exponent)}`;
  });
}

/** @param {number} value @returns {string} six digits at most: d3's "~g" */
export function sixDigits(value) {
  const [size, exponent] = value.toPrecision(6).split("e");
  return `${trimmed(size)}${exponent === undefined ? "" : `e${exponent}`}`.replaceAll("-", "−");
}

/** @param {number} most the larger end of the axis @returns {number} the power of ten that all its numbers leave out */
function commonExponent(most) {
  const power = Math.floor(Math.log10(most) + 0.01);
  if (!(Math.abs(power) > PLAIN)) return 0;
  return power > 14 || power < -15 ? power : 3 * Math.round((power - 1) / 3);
}

/** @param {number} exponent @returns {string} */
function suffix(exponent) {
  if (exponent === 0) return "";
  return PREFIXES[exponent / 3 + 5] ?? `×10<sup>${String(exponent).replace("-", "−")}</sup>`;
}

/** @param {string} text @returns {string} with commas, save in a whole number of four digits, which may be a year */
function inThousands(text) {
  const [whole, decimals] = text.split(".");
  if (decimals === undefined && whole.length < 5) return text;
  return [whole.replace(/\B(?=(\d{3})+$)/g, ","), ...(decimals === undefined ? [] : [decimals])].join(".");
}

/** @param {string} text of a number @returns {string} without the zeros that end its decimals */
function trimmed(text) {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
