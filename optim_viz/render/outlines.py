# pyright: basic
"""Outlines in pixels: of markers, and of lines that reach far beyond the picture."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

Array = NDArray[np.float64]

_FAR: Final = 1e5  # pixels: lines with ends beyond are cut to the visible side first
_SHAPES: Final[dict[str, Sequence[tuple[float, float]]]] = {
    "square": [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
    "diamond": [(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)],
    "triangle-up": [(0, -1.2), (1.15, 0.9), (-1.15, 0.9)],
    "triangle-down": [(0, 1.2), (1.15, -0.9), (-1.15, -0.9)],
    "cross": [
        *[(-0.42, -1.2), (0.42, -1.2), (0.42, -0.42), (1.2, -0.42), (1.2, 0.42), (0.42, 0.42)],
        *[(0.42, 1.2), (-0.42, 1.2), (-0.42, 0.42), (-1.2, 0.42), (-1.2, -0.42), (-0.42, -0.42)],
    ],
    "star": [
        (radius * np.cos(np.pi / 5 * i - np.pi / 2), radius * np.sin(np.pi / 5 * i - np.pi / 2))
        for i, radius in enumerate((1.4, 0.6) * 5)
    ],
    "hexagon": [(1.15 * np.cos(np.pi / 3 * i), 1.15 * np.sin(np.pi / 3 * i)) for i in range(6)],
}
"""Corners of the markers, y downwards, as in the browser (draw/canvas.js); what is not here is a circle."""


def marker_path(shape: str, radius: float, at: Array) -> Path:
    """Return a marker's outline in pixels."""
    corners = _SHAPES.get(shape)
    if corners is None:
        circle = Path.unit_circle()
        return Path(np.asarray(circle.vertices) * radius + at, circle.codes)
    return Path(np.array([*corners, corners[0]]) * radius + at, closed=True)


def in_reach(points: Array) -> Array:
    """Cut a line's segments to a square far around the picture; what is not finite breaks the line, as NaN."""
    finite = np.asarray(np.isfinite(points).all(axis=-1))
    if (np.abs(points[finite]) < _FAR).all():
        return np.where(finite[:, None], points, np.nan)
    found: list[Array] = []
    gap = np.array([np.nan, np.nan])
    for first, second in pairwise(points):
        piece = _cut(first, second) if np.isfinite(first).all() and np.isfinite(second).all() else None
        if piece is None:
            found.append(gap)
        elif found and np.array_equal(found[-1], piece[0]):
            found.append(piece[1])
        else:
            found += [gap, *piece]
    return np.array(found).reshape(-1, 2)


def _cut(first: Array, second: Array) -> tuple[Array, Array] | None:
    """Cut a segment to the square; None when it passes by (Liang and Barsky, 1984)."""
    enter, leave, way = 0.0, 1.0, second - first
    for axis in (0, 1):
        for p, q in ((-way[axis], first[axis] + _FAR), (way[axis], _FAR - first[axis])):
            if p == 0 and q < 0:
                return None
            if p < 0:
                enter = max(enter, q / p)
            if p > 0:
                leave = min(leave, q / p)
    return (first + enter * way, first + leave * way if leave < 1 else second) if enter <= leave else None
