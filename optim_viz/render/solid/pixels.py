"""The surface in 3D in pixels: a buffer of depths finds what is in front; colours and light are the stage's."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from optim_viz.figures.theme import Theme
from optim_viz.render.heights import rgb, shades
from optim_viz.render.solid.ground import Ground

Array = NDArray[np.float64]

LINES = 14
_FINER = 2  # samples along each side of a pixel
_AMBIENT, _DIFFUSE, _SPECULAR, _ROUGH = 0.72, 0.6, 0.03, 0.9
_STRENGTH = 0.5  # of the level lines
_AT_ONCE = 2_000_000  # samples that are looked at together


def surface_pixels(ground: Ground, theme: Theme, unit: float) -> NDArray[np.uint8]:
    """Return the surface in the pixels of the camera's rectangle, (rows, columns, 4); see-through where it is not.

    Args:
        ground: the surface.
        theme: its colours.
        unit: pixels of one of the stage's pixels.
    """
    place = ground.camera.place
    rows, columns = round(place.height), round(place.width)
    mesh = Mesh(ground)
    seen, shares = mesh.visible(columns * _FINER, rows * _FINER)
    colours = np.zeros((rows * _FINER * columns * _FINER, 4))
    on = np.flatnonzero(seen >= 0)
    colours[on, :3] = _lit(ground, mesh, seen[on], shares[on], theme, unit)
    colours[on, 3] = 255
    fine = colours.reshape(rows, _FINER, columns, _FINER, 4)
    count = fine[..., 3].sum(axis=(1, 3)) / 255
    total = fine.sum(axis=(1, 3))
    total[..., :3] /= np.maximum(1, count)[..., None]
    total[..., 3] /= _FINER**2
    return np.clip(total + 0.5, 0, 255).astype(np.uint8)


class Mesh:
    """The surface's triangles, before the eye and whole.

    Attributes:
        corners: indices of points, (T, 3).
        pixels: of all points, in samples, (N, 2).
        near: 1 / depth of all points.
    """

    def __init__(self, ground: Ground) -> None:
        """Project it."""
        z = ground.field.z
        n = len(z)
        x, y = (np.linspace(*span, n) for span in ground.field.window)
        points = np.stack([*np.meshgrid(x, y), z], axis=-1).reshape(-1, 3)
        place = ground.camera.place
        self.pixels = (ground.camera.at(points) - (place.x, place.y)) * _FINER
        with np.errstate(all="ignore"):
            self.near = -1 / ground.camera.before(points)[..., 2]
        cell = (np.arange(n - 1)[:, None] * n + np.arange(n - 1)).ravel()
        halves = np.stack([cell, cell + 1, cell + n + 1]), np.stack([cell, cell + n + 1, cell + n])
        corners = np.concatenate(halves, axis=1).T
        known = np.asarray(np.isfinite(self.pixels).all(axis=-1))
        self.corners = corners[np.asarray(known[corners].all(axis=-1))]

    def visible(self, columns: int, rows: int) -> tuple[NDArray[np.int64], Array]:
        """Return which triangle each sample shows, -1 for none, and what each of its corners counts there.

        Args:
            columns: samples.
            rows: samples.
        """
        depth = np.zeros(columns * rows)
        seen = np.full(columns * rows, -1, dtype=np.int64)
        shares = np.zeros((columns * rows, 3))
        for which, first, side in self._parts(columns, rows):
            right, down = (part.ravel() for part in np.meshgrid(np.arange(side), np.arange(side)))
            x, y = first[:, :1] + right, first[:, 1:] + down
            middles = x.astype(np.float64) + 0.5, y.astype(np.float64) + 0.5
            a, b, c = (self.pixels[corner] for corner in self.corners[which].T)
            weights = _weights(a, b, c, *middles)
            hit = (weights >= -1e-9).all(axis=0) & (x >= 0) & (y >= 0) & (x < columns) & (y < rows)
            triangle, _ = np.nonzero(hit)
            at = (y[hit] * columns + x[hit]).astype(np.int64)
            share = weights[:, hit].T
            here = (share * self.near[self.corners[which[triangle]]]).sum(axis=-1)
            np.maximum.at(depth, at, here)
            front = here >= depth[at]
            seen[at[front]] = which[triangle[front]]
            shares[at[front]] = share[front]
        return seen, shares

    def _parts(self, columns: int, rows: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], int]]:
        """Yield triangles that fit squares of one size, with the squares' upper left samples and their side."""
        places = self.pixels[self.corners]
        low, high = np.floor(places.min(axis=1)), np.ceil(places.max(axis=1))
        low, high = np.clip(low, 0, (columns, rows)), np.clip(high, 0, (columns, rows))
        sides = (high - low).max(axis=-1)
        within = np.flatnonzero((high > low).all(axis=-1))
        size = 2 ** np.ceil(np.log2(np.maximum(2, sides))).astype(int)
        for side in np.unique(size[within]).tolist():
            alike = within[size[within] == side]
            many = max(1, _AT_ONCE // side**2)
            for begin in range(0, len(alike), many):
                which = alike[begin : begin + many]
                yield which, low[which].astype(np.int64), side


def _weights(a: Array, b: Array, c: Array, x: Array, y: Array) -> Array:
    """Return what each corner of triangles (T, 2) counts at samples (T, K), (3, T, K); NaN where one has no area."""

    def part(first: Array, second: Array) -> Array:
        (x0, y0), (x1, y1) = first.T[..., None], second.T[..., None]
        return (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)

    with np.errstate(all="ignore"):
        area = ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0])[:, None]
        return np.stack([part(b, c), part(c, a), part(a, b)]) / area


def _lit(ground: Ground, mesh: Mesh, seen: NDArray[np.int64], shares: Array, theme: Theme, unit: float) -> Array:
    """Return the colours of samples, (N, 3)."""
    corners = mesh.corners[seen]
    shares = shares * mesh.near[corners]
    shares /= shares.sum(axis=-1, keepdims=True)

    def value(values: Array) -> Array:
        return (values.ravel()[corners] * shares).sum(axis=-1)

    (low, high), ramp = ground.span, shades(theme)
    place = np.clip(np.round((value(ground.colours) - low) / (high - low) * (len(ramp) - 1)), 0, len(ramp) - 1)
    upward, faces_us = value(_towards_light(ground)), _area(mesh)[seen] < 0
    turned = np.maximum(1e-4, np.where(faces_us, upward, -upward))
    light = np.minimum(1, _AMBIENT + _DIFFUSE * turned)
    colours = ramp[place.astype(int)] * light[:, None] + _shine(turned)[:, None]
    alpha = _lines(ground, value(ground.field.z), _steepness(ground, mesh)[seen], unit)[:, None]
    return colours + alpha * (rgb(theme.contour_line) - colours)


def _shine(turned: Array) -> Array:
    """Return how much white a rough surface reflects, 0 to 255 (Beckmann's distribution, as Plotly has it)."""
    square = turned**2
    with np.errstate(all="ignore"):
        spread = np.exp((square - 1) / (square * _ROUGH**2)) / (np.pi * _ROUGH**2 * square**2)
    return 255 * _SPECULAR * np.nan_to_num(spread)


def _towards_light(ground: Ground) -> Array:
    """Return how far each point's upper side is turned to the light, -1 to 1.

    The light stands where Plotly's shader has the stage's: by its far position the light comes out at the eye, in units
    of the surface's extents, and is taken from there to points as the eye has them before it.
    """
    field, camera = ground.field, ground.camera
    n = len(field.z)
    across, along, tall = camera.box
    (x0, x1), (y0, y1) = field.window
    points = np.stack([*np.meshgrid(np.linspace(x0, x1, n), np.linspace(y0, y1, n)), field.z], axis=-1)
    light = camera.eye_in_data / (x1 - x0, y1 - y0, field.high - field.low) - camera.before(points)
    high = tall / (ground.ends[1] - ground.floor)
    zy, zx = np.gradient(field.z * high, along / (n - 1), across / (n - 1))
    turned = (-zx * light[..., 0] - zy * light[..., 1] + light[..., 2]) / np.sqrt(zx * zx + zy * zy + 1)
    return np.nan_to_num(turned / np.linalg.norm(light, axis=-1), nan=1.0)  # beside a hole: in full light


def _area(mesh: Mesh) -> Array:
    """Return twice each triangle's area as it is seen; below 0 where its upper side is in sight."""
    a, b, c = (mesh.pixels[corner] for corner in mesh.corners.T)
    return (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]


def _steepness(ground: Ground, mesh: Mesh) -> Array:
    """Return how much each triangle's height changes a sample, at most."""
    a, b, c = (mesh.pixels[corner] for corner in mesh.corners.T)
    za, zb, zc = (ground.field.z.ravel()[corner] for corner in mesh.corners.T)
    across = (zb - za) * (c - a)[:, 1] - (zc - za) * (b - a)[:, 1]
    down = (zc - za) * (b - a)[:, 0] - (zb - za) * (c - a)[:, 0]
    with np.errstate(all="ignore"):
        return np.hypot(across, down) / np.abs(_area(mesh))


def _lines(ground: Ground, z: Array, steep: Array, unit: float) -> Array:
    """Return how strongly the level lines cover samples, 0 to 1."""
    low, high = ground.ends
    step = (high - low) / LINES
    nearest = np.clip(np.round((z - low) / step), 1, LINES - 1) * step + low
    with np.errstate(all="ignore"):
        away = np.nan_to_num(np.abs(z - nearest) / steep, nan=np.inf)
    return _STRENGTH * np.clip(0.5 * unit * _FINER + 0.5 - away, 0, 1)
