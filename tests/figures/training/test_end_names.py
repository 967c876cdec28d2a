"""Names at the ends of a plane's paths: none on another, at any width, and none cut off at an edge."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from optim_viz.figures.training.end_names import EndName, end_names

WINDOW = ((-3.0, 5.0), (0.0, 2.0))
HEIGHT = 380.0
NAMES = ["SGD", "Momentum", "Adam", "Schedule-Free SGD", "Adam 2"]
LETTER, LINE, MARKER = 7.2, 15.6, 6.0  # of bold type of 12 pixels, as Plotly sets it, and half of a marker


def box(end: tuple[float, float], name: EndName, width: float) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of the letters of a name in pixels."""
    (x0, x1), (y0, y1) = WINDOW
    x, y = (end[0] - x0) / (x1 - x0) * width, (y1 - end[1]) / (y1 - y0) * HEIGHT
    lines = name.text.split("<br>")
    written = [n for n, line in enumerate(lines) if line.startswith("<b>")]
    assert len(written) == 1
    upright, across = name.position.split()
    wide = len(lines[written[0]].removeprefix("<b>").removesuffix("</b>")) * LETTER
    left = {"center": x - wide / 2, "left": x - wide, "right": x}[across]
    if upright == "top":
        bottom = y - MARKER - (len(lines) - 1 - written[0]) * LINE
        return left, bottom - LINE, left + wide, bottom
    top = y + MARKER + written[0] * LINE
    return left, top, left + wide, top + LINE


ENDS = {
    "one point": [(1.0, 1.0)] * 5,
    "nearly one": [(1.0 + 0.02 * n, 1.0 - 0.01 * n) for n in range(5)],
    "a row": [(-2.5 + 1.5 * n, 1.0) for n in range(5)],
    "the upper edge": [(1.0, 1.99)] * 5,
    "the lower edge": [(1.0, 0.01)] * 5,
    "the left edge": [(-2.98, 1.2)] * 5,
    "the right edge": [(4.97, 0.4)] * 5,
    "two pairs": [(0.0, 0.5), (0.0, 0.5), (3.0, 1.5), (3.0, 1.5), (1.0, 1.0)],
    "anywhere": [(float(x), float(y)) for x, y in np.random.default_rng(1).uniform((-3, 0), (5, 2), (5, 2))],
}


@pytest.mark.parametrize("width", [310.0, 640.0, 1180.0])
@pytest.mark.parametrize("ends", ENDS.values(), ids=ENDS)
def test_no_name_lies_on_another_or_is_cut_off(ends: list[tuple[float, float]], width: float) -> None:
    found = end_names(ends, NAMES, WINDOW, HEIGHT)
    boxes = [np.round(box(end, name, width), 6) for end, name in zip(ends, found, strict=True)]
    for (one, a), (other, b) in itertools.combinations(zip(NAMES, boxes, strict=True), 2):
        apart = a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] or b[1] >= a[3]
        assert apart, f"{one} and {other}"
    for name, (left, top, right, bottom) in zip(NAMES, boxes, strict=True):
        assert left >= -1, name
        assert right <= width + 1, name
        assert top >= -1, name
        assert bottom <= HEIGHT + 1, name


def test_a_name_alone_stands_at_its_end() -> None:
    (alone,) = end_names([(1.0, 1.0)], ["Adam"], WINDOW, HEIGHT)
    assert alone == EndName("<b>Adam</b>", "top center")
