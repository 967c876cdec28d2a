"""A rectangle of a picture with its axes: which pixel shows a value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from optim_viz.render.places import Box

Array = NDArray[np.float64]


class Sight(Protocol):
    """What shows points of the plane in a rectangle of pixels: the landscape from above, or the surface in 3D."""

    @property
    def box(self) -> Box:
        """The rectangle."""
        ...

    def at(self, x: Any, y: Any) -> Array:
        """Return pixels, (..., 2); not finite where a point cannot be shown."""
        ...

    def holds(self, points: Array) -> NDArray[np.bool_]:
        """Tell which pixels are in sight."""
        ...


class Panel:
    """A rectangle with an axis for x, and for y one that `forward` makes linear."""

    def __init__(
        self,
        box: Box,
        across: tuple[float, float],
        up: tuple[float, float],
        forward: Callable[[Array], Array] = lambda values: values,
    ) -> None:
        """Lay the axes' ends on the box's edges."""
        self._box, self.forward = box, forward
        self.scale_x = box.width / (across[1] - across[0])
        self.scale_y = -box.height / (up[1] - up[0])
        self.origin_x = box.x - across[0] * self.scale_x
        self.origin_y = box.y + box.height - up[0] * self.scale_y

    @property
    def box(self) -> Box:
        """The rectangle."""
        return self._box

    def at(self, x: Any, y: Any) -> Array:
        """Return pixels, (..., 2); not finite where the axes cannot show a value."""
        with np.errstate(all="ignore"):
            px = self.origin_x + np.asarray(x, dtype=np.float64) * self.scale_x
            py = self.origin_y + self.forward(np.asarray(y, dtype=np.float64)) * self.scale_y
        return np.stack(np.broadcast_arrays(px, py), axis=-1)

    def holds(self, points: Array) -> NDArray[np.bool_]:
        """Tell which pixels lie in the box."""
        x, y = points[..., 0], points[..., 1]
        box = self.box
        return (x >= box.x) & (x <= box.x + box.width) & (y >= box.y) & (y <= box.y + box.height)
