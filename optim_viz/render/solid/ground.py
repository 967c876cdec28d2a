"""What a picture in 3D stands on: the surface's heights, the box around them, and the camera."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optim_viz.figures.loss_grid import LossGrid
from optim_viz.render.heights import height_of, height_range, resample
from optim_viz.render.places import Box
from optim_viz.render.scene import Scene, Shown
from optim_viz.render.solid.camera import Camera, box_of, fitted
from optim_viz.render.solid.field import HeightField, way_over

Array = NDArray[np.float64]

SIZE = 141  # points along a side of the surface, as in the browser (surface_3d.js)
_FLOOR = 0.35  # the floor with the shadows lies so far below the lowest point, in parts of the height
_AWAY, _ABOVE = 1.78, 1.4  # of the usual eye from the middle of the box


class Ground:
    """The surface of a scene as it stands in 3D.

    Attributes:
        scene: what it belongs to.
        grid: whose floor and scale make heights of losses.
        linear: the height is the loss itself, else its asinh.
        window: of the plane that is shown.
        colours: asinh heights at the field's points, which their colours go by; NaN where there is no surface.
        span: of the colours.
        ends: of the heights that are shown, from the lowest point to the top.
        floor: the height of the floor.
        field: the surface.
        camera: what sees it.
    """

    def __init__(self, scene: Scene, place: Box) -> None:
        """Raise the surface, and stand before it."""
        self.scene, self.linear = scene, scene.height == "linear"
        self.window = scene.zoom or scene.surface.domain
        self.grid: LossGrid = scene.grid(self.window)
        relief = resample(self.grid, self.window, SIZE, SIZE)
        z = relief.z if relief.missing is None else np.where(relief.missing, np.nan, relief.z)
        self.colours = z[::-1]
        self.span = height_range(relief)
        bottom, top = (float(self._raised(np.array(end))) for end in self.span)
        self.ends = bottom, top
        self.floor = bottom - _FLOOR * (top - bottom)
        # Heights are those of the middles of pixels: the outermost half pixels are left out.
        (x0, x1), (y0, y1) = (
            (low + (high - low) / (2 * SIZE), high - (high - low) / (2 * SIZE)) for low, high in self.window
        )
        self.field = HeightField(np.minimum(top, self._raised(self.colours)), ((x0, x1), (y0, y1)))
        box = box_of(self.window, fill=scene.fill)
        usual = fitted(self.field.best_eye(box, _AWAY, _ABOVE), box, place.width / place.height)
        data = (*self.window, (self.floor, top))
        self.camera = Camera(place, box, data, scene.camera or usual.eye, usual.middle)
        self._ways: dict[int, Way] = {}

    def _raised(self, height: Array) -> Array:
        """Return where an asinh height stands."""
        with np.errstate(all="ignore"):
            return self.grid.floor + self.grid.scale * np.sinh(height) if self.linear else height

    def z_of(self, loss: Array | float) -> Array:
        """Return where a loss stands."""
        return np.asarray(loss, dtype=np.float64) if self.linear else height_of(self.grid, loss)

    def way(self, lane: Shown) -> Way:
        """Return a run as it is seen."""
        if id(lane) not in self._ways:
            self._ways[id(lane)] = Way(self, lane)
        return self._ways[id(lane)]

    # What draws points on the flat landscape draws them here, too (panel.Sight).

    @property
    def box(self) -> Box:
        """The rectangle of pixels."""
        return self.camera.place

    def at(self, x: object, y: object) -> Array:
        """Return the pixels of points on the surface, (..., 2); NaN off it, and where it hides them."""
        x, y = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
        points = np.stack([x, y, self.field.at(x, y)], axis=-1)
        return self.seen(points.reshape(-1, 3)).reshape(*x.shape, 2)

    def holds(self, points: Array) -> NDArray[np.bool_]:
        """Tell which pixels are in sight."""
        return np.asarray(np.isfinite(points).all(axis=-1))

    def seen(self, points: Array) -> Array:
        """Return the pixels of points (N, 3); NaN for those that the surface hides."""
        hidden = self.field.hides(points, self.camera.eye_in_data)
        return np.where(hidden[:, None], np.nan, self.camera.at(points))


class Way:
    """A run as it is seen.

    Attributes:
        at: which of the points belongs to each step.
        steps: pixels of its points, hidden ones too.
        trail: pixels of its points; NaN for hidden ones.
        shadow: of the points under them on the floor.
        lit: of those of the shadow that nothing stands before.
    """

    def __init__(self, ground: Ground, lane: Shown) -> None:
        """Look at it."""
        heights = np.minimum(ground.field.high, ground.z_of(lane.values["loss"]))
        points, self.at = way_over(ground.field, lane.theta, heights)
        floor = np.where(np.isfinite(points), points, np.nan)
        floor[:, 2] = np.where(np.isfinite(points).all(axis=-1), ground.floor, np.nan)
        self.steps, self.trail = ground.camera.at(points), ground.seen(points)
        self.shadow, self.lit = ground.camera.at(floor), ground.seen(floor)
