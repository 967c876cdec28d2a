import assert from "node:assert/strict";
import test from "node:test";

import { render } from "../../optim_viz/stage/assets/state/expression.js";

const symbols = { beta1: "β₁", m_prev: "mₜ₋₁", grad: "g", m: "m", v_hat: "v̂", lr: "α", m_hat: "m̂", eps: "ε", t: "t" };
const numbers = { beta1: "0.9", m_prev: "−2", grad: "−3", m: "−2.1", v_hat: "4", lr: "0.1", m_hat: "−5", eps: "1e−8", t: "12" };

test("a line is written with symbols and with numbers", () => {
  const moment = "beta1*m_prev + (1 - beta1)*grad";
  assert.equal(render(moment, (name) => symbols[name]), "β₁·mₜ₋₁ + (1 − β₁)·g");
  assert.equal(render(moment, (name) => numbers[name]), "0.9·(−2) + (1 − 0.9)·(−3)");
  assert.equal(render("m/(1 - beta1**t)", (name) => symbols[name]), "m / (1 − β₁ᵗ)");
  assert.equal(render("m/(1 - beta1**t)", (name) => numbers[name]), "−2.1 / (1 − 0.9¹²)");
  assert.equal(render("grad**2", (name) => symbols[name]), "g²");
  assert.equal(render("grad**2", (name) => numbers[name]), "(−3)²");
  assert.equal(render("-lr*m_hat/(sqrt(v_hat) + eps)", (name) => symbols[name]), "−α·m̂ / (√(v̂) + ε)");
  assert.equal(render("-lr*m_hat/(sqrt(v_hat) + eps)", (name) => numbers[name]), "−0.1·(−5) / (√(4) + 1e−8)");
});

/** @param {string} expression */
const plain = (expression) => render(expression, (name) => name);

test("a power's whole exponent is raised or bracketed", () => {
  assert.equal(plain("0.96**(t*psi)"), "0.96^(t·psi)");
  assert.equal(plain("0.96**(t*psi)*m"), "0.96^(t·psi)·m");
  assert.equal(render("0.96**(t*psi)", (name) => ({ t: "12", psi: "0.004" })[name] ?? ""), "0.96^(12·0.004)");
  assert.equal(plain("beta**(t + 1)"), "beta^(t + 1)");
  assert.equal(plain("(a*b)**2"), "(a·b)²");
  assert.equal(plain("(a**b)**t"), "(a^b)ᵗ");
  assert.equal(plain("a**max(s, 0)"), "a^(max(s, 0))");
  assert.equal(plain("a**-1"), "a⁻¹");
  assert.equal(render("a**2", () => "1.5e−8"), "(1.5e−8)²");
});

test("functions and fractions keep their brackets where they count", () => {
  assert.equal(plain("sqrt(v + eps)/sqrt(s + eps)*grad"), "(√(v + eps) / √(s + eps))·grad");
  assert.equal(plain("a/(b*c)"), "a / (b·c)");
  assert.equal(plain("a/(b/c)"), "a / (b / c)");
  assert.equal(plain("a - (b - c)"), "a − (b − c)");
  assert.equal(plain("a - -b"), "a − (−b)");
  assert.equal(plain("-(a + b)*c"), "−(a + b)·c");
  assert.equal(plain("max(a, b*(c + d))"), "max(a, b·(c + d))");
  assert.equal(plain("abs(grad)*min(a, b)"), "|grad|·min(a, b)");
  assert.equal(plain("abs(a - abs(b))"), "abs(a − |b|)");
  assert.equal(plain("sign(-a)"), "sign(−a)");
  assert.equal(plain("((a))"), "a");
});

/** A small generator of random numbers in [0, 1), the same at each run. @param {number} seed */
function numbersFrom(seed) {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

/** @param {() => number} random @param {number} depth @returns {{source: string, value: number}} */
function grow(random, depth) {
  const pick = random();
  if (depth === 0 || pick < 0.15) {
    const [source, value] = /** @type {[string, number][]} */ ([["a", 0.7], ["b", 1.3], ["c", 2.1], ["2", 2], ["0.5", 0.5]])[Math.floor(random() * 5)];
    return { source, value };
  }
  const one = grow(random, depth - 1);
  const two = grow(random, depth - 1);
  const join = (/** @type {string} */ op) => `(${one.source})${op}(${two.source})`;
  if (pick < 0.3) return { source: join("+"), value: one.value + two.value };
  if (pick < 0.45) return { source: join("-"), value: one.value - two.value };
  if (pick < 0.6) return { source: join("*"), value: one.value * two.value };
  if (pick < 0.7) return { source: join("/"), value: one.value / two.value };
  if (pick < 0.78) return { source: `-(${one.source})`, value: -one.value };
  if (pick < 0.86) return { source: `(abs(${one.source}))**(${two.source})`, value: Math.abs(one.value) ** two.value };
  if (pick < 0.93) return { source: `max(${one.source}, ${two.source})`, value: Math.max(one.value, two.value) };
  return { source: `sqrt(abs(${one.source}))`, value: Math.sqrt(Math.abs(one.value)) };
}

/** Computes what a reader would: by the rules of arithmetic, from the written text alone. @param {string} text */
function read(text) {
  const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  let source = text.replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+(·[⁰¹²³⁴⁵⁶⁷⁸⁹]+)?/g, (all) =>
    `**(${[...all].map((c) => (c === "⁻" ? "-" : c === "·" ? "." : superscripts.indexOf(c))).join("")})`);
  source = source.replace(/\|/g, (_, at) => (/[\w)]/.test(source[at - 1] ?? "") ? ")" : "Math.abs("));
  source = source.replaceAll(" − ", "-").replaceAll("−", "(-1)*").replaceAll("·", "*").replaceAll("^", "**").replaceAll("√", "Math.sqrt");
  source = source.replace(/\b(max|abs)\(/g, "Math.$1(").replaceAll("Math.Math.", "Math.");
  return new Function("a", "b", "c", `return ${source}`)(0.7, 1.3, 2.1);
}

test("whatever is written reads back as the same number", () => {
  const random = numbersFrom(7);
  let counted = 0;
  for (let k = 0; k < 3000; k += 1) {
    const { source, value } = grow(random, 4);
    if (!Number.isFinite(value) || Math.abs(value) > 1e9) continue;
    const text = plain(source);
    const found = read(text);
    assert.ok(Math.abs(found - value) <= 1e-6 * Math.max(1, Math.abs(value)), `${source} is written ${text}: ${found}, not ${value}`);
    counted += 1;
  }
  assert.ok(counted > 1000);
});
