"""The charts of a training run draw the store's own numbers, name their curves, and leave a zoom alone."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optim_viz.figures.theme import LIGHT
from optim_viz.figures.training.comparison import comparison_figure
from optim_viz.figures.training.curves import ACCURACY, LOSS, SPEED, LaneCurve, curves_figure
from optim_viz.figures.training.labels import LINE_PIXELS, End, apart, end_labels
from optim_viz.figures.training.points import Points, over, value_range
from optim_viz.run_store import Series

STEPS = np.arange(1, 51)


def curve(title: str = "Adam", colour: int = 4, scale: float = 1.0, **more: Any) -> LaneCurve:
    return LaneCurve(title, colour, Points(STEPS, scale * 2.3 / np.sqrt(STEPS)), **more)


def drawn(*curves: LaneCurve, x_end: float | None = 100) -> Any:
    return curves_figure(LOSS, curves, x_title="step", x_end=x_end)


def test_the_smoothed_curve_is_strong_the_raw_one_thin_and_both_are_the_data() -> None:
    raw = Points(STEPS, 2.3 / np.sqrt(STEPS) + 0.1 * np.sin(STEPS))
    thin, strong = drawn(curve(raw=raw)).data
    np.testing.assert_array_equal(strong.y, curve().line.y)
    np.testing.assert_array_equal(thin.y, raw.y)
    assert thin.line.width < 1 < strong.line.width
    assert strong.line.color == thin.line.color == LIGHT.lanes[4]


def test_the_step_axis_stands_still_and_the_value_axis_is_left_to_plotly() -> None:
    # Plotly keeps a zoom only on an axis whose range is not given anew with new data.
    layout = drawn(curve()).layout
    assert tuple(layout.xaxis.range) == (0, 100)
    assert layout.yaxis.range is None
    assert layout.yaxis.type == "log"


def test_each_curve_is_named_with_its_last_number_at_its_end() -> None:
    (label,) = drawn(curve()).layout.annotations
    assert label.text == f"Adam {2.3 / np.sqrt(50):.4g}"
    assert (label.x, label.font.color) == (50, LIGHT.lanes[4])
    assert label.y == pytest.approx(np.log10(2.3 / np.sqrt(50)))  # Plotly wants the logarithm on a log axis


def test_what_is_not_finite_is_left_out_and_the_label_stands_at_the_last_number() -> None:
    values = np.where(STEPS < 20, 1.0, np.where(STEPS < 30, np.inf, np.nan))
    figure = drawn(LaneCurve("SGD", 0, Points(STEPS, values)))
    assert np.isnan(figure.data[0].y[19:]).all()
    assert figure.layout.annotations[0].x == 19


def test_before_the_first_epoch_the_chart_says_what_it_waits_for() -> None:
    empty = LaneCurve("Adam", 4, Points(np.empty(0), np.empty(0)))
    figure: Any = curves_figure(ACCURACY, [empty], x_title="epoch", x_end=1)
    assert [each.text for each in figure.layout.annotations] == ["measured at the end of each epoch"]
    assert figure.layout.yaxis.visible is False


def test_accuracy_is_in_per_cent_over_epochs_and_speed_starts_at_0() -> None:
    found = over(Series(np.array([469, 938]), np.array([0.95, 0.965])), 469)
    np.testing.assert_array_equal(found.x, [1, 2])
    figure: Any = curves_figure(ACCURACY, [LaneCurve("Adam", 4, found)], x_title="epoch", x_end=3)
    assert figure.layout.annotations[0].text == "Adam 96.50%"
    assert figure.data[0].mode == "lines+markers"
    speed: Any = curves_figure(SPEED, [LaneCurve("Adam", 4, found)], x_title="epoch", x_end=3)
    assert speed.layout.yaxis.rangemode == "tozero"


def test_a_comparison_tells_runs_by_their_line_and_optimizers_by_their_colour() -> None:
    runs = [curve("Adam, run 1"), curve("Adam, run 2", dash=1, scale=0.5), curve("SGD, run 2", colour=0, dash=1)]
    figure: Any = comparison_figure(runs, runs)
    above, below = figure.data[:3], figure.data[3:]
    assert [trace.line.dash for trace in above] == ["solid", "dash", "dash"]
    assert [trace.line.color for trace in below] == [LIGHT.lanes[4], LIGHT.lanes[4], LIGHT.lanes[0]]
    assert {trace.yaxis for trace in above} == {"y"}
    assert {trace.yaxis for trace in below} == {"y2"}
    assert figure.layout.yaxis2.type == "log"
    assert len(figure.layout.annotations) == 6


@given(st.lists(st.floats(0, 300), max_size=8).map(sorted), st.floats(20, 400))
def test_labels_never_overlap_where_there_is_room_and_keep_their_order(pixels: list[float], height: float) -> None:
    moved = apart(pixels, height)
    gap = min(LINE_PIXELS, height / max(1, len(pixels)))
    assert all(after - before > gap - 1e-6 for before, after in pairwise(moved))
    inside = [min(max(each, gap / 2), height - gap / 2) for each in moved]
    assert moved == pytest.approx(inside, abs=1e-6)


def test_a_label_that_has_room_is_not_moved_and_one_without_a_place_is_left_out() -> None:
    ends = [End(1, 10.0, "a", "#000000"), End(1, 0.0, "zero", "#000000"), End(1, float("nan"), "nan", "#000000")]
    (label,) = end_labels(ends, (0.0, 2.0), 200, log=True)
    assert (label["text"], label["y"], label["yshift"]) == ("a", 1.0, 0)


def test_the_range_of_nothing_and_of_one_number_is_still_a_range() -> None:
    assert value_range([], log=False) == (0.0, 1.0)
    low, high = value_range([Points(STEPS, np.full(50, 0.5))], log=True)
    assert low < np.log10(0.5) < high


def test_curves_that_end_far_apart_do_not_move_each_others_labels() -> None:
    ends = [End(100, 1.0, "long", "#000000"), End(25, 1.0, "short", "#000000")]
    assert [label["yshift"] for label in end_labels(ends, (0.0, 2.0), 200)] == [0, 0]
    together = [End(100, 1.0, "a", "#000000"), End(98, 1.0, "b", "#000000")]
    assert sorted(label["yshift"] for label in end_labels(together, (0.0, 2.0), 200)) == [-7.5, 7.5]
