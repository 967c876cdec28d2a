from __future__ import annotations

import numpy as np
import pytest

import surfaces
from optim_viz.experiments import valley as experiment
from optim_viz.experiments.valley import valley


@pytest.mark.parametrize(
    ("lr", "x", "y"),
    [
        (0.0199, -1.0718373988636924, 0.36603234127323736),
        (0.02, -1.0609564471580235, 1.0),
        (0.0201, -1.0501848619190652, 2.704813829421469),
    ],
)
def test_gradient_descent_around_its_limit(lr: float, x: float, y: float) -> None:
    assert experiment.descent(100, lr, 100).theta[-1] == pytest.approx([x, y], rel=1e-11)


@pytest.mark.parametrize("kappa", [2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0])
def test_at_the_limit_it_jumps_for_ever(kappa: float) -> None:
    y = experiment.descent(kappa, experiment.descent_limit(kappa), 100).theta[:, 1]
    np.testing.assert_array_equal(y, np.resize([1.0, -1.0], 101))


@pytest.mark.parametrize(("kappa", "degrees"), [(100, 0), (100, 30), (50, 30), (7, 55), (3, 90)])
def test_the_turned_valley_is_the_formula_it_says(kappa: float, degrees: float) -> None:
    ours = valley(kappa, degrees)
    parsed = surfaces.parse(ours.text)
    x, y = np.random.default_rng(0).uniform(-5, 5, (2, 50))
    np.testing.assert_allclose(ours.loss(x, y), parsed.loss(x, y), rtol=1e-12)
    np.testing.assert_allclose(ours.grad(x, y), parsed.grad(x, y), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(ours.hessian(x, y), parsed.hessian(x, y), rtol=1e-12)
    assert np.linalg.eigvalsh([[h[0] for h in ours.hessian(x, y)[:2]], [h[0] for h in ours.hessian(x, y)[1:]]]) == (
        pytest.approx([1, kappa])
    )


def test_the_catalogs_rotated_valley_is_the_same_one() -> None:
    x, y = np.random.default_rng(1).uniform(-5, 5, (2, 20))
    np.testing.assert_allclose(valley(50, 30).loss(x, y), surfaces.get("rotated_valley").loss(x, y), rtol=1e-12)


def test_who_turns_with_the_valley() -> None:
    runs = experiment.turned(100, 30, 50, experiment.settings(100))
    for rule in ("sgd", "momentum", "nesterov"):
        assert runs[rule].difference < 1e-13
        np.testing.assert_allclose(runs[rule].turned.theta, runs[rule].expected, atol=1e-13)
    found = [runs[rule].difference for rule in ("adagrad", "rmsprop", "adam")]
    assert found == pytest.approx([2.7327601509664485, 0.8642542930654606, 1.6520775592200598], rel=1e-10)


@pytest.mark.parametrize("degrees", [0, 90])
def test_along_an_axis_nobody_notices(degrees: float) -> None:
    runs = experiment.turned(100, degrees, 50, experiment.settings(100))
    assert max(each.difference for each in runs.values()) < 1e-12


@pytest.mark.parametrize(
    ("kappa", "rates"),
    [
        (10, (0.8181818181818182, 0.5194938532959157, 0.683772233983162)),
        (100, (0.9801980198019802, 0.8181818181818182, 0.9)),
        (1000, (0.998001998001998, 0.9386931399365689, 0.9683772233983162)),
    ],
)
def test_the_best_rates(kappa: float, rates: tuple[float, ...]) -> None:
    found = experiment.best_rates(kappa)
    assert [each.rate for each in found.values()] == pytest.approx(rates, rel=1e-12)


def test_the_best_settings_at_100() -> None:
    found = experiment.best_rates(100)
    assert (found["momentum"].lr, found["momentum"].momentum) == pytest.approx(
        (0.03305785123966942, 0.6694214876033059)
    )
    assert [each.steps for each in found.values()] == [691, 93, 154]


def test_a_round_bowl_takes_one_step() -> None:
    assert {each.steps for each in experiment.best_rates(1).values()} == {1}


def test_adaptive_rules_do_not_see_kappa() -> None:
    shares = experiment.distance_left((1.0, 10.0, 1000.0), 100)
    for rule in ("adagrad", "rmsprop", "adam"):
        assert np.ptp(shares[rule]) < 1e-9
    assert shares["sgd"][0] == 0
    assert shares["sgd"][2] > 0.8
