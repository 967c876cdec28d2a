"""The landscape as the stage has it: heights at pixels, the range of their colours, and the losses of the level lines.

The same arithmetic as in the browser (draw/ground_image.js, state/heights.js): a test holds one against the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optim_viz.figures.loss_grid import LossGrid, Window
from optim_viz.figures.theme import Theme

Array = NDArray[np.float64]

LEVELS = 13
_LIGHT = np.array([-0.5, 0.55, 0.67]) / np.sqrt(0.5**2 + 0.55**2 + 0.67**2)  # from the upper left
_RELIEF = 0.12  # a rise over the whole picture by the whole ramp is a slope of so much
_HATCH = 9  # of the stage's pixels from stroke to stroke
_SHADES = 1024


@dataclass(frozen=True, eq=False)
class Relief:
    """Heights at pixels, the top row first.

    Attributes:
        z: (rows, columns).
        missing: where the loss is no number, (rows, columns); None where it is one everywhere.
    """

    z: Array
    missing: NDArray[np.bool_] | None


def resample(grid: LossGrid, window: Window, columns: int, rows: int) -> Relief:
    """Resample a grid by Catmull and Rom's cubics, which pass through its points and have no corners between them.

    Args:
        grid: heights that cover the window.
        window: what the picture shows.
        columns: pixels.
        rows: pixels.
    """
    n = grid.z.shape[0]
    across = _weights(grid.window[0], n, window[0], columns, smooth=True)
    up = _weights(grid.window[1], n, window[1], rows, smooth=True)[::-1]
    undefined = np.isnan(grid.z)
    z = up @ _carried_on(grid.z) @ across.T
    if not undefined.any():
        return Relief(z, None)
    linear = _weights(grid.window[0], n, window[0], columns, smooth=False)
    rising = _weights(grid.window[1], n, window[1], rows, smooth=False)[::-1]
    return Relief(z, rising @ undefined.astype(np.float64) @ linear.T > 0.5)


def _weights(cover: tuple[float, float], n: int, span: tuple[float, float], pixels: int, *, smooth: bool) -> Array:
    """Return what each of n points along a side counts at each pixel's middle, (pixels, n)."""
    value = span[0] + (np.arange(pixels) + 0.5) / pixels * (span[1] - span[0])
    place = np.clip((value - cover[0]) / (cover[1] - cover[0]) * (n - 1), 0, n - 1)
    cell = np.minimum(n - 2, np.floor(place)).astype(int)
    t = place - cell
    if smooth:
        taps = np.stack(
            [
                t * (-0.5 + t * (1 - 0.5 * t)),
                1 + t * t * (-2.5 + 1.5 * t),
                t * (0.5 + t * (2 - 1.5 * t)),
                t * t * (-0.5 + 0.5 * t),
            ]
        )
        # At the grid's edge the point beyond is the one that carries the slope on: 2 a - b.
        for edge, (beyond, a, b) in ((0, (0, 1, 2)), (n - 2, (3, 2, 1))):
            at = cell == edge
            taps[a, at] += 2 * taps[beyond, at]
            taps[b, at] -= taps[beyond, at]
            taps[beyond, at] = 0
    else:
        taps = np.stack([np.zeros_like(t), 1 - t, t, np.zeros_like(t)])
    out = np.zeros((pixels, n))
    for k in range(4):
        np.add.at(out, (np.arange(pixels), np.clip(cell - 1 + k, 0, n - 1)), taps[k])
    return out


def _carried_on(z: Array) -> Array:
    """Carry heights three points into what is undefined, so that cubics near its edge have something to stand on."""
    filled = z.copy()
    for _ in range(3):
        if not np.isnan(filled).any():
            return filled
        around = np.pad(filled, 1, constant_values=np.nan)
        sides = np.stack([around[1:-1, :-2], around[1:-1, 2:], around[:-2, 1:-1], around[2:, 1:-1]])
        known = ~np.isnan(sides)
        count = known.sum(axis=0)
        mean = np.where(known, sides, 0.0).sum(axis=0) / np.maximum(1, count)
        filled = np.where(np.isnan(filled) & (count > 0), mean, filled)
    return np.where(np.isnan(filled), 0.0, filled)


def height_range(relief: Relief) -> tuple[float, float]:
    """Return the heights that the colours go over: all in sight, but for a last few that tower over the rest."""
    flat = relief.z.ravel()
    every = max(1, flat.size // 20000)
    seen = flat[::every] if relief.missing is None else flat[::every][~relief.missing.ravel()[::every]]
    seen = np.sort(seen)
    if not seen.size:
        return 0.0, 1.0
    low, most, top = float(seen[0]), float(seen[int(0.98 * (seen.size - 1))]), float(seen[-1])
    high = min(top, low + 1.4 * (most - low))
    if high > low:
        return low, high
    return (low, top) if top > low else (low - 0.5, low + 0.5)


def round_levels(grid: LossGrid, span: tuple[float, float], count: int = LEVELS, slack: float = 0.4) -> list[float]:
    """Return the losses of the level lines: about evenly spaced in height, each at the roundest loss that is near.

    Args:
        grid: whose floor and scale make heights of losses.
        span: of the heights in sight.
        count: how many, about.
        slack: how far a level may be from its even place, in parts of the spacing.
    """
    low, high = span
    step = (high - low) / (count + 1)
    if not 0 < step < np.inf:
        return []
    found: list[float] = []
    for i in range(count):
        at = low + (i + 1) * step
        ends = (np.sinh(at - slack * step), np.sinh(at + slack * step))
        level = roundest(*(float(grid.floor + grid.scale * end) for end in ends))
        if np.isfinite(level) and (not found or level > found[-1]):
            found.append(level)
    return found


def roundest(low: float, high: float) -> float:
    """Return the number between with the fewest digits: 0, else a multiple of 10, 5, 2 or 1 times a power of ten."""
    if low <= 0 <= high:
        return 0.0
    middle = (low + high) / 2
    largest = int(np.ceil(np.log10(max(abs(low), abs(high)))))
    for power in range(largest, largest - 16, -1):
        for digit in (5, 2, 1):
            unit = digit * 10.0**power
            nearest = np.floor(middle / unit + 0.5)
            for whole in (nearest, nearest - 1, nearest + 1):
                value = float(whole * digit / 10.0**-power if power < 0 else whole * unit)
                if low <= value <= high:
                    return value
    return middle


def height_of(grid: LossGrid, loss: Array | float) -> Array:
    """Return asinh((loss - floor) / scale)."""
    return np.arcsinh((np.asarray(loss) - grid.floor) / grid.scale)


def ground_pixels(
    relief: Relief, span: tuple[float, float], levels: Array, theme: Theme, unit: float
) -> NDArray[np.uint8]:
    """Return the landscape coloured, shaded and lined, (rows, columns, 3).

    Args:
        relief: its heights.
        span: heights that the colours go over.
        levels: heights of the level lines, ascending.
        theme: its colours.
        unit: pixels of one of the stage's pixels.
    """
    z, (low, high), dark = relief.z, span, theme.mode == "dark"
    rows, columns = z.shape
    gy, gx = np.gradient(z)
    slope = _RELIEF * np.sqrt(rows * columns) / (high - low)
    nx, ny = -gx * slope, gy * slope
    lit = (nx * _LIGHT[0] + ny * _LIGHT[1] + _LIGHT[2]) / np.sqrt(nx * nx + ny * ny + 1)
    factor = 1 + (0.55 if dark else 0.4) * 1.3 * (lit - _LIGHT[2])
    shade = np.clip(np.round((z - low) * (_SHADES - 1) / (high - low)), 0, _SHADES - 1).astype(int)
    pixels = shades(theme)[shade] * factor[..., None]
    if levels.size:
        steps = low + np.arange(_SHADES) / (_SHADES - 1) * (high - low)
        near = levels[np.abs(levels[:, None] - steps).argmin(axis=0)][shade]
        half = 0.3 * unit + 0.5
        with np.errstate(all="ignore"):
            away = np.abs(z - near) / np.hypot(gx, gy)
        alpha = (0.25 if dark else 0.55) * np.clip(half - np.nan_to_num(away, nan=np.inf), 0, 1)[..., None]
        pixels += alpha * (rgb(theme.contour_line) - pixels)
    if relief.missing is not None:
        down, right = np.indices(z.shape)
        hatch = _HATCH * unit
        stroke = np.where(np.abs((right + down) % hatch - hatch / 2) < 0.6 * unit, 0.28, 0.0)[..., None]
        behind = rgb(theme.background)
        pixels = np.where(relief.missing[..., None], behind + stroke * (127 - behind), pixels)
    return np.clip(pixels + 0.5, 0, 255).astype(np.uint8)


def shades(theme: Theme) -> Array:
    """Return the landscape's colours from low to high, (shades, 3) of 0 to 255."""
    at = [place for place, _ in theme.contour]
    stops = np.array([rgb(colour) for _, colour in theme.contour])
    return np.stack([np.interp(np.linspace(0, 1, _SHADES), at, stops[:, channel]) for channel in range(3)], axis=-1)


def rgb(colour: str) -> Array:
    """Return "#rrggbb" as three numbers, 0 to 255."""
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], dtype=np.float64)
