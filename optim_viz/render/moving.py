# pyright: basic
"""What moves in a picture: trails, heads and their names, the plots' past and cursor, the numbers of the legend."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optim_viz.render.board import Board
from optim_viz.render.charts import PINNED_DASH, draw_curves
from optim_viz.render.exits import gone
from optim_viz.render.heads import FAINT, HEAD, MARK, draw_heads
from optim_viz.render.layout import Layout
from optim_viz.render.marks import draw_cloud, draw_ellipse, draw_points
from optim_viz.render.panel import Panel
from optim_viz.render.places import Box
from optim_viz.render.scene import ChartShown, Scene, Shown
from optim_viz.render.value_axes import number

_RECENT = 60  # steps of the trail that are drawn in full strength, fading in
_AFTERWARDS = 24  # steps for which a run that has diverged out of sight is still drawn


def draw_ground_at(board: Board, scene: Scene, panels: Sequence[Panel], time: int) -> None:
    """Draw what lies on the landscape after so many steps."""
    for i, panel in enumerate(panels):
        together = scene.view == "overlay"
        lanes = list(scene.lanes) if together else [scene.lanes[i]]
        ghosts = [ghost for ghost, owner in scene.pinned if together or owner == i]
        for ghost in ghosts:
            for colour, width, alpha in ((board.theme.halo, 3, 0.6), (board.theme.lanes[ghost.colour], 1.4, 0.95)):
                _trail(board, panel, ghost, scene.steps, colour, width, alpha, dashes=PINNED_DASH)
        for lane in lanes:
            _trail(board, panel, lane, time, board.theme.halo, 4, 0.7)
        for lane in lanes:
            name = f"trail-{scene.lanes.index(lane)}"
            _trail(board, panel, lane, time, board.theme.lanes[lane.colour], 2, 0.8, name=name)
        for lane in lanes:
            _recent(board, panel, lane, time)
        _start(board, scene, panel)
        _minima(board, scene, panel)
        for lane in lanes:
            draw_cloud(board, panel, lane, time)
            if time < gone(lane, panel):
                draw_ellipse(board, panel, lane, time)
            draw_points(board, panel, lane, time)
        draw_heads(board, scene, panel, lanes, ghosts, time)
        if not together:
            box, u, title = panel.box, board.u, scene.lanes[i].title
            size = 12 * min(1.0, (box.width - 16 * u) / max(1.0, board.wide(title, 12, bold=True)))
            at = (box.x + 8 * u, box.y + 18 * u)
            board.text(*at, title, size, board.theme.text, bold=True, halo=board.theme.background)


def _trail(
    board: Board,
    panel: Panel,
    lane: Shown,
    time: int,
    colour: str,
    width: float,
    alpha: float,
    dashes: Sequence[float] = (),
    name: str = "",
) -> None:
    """Draw a trail; once it has diverged out of sight, faintly, and not for long."""
    end = min(gone(lane, panel), time)
    points = panel.at(*lane.theta[: time + 1].T)
    more = {"clip": panel.box, "dashes": dashes}
    if end > 0:
        board.line(points[: end + 1], colour, width, alpha=alpha, name=name, **more)
    if time > end:
        board.line(points[end : end + _AFTERWARDS + 1], colour, 1, alpha=FAINT * alpha, **more)


def _recent(board: Board, panel: Panel, lane: Shown, time: int) -> None:
    end = min(gone(lane, panel), time)
    for share, alpha in ((1.0, 0.4), (0.6, 0.6), (0.3, 1.0)):
        first = max(0, time - round(_RECENT * share))
        if first < end:
            points = panel.at(*lane.theta[first : end + 1].T)
            board.line(points, board.theme.lanes[lane.colour], 2, alpha=alpha, clip=panel.box)


def _start(board: Board, scene: Scene, panel: Panel) -> None:
    at = panel.at(*scene.start)
    if np.isfinite(at).all():
        board.marker("circle", at, HEAD, None, board.theme.text, 1.5, clip=panel.box)


def _minima(board: Board, scene: Scene, panel: Panel) -> None:
    """Draw the minima as the four arms of a cross that stay in sight around a head."""
    u = board.u
    for minimum in scene.surface.minima:
        at = panel.at(*minimum)
        for colour, width in ((board.theme.halo, 4.5), (board.theme.text, 1.8)):
            for way in ((1, 0), (0, 1), (-1, 0), (0, -1)):
                ends = at + np.outer((HEAD + 3, MARK), way) * u
                board.line(ends, colour, width, clip=panel.box, cap="butt")


def draw_past(board: Board, scene: Scene, places: Sequence[tuple[ChartShown, Panel]], time: int) -> None:
    """Draw the plots' curves up to a step in full strength; a film copies them instead, from where all are drawn."""
    for chart, panel in places:
        draw_curves(board, scene, chart, panel, time, 1.0)


def draw_cursors(board: Board, scene: Scene, places: Sequence[tuple[ChartShown, Panel]], time: int) -> None:
    """Draw the line of the step and the lanes' marks on it."""
    for chart, panel in places:
        box = panel.box
        x = float(panel.at(time, 0.0)[0])
        board.line(np.array([(x, box.y), (x, box.y + box.height)]), board.theme.muted, 1, cap="butt")
        pinned = [ghost for ghost, _ in scene.pinned]
        for lane in [*pinned, *scene.lanes]:
            for values, _ in lane.drawn(chart)[:1]:
                at = panel.at(time, values[time])
                if np.isfinite(at).all() and box.y - 1 <= at[1] <= box.y + box.height + 1:
                    colour = board.theme.lanes[lane.colour]
                    if lane in pinned:
                        board.marker(lane.marker, at, 3.5, None, colour, 1.2)
                    else:
                        board.marker(lane.marker, at, 3.5, colour, board.theme.background, 0.8)


def draw_legend(board: Board, scene: Scene, box: Box | None) -> None:
    """Draw the table of the lanes, but for their losses, the first of which stands where `draw_losses` writes it."""
    if box is None:
        return
    u, theme = board.u, board.theme
    board.text(box.x + 4 * u, box.y + 13 * u, "optimizer", 10, theme.muted)
    board.text(box.x + box.width - 2 * u, box.y + 13 * u, "loss", 10, theme.muted, across="right")
    for i, lane in enumerate(scene.lanes):
        y = box.y + (21 + 19 * i) * u
        board.line(np.array([(box.x, y), (box.x + box.width, y)]), theme.grid, 1, cap="butt")
        board.marker(lane.marker, np.array([box.x + 11 * u, y + 9.5 * u]), 4.8, theme.lanes[lane.colour])
        size = 11 * min(1.0, (box.width - 90 * u) / board.wide(lane.title, 11))
        board.text(box.x + 24 * u, y + 13.5 * u, lane.title, size, theme.text)


def draw_losses(board: Board, scene: Scene, box: Box | None, time: int) -> None:
    """Write each lane's loss after so many steps; the lowest stands out."""
    if box is None:
        return
    u = board.u
    losses = [float(lane.values["loss"][time]) for lane in scene.lanes]
    least = min((loss for loss in losses if np.isfinite(loss)), default=np.nan)
    for i, loss in enumerate(losses):
        y = box.y + (21 + 19 * i + 13.5) * u
        words = number(loss, 3) if np.isfinite(loss) else "diverged"
        bold = loss == least and len(losses) > 1
        board.text(box.x + box.width - 2 * u, y, words, 11, board.theme.text, bold=bold, across="right")


def draw_title(board: Board, scene: Scene, where: Layout) -> None:
    """Write the title."""
    if where.title:
        words, u = scene.title, board.u
        size = 15 * min(1.0, (where.title.width - 130 * u) / board.wide(words, 15, bold=True))
        board.text(where.title.x, where.title.y + 16 * u, words, size, board.theme.text, bold=True)


def draw_step(board: Board, scene: Scene, where: Layout, time: int) -> None:
    """Write the step, at the end of the title's line."""
    if where.title:
        box, words = where.title, f"step {time} / {scene.steps}"
        board.text(box.x + box.width, box.y + 16 * board.u, words, 11.5, board.theme.muted, across="right")
