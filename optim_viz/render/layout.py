"""Where the parts of a picture stand, in pixels from the upper left."""

from __future__ import annotations

from dataclasses import dataclass

from optim_viz.render.look import Look
from optim_viz.render.places import Box
from optim_viz.render.scene import Scene

_EDGE = 14  # all lengths are in the stage's pixels
_TITLE = 32
_GROUND = {"left": 42, "right": 4, "top": 4, "bottom": 36}
_RAMP = 26
_ROW, _HEAD = 19, 21  # of the legend
_CHART = {"left": 46, "right": 10, "title": 20, "steps": 22, "gap": 14, "between": 50}
_LEAST_CHART, _LEAST_GROUND = 44, 80


@dataclass(frozen=True)
class Layout:
    """Boxes of the parts; empty or None for those that the picture leaves out.

    Attributes:
        title: its line.
        panels: the landscapes' axes: one, or one a lane.
        columns: panels side by side.
        ramp: the line under the landscape that says what its colours mean.
        legend: the table of the lanes.
        charts: rows of the plots' axes.
    """

    title: Box | None
    panels: tuple[Box, ...]
    columns: int
    ramp: Box | None
    legend: Box | None
    charts: tuple[tuple[Box, ...], ...]


def layout(scene: Scene, look: Look) -> Layout:
    """Place the parts of a look.

    Raises:
        ValueError: the picture is too small for what is chosen; the message says what to leave out.
    """
    size = look.measures
    u = size.unit
    room = Box(_EDGE * u, _EDGE * u, size.width - 2 * _EDGE * u, size.height - 2 * _EDGE * u)
    title = None
    if "title" in look.parts:
        title = Box(room.x, room.y, room.width, _TITLE * u)
        room = Box(room.x, room.y + title.height, room.width, room.height - title.height)
    ground, side = _halves(room, scene, look)
    panels, columns, ramp = _panels(ground, scene, look) if ground else ((), 1, None)
    legend, charts = _side(side, scene, look) if side else (None, ())
    return Layout(title, panels, columns, ramp, legend, charts)


def _halves(room: Box, scene: Scene, look: Look) -> tuple[Box | None, Box | None]:
    """Part the room between the landscape and what stands beside it, or below it in a tall picture."""
    u = look.measures.unit
    ground, legend, plots = "ground" in look.parts, "legend" in look.parts, bool(scene.charts)
    if not ground or not (legend or plots):
        return (room, None) if ground else (None, room)
    gap = 18 * u
    if room.width < 1.1 * room.height:
        needed = _legend_height(scene, look) if not plots else 0.5 * room.height
        top = Box(room.x, room.y, room.width, room.height - needed - gap)
        return top, Box(room.x, top.y + top.height + gap, room.width, needed)
    wide = min(440 * u, max(250 * u, 0.37 * room.width)) if plots else min(210 * u, 0.4 * room.width)
    left = Box(room.x, room.y, room.width - wide - gap, room.height)
    return left, Box(left.x + left.width + gap, room.y, wide, room.height)


def _panels(room: Box, scene: Scene, look: Look) -> tuple[tuple[Box, ...], int, Box | None]:
    u, solid = look.measures.unit, scene.view == "3d"  # in 3D axes and heights are written in the landscape's room
    ramp, edge = None, dict.fromkeys(_GROUND, 0) if solid else _GROUND
    if "legend" in look.parts and not solid:
        ramp = Box(room.x, room.y + room.height - _RAMP * u, room.width, _RAMP * u)
        room = Box(room.x, room.y, room.width, room.height - ramp.height)
    left, top = room.x + edge["left"] * u, room.y + edge["top"] * u
    width = room.width - (edge["left"] + edge["right"]) * u
    height = room.height - (edge["top"] + edge["bottom"]) * u
    if min(width, height) < _LEAST_GROUND * u:
        raise ValueError("there is no room for the ground in a picture so small: take a larger size, or fewer parts")
    count = len(scene.lanes) if scene.view == "panels" else 1
    columns, rows = _grid(count, width, height)
    gap = 10 * u
    # Of whole pixels, so that the landscape's pixels are the picture's, and all alike, since they show one window.
    w, h = int((width - gap * (columns - 1)) / columns), int((height - gap * (rows - 1)) / rows)
    places = [(round(left + i % columns * (w + gap)), round(top + i // columns * (h + gap))) for i in range(count)]
    return tuple(Box(x, y, w, h) for x, y in places), columns, ramp


def _grid(count: int, width: float, height: float) -> tuple[int, int]:
    """Return columns and rows whose cells come nearest to squares."""
    every = [(columns, -(-count // columns)) for columns in range(1, count + 1)]
    return max(every, key=lambda each: min(width / each[0], height / each[1]))


def _whole(box: Box) -> Box:
    """Round a box to whole pixels."""
    x, y = round(box.x), round(box.y)
    return Box(x, y, round(box.x + box.width) - x, round(box.y + box.height) - y)


def _legend_height(scene: Scene, look: Look) -> float:
    return (_HEAD + _ROW * len(scene.lanes)) * look.measures.unit


def _side(room: Box, scene: Scene, look: Look) -> tuple[Box | None, tuple[tuple[Box, ...], ...]]:
    u = look.measures.unit
    legend = None
    if "legend" in look.parts:
        legend = Box(room.x, room.y, room.width, _legend_height(scene, look))
        below = legend.height + 12 * u
        room = Box(room.x, room.y + below, room.width, room.height - below)
    if not scene.charts:
        return legend, ()
    left, width = room.x + _CHART["left"] * u, room.width - (_CHART["left"] + _CHART["right"]) * u
    count = len(scene.charts)
    tall = (room.height - _CHART["steps"] * u - count * _CHART["title"] * u - (count - 1) * _CHART["gap"] * u) / count
    between = _CHART["between"] * u
    half = (width - between) / 2
    if tall < _LEAST_CHART * u or half < _LEAST_CHART * u:
        words = "1 row of plots does" if count == 1 else f"{count} rows of plots do"
        raise ValueError(f"{words} not fit into a picture so small: choose fewer plots, or a larger size")
    rows: list[tuple[Box, ...]] = []
    for place, row in enumerate(scene.charts):
        y = room.y + (place + 1) * _CHART["title"] * u + place * (tall + _CHART["gap"] * u)
        boxes = (
            [Box(left, y, width, tall)]
            if len(row) == 1
            else [Box(left, y, half, tall), Box(left + half + between, y, half, tall)]
        )
        rows.append(tuple(_whole(box) for box in boxes))
    return legend, tuple(rows)
