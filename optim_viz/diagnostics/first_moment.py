"""The running mean of the gradient that a rule keeps: m̂_t (Adam), the velocity b_t (momentum), as the rule declares."""

from __future__ import annotations

from optim_viz.diagnostics.diagnostic import Array, Curve, Diagnostic
from optim_viz.trajectory import Trajectory


def applies(trajectory: Trajectory) -> bool:
    """Tell whether the rule keeps a first moment."""
    return bool(trajectory.rule.first_moment)


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
