"""How large one of Adam's steps can be, in units of lr, and the sequences that come close.

Write the step of iteration t as a weighted sum over the last gradients. By Cauchy and Schwarz,

    |m_t| <= (1-β₁)/√(1-β₂) · √(Σ_{i<t} (β₁²/β₂)^i) · √v_t,

with equality when each gradient is β₂/β₁ times the one before. Once the bias corrections have faded, so after a long
silence, the step in units of lr comes as close as one likes to (1-β₁)/√(1-β₂)/√(1-β₁²/β₂).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

from optim_viz import update_rules
from optim_viz.experiments import sequences
from optim_viz.trajectory import Array

MAX_SILENCE: Final = 20_000
"""Longest silence: what the corrections still lack of 1 then is 1e-9 at the default betas."""


@dataclass(frozen=True)
class Largest:
    """The largest step of a run.

    Attributes:
        step: its length in units of lr.
        active: it is the step of the n-th gradient after the silence, counted from 1.
        t: its iteration, counted from 1 and with the silence.
    """

    step: float
    active: int
    t: int


def betas() -> tuple[float, float]:
    """Return the paper's β₁ and β₂, the rule's defaults."""
    defaults = update_rules.get("adam").complete({})
    return float(defaults["beta1"]), float(defaults["beta2"])


def sparse_extreme(beta1: float, beta2: float) -> float:
    """Return (1-β₁)/√(1-β₂), the paper's bound for the most sparse case, in units of lr."""
    return (1.0 - beta1) / math.sqrt(1.0 - beta2)


def supremum(beta1: float, beta2: float) -> float:
    """Return (1-β₁)/√(1-β₂)/√(1-β₁²/β₂), in units of lr: no step of Adam is longer at the paper's betas.

    Raises:
        ValueError: β₁² >= β₂, where the sum diverges and no bound holds.
    """
    if beta1 * beta1 >= beta2:
        raise ValueError(f"no bound holds for beta1 = {beta1}, beta2 = {beta2}: beta1**2 must be below beta2")
    return sparse_extreme(beta1, beta2) / math.sqrt(1.0 - beta1 * beta1 / beta2)


def growing(ratio: float, active: int) -> Array:
    """Return the gradients 1, ratio, ratio², ..., divided by the largest of them, (active,)."""
    # Through logarithms, because a power may leave the finite numbers where the quotient does not.
    powers = np.arange(active) * math.log(ratio)
    return np.exp(powers - powers.max())


def steps_after_silence(silence: int, gradients: Array) -> Array:
    """Return Adam's steps in units of lr, signed, (T,), at its default betas, for gradients after a silence.

    Args:
        silence: iterations with a gradient of exactly 0, 0 to MAX_SILENCE.
        gradients: (T,), what follows, at most 1e100 in size.
    """
    # Zeros leave m = v = 0 exactly, so the loop starts where the silence ends: only the count t knows of it.
    rule = update_rules.get("adam")
    lr = 1e-3
    # Prepared for the longest run, so that one table serves all of them.
    settings = _settings(max(MAX_SILENCE + sequences.MAX_LENGTH, silence + len(gradients)), lr)
    params = np.zeros(2)
    state = rule.init(params, settings)
    steps = np.empty(len(gradients))
    with np.errstate(under="ignore"):
        for position, gradient in enumerate(gradients):
            update, state = rule.update(np.array([gradient, 0.0]), state, params, silence + position + 1, settings)
            steps[position] = update[0] / lr
    return steps


@lru_cache(maxsize=1)
def _settings(steps: int, lr: float) -> Any:
    # So small an ε takes the gradients' size out of the question. It is still larger than gradients whose squares
    # vanish in float64, so that these give no step where m survives and v does not.
    rule = update_rules.get("adam")
    complete = rule.complete({"lr": lr, "eps": 1e-150})
    choices = {each.name for each in rule.hyperparameters if each.scale == "choice"}
    values = {name: value if name in choices else np.asarray(value) for name, value in complete.items()}
    return rule.prepare(values, steps)


def largest(silence: int, gradients: Array) -> Largest:
    """Return the largest step for gradients after a silence."""
    lengths = np.abs(steps_after_silence(silence, gradients))
    # The first of those that differ from the largest by rounding only.
    position = int(np.argmax(lengths >= lengths.max() * (1.0 - 1e-12)))
    return Largest(float(lengths[position]), position + 1, silence + position + 1)
