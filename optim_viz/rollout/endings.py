"""How long runs end, worked out a part at a time: little memory, and others may have the processor in between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optim_viz import surfaces
from optim_viz.rollout.batch import in_lanes, noise_in_lanes
from optim_viz.rollout.loop import Gradients, parts
from optim_viz.rollout.records import mark_divergence
from optim_viz.schedules import Schedule
from optim_viz.trajectory import Array
from optim_viz.update_rules import UpdateRule

_PART = 128
"""Steps of a part: some milliseconds."""


class Endings(NamedTuple):
    """How N runs end; the same numbers as those of their trajectories.

    Attributes:
        loss: (N) float64, after the last step; NaN where the run diverged.
        arrived: (N) int, the first step whose loss is at most so near to the minimum as was asked; -1 where there is
            none, or no minimum is known.
        diverged: (N) bool, whether the run left the finite numbers.
    """

    loss: Array
    arrived: NDArray[np.int64]
    diverged: NDArray[np.bool_]


def endings(
    surface: surfaces.Surface,
    rule: UpdateRule,
    given: Mapping[str, Any],
    *,
    start: tuple[float, float],
    steps: int,
    noise: float,
    seed: int,
    near: float,
    schedule: Schedule | None = None,
) -> Iterator[Endings]:
    """Run a batch of one axis, part by part.

    Args:
        surface: where.
        rule: the optimizer.
        given: every hyperparameter, checked: one of them an array (N), choices single.
        start: (x, y).
        steps: T.
        noise: as in `rollout`.
        seed: as in `rollout`.
        near: loss - minimum at which a run has arrived.
        schedule: as in `rollout`, looked up.

    Yields:
        How the runs stand after each part; the last says how they end.
    """
    shape = np.broadcast_shapes(*(np.shape(value) for value in given.values()))
    choices = {each.name for each in rule.hyperparameters if each.scale == "choice"}
    values = {name: value if name in choices else in_lanes(value, shape) for name, value in given.items()}
    theta = np.stack([np.full(shape, coordinate, dtype=np.float64) for coordinate in start])
    added = noise_in_lanes(noise, seed, steps, shape)
    if surface.stochastic:
        gradients = Gradients(steps, surface.sampled_grad, surface.draws(steps, seed), added)
    else:
        gradients = Gradients(steps, surface.grad_unchecked, noise=added)
    pieces = parts(rule, values, theta, gradients, _PART, None if schedule is None else schedule.factors(steps))
    arrived, diverged = np.full(shape, -1, dtype=np.int64), np.zeros(shape, dtype=np.bool_)
    for begin in range(0, steps, _PART):
        # Not around the yield: the caller's own setting is what counts while it has the processor.
        with np.errstate(all="ignore"):
            records = next(pieces)
            loss = np.array(surface.loss(records.theta[:, 0], records.theta[:, 1]))
            at, _ = mark_divergence(records, loss)
            if surface.minimum is not None:
                close = loss - surface.minimum <= near
                first = np.where(close.any(axis=0), close.argmax(axis=0), -1)
                fresh = (arrived < 0) & (first >= 0) & ~diverged
                arrived = np.where(fresh, begin + first, arrived)
        diverged |= at >= 0
        yield Endings(np.where(diverged, np.nan, loss[-1]), arrived, diverged.copy())
