"""Sparse features: how far a coordinate gets whose gradient is there only at every k-th step.

x sees the gradient 1 at every step, y sees 1 at steps k, 2k, 3k, ... and 0 between. SGD and momentum move y 1/k as far
as x: they go where the *sum* of the gradients points. AdaGrad, RMSProp and Adam divide by the root of the (mean)
squared gradient, which in y is about 1/√k of that in x, and move y about 1/√k as far.

Sources: Duchi, Hazan, Singer, JMLR 12 (2011), section 1.3 (why rare features deserve larger steps); Kingma, Ba (2015),
section 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from optim_viz import update_rules
from optim_viz.rollout.loop import given_gradients, run
from optim_viz.trajectory import Array

RULES = ("sgd", "momentum", "adagrad", "rmsprop", "adam")
LR = 0.01
"""One learning rate for all: every displacement is proportional to it, so the ratios do not depend on it."""


@lru_cache(maxsize=32)
def positions(k: tuple[int, ...], steps: int, lr: float = LR) -> dict[str, Array]:
    """Run every rule for every k.

    Args:
        k: the spacings, each 1 or more.
        steps: T.
        lr: learning rate of every rule.

    Returns:
        For each rule its positions (T+1, 2, K), from (0, 0); index 1 chooses x (dense) or y (sparse).
    """
    times = np.arange(1, steps + 1)[:, np.newaxis]
    there = np.stack([np.ones((steps, len(k))), (times % np.array(k) == 0).astype(np.float64)], axis=1)
    found: dict[str, Array] = {}
    for name in RULES:
        found[name] = run(
            update_rules.get(name), _values(name, lr), np.zeros((2, len(k))), given_gradients(there)
        ).theta
        found[name].setflags(write=False)  # what a cache gives out must not change
    return found


def _values(name: str, lr: float) -> dict[str, Any]:
    complete = update_rules.get(name).complete({"lr": lr})
    return {key: value if isinstance(value, bool) else np.asarray(value) for key, value in complete.items()}


def displacements(k: int, steps: int, lr: float = LR) -> dict[str, tuple[float, float]]:
    """Return how far every rule has come in x and in y."""
    return {name: (float(run[-1, 0, 0]), float(run[-1, 1, 0])) for name, run in positions((k,), steps, lr).items()}


def ratios(k: Sequence[int], steps: int, lr: float = LR) -> dict[str, Array]:
    """Return displacement in y over displacement in x, (K,) for each rule; 0 where y has not had a gradient yet."""
    runs = positions(tuple(k), steps, lr)
    return {name: run[-1, 1] / run[-1, 0] for name, run in runs.items()}
