"""The running mean of the gradient that a rule keeps: m̂_t (Adam), the velocity b_t (momentum), as the rule declares."""

from __future__ import annotations

from itertools import product

import numpy as np

from optim_viz.diagnostics.diagnostic import Array, Curve, Diagnostic
from optim_viz.trajectory import Trajectory


def applies(trajectory: Trajectory) -> bool:
    """Tell whether the step depends on a first moment: RMSProp's on none, unless it is centered."""
    rule = trajectory.rule
    return bool(rule.first_moment) and (rule.torch_twin is None or _torch_keeps_one(trajectory))


def _torch_keeps_one(trajectory: Trajectory) -> bool:
    """Tell whether torch keeps a mean of gradients with the choices of any run; numbers, 0 too, make no difference."""
    rule = trajectory.rule
    usual = {each.name: each.default for each in rule.hyperparameters}
    choices = [each.name for each in rule.hyperparameters if each.scale == "choice"]
    chosen = [np.unique(np.asarray(trajectory.hyperparameters[name])).tolist() for name in choices]
    ways = (usual | dict(zip(choices, way, strict=True)) for way in product(*chosen))
    return any(rule.torch_state(way).first is not None for way in ways)


def values(trajectory: Trajectory) -> Array:
    """Return the state that the step uses: (*B, T, 2)."""
    return trajectory.state[trajectory.rule.first_moment[0]]


def further(trajectory: Trajectory) -> tuple[Curve, ...]:
    """Return the same before its correction, where the rule keeps that too."""
    rule = trajectory.rule
    return tuple(Curve(rule.symbols.get(name, name), trajectory.state[name]) for name in rule.first_moment[1:])


DIAGNOSTIC = Diagnostic(
    name="first_moment",
    title="first moment m̂ᵢ",
    help="The running mean of past gradients that gives the step its direction: m̂, or the velocity b of momentum.",
    panel="Moments",
    order=20,
    along="steps",
    per_coordinate=True,
    scale="linear",
    values=values,
    applies=applies,
    lacking="no first moment",
    further=further,
    note="m dotted",
    reference=(0.0,),
    default=True,
    section="sequences",
)
