"""The loss f(θ_t) as it is, for surfaces whose minimum is not known."""

from __future__ import annotations

from optim_viz.diagnostics.diagnostic import Array, Diagnostic
from optim_viz.trajectory import Trajectory


def applies(trajectory: Trajectory) -> bool:
    """Tell whether there is a surface: a replay of gradients has no loss."""
    return trajectory.surface is not None


def values(trajectory: Trajectory) -> Array:
    """Return the loss: (*B, T+1)."""
    return trajectory.loss


DIAGNOSTIC = Diagnostic(
    name="loss",
    title="loss  f",
    help="The height of the surface under the particle.",
    panel="Progress",
    order=11,
    along="iterates",
    per_coordinate=False,
    scale="linear",
    values=values,
    applies=applies,
    lacking="no surface",
    reference=(0.0,),
    wide=True,
)
