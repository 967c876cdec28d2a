# pyright: basic
"""The box of a picture in 3D: lines on its walls behind the surface, ticks and titles on its edges."""

from __future__ import annotations

import numpy as np

from optim_viz.render.board import Array, Board
from optim_viz.render.heights import round_levels
from optim_viz.render.solid.ground import Ground
from optim_viz.render.value_axes import Ticks, linear_ticks, number

_TICKS = 5
_TYPE = 10.5
_GAP = 15  # from an edge to the middle of its numbers, in the stage's pixels
_BETWEEN = 20  # numbers that would be nearer to each other are left out


def draw_box(board: Board, ground: Ground) -> None:
    """Draw the walls behind the surface, and what stands at the edges."""
    ticks = _ticks(ground)
    ends = ground.camera.ends
    behind = _behind(ground)
    for axis in range(3):
        for at, _ in ticks[axis]:
            for wall, along in ((each, 3 - axis - each) for each in range(3) if each != axis):
                line = np.zeros((2, 3))
                line[:, axis], line[:, wall], line[:, along] = at, behind[wall], ends[along]
                _line(board, ground, line)
    front = np.where(behind == ends[:, 0], ends[:, 1], ends[:, 0])
    bottom = ends[2, 0]
    titles = "x", "y", "loss, linear" if ground.linear else "loss, asinh"
    left = min(((front[0], behind[1]), (behind[0], front[1])), key=lambda side: _x_of(ground, side))
    corners = [(0.0, front[1], bottom), (front[0], 0.0, bottom), (*left, 0.0)]
    for axis, corner in enumerate(corners):
        edge = np.array([corner, corner])
        edge[:, axis] = ends[axis]
        _edge(board, ground, axis, edge, ticks[axis], titles[axis])


def _behind(ground: Ground) -> Array:
    """Return where the walls are whose inner side the eye sees, among the data."""
    low, high = ground.camera.ends.T
    return np.where(ground.camera.eye > 0, low, high)


def _x_of(ground: Ground, side: tuple[float, float]) -> float:
    points = np.array([(*side, end) for end in ground.camera.ends[2]])
    return float(np.nan_to_num(ground.camera.at(points)[:, 0], nan=np.inf).mean())


def _ticks(ground: Ground) -> list[Ticks]:
    """Return places among the data with their words, of x, y and the height."""
    across, along = (linear_ticks(span, _TICKS) for span in ground.window)
    if ground.linear:
        return [across, along, [each for each in linear_ticks(ground.ends, _TICKS) if ground.floor <= each[0]]]
    losses = round_levels(ground.grid, ground.span, 4, 0.3)
    return [across, along, [(float(ground.z_of(loss)), number(loss)) for loss in losses]]


def _line(board: Board, ground: Ground, points: Array) -> None:
    pixels = ground.camera.at(points)
    if np.isfinite(pixels).all():
        board.line(pixels, board.theme.grid, 1, cap="butt", clip=ground.box)


def _edge(board: Board, ground: Ground, axis: int, edge: Array, ticks: Ticks, title: str) -> None:
    """Write numbers and the title beside an edge of the box, on its outer side."""
    u, theme, camera = board.u, board.theme, ground.camera
    pixels = camera.at(np.concatenate([edge, [camera.ends.mean(axis=1)]]))
    if not np.isfinite(pixels).all():
        return
    way = pixels[1] - pixels[0]
    long = float(np.hypot(*way))
    if long < _BETWEEN * u:
        return
    out = np.array([-way[1], way[0]]) / long
    if out @ (pixels[2] - pixels[:2].mean(axis=0)) > 0:
        out = -out
    wide, last = 0.0, np.array([np.inf, np.inf])
    for at, words in ticks:
        place = edge[0].copy()
        place[axis] = at
        foot = camera.at(place)
        half = board.wide(words, _TYPE) / 2
        middle = foot + out * (_GAP * u + max(0.0, half - 7 * u) * abs(out[0]))
        if np.hypot(*(middle - last)) < _BETWEEN * u:
            continue
        last, wide = middle, max(wide, 2 * half * abs(out[0]))
        board.line(np.array([foot, foot + out * 4 * u]), theme.grid, 1, cap="butt")
        board.text(float(middle[0]), float(middle[1]), words, _TYPE, theme.muted, across="center", up="center_baseline")
    half = board.wide(title, _TYPE) / 2 if axis < 2 else 0.0
    middle = pixels[:2].mean(axis=0) + out * (wide + half * abs(out[0]) + (2 * _GAP + 2) * u)
    turn = 0.0 if axis < 2 else 90.0
    board.text(
        float(middle[0]), float(middle[1]), title, _TYPE, theme.muted, across="center", up="center_baseline", turn=turn
    )
