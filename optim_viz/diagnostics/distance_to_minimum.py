"""Distance from each place to the nearest of the surface's minima."""

from __future__ import annotations

import numpy as np

from optim_viz.diagnostics.diagnostic import Array, Diagnostic
from optim_viz.trajectory import Trajectory


def applies(trajectory: Trajectory) -> bool:
    """Tell whether the surface lists a minimum."""
    return trajectory.surface is not None and bool(trajectory.surface.minima)


def distances(trajectory: Trajectory) -> Array:
    """Measure the way to every minimum: (*B, T+1, K) for K minima.

    Raises:
        ValueError: the surface lists none, or there is no surface.
    """
    if trajectory.surface is None or not trajectory.surface.minima:
        name = "a replay" if trajectory.surface is None else trajectory.surface.name
        raise ValueError(f"distance_to_minimum needs a known minimum; {name} has none")
    away = trajectory.theta[..., np.newaxis, :] - np.asarray(trajectory.surface.minima, dtype=np.float64)
    return np.hypot(away[..., 0], away[..., 1])


def compute(trajectory: Trajectory) -> Array:
    """Take the nearest: (*B, T+1)."""
    return distances(trajectory).min(axis=-1)


DIAGNOSTIC = Diagnostic(
    name="distance_to_minimum",
    title="distance to minimum",
    help="Distance to the nearest minimum.",
    along="places",
    per_coordinate=False,
    applies=applies,
    compute=compute,
)
