"""What the sentences of stories measure on a run: arrivals, crossings, and numbers as a sentence writes them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optim_viz.trajectory import Array, Trajectory

NEAR = 1e-3
"""Height above the minimum that counts as having arrived."""

_DIGITS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def arrival(run: Trajectory) -> int:
    """Return the first step at which the loss is within 10⁻³ of the minimum, -1 where there is none."""
    return int(run.steps_to(NEAR))


def arrives_before(first: Trajectory, second: Trajectory) -> bool:
    """Tell whether the first run arrives, and the second later or never."""
    mine, other = arrival(first), arrival(second)
    return mine >= 0 and (other < 0 or mine < other)


def first_to_arrive(runs: Sequence[Trajectory]) -> int:
    """Return the index of the run that arrives first, the earlier of two at once; -1 where none arrives."""
    arrivals = {index: arrival(run) for index, run in enumerate(runs) if arrival(run) >= 0}
    return min(arrivals, key=lambda index: arrivals[index], default=-1)


def lowest_at_the_end(runs: Sequence[Trajectory]) -> int:
    """Return the index of the run whose last loss is lowest."""
    return int(np.argmin([np.inf if np.isnan(run.loss[-1]) else run.loss[-1] for run in runs]))


def crossings(values: Array) -> int:
    """Count how often a sequence changes its sign."""
    return int((np.diff(np.sign(values)) != 0).sum())


def lengths(run: Trajectory, axis: int) -> Array:
    """Return how long each step was along one axis, in units of lr: (T,)."""
    return np.abs(run.update[:, axis]) / run.hyperparameters["lr"]


def short(value: float, digits: int = 2) -> str:
    """Write a number as a sentence has it: two digits, powers of ten set small, a true minus sign.

    Example:
        >>> short(0.0000312), short(-14.04), short(5300000.0), short(0.31)
        ('3.1·10⁻⁵', '−14', '5.3·10⁶', '0.31')
    """
    text = f"{value:.{digits}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa}·10{str(int(exponent)).translate(_DIGITS)}"
    return text.replace("-", "−")
