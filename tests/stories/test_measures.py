"""What sentences measure, against closed forms and an independent count."""

from __future__ import annotations

import math

import numpy as np
import pytest

import optim_viz
from optim_viz.stories.measures import (
    arrival,
    arrives_before,
    crossings,
    first_to_arrive,
    lengths,
    lowest_at_the_end,
    short,
)


def test_arrival_is_the_first_step_of_the_closed_form() -> None:
    """SGD on the narrow valley: x_t = -8 (1 - lr)^t, y_t = (1 - 100 lr)^t."""
    run = optim_viz.rollout("narrow_valley", "sgd", start=(-8.0, 1.0), steps=300, lr=0.018)
    height = [0.5 * (64 * (1 - 0.018) ** (2 * t) + 100 * 0.8 ** (2 * t)) for t in range(301)]
    assert arrival(run) == next(t for t, value in enumerate(height) if value <= 1e-3) == 286
    assert arrival(optim_viz.rollout("narrow_valley", "sgd", start=(-8.0, 1.0), steps=285, lr=0.018)) == -1


def test_who_is_first_by_a_count_of_its_own() -> None:
    runs = [optim_viz.rollout("booth", "sgd", start=(-5.0, 5.0), steps=200, lr=lr) for lr in (0.001, 0.02, 0.1)]
    first: dict[int, int] = {}
    for t in range(201):
        for lane, run in enumerate(runs):
            if run.loss[t] <= 1e-3:
                first.setdefault(lane, t)
    assert first_to_arrive(runs) == min(first, key=lambda lane: first[lane]) == 2
    assert arrives_before(runs[2], runs[1])
    assert arrives_before(runs[1], runs[0])  # which never arrives
    assert not arrives_before(runs[0], runs[1])
    assert lowest_at_the_end(runs) == 2
    assert first_to_arrive(runs[:1]) == -1


def test_a_run_that_left_the_numbers_is_not_the_lowest() -> None:
    runs = [optim_viz.rollout("booth", "sgd", steps=2000, lr=lr) for lr in (10.0, 0.001)]
    assert math.isnan(runs[0].loss[-1])
    assert lowest_at_the_end(runs) == 1


def test_crossings_and_lengths() -> None:
    assert crossings(np.array([1.0, -1.0, -2.0, 3.0])) == 2
    run = optim_viz.rollout("booth", "adam", steps=3, lr=0.25)
    assert lengths(run, 0)[0] == pytest.approx(1.0)  # Adam's first step is lr long
    assert lengths(run, 1) == pytest.approx(np.abs(np.diff(run.theta[:, 1])) / 0.25)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.25, "−0.25"), (1.0, "1"), (123.0, "1.2·10²"), (1e-12, "1·10⁻¹²"), (0.00123, "0.0012")],
)
def test_numbers_in_words(value: float, text: str) -> None:
    assert short(value) == text
