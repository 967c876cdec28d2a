# pyright: basic
"""The particles of a picture: their markers and names, and signposts where they left it."""

from __future__ import annotations

import numpy as np
from matplotlib.path import Path

from optim_viz.render.board import Array, Board
from optim_viz.render.charts import label_colour
from optim_viz.render.exits import Exit, exit_of, gone
from optim_viz.render.marks import point_names
from optim_viz.render.names import Names
from optim_viz.render.panel import Panel
from optim_viz.render.places import Box, around
from optim_viz.render.scene import Scene, Shown

HEAD = 6  # radius of a marker, in the stage's pixels
MARK = HEAD + 9  # from a minimum to the ends of its mark
FAINT = 0.25  # how strongly a run is drawn that has diverged out of sight
_MOST_NAMED = 3  # pinned runs that are named at their heads


def draw_heads(board: Board, scene: Scene, panel: Panel, lanes: list[Shown], ghosts: list[Shown], time: int) -> None:
    """Draw the particles, what is said of those that left, and their names."""
    names, u = Names(board, panel.box), board.u
    for minimum in scene.surface.minima:
        names.taken.append(around(panel.at(*minimum), MARK * u))
    # The leader comes last, so that no other head covers it.
    ordered = sorted(lanes, key=lambda lane: -np.nan_to_num(lane.values["loss"][time], nan=np.inf))
    heads: list[tuple[Shown, Array]] = []
    for lane in [*ghosts, *ordered]:
        at = panel.at(*lane.theta[time])
        if not panel.holds(at):
            continue
        over = time >= gone(lane, panel)
        draw_head(board, lane, at, hollow=lane in ghosts, alpha=FAINT if over else 1.0, clip=panel.box)
        names.taken.append(around(at, HEAD * u))
        if not over:
            heads.append((lane, at))
    exits = [(lane, found) for lane in [*lanes, *ghosts] if (found := exit_of(lane, panel, time, scene.start))]
    for lane, found in exits:
        _signpost(board, lane, found, names, hollow=lane in ghosts)
    for _, found in exits:
        names.write(found.text, board.theme.text, found.at)
    if scene.view == "overlay":
        named = [each for each in heads if each[0] not in ghosts]
        pinned = [each for each in heads if each[0] in ghosts] if len(ghosts) <= _MOST_NAMED else []
        for lane, at in [*named, *pinned]:
            names.write(lane.title, label_colour(board, lane), at, bold=lane not in ghosts)
    for words, colour, at in point_names(board, panel, lanes, time):
        names.write(words, colour, at, bold=True, gap=7)


def draw_head(
    board: Board,
    lane: Shown,
    at: Array,
    *,
    hollow: bool,
    alpha: float = 1.0,
    clip: Box | None = None,
    radius: float = HEAD,
) -> None:
    """Draw a lane's marker at a pixel; that of a pinned run is hollow. The radius is in the stage's pixels."""
    colour, halo = board.theme.lanes[lane.colour], board.theme.halo
    if hollow:
        board.marker(lane.marker, at, radius, None, halo, 4, alpha=alpha, clip=clip)
        board.marker(lane.marker, at, radius, None, colour, 1.8, alpha=alpha, clip=clip)
        return
    board.marker(lane.marker, at, radius, halo, halo, 2.5, alpha=alpha, clip=clip)
    board.marker(lane.marker, at, radius, colour, alpha=alpha, clip=clip)


def _signpost(board: Board, lane: Shown, found: Exit, names: Names, *, hollow: bool) -> None:
    """Draw a lane's marker at the edge with an arrow that points the way out, or crossed where its numbers ended."""
    u, colour = board.u, board.theme.lanes[lane.colour]
    at = found.at
    if found.angle is not None:
        way = np.array([np.cos(found.angle), np.sin(found.angle)])
        side = np.array([-way[1], way[0]])
        corners = np.array([at, at - 10 * u * way + 7 * u * side, at - 10 * u * way - 7 * u * side, at])
        board.shape(Path(corners, closed=True), colour, board.theme.background, 1)
        at = at - 17 * u * way
    draw_head(board, lane, at, hollow=hollow)
    names.taken += [around(at, (HEAD + 1) * u), around(found.at, HEAD * u)]
    if found.angle is None:
        for turn in (-1, 1):
            ends = at + np.array([(-9, -9 * turn), (9, 9 * turn)]) * u
            board.line(ends, board.theme.text, 1.5)
