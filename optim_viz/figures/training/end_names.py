"""Where the names of a plane's paths stand: each above or below its path's end, and none on another.

The figure is as wide as its place in the page, so the names are placed as if it were on a telephone: what is apart
there is apart where there is more room.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

_WIDTH: Final = 300.0  # pixels of the axes on a telephone
_LINE: Final = 17.0  # of a line of type
_LETTER: Final = 7.6
_GAP: Final = 7.0  # from the middle of an end's marker to the nearest line
_MARKER: Final = 7.0
_MOST: Final = 8
_EMPTY: Final = "\u200b"  # a line without a letter, which Plotly keeps
Box = tuple[float, float, float, float]  # left, top, right, bottom


class EndName(NamedTuple):
    """How Plotly writes a name.

    Attributes:
        text: with empty lines between it and the end where others stand nearer.
        position: a `textposition`.
    """

    text: str
    position: str


def end_names(
    ends: Sequence[tuple[float, float]],
    names: Sequence[str],
    window: tuple[tuple[float, float], tuple[float, float]],
    height: float,
) -> list[EndName]:
    """Return how the names of ends are written.

    Args:
        ends: where the paths end.
        names: of the paths, escaped.
        window: of the axes.
        height: pixels of the axes.
    """
    (x0, x1), (y0, y1) = window
    pixels = [((x - x0) / (x1 - x0) * _WIDTH, (y1 - y) / (y1 - y0) * height) for x, y in ends]
    taken: list[Box] = [(x - _MARKER, y - _MARKER, x + _MARKER, y + _MARKER) for x, y in pixels]
    found: list[EndName] = []
    middle = sorted(y for _, y in pixels)[len(pixels) // 2] if pixels else 0.0
    for (x, y), name in zip(pixels, names, strict=True):
        first = -1 if y <= middle else 1
        tries = [(side, away) for away in range(_MOST) for side in (first, -first)]
        side, away = next((each for each in tries if _free(_box(x, y, name, *each), taken, height)), (first, 0))
        taken.append(_box(x, y, name, side, away))
        lines = [f"<b>{name}</b>", *[_EMPTY] * away]
        text = "<br>".join(lines if side < 0 else reversed(lines))
        found.append(EndName(text, f"{'top' if side < 0 else 'bottom'} {_across(x, name)}"))
    return found


def _across(x: float, name: str) -> str:
    """Return on which side of its end a name stands, so that the edge cuts nothing off."""
    half = len(name) * _LETTER / 2
    return "right" if x < half else "left" if x > _WIDTH - half else "center"


def _box(x: float, y: float, name: str, side: int, away: int) -> Box:
    wide = len(name) * _LETTER
    left = {"right": x, "left": x - wide, "center": x - wide / 2}[_across(x, name)]
    near = y + side * (_GAP + away * _LINE)
    top, bottom = sorted((near, near + side * _LINE))
    return left, top, left + wide, bottom


def _free(box: Box, taken: Sequence[Box], height: float) -> bool:
    left, top, right, bottom = box
    apart = all(left >= other[2] or right <= other[0] or top >= other[3] or bottom <= other[1] for other in taken)
    return apart and top >= 0 and bottom <= height
