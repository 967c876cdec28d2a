"""How far the loss is above the surface's minimum: f(θ_t) - f*. On a log axis its slope is the rate of convergence."""

from __future__ import annotations

import numpy as np

from optim_viz.diagnostics.diagnostic import Array, Diagnostic, surface_of
from optim_viz.trajectory import Trajectory


def applies(trajectory: Trajectory) -> bool:
    """Tell whether the surface's minimum is known."""
    return trajectory.surface is not None and trajectory.surface.minimum is not None


def values(trajectory: Trajectory) -> Array:
    """Subtract the minimum: (*B, T+1). Rounding can leave it a few ulps of f* below 0; it is not lifted to 0."""
    minimum = surface_of(trajectory).minimum
    return trajectory.loss - np.float64(np.nan if minimum is None else minimum)


DIAGNOSTIC = Diagnostic(
    name="loss_gap",
    title="loss  f − f*",
    help="How far the loss is above the lowest value that the surface has.",
    panel="Progress",
    order=10,
    along="iterates",
    per_coordinate=False,
    scale="log",
    values=values,
    applies=applies,
    lacking="no known minimum",
    wide=True,
    default=True,
    instead="loss",
)
