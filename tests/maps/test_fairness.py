"""Tuned runs are runs, the good range is where runs are good, and attempts cost what the order statistics say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optim_viz
from optim_viz import surfaces, update_rules
from optim_viz.maps.fairness import best_of


def test_the_best_attempt_and_the_one_at_equal_rates_are_runs() -> None:
    given: dict[str, Any] = {"start": (-3.0, 1.0), "steps": 150, "noise": 0.01, "seed": 4}
    for fair in optim_viz.fairness("booth", ["sgd", ("adam", {"eps": 1e-4})], attempts=20, lr=0.02, **given):
        for attempt in (fair.equal, fair.best):
            assert attempt is not None
            own: dict[str, Any] = dict(attempt.hyperparameters)
            run = optim_viz.rollout("booth", fair.rule, **given, **own)
            assert attempt.gap == run.loss[-1]
            assert attempt.arrived == run.steps_to(1e-3)
        assert fair.equal is not None
        assert fair.equal.hyperparameters["lr"] == 0.02
        assert fair.rule.name == "sgd" or fair.equal.hyperparameters["eps"] == 1e-4
        assert fair.searched == tuple(each.name for each in fair.rule.hyperparameters if each.primary)


def test_more_attempts_find_no_worse() -> None:
    few, many = (optim_viz.fairness("rosenbrock", "adam", attempts=n, steps=200)[0] for n in (4, 400))
    assert few.best is not None
    assert many.best is not None
    assert not 0 <= few.best.arrived < many.best.arrived
    assert (many.best_of[1:] <= many.best_of[:-1]).all()
    np.testing.assert_array_equal(few.best_of, many.best_of[:4])


def test_the_good_range_of_gradient_descent_is_that_of_its_closed_form() -> None:
    """On 0.5 (x² + κ y²) a coordinate is multiplied by 1 - lr h a step: both must be small enough after T steps."""
    steps, start, kappa = 100, (1.0, 1.0), 10.0
    (fair,) = optim_viz.fairness("quadratic", "sgd", start=start, steps=steps, attempts=1)
    lrs = np.geomspace(1e-5, 1.0, 4_001)
    x, y = ((1 - lrs * h) ** (2 * np.arange(steps + 1))[:, None] for h in (1.0, kappa))
    good = (0.5 * (x + kappa * y)).min(axis=0) <= 1e-3
    assert fair.good is not None
    np.testing.assert_allclose(fair.good, (lrs[good].min(), lrs[good].max()), rtol=0.1)  # a cell is 10 % wide
    assert fair.decades == pytest.approx(np.log10(lrs[good].max() / lrs[good].min()), abs=2 / 24)
    assert fair.chance == pytest.approx(good.mean(), abs=0.04)  # sgd has lr alone to search


def test_the_best_of_n_is_what_drawing_says() -> None:
    scores = np.random.default_rng(0).exponential(size=1000)
    scores[::10] = np.inf
    expected = best_of(scores, 16)
    drawn = np.random.default_rng(1).choice(scores, size=(20_000, 16))
    measured = np.median(np.minimum.accumulate(drawn, axis=1), axis=0)
    np.testing.assert_allclose(expected, measured, rtol=0.06)
    assert best_of(np.array([5.0, np.inf, np.inf, np.inf]), 3).tolist() == [np.inf, np.inf, 5.0]


def test_a_surface_without_a_minimum() -> None:
    (fair,) = optim_viz.fairness("sparse_steps", "adam", attempts=8, steps=50)
    assert fair.best is not None
    assert fair.best.arrived == -1
    own: dict[str, Any] = dict(fair.best.hyperparameters)
    run = optim_viz.rollout("sparse_steps", "adam", steps=50, **own)
    assert fair.best.gap == run.loss[-1]
    assert 0 < fair.chance < 1


@pytest.mark.parametrize("optimizer", update_rules.names())
def test_every_optimizer_can_be_tuned(optimizer: str) -> None:
    (fair,) = optim_viz.fairness("booth", optimizer, attempts=2, steps=20)
    assert len(fair.best_of) == 2
    assert 0 <= fair.chance <= 1
    rule = update_rules.get(optimizer)
    if fair.best is not None:
        for name in fair.searched:
            each = next(each for each in rule.hyperparameters if each.name == name)
            assert each.low <= fair.best.hyperparameters[name] <= each.high


def test_refusals() -> None:
    with pytest.raises(ValueError, match=r"attempts = 0 is not a whole number in \[1, 1024\]"):
        optim_viz.fairness("booth", "adam", attempts=0)
    with pytest.raises(ValueError, match=r"lr = -1\.0 is outside"):
        optim_viz.fairness("booth", "adam", lr=-1.0)


def test_a_band_is_that_of_the_runs() -> None:
    band = optim_viz.ensemble("booth", ("sgd", {"lr": 0.05}), noise=1.0, seeds=21, first_seed=7, steps=60)
    runs = [optim_viz.rollout("booth", "sgd", lr=0.05, noise=1.0, seed=seed, steps=60).loss for seed in range(7, 28)]
    np.testing.assert_array_equal(band.gap, np.stack(runs))
    ordered = np.sort(np.stack(runs), axis=0)
    np.testing.assert_array_equal(band.median, ordered[10])
    np.testing.assert_array_equal(band.low, ordered[2])  # 3 of 21 are the first 10 %
    np.testing.assert_array_equal(band.high, ordered[18])


def test_a_run_that_diverged_is_above_every_other() -> None:
    band = optim_viz.ensemble("narrow_valley", ("sgd", {"lr": 1.0}), noise=1.0, seeds=5, steps=400)
    assert band.diverged == 5
    assert np.isinf(band.median[-1])
    assert np.isfinite(band.high[:50]).all()


def test_gradient_noise_ends_in_a_band_of_its_known_width() -> None:
    """SGD on 0.5 h x² with noise σ: x ends normal, its variance lr σ²/(h (2 - lr h)).

    For h = 1 in both coordinates the loss is s²·χ²(2)/2, exponential with mean s²: its median is s² ln 2, its 10 and
    90 % points -s² ln 0.9 and -s² ln 0.1.
    """
    lr, noise = 0.2, 0.5
    bowl = surfaces.parse("0.5*x**2 + 0.5*y**2")
    band = optim_viz.ensemble(bowl, ("sgd", {"lr": lr}), noise=noise, seeds=400, steps=300)
    variance = lr * noise**2 / (2 - lr)
    late = slice(100, None)
    for drawn, share in ((band.low, 0.1), (band.median, 0.5), (band.high, 0.9)):
        assert drawn[late].mean() == pytest.approx(-variance * np.log(1 - share), rel=0.08)
