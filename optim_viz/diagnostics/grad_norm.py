"""Length of the gradient that each step saw: ‖g_t‖, noise and minibatch included."""

from __future__ import annotations

import numpy as np

from optim_viz.diagnostics.diagnostic import Array, Diagnostic, always
from optim_viz.trajectory import Trajectory


def compute(trajectory: Trajectory) -> Array:
    """Measure each gradient: (*B, T). hypot, since squares of gradients that still fit a float may not."""
    return np.hypot(trajectory.grad[..., 0], trajectory.grad[..., 1])


DIAGNOSTIC = Diagnostic(
    name="grad_norm",
    title="‖g‖",
    help="Length of the gradient that the step saw.",
    along="steps",
    per_coordinate=False,
    applies=always,
    compute=compute,
)
