"""Angle between the step taken and the negative gradient that it saw, in degrees: ∠(Δθ_t, -g_t).

0 is straight downhill, 90 along the contour, more than 90 uphill. Worked out as atan2(|s × d|, s · d) of unit vectors,
which keeps its digits near 0 and 180, where the arc cosine of the scalar product loses half of them (Kahan, How Futile
are Mindless Assessments of Roundoff, 2006, section 12).
"""

from __future__ import annotations

import numpy as np

from optim_viz.diagnostics.diagnostic import Array, Diagnostic
from optim_viz.trajectory import Trajectory


def values(trajectory: Trajectory) -> Array:
    """Measure each angle: (*B, T), from 0 to 180. NaN where the step or the gradient has no length."""
    step, downhill = _unit(trajectory.update), _unit(-trajectory.grad)
    cross = step[..., 0] * downhill[..., 1] - step[..., 1] * downhill[..., 0]
    dot = step[..., 0] * downhill[..., 0] + step[..., 1] * downhill[..., 1]
    return np.degrees(np.arctan2(np.abs(cross), dot))


def _unit(vectors: Array) -> Array:
    """Divide by the length; by the larger coordinate first, so that no square leaves the floats."""
    scaled = vectors / np.abs(vectors).max(axis=-1, keepdims=True)
    return scaled / np.hypot(scaled[..., :1], scaled[..., 1:])


DIAGNOSTIC = Diagnostic(
    name="step_angle",
    title="angle of the step to −g, degrees",
    help="0 is straight downhill, 90 along the contour, more than 90 uphill.",
    panel="Step",
    order=43,
    along="steps",
    per_coordinate=False,
    scale="linear",
    unit="degrees",
    values=values,
    reference=(90.0,),
)
