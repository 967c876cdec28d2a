# pyright: basic
"""Names at the ends of curves, pushed apart where they would lie on each other, so that no legend is needed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

LINE_PIXELS: Final = 15
"""Height of a label with the space below it."""
_COLUMNS: Final = 8  # curves that end in the same eighth of the axis move each other's labels


@dataclass(frozen=True)
class End:
    """Where a curve ends: x and y as the data have them (y > 0 on a log axis), its name and its "#rrggbb"."""

    x: float
    y: float
    text: str
    colour: str


def end_labels(
    ends: Sequence[End], y_range: tuple[float, float], height: float, *, log: bool = False, axis: str = ""
) -> list[dict[str, Any]]:
    """Return an annotation for each end that has a place on the axis.

    Args:
        ends: of the curves.
        y_range: of the axis, in the axis's own terms (log₁₀ on a log axis), low to high.
        height: of the plot between its margins, in pixels; labels stay that far apart that none covers another.
        log: the y axis is logarithmic.
        axis: Plotly's number of the axes, "" or "2" and so on.

    Returns:
        Annotations right of the ends, moved up or down by `yshift` pixels only, so that they follow a zoom.
    """
    low, high = y_range
    placed: list[tuple[float, float, End]] = []
    for end in ends:
        if math.isfinite(end.x) and math.isfinite(end.y) and (end.y > 0 or not log):
            value = math.log10(end.y) if log else end.y
            placed.append(((value - low) / ((high - low) or 1.0) * height, value, end))
    span = max((end.x for _, _, end in placed), default=0.0) or 1.0
    columns: dict[int, list[tuple[float, float, End]]] = {}
    for each in sorted(placed, key=lambda each: each[0]):
        columns.setdefault(round(_COLUMNS * each[2].x / span), []).append(each)
    return [label for column in columns.values() for label in _labels(column, height, axis)]


def _labels(placed: Sequence[tuple[float, float, End]], height: float, axis: str) -> list[dict[str, Any]]:
    """Return the labels of curves that end side by side: pixels from below, value on the axis, end; from below up."""
    shifts = apart([pixel for pixel, _, _ in placed], height)
    return [
        {
            "x": end.x,
            "y": value,
            "xref": f"x{axis}",
            "yref": f"y{axis}",
            "xanchor": "left",
            "yanchor": "middle",
            "xshift": 6,
            "yshift": round(shift - pixel, 1),
            "showarrow": False,
            "text": end.text,
            "align": "left",
            "font": {"color": end.colour, "size": 12},
        }
        for (pixel, value, end), shift in zip(placed, shifts, strict=True)
    ]


def apart(pixels: Sequence[float], height: float) -> list[float]:
    """Move increasing positions apart to `LINE_PIXELS` or, where they do not fit, evenly; the order stays.

    Labels that collide share a block around the mean of where they would like to be, as text lines in a column.
    """
    gap = min(LINE_PIXELS, height / max(1, len(pixels)))
    blocks: list[tuple[float, int]] = []  # the middle of a block, and how many labels it holds
    for pixel in pixels:
        middle, count = _within(pixel, gap / 2, height), 1
        while blocks and blocks[-1][0] + blocks[-1][1] * gap / 2 > middle - count * gap / 2:
            before, others = blocks.pop()
            middle = (before * others + middle * count) / (others + count)
            count += others
            middle = _within(middle, count * gap / 2, height)
        blocks.append((middle, count))
    moved: list[float] = []
    for middle, count in blocks:
        first = middle - (count - 1) * gap / 2
        moved += [first + index * gap for index in range(count)]
    return moved


def _within(middle: float, half: float, height: float) -> float:
    return min(max(middle, half), max(half, height - half))
