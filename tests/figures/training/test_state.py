"""Quantile bands and the histogram draw the store's own numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from optim_viz.comparison import events
from optim_viz.figures.theme import LIGHT
from optim_viz.figures.training.state import QUANTITIES, bands_figure, histogram_figure
from optim_viz.run_store import Bands, Histogram

STEPS = np.arange(10, 101, 10)
VALUES = np.outer(np.linspace(1, 2, 10), [0.01, 0.1, 0.5, 0.9, 0.99])


def bands(quantity: str = "sqrt_v_hat", values: np.ndarray = VALUES) -> Any:
    return bands_figure(
        Bands(STEPS, values), quantity=quantity, lane="Adam", layer="layer 1", colour=4, total_steps=469
    )


def test_every_recorded_quantity_can_be_shown() -> None:
    assert set(QUANTITIES) == set(events.QUANTITIES)


def test_two_bands_lie_behind_the_median_and_all_are_the_quantiles() -> None:
    figure = bands()
    assert [trace.name for trace in figure.data] == ["1 to 99 %", "1 to 99 %", "10 to 90 %", "10 to 90 %", "median"]
    for trace, column in zip(figure.data, (0, 4, 1, 3, 2), strict=True):
        np.testing.assert_array_equal(trace.y, VALUES[:, column])
    assert [trace.fill for trace in figure.data] == [None, "tonexty", None, "tonexty", None]
    assert {trace.line.color for trace in figure.data[:4]} == {LIGHT.lanes[4]}


@pytest.mark.parametrize(("quantity", "kind"), [("ratio", "linear"), ("m_hat", "linear"), ("step", "log")])
def test_what_has_a_sign_is_linear_and_a_magnitude_logarithmic(quantity: str, kind: str) -> None:
    layout = bands(quantity).layout
    assert layout.yaxis.type == kind
    assert layout.yaxis.range is None
    assert layout.yaxis.title.text == QUANTITIES[quantity]


def test_another_choice_lets_go_of_the_zoom() -> None:
    assert bands("ratio").layout.uirevision != bands("step").layout.uirevision


def test_a_quantile_of_0_lies_below_the_others_on_a_log_axis_and_the_axis_says_so() -> None:
    values = VALUES.copy()
    values[:, 0] = 0.0
    figure = bands("step", values)
    assert "0 on the lower edge" in figure.layout.yaxis.title.text
    assert 0 < figure.data[0].y.max() < VALUES[:, 1].min()
    np.testing.assert_array_equal(figure.data[4].customdata, values)  # hovering still says 0


def test_the_histogram_shows_shares_of_all_parameters() -> None:
    found = Histogram(40, np.array([-1.0, 0.0, 1.0]), np.array([1, 3]))
    figure: Any = histogram_figure(found, lane="Adam", colour=4)
    np.testing.assert_array_equal(figure.data[0].y, [0.25, 0.75])
    np.testing.assert_array_equal(figure.data[0].x, [-0.5, 0.5])
    assert "step 40" in figure.layout.title.text


@pytest.mark.parametrize("found", [None, Histogram(1, np.array([-1.0, 0.0, 1.0]), np.array([0, 0]))])
def test_no_histogram_draws_no_bars(found: Histogram | None) -> None:
    figure: Any = histogram_figure(found, lane="SGD", colour=0)
    assert not figure.data
