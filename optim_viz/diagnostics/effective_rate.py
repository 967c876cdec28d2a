"""The learning rate that each coordinate really gets: η / (√v̂_t + ε).

A coordinate whose gradients were small moves with a large rate, one whose gradients were large with a small rate; where
v̂ is steady the update is this rate times m̂. Source: Kingma and Ba, Adam (2015), section 2.
"""

from __future__ import annotations

import numpy as np

from optim_viz.diagnostics.diagnostic import Array, Diagnostic, has_states, hyperparameter
from optim_viz.trajectory import Trajectory

_STATE = has_states("v_hat")


def applies(trajectory: Trajectory) -> bool:
    """Tell whether the rule divides its learning rate by √v̂ + ε."""
    return _STATE(trajectory) and {"lr", "eps"} <= set(trajectory.hyperparameters)


def values(trajectory: Trajectory) -> Array:
    """Divide lr by what the step is divided by: (*B, T, 2)."""
    return hyperparameter(trajectory, "lr") / (np.sqrt(trajectory.state["v_hat"]) + hyperparameter(trajectory, "eps"))


DIAGNOSTIC = Diagnostic(
    name="effective_rate",
    title="effective rate  lr / (√v̂ᵢ + ε)",
    help="The learning rate that each coordinate really gets once it is divided by the root of v̂.",
    panel="Step",
    order=42,
    along="steps",
    per_coordinate=True,
    scale="log",
    values=values,
    applies=applies,
    lacking="no v̂",
)
