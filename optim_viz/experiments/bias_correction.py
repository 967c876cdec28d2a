"""How long Adam's bias correction matters, and how large first steps are with and without one.

Leaving the correction out multiplies the step of iteration t by (1 - beta1**t)/sqrt(1 - beta2**t) (ε aside), because
m̂ = m/(1 - beta1**t) and v̂ = v/(1 - beta2**t).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, Final

import numpy as np

from optim_viz.rollout import replay
from optim_viz.trajectory import Array
from optim_viz.update_rules.update_rule import corrections

_GATHERED: Final = 1e-5
"""A mean has gathered all its weight once 1 minus this weight is gathered."""


def horizon(*betas: float) -> int:
    """Return the first t at which means with these decays have gathered their weight to 1e-5, at least 1."""
    largest = max(betas)
    return math.ceil(math.log(_GATHERED) / math.log(largest)) if largest > 0.0 else 1


@lru_cache(maxsize=16)
def remaining(beta: float, steps: int) -> Array:
    """Return 1 - beta**t for t = 1..steps, (steps,), read-only: the weight that a running mean has gathered by then."""
    gathered = np.asarray(corrections(np.asarray(beta), steps)[1:], dtype=np.float64)
    gathered.flags.writeable = False
    return gathered


def factor(beta1: float, beta2: float, steps: int) -> Array:
    """Return, for t = 1..steps, by how much a step grows when the correction is left out, (steps,)."""
    return remaining(beta1, steps) / np.sqrt(remaining(beta2, steps))


def settled_from(beta1: float, beta2: float, change: float) -> int:
    """Return the first t from which on leaving the correction out changes every step by less than `change`.

    Args:
        beta1: decay of m, [0, 1).
        beta2: decay of v, [0, 1).
        change: a fraction, at least 1e-4: 0.01 for 1 %.
    """
    factors = factor(beta1, beta2, horizon(beta1, beta2))
    outside = np.flatnonzero(np.abs(factors - 1.0) >= change)
    return int(outside[-1]) + 2 if outside.size else 1


@lru_cache(maxsize=256)
def constant_gradient_steps(optimizer: str, steps: int, **hyperparameters: float | bool) -> Array:
    """Return the length of each step in units of lr under a constant gradient of 1, (steps,), read-only."""
    lr = 1e-3
    given: dict[str, Any] = dict(hyperparameters)
    run = replay(optimizer, np.ones((steps, 2)), lr=lr, **given)
    lengths = np.abs(run.update[:, 0]) / lr
    lengths.flags.writeable = False
    return lengths
