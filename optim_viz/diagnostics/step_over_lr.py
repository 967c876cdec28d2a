"""The step in each coordinate, in units of the learning rate of that step: |Δθ_t| / η_t.

For Adam under a steady gradient this is 1; how far it falls below (and, for rare gradients, rises above: up to 7.27 at
the default betas) is what its two means do.
"""

from __future__ import annotations

import numpy as np

from optim_viz.diagnostics.diagnostic import Array, Diagnostic
from optim_viz.trajectory import Trajectory


def applies(trajectory: Trajectory) -> bool:
    """Tell whether the optimizer has a learning rate at all."""
    return "lr" in trajectory.hyperparameters


def values(trajectory: Trajectory) -> Array:
    """Divide each update by the lr of its step: (*B, T, 2)."""
    return np.abs(trajectory.update) / trajectory.lr[..., np.newaxis]


DIAGNOSTIC = Diagnostic(
    name="step_over_lr",
    title="step taken  |Δθᵢ| / lr",
    help="Size of the step in each coordinate, in units of the learning rate.",
    panel="Step",
    order=40,
    along="steps",
    per_coordinate=True,
    scale="log",
    values=values,
    applies=applies,
    lacking="no learning rate",
    reference=(1.0,),
    section="largest_step",
)
