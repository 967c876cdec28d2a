"""Distance from each iterate to the nearest of the surface's minima: min_k ‖θ_t - θ*_k‖."""

from __future__ import annotations

from optim_viz.diagnostics.diagnostic import Array, Diagnostic
from optim_viz.diagnostics.minima import distances
from optim_viz.trajectory import Trajectory


def applies(trajectory: Trajectory) -> bool:
    """Tell whether the surface lists a minimum."""
    return trajectory.surface is not None and bool(trajectory.surface.minima)


def values(trajectory: Trajectory) -> Array:
    """Take the nearest: (*B, T+1)."""
    return distances(trajectory).min(axis=-1)


DIAGNOSTIC = Diagnostic(
    name="distance_to_minimum",
    title="distance to minimum  ‖θ − θ*‖",
    help="Distance from the particle to the nearest minimum of the surface.",
    panel="Progress",
    order=12,
    along="iterates",
    per_coordinate=False,
    scale="log",
    values=values,
    applies=applies,
    lacking="no known minimum",
)
