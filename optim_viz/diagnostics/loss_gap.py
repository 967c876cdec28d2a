"""How far the loss is above the surface's minimum: f(θ_t) - f*. On a log axis its slope is the rate of convergence."""

from __future__ import annotations

from optim_viz.diagnostics.diagnostic import Array, Diagnostic
from optim_viz.trajectory import Trajectory


def applies(trajectory: Trajectory) -> bool:
    """Tell whether the surface's minimum is known."""
    return trajectory.surface is not None and trajectory.surface.minimum is not None


def compute(trajectory: Trajectory) -> Array:
    """Subtract the minimum: (*B, T+1). Rounding can leave it a few ulps of f* below 0; it is not lifted to 0.

    Raises:
        ValueError: the surface's minimum is not known, or there is no surface.
    """
    if trajectory.surface is None or trajectory.surface.minimum is None:
        name = "a replay" if trajectory.surface is None else trajectory.surface.name
        raise ValueError(f"loss_gap needs a known minimum; {name} has none")
    return trajectory.loss - trajectory.surface.minimum


DIAGNOSTIC = Diagnostic(
    name="loss_gap",
    title="f − f*",
    help="How far the loss is above the lowest value that the surface has.",
    along="places",
    per_coordinate=False,
    applies=applies,
    compute=compute,
)
