"""Sees, step by step, when each of many runs arrives and when it leaves the finite numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from optim_viz.rollout.repeats import aligned
from optim_viz.trajectory import Array


class Watch:
    """Looks at every step of N runs.

    Args:
        minimum: (N), of the surface of each run; NaN where it is not known.
        near: loss - minimum at which a run has arrived.

    Attributes:
        arrived: (N) int, the first step at which a run had arrived; -1 where there is none.
        diverged_at: (N) int, the first step at which something of a run was not finite; -1 where there is none.
    """

    def __init__(self, minimum: Array, near: float) -> None:
        lanes = len(minimum)
        self._minimum, self._near = minimum, near
        self._from_zero = not minimum.any()  # then a loss is its own distance
        self._alive = np.ones(lanes, dtype=np.bool_)
        self._waiting = np.isfinite(minimum)
        self._total, self._row, self._found = aligned((2, lanes)), aligned((lanes,)), np.empty(lanes, dtype=np.bool_)
        self._left, self._missing = lanes, int(self._waiting.sum())
        self.arrived = np.full(lanes, -1, dtype=np.int64)
        self.diverged_at = self.arrived.copy()

    def look(self, t: int, loss: Array, arrays: Sequence[Array]) -> int:
        """Take in step t; return how many runs are still finite.

        Args:
            t: the step.
            loss: (N), after it.
            arrays: (2, N) each: whatever must be finite in a finite run.
        """
        # A sum of finite terms is finite, unless it overflows by itself: then the terms are looked at one by one.
        total, row, found = self._total, self._row, self._found
        np.add(arrays[0], arrays[-1], out=total)
        for array in arrays[1:-1]:
            np.add(total, array, out=total)
        np.add(total[0], total[1], out=row)
        np.add(row, loss, out=row)
        np.isfinite(row, out=found)
        if np.count_nonzero(found) != self._left:
            self._lose(t, np.flatnonzero(np.less(found, self._alive, out=found)), loss, arrays)
        if self._missing and self._left:
            gap = loss if self._from_zero else np.subtract(loss, self._minimum, out=row)
            np.less_equal(gap, self._near, out=found)
            np.logical_and(found, self._waiting, out=found)
            fresh = np.count_nonzero(found)
            if fresh:
                self.arrived[found] = t
                self._waiting[found] = False
                self._missing -= fresh
        return self._left

    def _lose(self, t: int, lanes: NDArray[np.intp], loss: Array, arrays: Sequence[Array]) -> None:
        """Strike out the runs that are no longer finite, among some whose sum is not."""
        finite = np.isfinite(loss[lanes])
        for array in arrays:
            finite &= np.isfinite(array[:, lanes]).all(axis=0)
        lost = lanes[~finite]
        self.diverged_at[lost] = t
        self._missing -= int(np.count_nonzero(self._waiting[lost]))
        self._alive[lost] = self._waiting[lost] = False
        self._left -= len(lost)
