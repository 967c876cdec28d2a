"""A smooth surface through values on a regular grid: the bicubic spline, with its exact derivatives.

Along each axis it is the cubic spline with continuous second derivatives whose first and last two pieces are one cubic
("not-a-knot"); with cells of width 1, the slopes m of values f follow from

    m[i-1] + 4 m[i] + m[i+1] = 3 (f[i+1] - f[i-1]),   m[0] + 2 m[1] = -5/2 f[0] + 2 f[1] + 1/2 f[2]

and the mirror image of the second at the other end. The tensor product of two such splines is, in each cell, a
polynomial Σ a[q, p] v^q u^p with p, q from 0 to 3. Cubics are met exactly, so the error falls with the fourth power of
the width of a cell. Beyond the grid nothing is known: there the surface goes on straight.

Source: de Boor, A Practical Guide to Splines, Springer (1978), chapters 4 and 17.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Window = tuple[tuple[float, float], tuple[float, float]]

_FEWEST = 4
# (value, value at the next point, slope, slope at the next point) -> the coefficients of 1, u, u², u³ in between
_HERMITE = np.array([[1.0, 0, 0, 0], [0, 0, 1, 0], [-3, 3, -2, -1], [2, -2, 1, 1]])


@dataclass(frozen=True, eq=False)
class Spline:
    """The surface; its methods are those of `surfaces.Kernels` and take x and y of one shape.

    Attributes:
        window: ((x0, x1), (y0, y1)), where the grid's first and last points lie.
        values: float64, (rows along y, columns along x), at least 4 x 4, all finite.

    Raises:
        ValueError: too few values, or one that is not finite.
    """

    window: Window
    values: Array
    _cells: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Work out the polynomial of every cell, (4 powers of v, 4 powers of u, rows - 1, columns - 1)."""
        values = np.asarray(self.values, dtype=np.float64)
        if values.ndim != 2 or min(values.shape) < _FEWEST:
            raise ValueError(f"a spline needs {_FEWEST} x {_FEWEST} values at least, not {values.shape}")
        if not np.isfinite(values).all():
            raise ValueError(f"{np.count_nonzero(~np.isfinite(values))} of {values.size} values are not finite")
        down, across = _slopes(values.shape[0]), _slopes(values.shape[1])
        rows, columns = values.shape[0] - 1, values.shape[1] - 1
        corners = np.empty((4, 4, rows, columns))  # (along y: value, next, slope, next slope; along x: the same)
        for q, along_y in enumerate((values, down @ values)):
            for p, both in enumerate((along_y, along_y @ across.T)):
                for dy in (0, 1):
                    for dx in (0, 1):
                        corners[2 * q + dy, 2 * p + dx] = both[dy : dy + rows, dx : dx + columns]
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "_cells", np.einsum("qa,pb,abij->qpij", _HERMITE, _HERMITE, corners))

    def loss(self, x: Array, y: Array) -> Array:
        """Return the value."""
        c, u, v, beyond = self._locate(x, y)
        value = _power(_power(c, v, 0), u, 0)
        if beyond is None:
            return value
        dx, dy, (wide, high) = *beyond, self._cell_size
        fx, fy, fxy = _power(_power(c, v, 0), u, 1), _power(_power(c, v, 1), u, 0), _power(_power(c, v, 1), u, 1)
        return value + fx * dx / wide + fy * dy / high + fxy * dx * dy / (wide * high)

    def grad(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Return the first derivatives, along x and y."""
        c, u, v, beyond = self._locate(x, y)
        wide, high = self._cell_size
        along, steep = _power(c, v, 0), _power(c, v, 1)
        gx, gy = _power(along, u, 1) / wide, _power(steep, u, 0) / high
        if beyond is None:
            return gx, gy
        twist = _power(steep, u, 1) / (wide * high)
        return gx + twist * beyond[1], gy + twist * beyond[0]

    def hessian(self, x: Array, y: Array) -> tuple[Array, Array, Array]:
        """Return the second derivatives, along x twice, x and y, y twice."""
        c, u, v, beyond = self._locate(x, y)
        wide, high = self._cell_size
        along, steep, bent = (_power(c, v, order) for order in (0, 1, 2))
        hxx, hxy, hyy = _power(along, u, 2) / wide**2, _power(steep, u, 1) / (wide * high), _power(bent, u, 0) / high**2
        if beyond is None:
            return hxx, hxy, hyy
        dx, dy = beyond
        hxx = np.where(dx == 0, hxx + _power(steep, u, 2) / (wide**2 * high) * dy, 0.0)[()]
        hyy = np.where(dy == 0, hyy + _power(bent, u, 1) / (wide * high**2) * dx, 0.0)[()]
        return hxx, hxy, hyy

    @property
    def _cell_size(self) -> tuple[float, float]:
        (x0, x1), (y0, y1) = self.window
        return (x1 - x0) / (self.values.shape[1] - 1), (y1 - y0) / (self.values.shape[0] - 1)

    def _locate(self, x: Array, y: Array) -> tuple[Array, Array, Array, tuple[Array, Array] | None]:
        """Return each point's polynomial, where in its cell it lies (0 to 1), and how far beyond the window."""
        (x0, x1), (y0, y1) = self.window
        wide, high = self._cell_size
        inner_x, inner_y = np.minimum(np.maximum(x, x0), x1), np.minimum(np.maximum(y, y0), y1)
        across, up = (inner_x - x0) / wide, (inner_y - y0) / high
        i = np.minimum(np.nan_to_num(np.floor(across)), self.values.shape[1] - 2).astype(np.intp)
        j = np.minimum(np.nan_to_num(np.floor(up)), self.values.shape[0] - 2).astype(np.intp)
        dx, dy = x - inner_x, y - inner_y
        beyond = (dx, dy) if np.any(dx != 0) or np.any(dy != 0) else None
        return self._cells[:, :, j, i], across - i, up - j, beyond


def _slopes(count: int) -> Array:
    """Return the matrix that takes values, one apart, to the spline's slopes at them."""
    left = np.diag(np.full(count, 4.0)) + np.diag(np.ones(count - 1), 1) + np.diag(np.ones(count - 1), -1)
    right = 3 * (np.diag(np.ones(count - 1), 1) - np.diag(np.ones(count - 1), -1))
    left[0], right[0] = 0, 0
    left[0, :2], right[0, :3] = (1, 2), (-2.5, 2, 0.5)
    left[-1], right[-1] = left[0, ::-1], -right[0, ::-1]
    return np.linalg.solve(left, right).astype(np.float64)


def _power(coefficients: Array, z: Array, order: int) -> Array:
    """Return the derivative of some order, 0 to 2, of Σ coefficients[p] z^p."""
    a, b, c, d = coefficients
    if order == 0:
        return ((d * z + c) * z + b) * z + a
    return (3 * d * z + 2 * c) * z + b if order == 1 else 6 * d * z + 2 * c
