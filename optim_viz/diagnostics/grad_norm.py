"""Length of the gradient that each step saw: ‖g_t‖, noise and minibatch included."""

from __future__ import annotations

import numpy as np

from optim_viz.diagnostics.diagnostic import Array, Diagnostic
from optim_viz.trajectory import Trajectory


def values(trajectory: Trajectory) -> Array:
    """Measure each gradient: (*B, T). hypot, since squares of gradients that still fit a float may not."""
    return np.hypot(trajectory.grad[..., 0], trajectory.grad[..., 1])


DIAGNOSTIC = Diagnostic(
    name="grad_norm",
    title="gradient norm  ‖g‖",
    help="Length of the gradient that the step saw, noise included.",
    panel="Gradient",
    order=50,
    along="steps",
    per_coordinate=False,
    scale="log",
    values=values,
)
