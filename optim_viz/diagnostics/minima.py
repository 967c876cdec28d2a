"""How far runs are from the minima of their surface."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optim_viz.trajectory import Trajectory


def distances(trajectory: Trajectory) -> NDArray[np.float64]:
    """Measure the distance of each iterate to every minimum: (*B, T+1, K) for K minima.

    Raises:
        ValueError: the surface lists none, or there is no surface.
    """
    if trajectory.surface is None or not trajectory.surface.minima:
        name = "a replay" if trajectory.surface is None else trajectory.surface.name
        raise ValueError(f"the distance to a minimum needs a known minimum; {name} has none")
    away = trajectory.theta[..., np.newaxis, :] - np.asarray(trajectory.surface.minima, dtype=np.float64)
    return np.hypot(away[..., 0], away[..., 1])
