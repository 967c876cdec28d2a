"""Length of the step actually taken: ‖θ_t - θ_{t-1}‖, as the rule worked it out."""

from __future__ import annotations

import numpy as np

from optim_viz.diagnostics.diagnostic import Array, Diagnostic
from optim_viz.trajectory import Trajectory


def values(trajectory: Trajectory) -> Array:
    """Measure each update: (*B, T)."""
    return np.hypot(trajectory.update[..., 0], trajectory.update[..., 1])


DIAGNOSTIC = Diagnostic(
    name="step_length",
    title="step length  ‖Δθ‖",
    help="Length of the step actually taken.",
    panel="Step",
    order=41,
    along="steps",
    per_coordinate=False,
    scale="log",
    values=values,
)
