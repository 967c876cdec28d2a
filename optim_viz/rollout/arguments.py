"""Checks what a caller passes to a rollout, and finds the batch that it makes together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optim_viz.surfaces import shown
from optim_viz.trajectory import Array
from optim_viz.update_rules.hyperparameter import NON_NEGATIVE

MAX_STEPS = 100_000
MAX_POINTS = 10_000_000
"""Limit to lanes * (steps + 1): about a gigabyte of records for Adam."""
MAX_SEED = 2**32 - 1


def whole(name: str, value: Any, low: int, high: int) -> int:
    """Check a whole number between low and high, both included.

    Raises:
        ValueError: anything else, 3.0 and True among it.
    """
    if not isinstance(value, bool) and isinstance(value, int | np.integer) and low <= value <= high:
        return int(cast("int", value))
    raise _refusal(name, value, f"is not a whole number in [{low}, {high}]")


def numbers(name: str, value: object) -> Array:
    """Check a number or an array of numbers and return it as float64, a copy; NaN and infinities pass.

    Raises:
        ValueError: ragged, or of anything but numbers.
    """
    try:
        array = np.asarray(value)
    except (ValueError, TypeError):  # ragged lists, and objects that pretend to be arrays
        array = np.asarray(None)
    if array.dtype.kind not in "fiu":
        raise ValueError(f"{name} = {shown(value)} is not a number or an array of numbers")
    return array.astype(np.float64)


def noise_levels(value: object) -> float | Array:
    """Check standard deviations of the gradient noise.

    Raises:
        ValueError: not a finite number >= 0 or an array of them.
    """
    levels = numbers("noise", value)
    wrong = ~NON_NEGATIVE.inside(levels)
    if wrong.any():
        raise ValueError(f"noise = {float(levels[wrong].flat[0])!r} is outside {NON_NEGATIVE}")
    return levels if levels.ndim else float(levels)


def seeds(value: Any) -> int | NDArray[np.int64]:
    """Check seeds.

    Raises:
        ValueError: not a whole number in [0, MAX_SEED] or an array of them.
    """
    if not isinstance(value, np.ndarray | list | tuple | range):
        return whole("seed", value, 0, MAX_SEED)
    array = np.asarray(cast("ArrayLike", value))
    if not array.ndim:
        return whole("seed", array.item(), 0, MAX_SEED)
    if array.dtype.kind not in "iu" or (array < 0).any() or (array > MAX_SEED).any():
        raise _refusal("seed", value, f"is not an array of whole numbers in [0, {MAX_SEED}]")
    return array.astype(np.int64)


def coordinates(name: str, start: Any) -> tuple[Array, Array]:
    """Read where runs start.

    Args:
        name: the argument's name, for messages.
        start: a tuple (x, y) of numbers or arrays that broadcast against each other; or an array, or lists, whose last
            axis has length 2: [x, y] for one start, (N, 2) for N of them.

    Returns:
        x and y.

    Raises:
        ValueError: neither of the two, both of them, or not finite.
    """
    if _could_be_both(start):
        raise _refusal(
            name,
            start,
            "could be two points, or two arrays of coordinates: write np.array([(x0, y0), (x1, y1)]) for points, or "
            "(np.array([x0, x1]), np.array([y0, y1])) for coordinates",
        )
    if isinstance(start, tuple) and len(cast("tuple[Any, ...]", start)) == 2:
        first, second = cast("tuple[Any, Any]", start)
        x, y = numbers(f"{name} x", first), numbers(f"{name} y", second)
    else:
        try:
            points = numbers(name, cast("Any", start))
        except ValueError:
            points = np.empty(())
        if points.shape[-1:] != (2,):
            raise _refusal(name, start, "is not a pair (x, y), written as a tuple, or an array of shape (N, 2)")
        x, y = points[..., 0], points[..., 1]
    for axis, values in (("x", x), ("y", y)):
        if not np.isfinite(values).all():
            raise ValueError(f"{name} {axis} = {float(values[~np.isfinite(values)].flat[0])!r} is outside (-inf, inf)")
    return x, y


def _refusal(name: str, value: Any, why: str) -> ValueError:
    return ValueError(f"{name} = {shown(value)} {why}")


def _could_be_both(start: object) -> bool:
    """Tell whether a start of two by two numbers reads as two points and as two arrays of coordinates.

    A list of lists is an array of points, as NumPy reads it, and a tuple of arrays holds coordinates; a tuple of lists
    or tuples, and a list of arrays, are written for either.
    """
    if not isinstance(start, tuple | list) or len(cast("tuple[object, ...]", start)) != 2:
        return False
    parts = cast("tuple[object, object]", tuple(cast("list[object]", start)))
    kinds = (tuple, list) if isinstance(start, tuple) else (np.ndarray,)
    return all(isinstance(part, kinds) and np.size(cast("Any", part)) == 2 for part in parts)


def batch_shape(arrays: Mapping[str, Any], steps: int) -> tuple[int, ...]:
    """Find the shape (*B) of the batch that all arguments make together.

    Args:
        arrays: checked values by name: numbers, or arrays.
        steps: T, for the limit on the batch's size.

    Raises:
        ValueError: shapes that do not broadcast, or too large a batch.
    """
    shapes = {name: np.shape(value) for name, value in arrays.items()}
    try:
        shape = np.broadcast_shapes(*shapes.values())
    except ValueError:
        wide = {name: each for name, each in shapes.items() if each}
        given = ", ".join(f"{name} {each}" for name, each in wide.items())
        last = list(wide)[-1].split()[-1]
        raise ValueError(
            f"shapes do not broadcast to one batch: {given}. Arrays of one length are taken in pairs; to run every "
            f"combination, give one of them a new axis, as in {last}[:, None]"
        ) from None
    lanes = math.prod(shape)
    if not 1 <= lanes * (steps + 1) <= MAX_POINTS:
        raise ValueError(f"a batch of {lanes} runs of {steps} steps is outside [1, {MAX_POINTS}] points in all")
    return shape
