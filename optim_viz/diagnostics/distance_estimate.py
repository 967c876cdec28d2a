"""How far from the start a rule takes the minimum to be: d_t of Prodigy, beside how far it is.

On a convex loss the estimate stays below the largest coordinate of θ_0 - θ*, which is drawn with it where the surface
lists its minima (of the nearest one). Source: Mishchenko and Defazio, Prodigy (2024), arXiv 2306.06101, theorem 1.
"""

from __future__ import annotations

import numpy as np

from optim_viz.diagnostics.diagnostic import Array, Curve, Diagnostic
from optim_viz.trajectory import Trajectory


def applies(trajectory: Trajectory) -> bool:
    """Tell whether the rule estimates that distance."""
    return bool(trajectory.rule.distance_estimate)


def values(trajectory: Trajectory) -> Array:
    """Return the estimate after each step, which both coordinates share: (*B, T)."""
    return trajectory.state[trajectory.rule.distance_estimate][..., 0]


def further(trajectory: Trajectory) -> tuple[Curve, ...]:
    """Return the distance itself: the largest coordinate of the way from the start to the nearest minimum."""
    if trajectory.surface is None or not trajectory.surface.minima:
        return ()
    way = np.abs(trajectory.theta[..., 0, np.newaxis, :] - np.array(trajectory.surface.minima))
    distance = way.max(axis=-1).min(axis=-1)[..., np.newaxis]
    estimate = values(trajectory)
    return (Curve("from start to minimum", np.where(np.isnan(estimate), np.nan, distance), "dashed"),)


DIAGNOSTIC = Diagnostic(
    name="distance_estimate",
    title="estimated distance  d",
    help="How far from the start the rule takes the minimum to be: the learning rate that Prodigy gives itself.",
    panel="Step",
    order=46,
    along="steps",
    per_coordinate=False,
    scale="log",
    values=values,
    applies=applies,
    lacking="no estimated distance",
    further=further,
    note="true distance dashed",
)
