"""Derivatives of a function that can only be called: central differences in float64.

With f known to a relative error u = 2.2e-16, a first difference errs least near the step u**(1/3), a second one near
u**(1/4); both steps grow with the coordinate's size. (Nocedal and Wright, Numerical Optimization, section 8.1.)
"""

from collections.abc import Callable

import numpy as np

from .kernels import Array

Value = Callable[[Array, Array], Array]
Slopes = Callable[[Array, Array], tuple[Array, Array]]
_EPS = float(np.finfo(np.float64).eps)


def _around(z: Array, order: float) -> tuple[Array, Array]:
    """The two neighbours of a coordinate."""
    step = _EPS**order * np.maximum(1.0, np.abs(z))
    return z - step, z + step


def slopes(value: Value, x: Array, y: Array) -> tuple[Array, Array]:
    """The gradient from values, right to about 10 digits where f is smooth.

    Args:
        value: ``(x, y) -> f``.
        x: First coordinates.
        y: Second coordinates.

    Returns:
        (df/dx, df/dy).
    """
    (x0, x1), (y0, y1) = _around(x, 1 / 3), _around(y, 1 / 3)
    return (value(x1, y) - value(x0, y)) / (x1 - x0), (value(x, y1) - value(x, y0)) / (y1 - y0)


def bends_of_slopes(grad: Slopes, x: Array, y: Array) -> tuple[Array, Array, Array]:
    """The Hessian from gradients, right to about 10 digits.

    Args:
        grad: ``(x, y) -> (df/dx, df/dy)``.
        x: First coordinates.
        y: Second coordinates.

    Returns:
        (d2f/dx2, d2f/dxdy, d2f/dy2).
    """
    (x0, x1), (y0, y1) = _around(x, 1 / 3), _around(y, 1 / 3)
    along_x = [(after - before) / (x1 - x0) for after, before in zip(grad(x1, y), grad(x0, y), strict=True)]
    along_y = [(after - before) / (y1 - y0) for after, before in zip(grad(x, y1), grad(x, y0), strict=True)]
    return along_x[0], 0.5 * (along_x[1] + along_y[0]), along_y[1]


def bends(value: Value, x: Array, y: Array) -> tuple[Array, Array, Array]:
    """The Hessian from values, right to about 6 digits.

    Args:
        value: ``(x, y) -> f``.
        x: First coordinates.
        y: Second coordinates.

    Returns:
        (d2f/dx2, d2f/dxdy, d2f/dy2).
    """
    (x0, x1), (y0, y1) = _around(x, 1 / 4), _around(y, 1 / 4)
    dx, dy, here = 0.5 * (x1 - x0), 0.5 * (y1 - y0), value(x, y)
    hxx = ((value(x1, y) - here) - (here - value(x0, y))) / (dx * dx)
    hyy = ((value(x, y1) - here) - (here - value(x, y0))) / (dy * dy)
    hxy = ((value(x1, y1) - value(x0, y1)) - (value(x1, y0) - value(x0, y0))) / (4.0 * dx * dy)
    return hxx, hxy, hyy
