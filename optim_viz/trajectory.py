"""What a run returns: every number of every step, and where a run left the finite numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from optim_viz.surfaces import Surface

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Trajectory:
    """A batch of runs of shape (*B) over T steps; B is () for one run. All arrays are read-only.

    A run that leaves the finite numbers keeps everything before that step; from `diverged_at` on its theta and loss
    are NaN, and so is everything of the step that led there and of those after it. Nothing is clipped.

    Attributes:
        theta: (*B, T+1, 2) float64, places; theta[..., 0, :] is the start.
        loss: (*B, T+1) float64, the full loss at each place, also where the steps saw minibatches or noise; NaN in a
            replay, which has no surface.
        grad: (*B, T, 2) float64, the gradient that each step saw, noise and minibatch included.
        update: (*B, T, 2) float64, the step that was taken: theta[t+1] - theta[t], bit for bit.
        state: name -> (*B, T, 2) float64, the rule's state *after* each step.
        diverged_at: (*B) int, first index into theta that belongs to no finite run; -1 where the run stays finite.
        diverged_quantity: (*B) str, what was not finite first at that step: "grad", a state's name, "theta" or
            "loss", in the order in which a step works them out; "" where the run stays finite.
        surface: what was walked on; None in a replay.
        optimizer: the rule's name.
        hyperparameters: every hyperparameter, as given or by default; floats, bools or arrays that broadcast to (*B).
        seed: seed of noise and minibatches.
        noise: standard deviation of the gradient noise.
    """

    theta: Array
    loss: Array
    grad: Array
    update: Array
    state: Mapping[str, Array]
    diverged_at: NDArray[np.int64]
    diverged_quantity: NDArray[np.str_]
    surface: Surface | None
    optimizer: str
    hyperparameters: Mapping[str, Any]
    seed: int
    noise: float

    @property
    def steps(self) -> int:
        """T, the number of steps."""
        return self.grad.shape[-2]

    @property
    def batch_shape(self) -> tuple[int, ...]:
        """(*B)."""
        return self.loss.shape[:-1]


class Records(NamedTuple):
    """What the loop writes down, lanes last: N lanes in one row."""

    theta: Array  # (T+1, 2, N)
    grad: Array  # (T, 2, N)
    update: Array  # (T, 2, N)
    states: dict[str, Array]  # name -> (T, 2, N)


def mark_divergence(records: Records, loss: Array | None) -> tuple[NDArray[np.int64], NDArray[np.str_]]:
    """Find where each lane leaves the finite numbers, and blank it from there on, in place.

    Args:
        records: a whole run.
        loss: (T+1, N), or None where there is none to judge by.

    Returns:
        diverged_at (N) and diverged_quantity (N), as in Trajectory.
    """
    # In the order in which a step works them out, so that argmin below names the cause and not what followed from it.
    by_step = {"grad": records.grad, **records.states}
    by_place = {"theta": records.theta} | ({} if loss is None else {"loss": loss[:, np.newaxis]})
    everything = [*by_step.values(), *by_place.values()]
    steps, lanes = len(records.grad), records.theta.shape[-1]
    # A finite sum has finite terms only: one pass and no temporary for the usual case, in which nothing diverges. A sum
    # that overflows by itself merely takes the long way.
    if all(np.isfinite(array.sum()) for array in everything):
        return np.array([-1] * lanes, dtype=np.int64), np.array([""] * lanes)
    names = np.array([*by_step, *by_place])
    firsts = [_first_bad(array) + 1 for array in by_step.values()] + [_first_bad(array) for array in by_place.values()]
    place, at = np.argmin(firsts, axis=0), np.array(np.min(firsts, axis=0), dtype=np.int64)
    gone = np.arange(steps + 1)[:, np.newaxis, np.newaxis] >= at
    for array in (*by_step.values(), records.update):
        np.copyto(array, np.nan, where=gone[1:])
    for array in by_place.values():
        np.copyto(array, np.nan, where=gone)
    quantity = names[place]
    quantity[at > steps] = ""
    at[at > steps] = -1
    return at, quantity


def _first_bad(array: Array) -> NDArray[np.int64]:
    """Find each lane's first index that is not finite, for (K, 2, N) or (K, 1, N); past the end where all are."""
    bad = ~np.isfinite(array).all(axis=1)
    return np.where(bad.any(axis=0), bad.argmax(axis=0), len(array) + 1)
