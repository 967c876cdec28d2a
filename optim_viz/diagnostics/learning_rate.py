"""The learning rate of each step: η times the schedule's factor; without a schedule a level line."""

from __future__ import annotations

import numpy as np

from optim_viz.diagnostics.diagnostic import Array, Diagnostic
from optim_viz.trajectory import Trajectory


def applies(trajectory: Trajectory) -> bool:
    """Tell whether the optimizer has a learning rate at all."""
    return "lr" in trajectory.hyperparameters


def values(trajectory: Trajectory) -> Array:
    """Return the rate: (*B, T); NaN from where a run has diverged."""
    return np.where(np.isnan(trajectory.update).any(axis=-1), np.nan, trajectory.lr)


DIAGNOSTIC = Diagnostic(
    name="learning_rate",
    title="learning rate  η",
    help="The learning rate of each step, as the lane's schedule has it; without one it stays as it is.",
    panel="Step",
    order=44,
    along="steps",
    per_coordinate=False,
    scale="log",
    values=values,
    applies=applies,
    lacking="no learning rate",
    control="schedule",
)
