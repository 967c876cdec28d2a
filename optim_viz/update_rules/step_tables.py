"""What a rule's step needs that depends on t and on hyperparameters alone: worked out once, for all steps of a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

from optim_viz.update_rules.hyperparameter import Array


def by_step(table: Array) -> Sequence[Array]:
    """Split an array of shape (T+1, ...) into its rows as arrays.

    Plain iteration over a 1-d array gives NumPy scalars, with which a ufunc on a small array takes half as long again.
    """
    return [table[t, ...] for t in range(len(table))]


class ByLane(Sequence[Array]):
    """What differs by step and by lane, for lanes of which many share their numbers: a row is put together when asked.

    Written out for a map of thousands of lanes it would be tens of megabytes, and take longer to fill than to use.

    Args:
        rows: (numbers, T+1), one row for each distinct number.
        place: which of them each lane has; the shape of what is returned for a step.
    """

    def __init__(self, rows: Array, place: NDArray[np.intp]) -> None:
        self._columns, self._place = np.ascontiguousarray(rows.T), np.ascontiguousarray(place)

    def __len__(self) -> int:
        """Return T+1."""
        return len(self._columns)

    @overload
    def __getitem__(self, t: int) -> Array: ...
    @overload
    def __getitem__(self, t: slice) -> Sequence[Array]: ...
    def __getitem__(self, t: int | slice) -> Array | Sequence[Array]:
        """Return the row of a step, an array of its own; of a slice a list of them."""
        if isinstance(t, slice):
            return [self[each] for each in range(*t.indices(len(self)))]
        return self._columns[t].take(self._place)


def corrections(decay: Array, steps: int, *, enabled: bool = True) -> Sequence[Array]:
    """Work out 1 - decay**t for t = 0..steps: what an average that started at 0 must be divided by.

    Args:
        decay: 0-d, or an array that broadcasts against params; values in [0, 1).
        steps: last t.
        enabled: False gives ones: dividing by 1 changes no bit, so the average stays as it is.

    Returns:
        One array shaped like `decay` for each t; entry t belongs to step t.
    """
    if not enabled:
        return [np.ones(())] * (steps + 1)
    # One power for each distinct decay, always from contiguous operands: NumPy's vector and scalar loops may differ in
    # the last bit, and a lane of a batch must equal the same run alone.
    distinct, place = np.unique(decay, return_inverse=True)
    times = np.arange(steps + 1, dtype=np.float64)
    table = 1.0 - np.power(np.repeat(distinct, steps + 1), np.tile(times, distinct.size))
    table = table.reshape(distinct.size, steps + 1)
    if decay.ndim == 0:
        return by_step(table[0])
    return ByLane(table, place.reshape(decay.shape))


def table(function: Callable[..., Array], steps: int, *values: Array) -> Sequence[Array]:
    """Work out what depends on t and on hyperparameters alone, for t = 0..steps.

    Args:
        function: (t (steps + 1,), one float for each of `values`) -> (steps + 1,). It is called once for each distinct
            combination, with contiguous arrays: NumPy's vector and scalar loops may differ in the last bit, and a lane
            of a batch must equal the same run alone.
        steps: last t.
        *values: hyperparameters, each 0-d or an array that broadcasts against params.

    Returns:
        One array for each t, shaped as `values` broadcast; entry t belongs to step t. Entry 0 may be NaN or infinite.
    """
    times = np.arange(steps + 1, dtype=np.float64)
    every = np.broadcast_arrays(*values)
    combinations, place = np.unique(np.stack([each.ravel() for each in every]), axis=1, return_inverse=True)
    with np.errstate(all="ignore"):
        rows = np.stack([function(times, *combination) for combination in combinations.T])
    if every[0].ndim == 0:
        return by_step(rows[0])
    return ByLane(rows, place.reshape(every[0].shape))
