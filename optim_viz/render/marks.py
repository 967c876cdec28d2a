# pyright: basic
"""What a rule shows beside its particle, and its cloud, as on the stage (draw/marks.js, draw/clouds.js)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.path import Path

from optim_viz.figures.theme import legible
from optim_viz.render.board import Array, Board
from optim_viz.render.outlines import marker_path
from optim_viz.render.panel import Panel, Sight
from optim_viz.render.scene import Shown

_SIZE = 5  # radius of a point's marker, in the stage's pixels
_HEAD = 6
_REACH = 44  # the ellipse's longer half axis
_CLOUD = 2.1


def draw_cloud(board: Board, panel: Sight, lane: Shown, time: int) -> None:
    """Draw where a lane's runs from other starts are, as small dots."""
    if lane.cloud is None:
        return
    places, stride = lane.cloud
    steps = len(lane.theta) - 1
    row = min(len(places) - 1, time // stride if time < steps else len(places) - 1)
    here = places[row].astype(np.float64)
    if row + 1 < len(places):  # of long runs every few steps are known; between two of them a straight line is taken
        here = here + (time - row * stride) / (min((row + 1) * stride, steps) - row * stride) * (places[row + 1] - here)
    points = panel.at(here[0], here[1])
    points = points[np.isfinite(points).all(axis=-1) & panel.holds(points)]
    if len(points):
        dots = Path.make_compound_path(*(marker_path("circle", _CLOUD * board.u, at) for at in points))
        board.shape(dots, None, board.theme.halo, 1.5, alpha=0.5, clip=panel.box)
        board.shape(dots, board.theme.lanes[lane.colour], alpha=0.85, clip=panel.box)


def _points(panel: Sight, lane: Shown, time: int) -> list[tuple[str, str, Array, Array]]:
    """Return marker, sign, place and the particle's place of each further point in sight."""
    found: list[tuple[str, str, Array, Array]] = []
    for point, sign in lane.points:
        values = [lane.values.get(f"{point.state}_{axis}") for axis in "xy"]
        if values[0] is None or values[1] is None:
            continue
        at = panel.at(values[0][time], values[1][time])
        if np.isfinite(at).all() and panel.holds(at):
            start = panel.at(*lane.theta[max(0, time - 1) if point.joined == "before" else time])
            found.append((point.marker, sign, at, start if panel.holds(start) else at))
    return found


def draw_points(board: Board, panel: Sight, lane: Shown, time: int) -> None:
    """Draw further points of the plane as hollow markers, joined with the particle."""
    colour, theme = board.theme.lanes[lane.colour], board.theme
    for shape, _, at, start in _points(panel, lane, time):
        for each, width in ((theme.halo, 3), (colour, 1)):
            board.line(np.array([start, at]), each, width, clip=panel.box)
        board.marker(shape, at, _SIZE, theme.background, theme.halo, 3.8, clip=panel.box)
        board.marker(shape, at, _SIZE, theme.background, colour, 1.8, clip=panel.box)


def point_names(board: Board, panel: Sight, lanes: Sequence[Shown], time: int) -> list[tuple[str, str, Array]]:
    """Return the signs of the points that are not under the head, with their colours and places."""
    return [
        (sign, legible(board.theme.lanes[lane.colour], board.theme.background), at)
        for lane in lanes
        for _, sign, at, _ in _points(panel, lane, time)
        if np.hypot(*(at - panel.at(*lane.theta[time]))) >= _HEAD * board.u
    ]


def draw_ellipse(board: Board, panel: Panel, lane: Shown, time: int) -> None:
    """Draw a power of a rule's matrix as what it makes of a circle; its shape is what counts."""
    info = lane.ellipse
    if info is None:
        return
    numbers = [lane.values.get(name) for name in (f"{info.diagonal}_x", f"{info.diagonal}_y", f"{info.cross}_x")]
    if any(values is None for values in numbers):
        return
    dx, dy, cross = (float(values[time]) for values in numbers if values is not None)
    matrix = np.array([[dx, cross], [cross, dy]])
    if not np.isfinite(matrix).all():
        return
    sizes, ways = np.linalg.eigh(matrix)
    if not sizes[-1] > 0:
        return
    # The largest is made 1 before the power is taken, and the whole its inverse: the shape alone is kept.
    shape = ways @ np.diag((np.maximum(sizes, 0) / sizes[-1]) ** -float(info.power)) @ ways.T
    inverse = np.array([[shape[1, 1], -shape[0, 1]], [-shape[0, 1], shape[0, 0]]])
    seen = np.diag([panel.scale_x, panel.scale_y]) @ inverse
    seen *= _REACH * board.u / np.linalg.norm(seen, 2)
    turn = np.linspace(0, 2 * np.pi, 49)
    outline = Path(panel.at(*lane.theta[time]) + np.stack([np.cos(turn), np.sin(turn)], axis=-1) @ seen.T, closed=True)
    for colour, width in ((board.theme.halo, 3.6), (board.theme.lanes[lane.colour], 1.6)):
        board.shape(outline, None, colour, width, clip=panel.box)
