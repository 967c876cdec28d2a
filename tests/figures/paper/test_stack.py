from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from optim_viz.figures.paper.stack import BLUE, GREEN, Row, Trace, coloured, height, stack

X = np.arange(1.0, 6.0)
ROWS = [
    Row("g", (Trace("g", X**2, BLUE, points=True),)),
    Row(
        coloured("steps", GREEN),
        (Trace("a", X, GREEN), Trace("b", 2 * X, GREEN, dotted=True)),
        ((1.0, "lr"),),
        log=True,
    ),
]


@pytest.fixture
def drawn() -> Any:
    return stack(X, ROWS, x_title="t", mark=2, log_x=True, verticals=[(3.0, "here")])


def test_every_curve_is_drawn_in_its_plot(drawn: Any) -> None:
    lines = [trace for trace in drawn.data if "lines" in trace.mode]
    assert [(trace.name, trace.yaxis) for trace in lines] == [("g", "y"), ("a", "y2"), ("b", "y2")]
    assert [trace.line.dash for trace in lines] == ["solid", "solid", "dot"]
    assert np.array_equal(lines[2].y, 2 * X)


def test_the_marked_step_is_marked_on_every_curve(drawn: Any) -> None:
    dots = [trace for trace in drawn.data if trace.mode == "markers"]
    assert [(list(dot.x), list(dot.y)) for dot in dots] == [([3.0], [9.0]), ([3.0], [3.0]), ([3.0], [6.0])]


def test_titles_levels_and_verticals_are_labelled(drawn: Any) -> None:
    notes = drawn.layout.annotations
    assert [note.text for note in notes] == ["g", "lr", coloured("steps", GREEN), "here"]
    assert notes[-1].x == pytest.approx(np.log10(3.0)), "a place on a logarithmic axis is its exponent"


def test_the_axes_are_shared_and_logarithmic_where_asked(drawn: Any) -> None:
    layout = drawn.layout
    assert (layout.xaxis.type, layout.xaxis2.type, layout.yaxis2.type) == ("log", "log", "log")
    assert layout.xaxis.matches == "x2"
    assert layout.xaxis2.title.text == "t"
    assert layout.height == height(ROWS)
