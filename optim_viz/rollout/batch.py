"""From checked arguments to the lanes of the loop and back: laying out, splitting where one loop cannot do, joining."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optim_viz.rollout.records import Records
from optim_viz.trajectory import Array

Lanes = NDArray[np.intp] | slice
"""The numbers of some lanes, or a slice for all of them."""


def in_lanes(value: float | Array, shape: tuple[int, ...]) -> Array:
    """Lay a hyperparameter out for params (2, N): 0-d where all lanes share it, else (2, N).

    Both are what a ufunc loops over without setting up an iterator, which on small arrays costs more than the sums.
    """
    array = np.asarray(value, dtype=np.float64)
    if array.ndim == 0:
        return array
    row = np.broadcast_to(array, shape).reshape(-1)
    return np.ascontiguousarray(np.broadcast_to(row, (2, row.size)))


def noise_in_lanes(
    noise: float | Array, seed: int | NDArray[np.int64], steps: int, shape: tuple[int, ...]
) -> Array | None:
    """Draw the noise of every lane.

    It follows from the lane's seed alone, so lanes of one seed see the same noise, scaled by their own level. The
    stream [seed, 0] is not the one minibatches come from, so either can change without the other.

    Args:
        noise: standard deviations that broadcast to `shape`.
        seed: seeds that broadcast to `shape`.
        steps: T.
        shape: (*B), of N lanes.

    Returns:
        (T, 2, 1) where all lanes share it, else (T, 2, N); None where there is none.
    """
    if not np.any(noise):
        return None
    distinct, lane = np.unique(np.broadcast_to(seed, shape) if np.ndim(seed) else seed, return_inverse=True)
    streams = [np.random.default_rng(np.random.SeedSequence([int(each), 0])) for each in distinct]
    normal = np.stack([stream.standard_normal((steps, 2)) for stream in streams], axis=-1)
    if np.ndim(seed):
        normal = np.take(normal, lane.reshape(-1), axis=-1)
    if not np.ndim(noise):
        return noise * normal
    levels = np.broadcast_to(noise, shape).reshape(-1)
    # A lane without noise must be the run without noise: adding -0.0 changes no number, not even a zero's sign.
    return np.where(levels == 0.0, -0.0, levels * normal)


def groups(alike: Mapping[str, Any], shape: tuple[int, ...]) -> Iterator[tuple[dict[str, Any], Lanes]]:
    """Split the lanes of a batch by the values of which one loop takes only one: choices, and seeds of minibatches.

    Args:
        alike: bools and ints, or arrays of them, by name.
        shape: (*B).

    Yields:
        The values as plain Python ones, and the lanes that have them: their numbers, or a slice for all of them.
    """
    if not any(np.ndim(value) for value in alike.values()):
        yield dict(alike), slice(None)
        return
    columns = [np.broadcast_to(value, shape).reshape(-1).tolist() for value in alike.values()]
    lanes_of: dict[tuple[Any, ...], list[int]] = {}
    for lane, row in enumerate(zip(*columns, strict=True)):
        lanes_of.setdefault(row, []).append(lane)
    for row, lanes in lanes_of.items():
        yield dict(zip(alike, row, strict=True)), np.array(lanes)


def pick(array: Array, lanes: Lanes) -> Array:
    """Take lanes along the last axis; what all lanes share stays as it is."""
    if isinstance(lanes, slice) or array.ndim == 0 or array.shape[-1] == 1:
        return array
    return np.take(array, lanes, axis=-1)


def join(parts: Sequence[tuple[Lanes, Records]]) -> Records:
    """Put the records of all groups together again, each lane in its place."""
    if len(parts) == 1:
        return parts[0][1]
    order = np.argsort(np.concatenate([np.asarray(lanes) for lanes, _ in parts]))
    records = [part for _, part in parts]

    def joined(arrays: Sequence[Array]) -> Array:
        return np.concatenate(arrays, axis=-1)[..., order]

    return Records(
        theta=joined([part.theta for part in records]),
        grad=joined([part.grad for part in records]),
        update=joined([part.update for part in records]),
        states={name: joined([part.states[name] for part in records]) for name in records[0].states},
    )


def batch_first(array: Array, shape: tuple[int, ...]) -> Array:
    """Turn lanes-last (..., N) into batch-first (*B, ...), a read-only view of an array that is read-only itself."""
    owner = array if array.base is None else array.base
    owner.flags.writeable = False
    array = array.view()
    array.flags.writeable = False
    view = np.moveaxis(array, -1, 0)
    return view.reshape(*shape, *view.shape[1:])
