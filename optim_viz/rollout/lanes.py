"""From what a caller passes to the lanes of one vectorised run: checking, broadcasting, splitting by choices."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from optim_viz.trajectory import Array

MAX_STEPS = 100_000
MAX_PLACES = 10_000_000
"""Limit to lanes * (steps + 1): about a gigabyte of records for Adam."""
MAX_SEED = 2**32 - 1


def whole(name: str, value: object, low: int, high: int) -> int:
    """Check a whole number between low and high, both included.

    Raises:
        ValueError: anything else, 3.0 and True among it.
    """
    number = int(cast("int", value)) if isinstance(value, int | np.integer) and not isinstance(value, bool) else None
    if number is None or not low <= number <= high:
        raise ValueError(f"{name} = {value!r} is not a whole number in [{low}, {high}]")
    return number


def noise_level(value: object) -> float:
    """Check the standard deviation of the gradient noise.

    Raises:
        ValueError: not one finite number >= 0.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise ValueError(f"noise = {value!r} is not a number in [0, inf)")
    number = float(cast("float", value))
    if not 0 <= number < math.inf:
        raise ValueError(f"noise = {value!r} is outside [0, inf)")
    return number


def numbers(name: str, value: object) -> Array:
    """Check an array of numbers and return it as float64; NaN and infinities pass.

    Raises:
        ValueError: ragged, or of anything but numbers.
    """
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} = {value!r} is not an array of numbers") from None
    if array.dtype.kind not in "fiu":
        raise ValueError(f"{name} = {value!r} is not a number or an array of numbers")
    return array.astype(np.float64)


def first_places(
    start: Sequence[object], hyperparameters: Mapping[str, Any], steps: int
) -> tuple[Array, tuple[int, ...]]:
    """Broadcast starts and hyperparameters to the batch.

    Args:
        start: (x, y), each a number or an array.
        hyperparameters: checked values by name.
        steps: T, for the limit on the batch's size.

    Returns:
        The starts (2, N), N being the size of the batch, and the batch shape (*B).

    Raises:
        ValueError: not two finite coordinates, shapes that do not fit together, or too large a batch.
    """
    if isinstance(start, str) or not hasattr(start, "__len__") or len(start) != 2:
        raise ValueError(f"start = {start!r} is not a pair (x, y)")
    x, y = numbers("start x", start[0]), numbers("start y", start[1])
    for name, places in (("x", x), ("y", y)):
        if not np.isfinite(places).all():
            raise ValueError(f"start {name} = {float(places[~np.isfinite(places)].flat[0])!r} is outside (-inf, inf)")
    shapes = {"start x": x.shape, "start y": y.shape} | {name: np.shape(each) for name, each in hyperparameters.items()}
    try:
        shape = np.broadcast_shapes(*shapes.values())
    except ValueError:
        given = ", ".join(f"{name} {each}" for name, each in shapes.items() if each)
        raise ValueError(f"shapes do not broadcast to one batch: {given}") from None
    lanes = math.prod(shape)
    if not 1 <= lanes * (steps + 1) <= MAX_PLACES:
        raise ValueError(f"a batch of {lanes} runs of {steps} steps is outside [1, {MAX_PLACES}] places in all")
    return np.stack([np.broadcast_to(each, shape).reshape(lanes) for each in (x, y)]), shape


def in_lanes(value: float | Array, shape: tuple[int, ...]) -> Array:
    """Lay a hyperparameter out for params (2, N): 0-d where all lanes share it, else (2, N).

    Both are what a ufunc loops over without setting up an iterator, which on small arrays costs more than the sums.
    """
    array = np.asarray(value, dtype=np.float64)
    if array.ndim == 0:
        return array
    row = np.broadcast_to(array, shape).reshape(-1)
    return np.ascontiguousarray(np.broadcast_to(row, (2, row.size)))


def groups(choices: Mapping[str, Any], shape: tuple[int, ...]) -> Iterator[tuple[dict[str, bool], NDArray[np.intp]]]:
    """Split the lanes of a batch by their choices.

    Args:
        choices: bools or bool arrays by name.
        shape: (*B).

    Yields:
        The choices as plain bools, and the numbers of the lanes that make them.
    """
    lanes = {name: np.broadcast_to(value, shape).reshape(-1) for name, value in choices.items()}
    for values in product((False, True), repeat=len(lanes)):
        same = np.ones(math.prod(shape), dtype=np.bool_)
        for lane, value in zip(lanes.values(), values, strict=True):
            same &= lane == value
        if same.any():
            yield dict(zip(lanes, values, strict=True)), np.flatnonzero(same)
