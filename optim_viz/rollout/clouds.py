"""Clouds: runs from many starts around one, of which the places are kept, and what came of each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optim_viz.rollout.arguments import MAX_STEPS, coordinates, numbers, whole
from optim_viz.rollout.batch import in_lanes, noise_in_lanes
from optim_viz.rollout.loop import Gradients, parts
from optim_viz.rollout.records import mark_divergence
from optim_viz.schedules import Schedule
from optim_viz.surfaces import Surface
from optim_viz.trajectory import Array
from optim_viz.update_rules import UpdateRule

_PART = 128
"""Steps of a part: some milliseconds."""
_GOLDEN_ANGLE = math.pi * (3.0 - math.sqrt(5.0))


def starts_around(start: tuple[float, float], radius: float, count: int = 64) -> Array:
    """Spread starts evenly over a disc, without chance: on a spiral whose turns keep one distance from each other.

    Args:
        start: (x, y), the middle of the disc.
        radius: of the disc, > 0, in the surface's own units.
        count: how many, 1 to 100 000.

    Returns:
        (count, 2) float64, from the middle outwards; each takes the same share of the disc's area. A start for
        `rollout`.

    Raises:
        ValueError: a value outside its range.

    Example:
        >>> starts = optim_viz.starts_around((1.0, 2.0), 0.5)
        >>> optim_viz.rollout("himmelblau", "adam", lr=0.1, start=starts).batch_shape
        (64,)

    Source: Vogel, A better way to construct the sunflower head, Mathematical Biosciences 44 (1979).
    """
    x, y = coordinates("start", start)
    size = float(numbers("radius", radius))
    if not 0.0 < size < math.inf:
        raise ValueError(f"radius = {size!r} is outside (0, inf)")
    turns = np.arange(whole("count", count, 1, MAX_STEPS), dtype=np.float64)
    away, angle = size * np.sqrt((turns + 0.5) / len(turns)), turns * _GOLDEN_ANGLE
    return np.stack([x + away * np.cos(angle), y + away * np.sin(angle)], axis=-1)


@dataclass(frozen=True, eq=False)
class Cloud:
    """Runs of one setting from N starts.

    Attributes:
        places: (K, 2, N) float32, where each is after every `stride`-th step and after the last; NaN once diverged.
        stride: steps between two of them.
        arrived: (N) int, the first step whose loss is at most `near` above the minimum; -1 where there is none, or no
            minimum is known.
        diverged: (N) int, the first index that belongs to no finite run; -1 where it is finite.
    """

    places: NDArray[np.float32]
    stride: int
    arrived: NDArray[np.int64]
    diverged: NDArray[np.int64]


def cloud(
    surface: Surface,
    rule: UpdateRule,
    given: Mapping[str, Any],
    starts: Array,
    *,
    steps: int,
    noise: float,
    seed: int,
    near: float,
    stride: int = 1,
    schedule: Schedule | None = None,
) -> Iterator[Cloud]:
    """Run from all starts, part by part; each run sees the same noise and minibatches.

    Args:
        surface: where.
        rule: the optimizer; no outside one.
        given: every hyperparameter, checked, single values.
        starts: (N, 2).
        steps: T.
        noise: as in `rollout`.
        seed: as in `rollout`.
        near: loss - minimum at which a run has arrived.
        stride: keep every so many-th place.
        schedule: as in `rollout`, looked up.

    Yields:
        The cloud, filled in as far as the part; the last is whole.
    """
    count = len(starts)
    choices = {each.name for each in rule.hyperparameters if each.scale == "choice"}
    values = {name: value if name in choices else in_lanes(value, (count,)) for name, value in given.items()}
    added = noise_in_lanes(noise, seed, steps, (count,))
    if surface.stochastic:
        gradients = Gradients(steps, surface.sampled_grad, surface.draws(steps, seed), added)
    else:
        gradients = Gradients(steps, surface.grad_unchecked, noise=added)
    kept = np.unique([*range(0, steps + 1, stride), steps])
    found = Cloud(
        np.full((len(kept), 2, count), np.nan, dtype=np.float32),
        stride,
        np.full(count, -1, dtype=np.int64),
        np.full(count, -1, dtype=np.int64),
    )
    theta = np.ascontiguousarray(starts.T)
    pieces = parts(rule, values, theta, gradients, _PART, None if schedule is None else schedule.factors(steps))
    for begin in range(0, steps, _PART):
        # Not around the yield: the caller's own setting is what counts while it has the processor.
        with np.errstate(all="ignore"):
            records = next(pieces)
            loss = np.array(surface.loss(records.theta[:, 0], records.theta[:, 1]))
            at, _ = mark_divergence(records, loss)
            records.theta[..., found.diverged >= 0] = np.nan
            _fill(found, kept, begin, records.theta)
            lost = (found.diverged < 0) & (at >= 0)
            if surface.minimum is not None:
                close = loss - surface.minimum <= near
                fresh = (found.arrived < 0) & close.any(axis=0) & (found.diverged < 0)
                found.arrived[fresh] = begin + close.argmax(axis=0)[fresh]
            found.diverged[lost] = begin + at[lost]
        yield found


def _fill(found: Cloud, kept: NDArray[np.int64], begin: int, theta: Array) -> None:
    """Write down the places of a part whose first step is `begin`."""
    here = (kept >= begin) & (kept < begin + len(theta))
    found.places[here] = theta[kept[here] - begin]
