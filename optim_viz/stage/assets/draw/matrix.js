/** 4 x 4 matrices, column by column, as WebGL has them. */

/**
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 * @returns {number[]} the product a b
 */
export function multiply(a, b) {
  return [...Array(16).keys()].map((i) => {
    const [row, column] = [i % 4, Math.floor(i / 4)];
    let sum = 0;
    for (let k = 0; k < 4; k += 1) sum += a[k * 4 + row] * b[column * 4 + k];
    return sum;
  });
}

/** @param {ArrayLike<number>} m @param {number[]} v @returns {number[]} */
export function transform(m, v) {
  return [0, 1, 2, 3].map((row) => m[row] * v[0] + m[4 + row] * v[1] + m[8 + row] * v[2] + m[12 + row] * v[3]);
}
