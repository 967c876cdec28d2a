"""The eye of a picture in 3D: where it stands, and which pixel shows a point, as on the stage (draw/eye.js)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optim_viz.figures.loss_grid import Window
from optim_viz.render.places import Box

Array = NDArray[np.float64]
Point = tuple[float, float, float]

_HALF = np.tan(np.pi / 8)  # the perspective opens 45 degrees from the lower to the upper edge
_WIDE, _HIGH, _LIFT = 0.92, 0.87, 0.06  # of the picture, as in the browser
_ROUNDS = 24
_FLATTEST = 0.3  # x and y have one scale, unless one of them would be a sliver


def box_of(window: Window, *, fill: bool) -> Point:
    """Return the sides of the drawn box."""
    (x0, x1), (y0, y1) = window
    ratio = 1.0 if fill else max(_FLATTEST, min(1 / _FLATTEST, (x1 - x0) / (y1 - y0)))
    return 1.4 * min(1.0, ratio), 1.4 * min(1.0, 1 / ratio), 0.75


class Fitted(NamedTuple):
    """An eye, and the height of the point that it looks at; three digits, as a link has them."""

    eye: Point
    middle: float


def fitted(direction: Point, box: Point, aspect: float) -> Fitted:
    """Return how far away the eye stands, and how high it looks, so that the box fills a picture.

    Args:
        direction: in which the eye is, seen from the middle of the box.
        box: its sides.
        aspect: width by height of the picture.
    """
    distance = float(np.linalg.norm(direction))
    back = np.array(direction) / distance
    corners = np.array([[(i & 1) - 0.5, (i >> 1 & 1) - 0.5, (i >> 2) - 0.5] for i in range(8)]) * box
    middle = 0.0
    for _ in range(_ROUNDS):
        seen = _seen(corners - (0, 0, middle), back, distance, aspect)
        high, low, wide = seen[:, 1].max(), seen[:, 1].min(), np.abs(seen[:, 0]).max()
        middle += float((0.5 * (high + low) - _LIFT) * _HALF * distance)
        distance *= float(max(wide / _WIDE, 0.5 * (high - low) / _HIGH))
    eye = back * distance + (0, 0, middle)
    x, y, z = (round(float(each), 3) for each in eye)
    return Fitted((x, y, z), round(middle, 3))


def _seen(points: Array, back: Array, distance: float, aspect: float) -> Array:
    """Return where points are seen by an eye that looks at the origin, -1 to 1 from edge to edge; NaN behind it."""
    right, up = _across(back)
    depth = distance - points @ back
    with np.errstate(all="ignore"):
        seen = np.stack([points @ right / (depth * _HALF * aspect), points @ up / (depth * _HALF)], axis=-1)
    return np.where((depth > 0)[..., None], seen, np.nan)


def _across(back: Array) -> tuple[Array, Array]:
    """Return what is to the right and up for an eye that looks against a direction."""
    flat = np.hypot(back[0], back[1])
    right = np.array([-back[1], back[0], 0.0]) / flat if flat > 0 else np.array([1.0, 0.0, 0.0])
    return right, np.cross(back, right)


class Camera:
    """An eye before a box that holds data, and the rectangle of pixels that shows what it sees.

    Attributes:
        place: the rectangle.
        box: the box's sides.
        eye: where it stands, in the box's units from its middle.
        middle: the height of the point that it looks at.
        ends: of the data along each side, (3, 2).
    """

    def __init__(self, place: Box, box: Point, ends: Sequence[tuple[float, float]], eye: Point, middle: float) -> None:
        """Stand at a place and look at a height of the box's middle line."""
        self.place, self.box, self.eye = place, np.array(box), np.array(eye, dtype=np.float64)
        self.middle = middle
        self.ends = np.array(ends, dtype=np.float64)
        self._centre = np.array([0.0, 0.0, middle])
        away = self.eye - self._centre
        self._distance = max(1e-9, float(np.linalg.norm(away)))
        self._back = away / self._distance

    def in_box(self, points: Array) -> Array:
        """Return where data are in the box."""
        low, high = self.ends.T
        return ((points - low) / (high - low) - 0.5) * self.box

    def at(self, points: Array) -> Array:
        """Return the pixels of data (..., 3), (..., 2); NaN behind the eye."""
        place = self.place
        seen = _seen(self.in_box(points) - self._centre, self._back, self._distance, place.width / place.height)
        x, y = place.x + (seen[..., 0] + 1) / 2 * place.width, place.y + (1 - seen[..., 1]) / 2 * place.height
        return np.stack([x, y], axis=-1)

    def before(self, points: Array) -> Array:
        """Return data as the eye has them before it, (..., 3): to the right, up, and towards it, in the box's units."""
        right, up = _across(self._back)
        away = self.in_box(points) - self._centre
        return np.stack([away @ right, away @ up, away @ self._back - self._distance], axis=-1)

    @property
    def eye_in_data(self) -> Array:
        """Where the eye is among the data."""
        low, high = self.ends.T
        return low + (self.eye / self.box + 0.5) * (high - low)
