"""The step in each coordinate, in units of the learning rate: |Δθ_t| / η.

For Adam under a steady gradient this is 1; how far it falls below (and, for rare gradients, rises above: up to 7.27 at
the default betas) is what its two means do.
"""

from __future__ import annotations

import numpy as np

from optim_viz.diagnostics.diagnostic import Array, Diagnostic
from optim_viz.trajectory import Trajectory


def applies(trajectory: Trajectory) -> bool:
    """Say whether the optimizer has a learning rate at all."""
    return "lr" in trajectory.hyperparameters


def compute(trajectory: Trajectory) -> Array:
    """Divide each update by lr: (*B, T, 2).

    Raises:
        ValueError: the optimizer has no lr.
    """
    if not applies(trajectory):
        raise ValueError(f"{trajectory.optimizer} has no lr to measure its steps in")
    lr = np.asarray(trajectory.hyperparameters["lr"], dtype=np.float64)
    return np.abs(trajectory.update) / lr[..., np.newaxis, np.newaxis]


DIAGNOSTIC = Diagnostic(
    name="step_over_lr",
    title="|Δθ| / lr",
    help="Size of the step in each coordinate, in units of the learning rate.",
    along="steps",
    per_coordinate=True,
    applies=applies,
    compute=compute,
)
