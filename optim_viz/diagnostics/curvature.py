"""Curvature of the surface along the path: the eigenvalues of the Hessian at θ_t, largest and smallest.

For H = [[a, b], [b, c]] they are (a + c)/2 ± √(((a - c)/2)² + b²). The dashed line is the largest curvature at which
the rule is stable with this learning rate, units/η - added from its `StabilityLimit` (2/η for gradient descent): where
the solid curve is above it, the distance along that eigenvector grows from step to step. Sources: Goh, Why Momentum
Really Works, Distill (2017); Cohen et al., Gradient Descent on Neural Networks Typically Occurs at the Edge of
Stability (2021).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optim_viz.diagnostics.diagnostic import Array, Curve, Diagnostic, surface_of
from optim_viz.trajectory import Trajectory


def applies(trajectory: Trajectory) -> bool:
    """Tell whether there is a surface."""
    return trajectory.surface is not None


def values(trajectory: Trajectory) -> Array:
    """Find the largest eigenvalue at every iterate: (*B, T+1)."""
    middle, spread = _middle_and_spread(trajectory)
    return middle + spread


def further(trajectory: Trajectory) -> tuple[Curve, ...]:
    """Return the smallest eigenvalue, and the largest stable curvature (NaN where the rule states none)."""
    middle, spread = _middle_and_spread(trajectory)
    limit = _limits(trajectory)
    limit = np.where(np.isnan(middle), np.nan, limit)
    return Curve("smallest eigenvalue", middle - spread), Curve("stability limit", limit, "dashed")


def _middle_and_spread(trajectory: Trajectory) -> tuple[Array, Array]:
    hxx, hxy, hyy = surface_of(trajectory).hessian(trajectory.theta[..., 0], trajectory.theta[..., 1])
    return np.asarray((hxx + hyy) / 2), np.hypot((hxx - hyy) / 2, hxy)


def _limits(trajectory: Trajectory) -> Array:
    """Return the largest curvature of a stable run, for each run and iterate; NaN where the rule states none.

    At θ_t it is that of the step from there, with the learning rate of that step; the last θ has the last step's.
    """
    rule, shape = trajectory.rule, trajectory.batch_shape
    wide = {name: np.broadcast_to(value, shape) for name, value in trajectory.hyperparameters.items()}
    rates = np.concatenate([trajectory.lr, trajectory.lr[..., -1:]], axis=-1) if "lr" in wide else np.empty(0)
    limits = np.full((*shape, trajectory.steps + 1), np.nan)
    for lane in np.ndindex(shape):
        hyperparameters: dict[str, Any] = {name: value[lane].item() for name, value in wide.items()}
        limit = rule.stability(hyperparameters)
        if limit is not None:
            limits[lane] = np.divide(limit.units, rates[lane]) - limit.added
    return limits


DIAGNOSTIC = Diagnostic(
    name="curvature",
    title="curvature  λ",
    help="Largest and smallest (dotted) eigenvalue of the Hessian; above the dashed line the rule is unstable.",
    panel="Surface",
    order=60,
    along="iterates",
    per_coordinate=False,
    scale="symlog",
    values=values,
    applies=applies,
    lacking="no surface",
    further=further,
    note="limit dashed",
    reference=(0.0,),
    section="valley",
)
