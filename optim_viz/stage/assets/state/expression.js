/**
 * A line of the arithmetic as people write it: with ·, √, powers above the line, and brackets only where they change the
 * value or help the eye.
 *
 * expression = names, numbers, + - * / **, brackets, and functions of one or two arguments: what `Line` in
 * update_rules/update_rule.py allows.
 *
 * @typedef {{op: string, text: string, parts: Tree[]}} Tree op is "name", "number", "call", "negative" or the sign itself
 */

const TOKEN = /[A-Za-z_]\w*|\*\*|\d+(?:\.\d+)?(?:e[-+]?\d+)?|[-+*/(),]/g;
const SUPERSCRIPTS = /** @type {Record<string, string>} */ ({ t: "ᵗ", "−": "⁻", ".": "·" });
for (const [digit, raised] of [..."⁰¹²³⁴⁵⁶⁷⁸⁹"].entries()) SUPERSCRIPTS[digit] = raised;

const SUM = 0;
const PRODUCT = 1;
const NUMBER_WITH_POWER = 2; // 1e−8: stands in a product as it is, but not under an exponent
const POWER = 3;
const ATOM = 4;

/** Reads tokens from the left, an operator at a time: sums of products of signs of powers. */
class Reader {
  /** @param {string} expression */
  constructor(expression) {
    this.tokens = expression.match(TOKEN) ?? [];
    this.at = 0;
  }

  /** @param {...string} wanted @returns {string | undefined} the next token, taken, if it is one of these */
  take(...wanted) {
    return wanted.includes(this.tokens[this.at]) ? this.tokens[this.at++] : undefined;
  }

  /** @returns {Tree} */
  sum() {
    return this.chain(["+", "-"], () => this.product());
  }

  /** @returns {Tree} */
  product() {
    return this.chain(["*", "/"], () => this.signed());
  }

  /** @param {string[]} signs @param {() => Tree} part @returns {Tree} parts joined by signs of one rank, from the left */
  chain(signs, part) {
    let tree = part();
    for (let left = this.tokens.length; left > 0; left -= 1) {
      const op = this.take(...signs);
      if (!op) break;
      tree = { op, text: "", parts: [tree, part()] };
    }
    return tree;
  }

  /** @returns {Tree} */
  signed() {
    return this.take("-") ? { op: "negative", text: "", parts: [this.signed()] } : this.power();
  }

  /** @returns {Tree} */
  power() {
    const base = this.atom();
    return this.take("**") ? { op: "**", text: "", parts: [base, this.signed()] } : base;
  }

  /** @returns {Tree} */
  atom() {
    const text = this.tokens[this.at++] ?? "";
    if (text === "(") {
      const inner = this.sum();
      this.take(")");
      return inner;
    }
    if (!/^[A-Za-z_]/.test(text)) return { op: "number", text, parts: [] };
    if (!this.take("(")) return { op: "name", text, parts: [] };
    const parts = [this.sum()];
    for (let left = this.tokens.length; left > 0 && this.take(","); left -= 1) parts.push(this.sum());
    this.take(")");
    return { op: "call", text, parts };
  }
}

/**
 * @param {string} expression
 * @param {(name: string) => string} say what stands for a name: a symbol, or a number with a true minus sign
 * @returns {string}
 */
export function render(expression, say) {
  return write(new Reader(expression).sum(), say, true).text;
}

/**
 * @param {Tree} tree
 * @param {(name: string) => string} say
 * @param {boolean} first whether it begins a line or a bracket, where a minus sign may stand without one of its own
 * @returns {{text: string, binds: number}}
 */
function write(tree, say, first) {
  if (tree.op === "name" || tree.op === "number") return atom(tree.op === "name" ? say(tree.text) : tree.text, first);
  if (tree.op === "call") return { text: call(tree.text, tree.parts.map((part) => write(part, say, true).text)), binds: ATOM };
  /** @param {Tree} part @param {number} least @param {boolean} leads */
  const inner = (part, least, leads) => {
    const written = write(part, say, leads);
    return written.binds >= least ? written.text : `(${write(part, say, true).text})`;
  };
  if (tree.op === "negative") {
    const text = `−${inner(tree.parts[0], PRODUCT, false)}`;
    return first ? { text, binds: PRODUCT } : { text: `(${text})`, binds: ATOM };
  }
  const [left, right] = tree.parts;
  if (tree.op === "**") return { text: inner(left, ATOM, false) + exponent(write(right, say, true).text), binds: POWER };
  if (tree.op === "+" || tree.op === "-") {
    const sign = tree.op === "+" ? " + " : " − ";
    return { text: inner(left, SUM, first) + sign + inner(right, PRODUCT, false), binds: SUM };
  }
  // (a / b)·c keeps its bracket: without one the eye divides by b·c.
  const least = tree.op === "*" && left.op === "/" ? POWER : PRODUCT;
  return { text: inner(left, least, first) + (tree.op === "*" ? "·" : " / ") + inner(right, NUMBER_WITH_POWER, false), binds: PRODUCT };
}

/** @param {string} text @param {boolean} first */
function atom(text, first) {
  const power = text.includes("e−") || /\de\d/.test(text);
  if (!text.startsWith("−")) return { text, binds: power ? NUMBER_WITH_POWER : ATOM };
  return first ? { text, binds: PRODUCT } : { text: `(${text})`, binds: ATOM };
}

/** @param {string} name @param {string[]} args */
function call(name, args) {
  if (name === "sqrt") return `√(${args[0]})`;
  if (name === "abs" && !args[0].includes("|")) return `|${args[0]}|`;
  return `${name}(${args.join(", ")})`;
}

/** @param {string} text above the line where each of its signs can stand there, else after ^ */
function exponent(text) {
  const signs = [...text];
  if (signs.every((sign) => sign in SUPERSCRIPTS)) return signs.map((sign) => SUPERSCRIPTS[sign]).join("");
  return signs.length === 1 ? `^${text}` : `^(${text})`;
}
