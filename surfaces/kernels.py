"""What a surface computes with: lean functions of arrays that already have one shape.

These are what an optimizer's loop calls once a step, so they check nothing. Each takes x and y as float64 arrays of
the same shape, or both as ``np.float64`` scalars, and returns float64 of that shape, never the very objects it was
given. It may make NumPy warn (an overflow is a fact about a diverging run): the caller holds
``np.errstate(all="ignore")``.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Draws = npt.NDArray[np.int64]


class Kernels(NamedTuple):
    """Loss and derivatives of one objective.

    Attributes:
        loss: ``(x, y) -> f``.
        grad: ``(x, y) -> (gx, gy)``.
        hessian: ``(x, y) -> (hxx, hxy, hyy)``.
        quadratic: Whether the Hessian is the same everywhere.
    """

    loss: Callable[[Array, Array], Array]
    grad: Callable[[Array, Array], tuple[Array, Array]]
    hessian: Callable[[Array, Array], tuple[Array, Array, Array]]
    quadratic: bool


class Sampler(NamedTuple):
    """How a step's gradient is drawn where it is not the full one.

    Attributes:
        draws: ``(steps, seed) -> (steps, ...) ints``, one row a step; row t depends on the seed and t only.
        grad: ``(x, y, row) -> (gx, gy)``, the gradient that a step with this row sees.
        examples: Number of different values that a drawn number can have; 0 .. examples - 1.
    """

    draws: Callable[[int, int], Draws]
    grad: Callable[[Array, Array, Draws], tuple[Array, Array]]
    examples: int


def filled(value: float, like: Array) -> Array:
    """A constant in the shape of an array; a NumPy scalar where that is one."""
    return np.full_like(like, value)[()]
