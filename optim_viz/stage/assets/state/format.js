/** Numbers as a reader wants them: four significant digits, a true minus sign, no false zeros. */

/**
 * @param {number | boolean | string} value
 * @param {number} digits significant digits
 * @returns {string}
 */
export function number(value, digits = 4) {
  if (typeof value === "boolean") return value ? "on" : "off";
  if (typeof value === "string") return value;
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(Number(value.toPrecision(digits))); // 99999 rounds into the next power
  let text;
  if (size >= 10 ** digits || size < 1e-3) {
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
    text = `${trimZeros(mantissa)}e${exponent.replace("+", "")}`;
  } else {
    text = trimZeros(value.toPrecision(digits));
  }
  return text.replaceAll("-", "−");
}

/**
 * Every digit that a number has, written as `number` writes: what the run holds, and no digit more.
 *
 * @param {number | boolean | string} value
 * @returns {string}
 */
export function allDigits(value) {
  return typeof value === "number" && Number.isFinite(value) ? String(value).replace("e+", "e").replaceAll("-", "−") : number(value);
}

/** @param {string} text */
function trimZeros(text) {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/**
 * A value as a person would type it: exact, shortest.
 *
 * @param {number | boolean | string} value
 * @returns {string}
 */
export function exact(value) {
  return typeof value === "boolean" ? (value ? "on" : "off") : String(value);
}
