"""Relatives of Adam, each compared on one gradient sequence.

Sum and mean. AdaGrad divides by the root of the *sum* of all squared gradients, so that its rate can only fall: under a
constant gradient step t is η/√t. RMSProp and Adam divide by the root of a decaying *mean*: their rate recovers when the
gradients become small, and settles when they are constant: RMSProp's step t is η/√(1 - α^t).

Before and after. RMSProp with momentum divides each gradient first and then adds the quotients up; Adam averages the
gradients first and divides the average by the newest √v̂. After a spike RMSProp's buffer still holds a quotient of the
spike, divided by a v that had barely seen it.

Sources: Duchi, Hazan, Singer (2011), figure 1; Tieleman, Hinton, Lecture 6.5 (2012); Kingma, Ba (2015), section 5;
Graves, arXiv 1308.0850 (2013), section 4.2 (RMSProp with momentum).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from optim_viz.rollout import replay
from optim_viz.trajectory import Array

# ---- sum and mean --------------------------------------------------------------------------------------------------

PATTERNS = ("constant", "falling", "rising")
LARGE, SMALL = 10.0, 1.0
STEPS = 1000


def gradients(pattern: str, change: int, steps: int = STEPS) -> Array:
    """Return (T,) gradients: 1 all along, 10 up to step `change` and 1 after it ("falling"), or the reverse."""
    before, after = {"constant": (SMALL, SMALL), "falling": (LARGE, SMALL), "rising": (SMALL, LARGE)}[pattern]
    return np.where(np.arange(1, steps + 1) <= change, before, after)


@lru_cache(maxsize=256)
def rates(pattern: str, change: int, alpha: float) -> dict[str, tuple[Array, Array]]:
    """Feed one sequence to AdaGrad, RMSProp and Adam (β₁ = 0, β₂ = α), all with lr = 1.

    Args:
        pattern: one of `PATTERNS`.
        change: last step of its first part.
        alpha: RMSProp's α and Adam's β₂.

    Returns:
        For each rule the rate, which is the step divided by minus the gradient, and the size of the step; (T,) each.
    """
    row = gradients(pattern, change)
    given = np.column_stack([row, np.zeros_like(row)])
    settings: dict[str, dict[str, Any]] = {
        "adagrad": {"lr": 1.0},
        "rmsprop": {"lr": 1.0, "alpha": alpha},
        "adam": {"lr": 1.0, "beta1": 0.0, "beta2": alpha},
    }
    found: dict[str, tuple[Array, Array]] = {}
    for name, hyperparameters in settings.items():
        steps = -replay(name, given, **hyperparameters).update[:, 0]
        found[name] = _fixed(steps / row), _fixed(np.abs(steps))
    return found


# ---- before and after ----------------------------------------------------------------------------------------------

SPIKE_AT = 1000
"""By then both means have settled."""
AFTER = 60
MOMENTUM, DECAY = 0.9, 0.99
"""μ = β₁ and α = β₂: both rules remember gradients and squares equally long."""


@lru_cache(maxsize=32)
def spike(size: float) -> dict[str, Array]:
    """Feed ones with one spike to RMSProp with momentum and to Adam.

    RMSProp's buffer adds up without the factor 1 - μ, so its lr is 1 - μ where Adam's is 1: on ones both settle at
    steps of 1.

    Args:
        size: the gradient at step `SPIKE_AT`; all others are 1.

    Returns:
        For each rule its steps, (SPIKE_AT + AFTER,), towards the minimum counted positive.
    """
    row = np.ones(SPIKE_AT + AFTER)
    row[SPIKE_AT - 1] = size
    given = np.column_stack([row, np.zeros_like(row)])
    rmsprop = replay("rmsprop", given, lr=1.0 - MOMENTUM, alpha=DECAY, momentum=MOMENTUM)
    adam = replay("adam", given, lr=1.0, beta1=MOMENTUM, beta2=DECAY)
    return {"rmsprop": _fixed(-rmsprop.update[:, 0]), "adam": _fixed(-adam.update[:, 0])}


def _fixed(array: Array) -> Array:
    """Make an array read-only: what a cache gives out must not change."""
    array.setflags(write=False)
    return array
