"""A loss surface as a grid of log(f - f*).

A linear colour scale shows the walls and hides the valley floor, so the drawn quantity is
    z = log10(f - floor + c)
where `floor` is the lowest value known and c, a thousandth of the median height, keeps the logarithm finite at a
minimum. Where no minimum is known (a saddle, a formula) c is half the height range: nothing below is special there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optim_viz.surfaces import Surface

GRID = 121
"""Points along each side: fine enough that isolines look smooth at 800 px, 58 kB as float32."""

Window = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, eq=False)
class LossGrid:
    """The loss on a regular grid over a window of the plane.

    Attributes:
        window: ((x0, x1), (y0, y1)) that the grid covers, edges included.
        z: log10(f - floor + offset), float64, shape (n, n), rows along y; NaN where f is not finite.
        floor: the loss that counts as height 0.
        offset: c > 0.
        label: what z is, in words and symbols.
    """

    window: Window
    z: NDArray[np.float64]
    floor: float
    offset: float
    label: str

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
        return 10.0**self.z - self.offset + self.floor


def loss_grid(surface: Surface, window: Window | None = None, size: int = GRID) -> LossGrid:
    """Return the surface's loss on a `size` x `size` grid.

    Args:
        surface: what to draw.
        window: ((x0, x1), (y0, y1)); the surface's domain when None.
        size: points along each side, 2 or more.
    """
    span = window or surface.domain
    x, y = np.meshgrid(np.linspace(*span[0], size), np.linspace(*span[1], size))
    loss = np.array(surface.loss(x, y), dtype=np.float64)
    loss[~np.isfinite(loss)] = np.nan
    known = loss[np.isfinite(loss)]
    lowest = float(known.min()) if known.size else 0.0
    floor = lowest if surface.minimum is None else min(surface.minimum, lowest)
    with np.errstate(all="ignore"):
        height = loss - floor
        finite = height[np.isfinite(height)]
        if surface.minimum is None:
            offset = float(finite.max()) / 2 if finite.size else 1.0
        else:
            offset = float(np.median(finite)) / 1000 if finite.size else 1.0
        # A flat or overflowing surface: any positive offset draws the same picture.
        offset = offset if np.isfinite(offset) and offset > 0 else 1.0
        z = np.log10(height + offset)
    label = "log10(f \N{MINUS SIGN} f* + c)" if surface.minimum is not None else "log10(f \N{MINUS SIGN} lowest + c)"
    return LossGrid(window=span, z=np.where(np.isfinite(z), z, np.nan), floor=floor, offset=offset, label=label)
