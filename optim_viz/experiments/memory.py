"""How long β₂ remembers: gradients of size 1 that change their size once, and Adam's steps after the change.

v is a mean over about the last 1/(1-β₂) squares. n steps after the size went from 1 to s (ε aside, and both means long
settled), with q = β₂ⁿ,

    √v̂ = √(q + (1 - q) s²),

so after a fall the steps stay short until q is well below s², and after a rise they are long for the time that m needs
(1/(1-β₁) steps) while v has hardly moved.

Source: Kingma and Ba (2015), sections 2.1 and 3.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np

from optim_viz.experiments.moments import Moments, moments
from optim_viz.trajectory import Array

CHANGE_AT: Final = 200
"""The last step whose gradient is 1."""
NEARLY: Final = 0.1
"""A step is back once it and all later ones differ from lr by less than this share."""


def memory(beta: float) -> float:
    """Return 1/(1 - beta): the mean age, plus one, of what an exponential mean with this decay, [0, 1), averages."""
    return 1.0 / (1.0 - beta)


def half_life(beta: float) -> float:
    """Return the steps after which a gradient's weight in the mean has halved, log ½ / log beta; 0 for beta = 0."""
    return math.log(0.5) / math.log(beta) if beta > 0.0 else 0.0


def gradients(size: float, steps: int) -> Array:
    """Return `CHANGE_AT` gradients of 1, then gradients of `size`, (steps,)."""
    return np.where(np.arange(steps) < CHANGE_AT, 1.0, size)


@lru_cache(maxsize=256)
def run(beta2: float, size: float, steps: int) -> Moments:
    """Feed them to Adam.

    Args:
        beta2: decay of v, [0, 1); the other settings are the rule's defaults.
        size: of the gradients after the change, not 0.
        steps: T, more than CHANGE_AT.
    """
    return moments(gradients(size, steps), beta2=beta2)


def recovery(beta2: float, size: float, steps: int) -> int | None:
    """Return how many steps after the change Adam's steps are within NEARLY of lr for good; None if not in `steps`."""
    after = np.abs(run(beta2, size, steps).step_over_lr[CHANGE_AT:])
    outside = np.flatnonzero(np.abs(after - 1.0) >= NEARLY)
    if not outside.size:
        return 0
    return int(outside[-1]) + 1 if outside[-1] + 1 < len(after) else None


def extreme_step(beta2: float, size: float, steps: int) -> tuple[float, int]:
    """Return the step after the change that is farthest from lr, in units of lr, and how many steps after it comes."""
    after = np.abs(run(beta2, size, steps).step_over_lr[CHANGE_AT:])
    at = int(np.argmax(np.abs(np.log(after))))
    return float(after[at]), at + 1
