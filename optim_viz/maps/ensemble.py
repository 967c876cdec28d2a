"""Is it luck? The same run with many seeds: the middle of their losses, and where four out of five of them lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from optim_viz import surfaces
from optim_viz.maps.setting import Setting, complete_setting
from optim_viz.rollout import rollout
from optim_viz.rollout.arguments import MAX_SEED, whole
from optim_viz.surfaces import Surface
from optim_viz.trajectory import Array
from optim_viz.update_rules import UpdateRule

SEEDS: Final = 64
_AT_ONCE: Final = 200_000
"""Places held at once, seeds * steps: some ten megabytes of records."""


@dataclass(frozen=True, eq=False)
class Ensemble:
    """The losses of an optimizer over many seeds.

    Attributes:
        rule: the optimizer.
        gap: (S, T+1) float64, the loss above the minimum (the loss itself where none is known); infinite from where a
            run diverged.
        median: (T+1), of the seeds at each step. All three are values of real runs (no interpolation), so that a run
            that diverged counts as above every other.
        low: (T+1), the value that 10 % of the seeds are at most at.
        high: (T+1), the value that 90 % of the seeds are at most at.
        diverged: how many of the S runs diverged.
    """

    rule: UpdateRule
    gap: Array
    median: Array
    low: Array
    high: Array
    diverged: int


def ensemble(
    surface: str | Surface,
    optimizer: Setting,
    *,
    seeds: int = SEEDS,
    first_seed: int = 0,
    steps: int = 300,
    start: tuple[float, float] | None = None,
    noise: float = 0.0,
) -> Ensemble:
    """Run an optimizer with seeds first_seed, first_seed + 1, ...

    Args:
        surface: a name of `surfaces.names()`, or a Surface.
        optimizer: a name, a rule, or a pair of one with hyperparameters.
        seeds: how many, 2 to 1000.
        first_seed: the first of them.
        steps: T.
        start: the surface's own start where None.
        noise: standard deviation of the gradient noise. Without noise, and without minibatches, all runs are the same.

    Returns:
        The losses.

    Raises:
        ValueError: as `rollout`.

    Example:
        >>> band = optim_viz.ensemble("booth", ("sgd", {"lr": 0.05}), noise=1.0, seeds=20)
        >>> bool(band.low[-1] < band.median[-1] < band.high[-1])
        True
    """
    rule, given, schedule = complete_setting(optimizer)
    ground = surface if isinstance(surface, Surface) else surfaces.get(surface)
    seeds = whole("seeds", seeds, 2, 1000)
    first_seed = whole("first_seed", first_seed, 0, MAX_SEED - seeds)
    size = max(1, _AT_ONCE // steps)
    parts: list[Array] = []
    diverged = 0
    for begin in range(0, seeds, size):
        numbers = np.arange(first_seed + begin, first_seed + min(begin + size, seeds))
        run = rollout(ground, rule, start=start, steps=steps, noise=noise, seed=numbers, schedule=schedule, **given)
        parts.append(np.broadcast_to(run.loss, (len(numbers), steps + 1)))
        diverged += int((run.diverged_at >= 0).sum())
    gap = np.concatenate(parts) - (ground.minimum or 0.0)
    gap = np.where(np.isnan(gap), np.inf, gap)
    low, median, high = np.quantile(gap, (0.1, 0.5, 0.9), axis=0, method="inverted_cdf")
    return Ensemble(rule, gap, median, low, high, diverged)
