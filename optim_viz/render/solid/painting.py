# pyright: basic
"""Draws a picture in 3D: the surface in its box, and the runs over it, as on the stage (draw/trails_3d.js)."""

from __future__ import annotations

import numpy as np

from optim_viz.render.board import Array, Board
from optim_viz.render.charts import PINNED_DASH, label_colour
from optim_viz.render.heads import HEAD, draw_head
from optim_viz.render.marks import draw_cloud, draw_points, point_names
from optim_viz.render.names import Names
from optim_viz.render.places import around
from optim_viz.render.scene import Scene, Shown
from optim_viz.render.solid.axes import draw_box
from optim_viz.render.solid.ground import Ground, Way
from optim_viz.render.solid.pixels import surface_pixels

_BEHIND = 0.35  # how strongly a head behind a hill is drawn
_SMALL = 4  # and its radius
_SHADOW = 0.24


def draw_solid(board: Board, ground: Ground) -> None:
    """Draw what stands still: the box, and the surface in pixels, in a vector picture too."""
    draw_box(board, ground)
    board.image(surface_pixels(ground, board.theme, board.u), ground.box)


def draw_solid_at(board: Board, scene: Scene, ground: Ground, time: int) -> None:
    """Draw the runs after so many steps."""
    lanes, ghosts = list(scene.lanes), [ghost for ghost, _ in scene.pinned]
    theme, box = board.theme, ground.box
    for ghost in ghosts:
        for colour, width, alpha in ((theme.halo, 3, 0.6), (theme.lanes[ghost.colour], 1.4, 0.95)):
            board.line(ground.way(ghost).trail, colour, width, alpha=alpha, clip=box, dashes=PINNED_DASH)
    for lane in lanes:
        _shadow(board, ground, ground.way(lane), time)
    for place, lane in enumerate(lanes):
        way = ground.way(lane)
        seen = way.trail[: way.at[time] + 1]
        board.line(seen, theme.halo, 4.5, alpha=0.7, clip=box)
        board.line(seen, theme.lanes[lane.colour], 2.2, clip=box, name=f"trail-{place}")
    for lane in lanes:
        draw_cloud(board, ground, lane, time)
    for lane in lanes:
        draw_points(board, ground, lane, time)
    for lane in [*ghosts, *lanes]:
        _head(board, ground, lane, time, hollow=lane in ghosts)
    _names(board, ground, lanes, time)


def _shadow(board: Board, ground: Ground, way: Way, time: int) -> None:
    """Draw a run from straight above on the floor: dotted where the surface stands before it; and a plumb line."""
    end, dark = way.at[time], board.theme.text
    board.line(way.shadow[: end + 1], dark, 1.5, alpha=_SHADOW, clip=ground.box, dashes=(2.5, 2))
    board.line(np.array([way.steps[end], way.shadow[end]]), dark, 1, alpha=_SHADOW, clip=ground.box, dashes=(2, 2.5))
    board.line(way.lit[: end + 1], dark, 1.5, alpha=_SHADOW, clip=ground.box)


def _in_sight(ground: Ground, at: Array) -> bool:
    box = ground.box
    return bool(box.x <= at[0] <= box.x + box.width and box.y <= at[1] <= box.y + box.height)


def _head(board: Board, ground: Ground, lane: Shown, time: int, *, hollow: bool) -> None:
    """Draw a particle; behind a hill it is there, but out of sight."""
    way = ground.way(lane)
    at = way.steps[way.at[time]]
    if _in_sight(ground, at):
        shown = bool(np.isfinite(way.trail[way.at[time]]).all())
        look = {"alpha": 1.0 if shown else _BEHIND, "radius": HEAD if shown else _SMALL}
        draw_head(board, lane, at, hollow=hollow, clip=ground.box, **look)


def _names(board: Board, ground: Ground, lanes: list[Shown], time: int) -> None:
    names = Names(board, ground.box)
    heads = [(lane, ground.way(lane).steps[ground.way(lane).at[time]]) for lane in lanes]
    heads = [(lane, at) for lane, at in heads if _in_sight(ground, at)]
    for _, at in heads:
        names.taken.append(around(at, HEAD * board.u))
    for lane, at in heads:
        names.write(lane.title, label_colour(board, lane), at, bold=True)
    for words, colour, at in point_names(board, ground, lanes, time):
        names.write(words, colour, at, bold=True, gap=7)
