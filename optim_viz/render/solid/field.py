"""The surface in 3D: heights over a window, and what of it hides a point, as on the stage (draw/height_field.js)."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optim_viz.figures.loss_grid import Window
from optim_viz.render.solid.camera import Point

Array = NDArray[np.float64]

_LIFT: Final = 0.008  # of the height: a trail lies so far above the surface, or its own patch of it would hide it
_SIDES, _LOW, _GAIN = 12, 0.4, 0.03  # of the eye's usual place, as in the browser
_MOST_POINTS, _FINE = 4000, 60  # of a run's way, and of a step over a whole side of the window


class HeightField:
    """Heights over a window of the plane.

    Attributes:
        z: (n, n), rows along y, the lowest first; NaN where there is no surface.
        window: from the first point to the last.
        low: the lowest.
        high: the highest.
    """

    def __init__(self, z: Array, window: Window) -> None:
        """Keep them."""
        known = z[np.isfinite(z)]
        self.z, self.window = z, window
        self.low, self.high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)

    def at(self, x: ArrayLike, y: ArrayLike) -> Array:
        """Return the height at places, straight between its points; NaN where there is no surface."""
        (x0, x1), (y0, y1) = self.window
        n, z = len(self.z), self.z
        u = (np.asarray(x, dtype=np.float64) - x0) / (x1 - x0) * (n - 1)
        v = (np.asarray(y, dtype=np.float64) - y0) / (y1 - y0) * (n - 1)
        on = (u >= 0) & (v >= 0) & (u <= n - 1) & (v <= n - 1)
        u, v = np.where(on, u, 0.0), np.where(on, v, 0.0)
        i, j = np.minimum(n - 2, u.astype(int)), np.minimum(n - 2, v.astype(int))
        s, t = u - i, v - j
        lower = (1 - s) * z[j, i] + s * z[j, i + 1]
        upper = (1 - s) * z[j + 1, i] + s * z[j + 1, i + 1]
        return np.where(on, (1 - t) * lower + t * upper, np.nan)

    def hides(self, points: Array, eye: Array) -> NDArray[np.bool_]:
        """Tell of which points (N, 3) the surface stands before the eye: the straight lines to it are followed."""
        (x0, x1), (y0, y1) = self.window
        hidden = np.zeros(len(points), dtype=bool)
        open_ = np.flatnonzero(np.isfinite(points).all(axis=-1))
        way = eye - points
        cells = np.maximum(np.abs(way[:, 0]) / (x1 - x0), np.abs(way[:, 1]) / (y1 - y0)) * (len(self.z) - 1)
        steps = np.ones(len(points))
        steps[open_] = np.maximum(1, np.ceil(cells[open_]))
        lift, k = _LIFT * (self.high - self.low), 0
        while open_.size:
            x, y, z = (points[open_] + (k / steps[open_])[:, None] * way[open_]).T
            left = (x < x0) | (x > x1) | (y < y0) | (y > y1) | ((z > self.high) & (way[open_, 2] >= 0))
            with np.errstate(invalid="ignore"):
                under = ~left & (self.at(x, y) > z + lift)
            hidden[open_[under]] = True
            k += 1
            open_ = open_[~left & ~under & (k <= steps[open_])]
        return hidden

    def best_eye(self, box: Point, away: float, above: float) -> Point:
        """Return the side from which most of the low ground is in sight, of twelve.

        Args:
            box: sides of the drawn box, in whose units the eye is placed.
            away: from the middle of the box, sideways.
            above: it.
        """
        (x0, x1), (y0, y1) = self.window
        middles = (np.arange(20) + 0.5) / 20
        x, y = (part.ravel() for part in np.meshgrid(x0 + middles * (x1 - x0), y0 + middles * (y1 - y0)))
        ground = np.stack([x, y, self.at(x, y)], axis=-1)
        ground = ground[ground[:, 2] < self.low + _LOW * (self.high - self.low)]
        ends = np.array([*self.window, (self.low, self.high)])
        best, fewest = (0.0, 0.0, 0.0), math.inf
        for side in range(_SIDES):
            angle = math.radians(-128 + 30 * side)  # the first looks from the left and the front
            eye = round(away * math.cos(angle), 3), round(away * math.sin(angle), 3), round(above, 3)
            there = ends.mean(axis=1) + np.array(eye) / box * (ends[:, 1] - ends[:, 0])
            hidden = int(self.hides(ground, there).sum())
            if hidden < fewest - _GAIN * len(ground):
                best, fewest = eye, hidden
        return best


def way_over(field: HeightField, theta: Array, heights: Array) -> tuple[Array, NDArray[np.int64]]:
    """Return a run's way over the surface: its steps, and points on the ground between two that are far apart.

    A step goes straight in the plane, but the ground under it does not.

    Args:
        field: the surface.
        theta: where the run is after each step, (T + 1, 2).
        heights: of the surface at each step.

    Returns:
        The points, (N, 3), NaN off the surface; and which of them belongs to each step.
    """
    (x0, x1), (y0, y1) = field.window
    x, y = theta.T
    inside = (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)
    finite = np.asarray(np.isfinite(theta).all(axis=-1))
    most = max(1, _MOST_POINTS // len(theta))
    with np.errstate(all="ignore"):
        far = np.maximum(np.abs(np.diff(x)) / (x1 - x0), np.abs(np.diff(y)) / (y1 - y0))
    found: list[Array] = []
    at = np.zeros(len(theta), dtype=np.int64)
    count = 0
    for i in range(len(theta)):
        if i and (inside[i] or inside[i - 1]) and finite[i] and finite[i - 1]:
            pieces = min(most if inside[i] and inside[i - 1] else _FINE, math.ceil(min(1e6, far[i - 1] * _FINE)))
            share = (np.arange(1, pieces) / max(1, pieces))[:, None]
            with np.errstate(all="ignore"):
                between = theta[i - 1] + share * (theta[i] - theta[i - 1])
            found.append(np.column_stack([between, field.at(*between.T)]))
            count += len(between)
        at[i] = count
        count += 1
        found.append(np.array([[x[i], y[i], heights[i]] if inside[i] else [np.nan] * 3]))
    return np.concatenate(found), at
