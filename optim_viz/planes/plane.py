"""Planes through the parameters of a network, and where a path lies beside one.

A plane is θ(x, y) = origin + x first + y second, with `first` and `second` of length 1 and at right angles: x and y are
distances in parameter space, so a learning rate means on the plane what it means to the network.

    principal   of all kept points of all lanes: through their mean, along the two directions in which they are spread
                most; the share of their spread that each direction explains is σ_i² / Σ σ_j²
    random      around one point, along two random directions with the scale of the network's filters
    line        from one point through another; the second direction is random

A random direction d is normalised by filter: what one output unit of a layer takes in (a row of its weight, or the
kernel of one channel) is a filter w, and its part of d becomes d ‖w‖ / ‖d‖. Biases stay as they are (d = 0). The second
direction is made orthogonal to the first, from which it differs by less than a degree in a large network.

Source: Li, Xu, Taylor, Studer, Goldstein, Visualizing the Loss Landscape of Neural Nets, NeurIPS 2018: section 4
(filter normalisation) and section 7 (principal directions of paths; random ones show next to nothing of a path).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Shapes = Sequence[tuple[int, ...]]
"""The shapes of a network's parameters, in the order in which they stand in a vector of them all."""

_FLAT = 1e-9  # a spread this far below the largest is rounding, and no direction


@dataclass(frozen=True, eq=False)
class Plane:
    """A plane through parameter space.

    Attributes:
        origin: (N,) float64.
        first: (N,), length 1.
        second: (N,), length 1, orthogonal to `first`.
        scale: a length that belongs to it: the size of the random direction, or the distance between the two points;
            0 for a principal plane, whose window the paths give.
        explained: share of the points' spread along each direction, 0 to 1; None where no paths gave the plane.
    """

    origin: Array
    first: Array
    second: Array
    scale: float = 0.0
    explained: tuple[float, float] | None = None

    def project(self, points: Array) -> tuple[Array, Array]:
        """Return the nearest points of the plane, (K, 2), and the distances from it, (K,), of points (K, N)."""
        away = points - self.origin
        found = np.stack([away @ self.first, away @ self.second], axis=-1)
        rest = away - found[:, :1] * self.first - found[:, 1:] * self.second
        return found, np.sqrt(np.einsum("kn,kn->k", rest, rest))


def principal_plane(points: Array, seed: int = 0) -> Plane:
    """Return the plane that points lie nearest to, by least squares.

    Args:
        points: (K, N), two or more that differ.
        seed: of the second direction where the points lie on one line, and any would do.

    Raises:
        ValueError: all points are the same.
    """
    mean = points.mean(axis=0)
    away = points - mean
    spreads, mixes = np.linalg.eigh(away @ away.T)  # K x K: there are few points and many parameters
    spreads, mixes = np.maximum(spreads[::-1], 0), mixes[:, ::-1]
    if not spreads[0] > 0:
        raise ValueError("all kept points are the same: nothing has been trained yet")
    first = _turned(_unit(mixes[:, 0] @ away), away)
    if len(points) > 2 and spreads[1] > _FLAT**2 * spreads[0]:
        second = _turned(_unit(_without(mixes[:, 1] @ away, first)), away)
    else:
        drawn: Array = np.random.default_rng([seed, 2]).standard_normal(len(mean))
        second = _unit(_without(drawn, first))
    total = float(spreads.sum())
    return Plane(mean, first, second, explained=(float(spreads[0]) / total, float(spreads[1]) / total))


def random_plane(centre: Array, shapes: Shapes, seed: int = 0) -> Plane:
    """Return a plane around a point, along two random directions normalised by filter.

    Args:
        centre: (N,).
        shapes: of its parameters.
        seed: 0 or more.

    Raises:
        ValueError: there is no filter that is not 0.
    """
    first = filter_normalised(centre, shapes, seed, 0)
    second = filter_normalised(centre, shapes, seed, 1)
    scale = math.sqrt(first @ first)
    if not scale > 0:
        raise ValueError("every weight is 0 there: no direction has the scale of the filters")
    return Plane(centre, _unit(first), _unit(_without(second, _unit(first))), scale)


def line_plane(begin: Array, end: Array, shapes: Shapes, seed: int = 0) -> Plane:
    """Return a plane along the line from one point (x = 0) to another (x = their distance, the plane's scale).

    Args:
        begin: (N,).
        end: (N,), another point.
        shapes: of the parameters.
        seed: of the second direction.

    Raises:
        ValueError: the two points are the same.
    """
    apart = end - begin
    length = math.sqrt(apart @ apart)
    if not length > 0:
        raise ValueError("the two ends are the same point: choose two lanes that ended at different points")
    first = apart / length
    across = _without(filter_normalised(end, shapes, seed, 0), first)
    return Plane(begin, first, _unit(across), length)


def filter_normalised(centre: Array, shapes: Shapes, seed: int, number: int) -> Array:
    """Return a random direction with the scale of the filters at a point; see above.

    Args:
        centre: (N,).
        shapes: of its parameters; those with one axis or none are biases.
        seed: 0 or more.
        number: of the direction; each draws from NumPy's default_rng([seed, number]).
    """
    direction = np.random.default_rng([seed, number]).standard_normal(len(centre))
    place = 0
    for shape in shapes:
        size = math.prod(shape)
        part = direction[place : place + size]
        if len(shape) < 2:
            part[:] = 0
        else:
            rows, filters = part.reshape(shape[0], -1), centre[place : place + size].reshape(shape[0], -1)
            rows *= (np.linalg.norm(filters, axis=1) / np.linalg.norm(rows, axis=1))[:, None]
        place += size
    return direction


def _unit(direction: Array) -> Array:
    return direction / math.sqrt(direction @ direction)


def _without(direction: Array, unit: Array) -> Array:
    """Return what of a direction is orthogonal to another; twice, since once leaves rounding behind."""
    once = direction - (direction @ unit) * unit
    return once - (once @ unit) * unit


def _turned(direction: Array, away: Array) -> Array:
    """Return a direction or its opposite: the one in which the last point lies farther than the first."""
    return direction if (away[-1] - away[0]) @ direction >= 0 else -direction
