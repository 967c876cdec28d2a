"""The mean (or sum) of squared gradients that a rule keeps: v̂_t (Adam), the sum G_t (AdaGrad), as the rule declares."""

from __future__ import annotations

from optim_viz.diagnostics.diagnostic import Array, Curve, Diagnostic
from optim_viz.trajectory import Trajectory


def applies(trajectory: Trajectory) -> bool:
    """Tell whether the rule keeps a second moment."""
    return bool(trajectory.rule.second_moment)


def values(trajectory: Trajectory) -> Array:
    """Return the state that the step uses: (*B, T, 2)."""
    return trajectory.state[trajectory.rule.second_moment[0]]


def further(trajectory: Trajectory) -> tuple[Curve, ...]:
    """Return the same before its correction, where the rule keeps that too."""
    rule = trajectory.rule
    return tuple(Curve(rule.symbols.get(name, name), trajectory.state[name]) for name in rule.second_moment[1:])


DIAGNOSTIC = Diagnostic(
    name="second_moment",
    title="second moment v̂ᵢ",
    help="What the step is divided by the root of: the running mean v̂ of past squared gradients, or their sum G.",
    panel="Moments",
    order=30,
    along="steps",
    per_coordinate=True,
    scale="log",
    values=values,
    applies=applies,
    lacking="no second moment",
    further=further,
    note="v dotted",
    default=True,
    section="sequences",
)
