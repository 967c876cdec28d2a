"""Reading a range test: curves of which the steepest place and the end are known."""

from __future__ import annotations

import numpy as np
import pytest

from optim_viz.sweeps import rate_curve
from optim_viz.sweeps.rate_finder import DECAY

RATES = np.geomspace(1e-6, 10.0, 400)
LOGS = np.log(RATES)


def falling(at: float) -> np.ndarray:
    """A loss that falls from 2.3 to 0.3, steepest at a rate: the logistic function's slope is largest in its middle."""
    return 2.3 - 2.0 / (1 + np.exp(-2.0 * (LOGS - np.log(at))))


@pytest.mark.parametrize("at", [1e-4, 1e-3, 0.02])
def test_the_steepest_fall_is_found(at: float) -> None:
    curve = rate_curve(RATES, falling(at))
    lag = DECAY / (1 - DECAY) * (LOGS[1] - LOGS[0])  # a running mean is that far behind
    assert curve.steepest is not None
    assert abs(np.log(curve.steepest / at) - lag) < 2 * (LOGS[1] - LOGS[0])
    assert curve.breaks_at is None


def test_where_the_loss_rises_for_good_it_breaks_away() -> None:
    losses = np.where(RATES > 0.5, 50.0, falling(1e-3))
    curve = rate_curve(RATES, losses)
    assert curve.breaks_at is not None
    first = RATES[RATES > 0.5][0]
    assert first <= curve.breaks_at <= RATES[np.searchsorted(RATES, first) + 1]
    assert curve.steepest == pytest.approx(rate_curve(RATES, falling(1e-3)).steepest)


def test_one_bad_batch_is_no_end() -> None:
    losses = falling(1e-3)
    losses[300] = 9.0
    assert rate_curve(RATES, losses).breaks_at is None


def test_a_loss_that_is_no_number_is_the_end() -> None:
    losses = falling(1e-3)
    losses[350:] = np.nan
    curve = rate_curve(RATES, losses)
    assert curve.breaks_at == RATES[350]
    assert np.isnan(curve.smoothed[350:]).all()
    losses[350:] = np.inf
    assert rate_curve(RATES, losses).breaks_at == RATES[350]


def test_the_running_mean_is_that_of_its_definition() -> None:
    losses = np.array([3.0, 1.0, 2.0])
    expected = [3.0, (0.09 * 3 + 0.1 * 1) / 0.19, (0.081 * 3 + 0.09 * 1 + 0.1 * 2) / 0.271]
    np.testing.assert_allclose(rate_curve(RATES[:3], losses).smoothed, expected, rtol=1e-13)


def test_where_nothing_falls_nothing_is_suggested() -> None:
    assert rate_curve(RATES, np.linspace(1, 1.2, 400)).steepest is None
    assert rate_curve(RATES[:3], falling(1e-3)[:3]).steepest is None, "too few steps to fit a line"
    assert rate_curve(RATES[:2], np.array([np.nan, np.nan])).breaks_at == RATES[0]
