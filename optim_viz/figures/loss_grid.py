"""A loss surface as a grid of heights, as finely as the surface needs it.

A linear height shows the walls and hides the valley's floor, so what is drawn is
    z = asinh((f - floor) / scale)
which is linear near the floor, logarithmic far above it, and finite at a minimum. `floor` is the lowest loss known in
the window, `scale` half the height that a quarter of the window lies below; where the loss is lowest at the window's
edge (a slope, a saddle) half the height of all of it, since nothing there is a valley's floor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optim_viz.surfaces import Surface

SIZES = (121, 241, 481)
"""Points along each side, from the usual grid (58 kB as float32) to the finest; each halves the spacing of the last."""

TOLERANCE = 0.005
"""How far the curve through neighbouring points may miss the height between them, in parts of the range in the window;
but for one place in two hundred, where a kink or a cusp always will."""

_LOST = 0.05  # missing a tenth of the places by more than this, a grid shows waves that are not there

_SUBSAMPLES = 3  # along each side of a point's cell, where even the finest grid misses what is between its points

Window = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, eq=False)
class LossGrid:
    """The loss on a regular grid over a window of the plane.

    Attributes:
        window: ((x0, x1), (y0, y1)) that the grid covers, edges included.
        z: asinh((f - floor) / scale), float64, shape (n, n), rows along y; NaN where f is not finite.
        floor: the loss of height 0.
        scale: > 0.
        resolved: False where the surface has detail between the points; z is then the mean over each point's cell.
    """

    window: Window
    z: NDArray[np.float64]
    floor: float
    scale: float
    resolved: bool = True

    @property
    def x(self) -> NDArray[np.float64]:
        """The n grid positions along x."""
        return np.linspace(*self.window[0], self.z.shape[1])

    @property
    def y(self) -> NDArray[np.float64]:
        """The n grid positions along y."""
        return np.linspace(*self.window[1], self.z.shape[0])

    @property
    def loss(self) -> NDArray[np.float64]:
        """The loss itself, shape (n, n)."""
        return np.sinh(self.z) * self.scale + self.floor


def loss_grid(
    surface: Surface, window: Window | None = None, size: int = SIZES[0], cover: Window | None = None
) -> LossGrid:
    """Return the surface's heights on a `size` x `size` grid.

    Args:
        surface: what to draw.
        window: ((x0, x1), (y0, y1)) that floor and scale are taken from; the surface's domain when None.
        size: points along each side, 2 or more.
        cover: what the grid covers; the window when None.
    """
    shown = window or surface.domain
    floor, scale = _heights(surface, shown)
    span = cover or shown
    return LossGrid(window=span, z=_sampled(surface, span, size, floor, scale), floor=floor, scale=scale)


def fine_grid(surface: Surface, window: Window | None = None, cover: Window | None = None) -> LossGrid:
    """Return the coarsest of the grids in `SIZES` through which the surface can be drawn without a visible error.

    Where the finest is too coarse (a formula with thousands of waves) each point is the mean over its cell, so that
    the picture is grey there instead of showing waves that do not exist.

    Args:
        surface: as for `loss_grid`.
        window: as for `loss_grid`.
        cover: as for `loss_grid`.
    """
    shown = window or surface.domain
    floor, scale = _heights(surface, shown)
    span = cover or shown
    z = _sampled(surface, span, SIZES[0], floor, scale)
    for finer in SIZES[1:]:
        if _missed(z, _between(surface, span, z.shape[0], floor, scale)) <= TOLERANCE:
            return LossGrid(span, z, floor, scale)
        z = _sampled(surface, span, finer, floor, scale)
    resolved = _missed(z, _between(surface, span, SIZES[-1], floor, scale), 0.9) <= _LOST
    return LossGrid(span, z if resolved else _averaged(surface, span, floor, scale), floor, scale, resolved)


def _heights(surface: Surface, window: Window) -> tuple[float, float]:
    """Return floor and scale."""
    (x0, x1), (y0, y1) = window
    inside = any(x0 <= x <= x1 and y0 <= y <= y1 for x, y in surface.minima)
    loss = surface.loss(*_axes(window, SIZES[0]))
    known = loss[np.isfinite(loss)]
    if not known.size:
        return 0.0, 1.0
    lowest = float(known.min())
    within = loss[1:-1, 1:-1]
    slope = not inside and not (within[np.isfinite(within)] <= lowest).any()
    floor = min(surface.minimum, lowest) if inside and surface.minimum is not None else lowest
    with np.errstate(all="ignore"):
        height = known - floor
        for share in (1.0,) if slope else (0.25, 0.5, 0.75, 1.0):
            scale = float(np.quantile(height, share)) / 2
            if np.isfinite(scale) and scale > 0:
                return floor, scale
    return floor, 1.0  # flat, or beyond float64: any scale draws the same picture


def _sampled(surface: Surface, window: Window, size: int, floor: float, scale: float) -> NDArray[np.float64]:
    return _height(surface.loss(*_axes(window, size)), floor, scale)


def _between(surface: Surface, window: Window, size: int, floor: float, scale: float) -> NDArray[np.float64]:
    """Return the heights in the middle of each cell of a grid, (size - 1, size - 1)."""
    x, y = (0.5 * (axis[1:] + axis[:-1]) for axis in (np.linspace(*side, size) for side in window))
    return _height(surface.loss(x[None, :], y[:, None]), floor, scale)


def _axes(window: Window, size: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.linspace(*window[0], size)[None, :], np.linspace(*window[1], size)[:, None]


def _height(loss: NDArray[np.float64], floor: float, scale: float) -> NDArray[np.float64]:
    with np.errstate(all="ignore"):
        z = np.arcsinh((loss - floor) / scale)
    return np.where(np.isfinite(z), z, np.nan)


def _missed(z: NDArray[np.float64], between: NDArray[np.float64], share: float = 0.995) -> float:
    """Return by how much Catmull and Rom's curves through z miss, at most, in a share of the places.

    Infinite where a part is undefined: its edge is as sharp as the grid is fine.

    Args:
        z: (n, n).
        between: the true heights in the middle of the cells, (n - 1, n - 1).
        share: of the places.
    """
    undefined = np.isnan(z)
    if undefined.any() and not undefined.all() and share > 0.9:
        return np.inf
    weights = (-1 / 16, 9 / 16, 9 / 16, -1 / 16)
    n = z.shape[0]
    rows = sum(weight * z[i : n - 3 + i] for i, weight in enumerate(weights))
    guess = sum(weight * np.asarray(rows)[:, i : n - 3 + i] for i, weight in enumerate(weights))
    error = np.abs(guess - between[1:-1, 1:-1])
    known = error[np.isfinite(error)]
    span = np.nanmax(z) - np.nanmin(z) if known.size else 0.0
    return float(np.quantile(known, share) / span) if span > 0 else 0.0


def _averaged(surface: Surface, window: Window, floor: float, scale: float) -> NDArray[np.float64]:
    """Return the mean height over each point's cell."""
    size = SIZES[-1]
    x, y = (np.linspace(*side, size) for side in window)
    steps = [((k + 0.5) / _SUBSAMPLES - 0.5) for k in range(_SUBSAMPLES)]
    total, count = np.zeros((size, size)), np.zeros((size, size))
    for across in steps:
        for along in steps:
            part = _height(
                surface.loss((x + across * (x[1] - x[0]))[None, :], (y + along * (y[1] - y[0]))[:, None]), floor, scale
            )
            known = np.isfinite(part)
            total += np.where(known, part, 0.0)
            count += known
    with np.errstate(all="ignore"):
        return np.where(2 * count > len(steps) ** 2, total / count, np.nan)
