"""The signal-to-noise ratio of the gradient as Adam estimates it: m̂_t / √v̂_t, in each coordinate.

Near ±1 the gradients agree in sign and size and the step is about η; near 0 they cancel and the step shrinks. By the
bound of the step, |m̂| / √v̂ is at most 1 for a steady gradient. Source: Kingma and Ba, Adam (2015), section 2.1.
"""

from __future__ import annotations

import numpy as np

from optim_viz.diagnostics.diagnostic import Array, Diagnostic, has_states
from optim_viz.trajectory import Trajectory


def values(trajectory: Trajectory) -> Array:
    """Divide the moments: (*B, T, 2). NaN while a coordinate has seen no gradient at all (0 / 0)."""
    return trajectory.state["m_hat"] / np.sqrt(trajectory.state["v_hat"])


DIAGNOSTIC = Diagnostic(
    name="signal_to_noise",
    title="signal to noise  m̂ᵢ / √v̂ᵢ",
    help="Near ±1 past gradients agree and the step is a full learning rate; near 0 they cancel.",
    panel="Moments",
    order=31,
    along="steps",
    per_coordinate=True,
    scale="linear",
    values=values,
    applies=has_states("m_hat", "v_hat"),
    lacking="no m̂ and v̂",
    reference=(-1.0, 0.0, 1.0),
    section="largest_step",
)
