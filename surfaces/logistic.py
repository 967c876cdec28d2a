"""The mean logistic loss of rows that carry the sign of their label, its minimum, and whether it has one."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .kernels import Array, Kernels
from .surface import Point

_ROOM = 2_000_000  # numbers that the rows at many points may take at once
_NEWTON_STEPS = 60


class Logistic(NamedTuple):
    """f(x, y) = mean log(1 + exp(-(u x + w y))).

    Attributes:
        u: first features times the labels, -1 or 1; (n,).
        w: second features times the labels; (n,).
    """

    u: Array
    w: Array

    def kernels(self) -> Kernels:
        """Loss, gradient and Hessian, as :mod:`surfaces.kernels` says."""
        return Kernels(self.loss, self.grad, self.hessian, quadratic=False)

    def loss(self, x: Array, y: Array) -> Array:
        """The mean loss."""
        return self._mean(x, y, 1, lambda margin: (_softplus(-margin).mean(axis=-1),))[0]

    def grad(self, x: Array, y: Array) -> tuple[Array, Array]:
        """The mean gradient."""
        count = len(self.u)

        def slopes(margin: Array) -> tuple[Array, ...]:
            slope = -1.0 / (1.0 + np.exp(margin))
            return slope @ self.u / count, slope @ self.w / count

        gx, gy = self._mean(x, y, 2, slopes)
        return gx, gy

    def hessian(self, x: Array, y: Array) -> tuple[Array, Array, Array]:
        """The mean second derivatives."""
        count, products = len(self.u), (self.u * self.u, self.u * self.w, self.w * self.w)

        def bends(margin: Array) -> tuple[Array, ...]:
            bend = 1.0 / ((1.0 + np.exp(margin)) * (1.0 + np.exp(-margin)))
            return tuple(bend @ product / count for product in products)

        hxx, hxy, hyy = self._mean(x, y, 3, bends)
        return hxx, hxy, hyy

    def _mean(self, x: Array, y: Array, outputs: int, terms: Callable[[Array], tuple[Array, ...]]) -> tuple[Array, ...]:
        """Calls `terms` with margins, (points, n), of as many points at once as there is room for."""
        flat_x, flat_y = np.ravel(x), np.ravel(y)
        found = np.empty((outputs, len(flat_x)))
        step = max(1, _ROOM // len(self.u))
        for at in range(0, len(flat_x), step):
            part = slice(at, at + step)
            margin = np.multiply.outer(flat_x[part], self.u) + np.multiply.outer(flat_y[part], self.w)
            found[:, part] = terms(margin)
        return tuple(row.reshape(np.shape(x))[()] for row in found)

    def overlap(self) -> bool:
        """Whether no line through the origin has all rows on one side; only then is there a lowest point.

        Rows on one side are vectors within half a turn: between neighbouring directions there is a gap of half a turn.
        """
        some = (self.u != 0.0) | (self.w != 0.0)
        angles = np.sort(np.arctan2(self.w[some], self.u[some]))
        gaps = np.diff(np.append(angles, angles[0] + 2 * np.pi))
        return bool(gaps.max() < np.pi * (1 - 1e-12))

    def minimizer(self) -> Point:
        """The lowest point by Newton's method from (0, 0), with steps halved while they lead up; needs `overlap`."""
        x, y = np.zeros(1), np.zeros(1)
        for _ in range(_NEWTON_STEPS):
            (gx, gy), (hxx, hxy, hyy) = self.grad(x, y), self.hessian(x, y)
            determinant = hxx * hyy - hxy * hxy
            dx, dy = (hyy * gx - hxy * gy) / determinant, (hxx * gy - hxy * gx) / determinant
            share = 1.0
            while share > 1e-9 and self.loss(x - share * dx, y - share * dy)[0] > self.loss(x, y)[0]:
                share /= 2
            x, y = x - share * dx, y - share * dy
        return float(x[0]), float(y[0])


def _softplus(z: Array) -> Array:
    """log(1 + exp(z)), right at any size, and faster than ``np.logaddexp``."""
    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))
