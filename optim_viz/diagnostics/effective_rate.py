"""The learning rate that each coordinate really gets, as the rule declares it: η / (√v̂_t + ε) for Adam.

A step multiplies its gradient, or its mean of gradients, by this number. A coordinate whose gradients were small moves
with a large rate, one whose gradients were large with a small rate; gradient descent gives every coordinate η. Source:
Kingma and Ba, Adam (2015), section 2.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optim_viz.diagnostics.diagnostic import Array, Diagnostic
from optim_viz.trajectory import Trajectory


def applies(trajectory: Trajectory) -> bool:
    """Tell whether the rule multiplies each coordinate's gradient by a number: Lion takes signs."""
    return trajectory.rule.rate is not None


def values(trajectory: Trajectory) -> Array:
    """Ask the rule: (*B, T, 2)."""
    rate = trajectory.rule.rate
    if rate is None:
        raise ValueError(f"{trajectory.optimizer} declares no rate")
    found = np.broadcast_to(rate(_numbers(trajectory)), trajectory.update.shape)
    return np.where(np.isnan(trajectory.update), np.nan, found)


def _numbers(trajectory: Trajectory) -> dict[str, Any]:
    """Return hyperparameters, t, and states after and before each step, so that they broadcast to (*B, T, 2)."""
    numbers: dict[str, Any] = {name: np.asarray(value) for name, value in trajectory.hyperparameters.items()}
    numbers = {name: value.reshape(*value.shape, 1, 1) if value.ndim else value for name, value in numbers.items()}
    if trajectory.schedule is not None:
        numbers["lr"] = trajectory.lr[..., np.newaxis]
    numbers["t"] = np.arange(1.0, trajectory.steps + 1)[:, np.newaxis]
    start = np.moveaxis(trajectory.theta[..., 0, :], -1, 0)
    first = trajectory.first_state()
    for name, after in trajectory.state.items():
        before = np.moveaxis(np.broadcast_to(getattr(first, name), start.shape), 0, -1)[..., np.newaxis, :]
        numbers |= {name: after, f"{name}_prev": np.concatenate([before, after[..., :-1, :]], axis=-2)}
    return numbers


DIAGNOSTIC = Diagnostic(
    name="effective_rate",
    title="effective rate  ηᵢ",
    help="The learning rate that each coordinate really gets: Adam's is lr / (√v̂ + ε), gradient descent's is lr.",
    panel="Step",
    order=42,
    along="steps",
    per_coordinate=True,
    scale="log",
    values=values,
    applies=applies,
    lacking="has no rate for each coordinate",
    section="sparse",
)
