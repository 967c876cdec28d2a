"""Where words stand: the labels of level lines, and the names at the particles, none on another.

The same places as in the browser (draw/ground_labels.js, draw/label_places.js). Pixels count from the upper left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optim_viz.render.heights import Relief

_ROWS, _STRIDE = 8, 4  # pixels between the rows that are looked at, and between the places in a row
_REACH, _APART, _EDGE, _SPACING = 20, 90, 28, 7  # as in the browser, in the stage's pixels
_LABELS = 4


class Box(NamedTuple):
    """A rectangle; x and y are its upper left corner."""

    x: float
    y: float
    width: float
    height: float


class LevelLabel(NamedTuple):
    """Where the level line of that index carries its loss, in pixels; `angle` in radians, upright text."""

    level: int
    x: float
    y: float
    angle: float


def level_labels(
    relief: Relief, levels: NDArray[np.float64], unit: float, avoid: Sequence[tuple[float, float]]
) -> list[LevelLabel]:
    """Place about four labels on level lines: on straight pieces with room to their neighbours, far from each other.

    Args:
        relief: the heights at pixels.
        levels: heights of all level lines, ascending.
        unit: pixels of one of the stage's pixels.
        avoid: pixels that have something else.
    """
    every = max(1, len(levels) // _LABELS)
    placed: list[LevelLabel] = []
    for index in range(every // 2, len(levels), every):
        taken = [*avoid, *((label.x, label.y) for label in placed)]
        best = _best_place(relief, levels, index, unit, taken)
        if best:
            placed.append(LevelLabel(index, *best))
    return placed


def _best_place(
    relief: Relief,
    levels: NDArray[np.float64],
    index: int,
    unit: float,
    taken: Sequence[tuple[float, float]],
) -> tuple[float, float, float] | None:
    z, level = relief.z, float(levels[index])
    rows, columns = z.shape
    below = level - levels[index - 1] if index else math.inf
    above = levels[index + 1] - level if index + 1 < len(levels) else math.inf
    step, edge = float(min(below, above)), round(_EDGE * unit)
    best, lowest = None, math.inf
    for y in range(edge, rows - edge, _ROWS):
        last = max(edge, columns - edge - _STRIDE)
        before, after = z[y, edge:last:_STRIDE], z[y, edge + _STRIDE : last + _STRIDE : _STRIDE]
        for k in np.flatnonzero((before < level) != (after < level)).tolist():
            x = edge + k * _STRIDE + round(_STRIDE * float((level - before[k]) / (after[k] - before[k])))
            if relief.missing is not None and relief.missing[y, x]:
                continue
            gx, gy = float(z[y, x + 1] - z[y, x - 1]) / 2, float(z[y + 1, x] - z[y - 1, x]) / 2
            steep = math.hypot(gx, gy)
            if steep == 0 or step / steep < _SPACING * unit:
                continue
            tx, ty = -gy / steep, gx / steep
            reach = _REACH * unit
            bend = [abs(_at(relief, x + tx * r, y + ty * r) - level) / steep for r in (-reach, reach)]
            if not max(bend) < 2.5 * unit or math.isnan(sum(bend)):
                continue
            nearest = min((math.hypot(px - x, py - y) for px, py in taken), default=math.inf)
            if nearest < 0.4 * _APART * unit:
                continue
            tilt = abs(math.atan2(ty, tx))
            crowd = max(0.0, _APART * unit - nearest) / unit
            cost = sum(bend) / unit + 0.05 * crowd + min(tilt, math.pi - tilt)
            if cost < lowest:
                best, lowest = (float(x), float(y), _upright(math.atan2(ty, tx))), cost
    return best


def _at(relief: Relief, x: float, y: float) -> float:
    i, j = round(x), round(y)
    rows, columns = relief.z.shape
    if not (0 <= i < columns and 0 <= j < rows) or (relief.missing is not None and relief.missing[j, i]):
        return math.nan
    return float(relief.z[j, i])


def _upright(angle: float) -> float:
    return angle - math.pi if angle > math.pi / 2 else angle + math.pi if angle <= -math.pi / 2 else angle


def around(at: NDArray[np.float64], radius: float) -> Box:
    """Return the square around a point."""
    return Box(float(at[0]) - radius, float(at[1]) - radius, 2 * radius, 2 * radius)


def free_place(
    point: tuple[float, float], size: tuple[float, float], gap: float, room: Box, taken: Sequence[Box]
) -> Box | None:
    """Return where a label stands that belongs to a point: beside, above or below it, in the room, on nothing else.

    Args:
        point: what it belongs to.
        size: its width and height.
        gap: how far it keeps from the point.
        room: what it stays in.
        taken: what has its place already.

    Returns:
        The place nearest to the point, to the right of it where two are as near; None where none is free.
    """
    (px, py), (width, height) = point, size
    right, bottom = room.x + room.width - width, room.y + room.height - height
    if not (right >= room.x and bottom >= room.y):
        return None
    columns = [max(room.x, min(x, right)) for x in (px + gap, px - gap - width, px - width / 2)]
    wanted = [max(room.y, min(y, bottom)) for y in (py - height / 2, py + gap, py - gap - height)]
    touching = [y for box in taken for y in (box.y - height, box.y + box.height)]
    rows = [y for y in (*wanted, *touching, room.y, bottom) if room.y <= y <= bottom]
    best, least = None, math.inf
    for preference, x in enumerate(columns):
        for y in rows:
            box = Box(x, y, width, height)
            cost = _away(box, px, py, gap) + preference * 2
            if cost < least and not any(_overlap(box, other) for other in taken):
                best, least = box, cost
    return best


def _overlap(a: Box, b: Box) -> bool:
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height


def _away(box: Box, px: float, py: float, gap: float) -> float:
    """Tell how far a box is from a point; one that covers it is as far as it would have to move."""
    dx = max(box.x - px, px - box.x - box.width)
    dy = max(box.y - py, py - box.y - box.height)
    if dx < 0 and dy < 0:
        return 4 * gap - dx - dy
    return max(gap, math.hypot(max(dx, 0), max(dy, 0)))
