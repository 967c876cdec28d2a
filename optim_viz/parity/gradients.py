"""The gradients that the steps of a run see, for a library that steps by itself."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optim_viz.rollout.batch import noise_in_lanes
from optim_viz.trajectory import Array, Trajectory


def gradients_of(run: Trajectory) -> Callable[[int, Array], Array]:
    """Return (t from 1, theta (2,)) -> the gradient (2,) that step t sees there, with the run's noise and minibatch.

    Raises:
        ValueError: the run is a replay, which has no surface.
    """
    surface, seed = run.surface, int(run.seed)
    if surface is None:
        raise ValueError("a replay has no surface")
    noise = noise_in_lanes(run.noise, seed, run.steps, ())
    draws = surface.draws(run.steps, seed) if surface.stochastic else None

    def gradient(t: int, theta: Array) -> Array:
        x, y = theta[:1], theta[1:]
        with np.errstate(all="ignore"):
            both = surface.grad_unchecked(x, y) if draws is None else surface.sampled_grad(x, y, draws[t - 1])
            found = np.array(both, dtype=np.float64).reshape(2)
            return found if noise is None else found + noise[t - 1, :, 0]

    return gradient
