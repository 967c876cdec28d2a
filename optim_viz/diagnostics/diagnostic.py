"""The contract of a diagnostic: a quantity computes, and draws nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from optim_viz.trajectory import Trajectory

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Diagnostic:
    """One quantity that can be read off a run.

    Attributes:
        name: the file's name.
        title: what an axis calls it.
        help: one sentence for a reader.
        along: "places": one value for each of the T+1 places; "steps": one for each of the T steps.
        per_coordinate: the array has a last axis of length 2.
        applies: whether the run's surface knows what the quantity needs.
        compute: Trajectory -> (*B, T+1) or (*B, T), with (…, 2) where per_coordinate. NaN where the run has diverged;
            ValueError where it does not apply.
    """

    name: str
    title: str
    help: str
    along: Literal["places", "steps"]
    per_coordinate: bool
    applies: Callable[[Trajectory], bool]
    compute: Callable[[Trajectory], Array]


def always(trajectory: Trajectory) -> bool:
    """Say that a quantity applies to every run."""
    del trajectory
    return True
