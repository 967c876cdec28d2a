"""What the loop writes down, lanes last, and where each lane leaves the finite numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optim_viz.trajectory import Array


class Records(NamedTuple):
    """Everything of a run of T steps on N lanes; the lanes are the last axis, N of them in one row."""

    theta: Array  # (T+1, 2, N)
    grad: Array  # (T, 2, N)
    update: Array  # (T, 2, N)
    states: dict[str, Array]  # name -> (T, 2, N)


def mark_divergence(
    records: Records, loss: Array | None, *, by_states: bool = True
) -> tuple[NDArray[np.int64], NDArray[np.str_]]:
    """Find where each lane leaves the finite numbers, and set it to NaN from there on, in place.

    Args:
        records: a whole run.
        loss: (T+1, N), or None where there is no loss.
        by_states: whether a state that is not finite ends a run. An outside optimizer may keep one from a later step on
            only, which is NaN before.

    Returns:
        diverged_at (N) and diverged_quantity (N), as in Trajectory.
    """
    # In the order in which a step works them out, so that argmin below names the cause and not what followed from it.
    by_step = {"grad": records.grad, **(records.states if by_states else {})}
    by_point = {"theta": records.theta} | ({} if loss is None else {"loss": loss[:, np.newaxis]})
    everything = [*by_step.values(), *by_point.values()]
    steps, lanes = len(records.grad), records.theta.shape[-1]
    # A finite sum has finite terms only: one pass and no temporary for the usual case, in which nothing diverges. A sum
    # that overflows by itself merely takes the long way.
    if all(np.isfinite(array.sum()) for array in everything):
        return np.array([-1] * lanes, dtype=np.int64), np.array([""] * lanes)
    names = np.array([*by_step, *by_point])
    firsts = [_first_bad(array) + 1 for array in by_step.values()] + [_first_bad(array) for array in by_point.values()]
    which, at = np.argmin(firsts, axis=0), np.array(np.min(firsts, axis=0), dtype=np.int64)
    lost = np.arange(steps + 1)[:, np.newaxis, np.newaxis] >= at
    for array in (records.grad, *records.states.values(), records.update):
        np.copyto(array, np.nan, where=lost[1:])
    for array in by_point.values():
        np.copyto(array, np.nan, where=lost)
    quantity = names[which]
    quantity[at > steps] = ""
    at[at > steps] = -1
    return at, quantity


def _first_bad(array: Array) -> NDArray[np.int64]:
    """Find each lane's first index that is not finite, for (K, 2, N) or (K, 1, N); past the end where all are."""
    bad = ~np.isfinite(array).all(axis=1)
    return np.where(bad.any(axis=0), bad.argmax(axis=0), len(array) + 1)
