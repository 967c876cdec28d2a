import assert from "node:assert/strict";
import test from "node:test";

import { explanation, plainSigns, signsIn } from "../../optim_viz/stage/assets/state/signs.js";

const BETA2 = { name: "beta2", symbol: "β₂", words: "beta 2", default: 0.999, help: "Share of v kept.", meaning: "remembers about {memory} steps" };
const KNOWN = {
  signs: { "η": { name: "lr", symbol: "η", words: "learning rate", default: 0.001, help: "Step size.", meaning: "" }, "β₂": BETA2, m: "Mean.", "m̂": "Corrected mean.", v: "Mean of squares." },
  sections: { s1: { v: "Velocity.", push: "One gradient." } },
};

test("a formula's signs are read as plain text writes them", () => {
  const cases = [
    ["\\hat m_t = \\frac{m_t}{1-\\beta_1^t}", ["m̂", "m", "β₁"]],
    ["v_t = \\mu v_{t-1} - \\eta\\,\\nabla f(\\theta_{t-1} + \\mu v_{t-1})", ["v", "μ", "η", "∇f", "θ"]],
    ["\\frac{|\\Delta\\theta_t|}{\\eta} < \\sqrt{1-\\beta_{2}}", ["Δθ", "η", "β₂"]],
    ["\\operatorname{sign}(\\hat{v}_t) + \\text{if } t", ["v̂"]],
  ];
  const all = ["m", "m̂", "v", "v̂", "μ", "η", "θ", "Δθ", "β₁", "β₂", "f", "∇f"];
  for (const [tex, signs] of cases) assert.deepEqual(signsIn(plainSigns(tex), all), signs.map((each) => each.normalize("NFC")), tex);
});

test("a letter of a word, with an accent or a number below is another sign", () => {
  assert.deepEqual(signsIn("moves, m̂ and β₁, 2m/v₁", ["m", "v", "β"]), ["m"]);
  assert.deepEqual(signsIn("η/(1 − μ)", ["μ", "η"]), ["η", "μ"]);
});

test("each sign has a sentence, a hyperparameter with the value of the section's own slider", () => {
  const none = () => null;
  assert.equal(explanation("words alone", KNOWN, "s1", none), "");
  assert.equal(explanation("β₂", KNOWN, "s2", none), "β₂ (beta 2) = 0.999: remembers about 1000 steps. Share of v kept. Default 0.999.");
  assert.equal(explanation("β₂", KNOWN, "s2", (name) => (name === "beta2" ? 0.9 : null)), "β₂ (beta 2) = 0.9: remembers about 10 steps. Share of v kept. Default 0.999.");
  assert.equal(explanation("One push of v", KNOWN, "s1", none), "push: One gradient.\nv: Velocity.");
  assert.equal(explanation("One push of v", KNOWN, "s2", none), "v: Mean of squares.");
});
