/** What people type into number fields. */

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i; // no hexadecimal, no "Infinity", which Number() would take
const THOUSANDS = /^[+-]?[1-9]\d{0,2},\d{3}$/; // a thousand for some readers and a one for others

/**
 * What a person typed, as a number where it is one; Python judges everything else and says what is wrong.
 *
 * A single comma is a decimal comma ("0,5"), but not where it could as well group thousands: "1,000" is asked about.
 *
 * @param {string} text
 * @returns {number | string}
 */
export function typed(text) {
  const plain = text.trim().replace("−", "-");
  const pointed = THOUSANDS.test(plain) ? plain : plain.replace(/^([^,]*),([^,]*)$/, "$1.$2");
  const value = Number(pointed);
  return DECIMAL.test(pointed) && Number.isFinite(value) ? value : text.trim();
}
