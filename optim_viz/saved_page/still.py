"""A lab as one small picture in SVG: what a handout shows on paper, and until the lab itself is there."""

from __future__ import annotations

import base64
import struct
import zlib
from html import escape
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optim_viz.figures.loss_grid import Window, loss_grid
from optim_viz.figures.theme import THEMES, legible
from optim_viz.outside import Refused
from optim_viz.scenario import Scenario
from optim_viz.stage.lane_run import run_specs, surface_spec
from optim_viz.stage.outside_lanes import made_run

WIDTH, HEIGHT = 720, 400
GROUND: Final = (180, 100)
"""Pixels of the landscape, which is smooth: it is stretched."""
_THEME = THEMES["light"]


def still(scenario: Scenario) -> str:
    """Return the picture: the landscape, the path of each lane in sight up to the scenario's step, and their names.

    Both axes have one scale, as in the lab. A run of an outside class that cannot run is left out.
    """
    surface = surface_spec(scenario).surface()
    window = _shown(scenario.zoom or surface.domain)
    parts = [
        f'<image width="{WIDTH}" height="{HEIGHT}" preserveAspectRatio="none" href="{_ground(scenario, window)}"/>'
    ]
    names: list[str] = []
    for spec, lane, title in zip(run_specs(scenario), scenario.lanes, scenario.titles(), strict=True):
        if not lane.visible:
            continue
        try:
            theta = made_run(spec).theta
        except Refused:
            continue
        last = scenario.steps if scenario.time is None else scenario.time
        colour = _THEME.lanes[lane.colour]
        points = _pixels(theta[: last + 1], window)
        if len(points):
            path = " ".join(f"{x:g},{y:g}" for x, y in points)
            x, y = points[-1]
            parts += [
                f'<polyline points="{path}" fill="none" stroke="{_THEME.halo}" stroke-width="4.5" opacity=".8"/>',
                f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.2"/>',
                f'<circle cx="{x:g}" cy="{y:g}" r="5" fill="{colour}" stroke="white" stroke-width="1.5"/>',
            ]
        names.append(f'<tspan fill="{legible(colour, "#FFFFFF")}" dx="14">● {escape(title)}</tspan>')
    (x, y), *_ = _pixels(np.array([scenario.start]), window)
    parts.append(f'<circle cx="{x:g}" cy="{y:g}" r="6" fill="none" stroke="#1b1f24" stroke-width="2"/>')
    legend = f'<text x="0" y="{HEIGHT + 22}" font-size="15" font-weight="600">{"".join(names)}</text>'
    label = escape(f"{surface.title}: {', '.join(scenario.titles())}")
    return (
        f'<svg class="still" role="img" aria-label="{label}" viewBox="0 0 {WIDTH} {HEIGHT + 32}" '
        f'xmlns="http://www.w3.org/2000/svg" font-family="sans-serif">'
        f'<svg width="{WIDTH}" height="{HEIGHT}">{"".join(parts)}</svg>{legend}</svg>'
    )


def _shown(window: Window) -> Window:
    """Return the window grown on two sides to the picture's shape."""
    (x0, x1), (y0, y1) = window
    width, height = max(x1 - x0, (y1 - y0) * WIDTH / HEIGHT), max(y1 - y0, (x1 - x0) * HEIGHT / WIDTH)
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    return (x - width / 2, x + width / 2), (y - height / 2, y + height / 2)


def _pixels(theta: NDArray[np.float64], window: Window) -> NDArray[np.float64]:
    """Return the path in the picture, (n, 2), up to where a run has diverged; equal neighbours are one point."""
    finite = np.isfinite(theta).all(axis=1)
    theta = theta[: len(theta) if finite.all() else int(np.argmin(finite))]
    (x0, x1), (y0, y1) = window
    points = np.stack([(theta[:, 0] - x0) / (x1 - x0) * WIDTH, (y1 - theta[:, 1]) / (y1 - y0) * HEIGHT], axis=1)
    points = np.round(np.clip(points, -1e4, 1e4), 1)
    moved = np.ones(len(points), dtype=bool)
    moved[1:-1] = (np.diff(points, axis=0) != 0).any(axis=1)[:-1]
    return points[moved]


def _ground(scenario: Scenario, window: Window) -> str:
    """Return the landscape as a PNG in a data address; where the loss is not finite it is grey."""
    surface = surface_spec(scenario).surface()
    grid = loss_grid(surface, scenario.zoom or surface.domain, max(GROUND), cover=window)
    rows = np.linspace(0, len(grid.z) - 1, GROUND[1]).round().astype(int)
    z = grid.z[rows][::-1]
    at, colours = zip(*_THEME.contour, strict=True)
    ramp = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in colours], dtype=np.float64)
    with np.errstate(invalid="ignore"):
        high = np.nanmax(z) if np.isfinite(z).any() else 1.0
        share = np.clip(z / (high or 1.0), 0.0, 1.0)
    rgb = np.stack([np.interp(share, at, ramp[:, i]) for i in range(3)], axis=-1)
    rgb[~np.isfinite(z)] = 200.0
    return f"data:image/png;base64,{base64.b64encode(png(rgb.round().astype(np.uint8))).decode()}"


def png(rgb: NDArray[np.uint8]) -> bytes:
    """Write pixels, (height, width, 3), as a PNG file."""
    height, width, _ = rgb.shape
    lines = np.concatenate([np.zeros((height, 1), np.uint8), rgb.reshape(height, -1)], axis=1).tobytes()

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")
