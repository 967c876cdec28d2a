/** What people type into number fields. */

/**
 * What a person typed, as a number where it is one; Python judges everything else and says what is wrong.
 *
 * @param {string} text
 * @returns {number | string}
 */
export function typed(text) {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  const value = Number(plain);
  return plain !== "" && Number.isFinite(value) ? value : text.trim();
}
