# pyright: basic
"""The plots of a picture: axes, titles, reference lines, curves up to a step, and the lanes' names at their ends."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optim_viz.figures.theme import legible
from optim_viz.render.board import Board
from optim_viz.render.layout import Layout
from optim_viz.render.panel import Panel
from optim_viz.render.places import Box
from optim_viz.render.scene import ChartShown, Scene, Shown
from optim_viz.render.value_axes import linear_ticks

FAINT = 0.22  # of the curves of what is still to come
DASHES: dict[str, tuple[float, ...]] = {"solid": (), "dotted": (1.5, 3), "dashed": (6, 4)}
PINNED_DASH = (5.0, 4.0)


def chart_panels(scene: Scene, where: Layout) -> list[tuple[ChartShown, Panel]]:
    """Return the plots with their axes."""
    return [
        (chart, Panel(box, (0, scene.steps), chart.value_axis.span, chart.value_axis.forward))
        for charts, boxes in zip(scene.charts, where.charts, strict=True)
        for chart, box in zip(charts, boxes, strict=True)
    ]


def draw_charts(board: Board, scene: Scene, places: Sequence[tuple[ChartShown, Panel]]) -> None:
    """Draw the plots' axes, titles and reference lines, and the whole curves faintly."""
    last = max((panel.box.y for _, panel in places), default=0.0)
    for chart, panel in places:
        _chart_axes(board, scene, chart, panel, steps=panel.box.y == last)
        draw_curves(board, scene, chart, panel, scene.steps, FAINT)


def draw_curves(board: Board, scene: Scene, chart: ChartShown, panel: Panel, time: int, alpha: float) -> None:
    """Draw a plot's curves up to a step."""
    for ghost, _ in scene.pinned:
        for values, _ in ghost.drawn(chart)[:1]:  # the quantity itself: a dash must not stand for two things
            points = panel.at(np.arange(time + 1), values[: time + 1])
            board.line(points, board.theme.lanes[ghost.colour], 1.2, alpha=alpha, clip=panel.box, dashes=PINNED_DASH)
    for i, lane in enumerate(scene.lanes):
        for values, style in lane.drawn(chart):
            if style == "dotted" and not lane.chosen:
                continue  # those of every lane would hide the quantity itself
            points = panel.at(np.arange(time + 1), values[: time + 1])
            name = f"curve-{chart.diagnostic}{chart.end}-{i}" if style == "solid" and alpha == 1 else ""
            colour = board.theme.lanes[lane.colour]
            board.line(points, colour, 1.6, alpha=alpha, clip=panel.box, dashes=DASHES[style], name=name)


def _chart_axes(board: Board, scene: Scene, chart: ChartShown, panel: Panel, *, steps: bool) -> None:
    theme, u, box = board.theme, board.u, panel.box
    height = Panel(box, (0, scene.steps), chart.value_axis.span)
    for at, words in chart.value_axis.ticks:
        y = float(height.at(0, at)[1])
        board.line(np.array([(box.x, y), (box.x + box.width, y)]), theme.grid, 1, cap="butt")
        if chart.value_axis.scale == "linear" or y > box.y + 6 * u:  # the scale's name stands above
            board.text(box.x - 5 * u, y + 3.5 * u, words, 10, theme.muted, across="right")
    for value in chart.reference:
        y = float(panel.at(0, value)[1])
        if box.y < y < box.y + box.height:
            board.line(np.array([(box.x, y), (box.x + box.width, y)]), theme.muted, 1, dashes=(1, 2))
    floor = box.y + box.height
    board.line(np.array([(box.x, floor), (box.x + box.width, floor)]), theme.grid, 1, cap="butt")
    if steps:
        ticks = linear_ticks((0, scene.steps), max(2, min(5, int(box.width / (55 * u)))))
        for at, words in ticks:
            x = float(height.at(at, 0)[0])
            board.tick((x, floor), (x, floor + 3 * u))
            board.text(x, floor + 15 * u, f"step {words}" if at == 0 else words, 10, theme.muted, across="center")
    _chart_title(board, chart, box)
    _missing(board, scene, chart, box)
    if chart.wide:
        _names(board, scene, chart, panel)


def _chart_title(board: Board, chart: ChartShown, box: Box) -> None:
    """Write a title on one line; where the plot is narrow it goes without its note."""
    u, x, y = board.u, box.x, box.y - 6 * board.u
    plain, _, low = chart.title.partition("<sub>")
    low = low.removesuffix("</sub>")
    size = 11.5
    needed = board.wide(plain + low, size) + 4 * u
    size *= min(1.0, box.width / needed)
    scale = f"{chart.value_axis.scale}  " if chart.value_axis.scale != "linear" else ""
    board.text(x, y, plain, size, board.theme.text)
    end = x + board.wide(plain, size)
    if low:
        board.text(end + 0.5 * u, y + 3 * u, low, 0.75 * size, board.theme.text)
        end += board.wide(low, 0.75 * size)
    note = f"({chart.note})" if chart.note else ""
    if note and end + 6 * u + board.wide(note, 10) <= box.x + box.width:
        board.text(end + 6 * u, y, note, 10, board.theme.muted)
    if scale:
        board.text(box.x - 5 * u, y, scale.strip(), 9, board.theme.muted, across="right")


def _missing(board: Board, scene: Scene, chart: ChartShown, box: Box) -> None:
    """Say which lanes a plot leaves out, and why."""
    out = [lane.title for lane in scene.lanes if not lane.curves.get(chart.diagnostic)]
    if not out or chart.axis == "y":
        return
    u, theme = board.u, board.theme
    words = [f"{', '.join(out)}:", chart.lacking]
    if board.wide(" ".join(words), 9) <= box.width - 6 * u:
        words = [" ".join(words)]
    for i, line in enumerate(words):
        size = 9 * min(1.0, (box.width - 6 * u) / max(1.0, board.wide(line, 9)))
        y = box.y + box.height - 5 * u - 11.5 * u * (len(words) - 1 - i)
        board.text(box.x + 3 * u, y, line, size, theme.muted, halo=theme.background, halo_width=3)


def _names(board: Board, scene: Scene, chart: ChartShown, panel: Panel) -> None:
    """Write the lanes' names at the ends of the curves, pushed apart where they would lie on each other."""
    u, box, line = board.u, panel.box, 12.5 * board.u
    found: list[tuple[float, Shown]] = []
    for lane in scene.lanes:
        for values, _ in lane.drawn(chart)[:1]:
            y = float(panel.at(scene.steps, values[-1])[1])
            if np.isfinite(y):
                found.append((max(box.y + 10 * u, min(y - 4 * u, box.y + box.height - 4 * u)), lane))
    found.sort(key=lambda each: each[0])
    places = [y for y, _ in found]
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + line)
    for i in range(len(places) - 1, -1, -1):
        places[i] = min(places[i], box.y + box.height - 3 * u - line * (len(places) - 1 - i))
    for y, (_, lane) in zip(places, found, strict=True):
        look = {"across": "right", "halo": board.theme.background, "halo_width": 3}
        board.text(box.x + box.width - 2 * u, y, lane.title, 10.5, label_colour(board, lane), **look)


def label_colour(board: Board, lane: Shown) -> str:
    """Return a lane's colour as small text needs it."""
    return legible(board.theme.lanes[lane.colour], board.theme.background)
