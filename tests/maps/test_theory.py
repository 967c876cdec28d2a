"""What theory draws over a map is where the computed map changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optim_viz
from optim_viz import surfaces, update_rules
from optim_viz.maps import Axis, OutcomeMap, make_axis, theory


def axis(name: str, values: Any, surface: str = "narrow_valley", scale: Any = None) -> Axis:
    """Make an axis with values of its own."""
    rules = [update_rules.get(each) for each in update_rules.names()]
    made = make_axis(name, surfaces.get(surface), rules, 2)
    return Axis(made.name, made.kind, made.title, tuple(float(value) for value in values), scale or made.scale)


def the_map(surface: str, optimizer: Any, x: Axis | str, y: Axis | str, **given: Any) -> OutcomeMap:
    """Work one map out."""
    (found,) = optim_viz.outcome_maps(surface, optimizer, x, y, **given)
    return found


LRS = np.geomspace(0.002, 0.08, 40)
MOMENTA = (0.0, 0.2, 0.5, 0.8, 0.9, 0.95)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov"])
def test_beyond_the_edge_runs_grow_and_before_it_they_shrink(optimizer: str) -> None:
    """Published: lr < 2/L; Polyak's lr < 2(1 + μ)/L; Nesterov's as torch has it, (2 + 2μ)/(1 + 2μ)/L; L = 100."""
    across, up = axis("lr", LRS), axis("momentum", MOMENTA, scale="linear")
    found = the_map("narrow_valley", optimizer, across, up, steps=3000, start=(0.1, 0.1))
    (edge,) = [line for line in theory(found) if line.kind == "edge"]
    begin = float(found.surface.loss(0.1, 0.1))
    published = {
        "sgd": lambda mu: 2 / 100 + 0 * mu,
        "momentum": lambda mu: 2 * (1 + mu) / 100,
        "nesterov": lambda mu: 2 * (1 + mu) / (1 + 2 * mu) / 100,
    }[optimizer]
    np.testing.assert_allclose(edge.x, published(edge.y), rtol=1e-12)
    for row, momentum in enumerate(MOMENTA):
        limit = float(np.interp(momentum, edge.y, edge.x))
        grows = ~(found.loss[row] < begin)  # diverged is NaN
        clear = np.abs(LRS / limit - 1) > 0.02
        np.testing.assert_array_equal(grows[clear], LRS[clear] > limit)


def test_the_edge_of_a_quadratic_is_2_over_kappa_at_every_kappa() -> None:
    kappas = (2.0, 10.0, 100.0, 1000.0)
    found = the_map("quadratic", "sgd", "lr", axis("kappa", kappas, "quadratic"), steps=2000, resolution=101)
    lines = {line.kind: line for line in theory(found)}
    np.testing.assert_allclose(lines["edge"].x, 2 / lines["edge"].y, rtol=1e-12)
    np.testing.assert_allclose(lines["optimum"].x, 2 / (1 + lines["optimum"].y), rtol=1e-12)
    lrs = np.array(found.x.values)
    for row, kappa in enumerate(kappas):
        grows = ~(found.loss[row] < float(surfaces.get("quadratic", kappa=kappa).loss(*found.start)))
        clear = np.abs(lrs * kappa / 2 - 1) > 0.06  # about half a cell
        np.testing.assert_array_equal(grows[clear], (lrs > 2 / kappa)[clear])


def test_2_over_the_sum_is_the_best_rate_of_gradient_descent() -> None:
    """Both ends of the spectrum shrink by (κ - 1)/(κ + 1) there; the start has the same share of both."""
    lrs = np.linspace(0.1, 0.19, 91)
    found = the_map(
        "quadratic", "sgd", axis("lr", lrs), axis("kappa", (10.0, 11.0), "quadratic"), start=(1.0, 1.0), steps=200
    )
    (best,) = [line for line in theory(found) if line.kind == "optimum"]
    assert best.x[0] == pytest.approx(2 / 11)
    assert abs(lrs[np.nanargmin(found.loss[0])] - best.x[0]) < 0.0021
    at = np.argmin(np.abs(lrs - 2 / 11))
    rate = (found.loss[0, at] / found.surface.rebuild(kappa=10.0).loss(1.0, 1.0)) ** (1 / 400)
    assert rate == pytest.approx(9 / 11, abs=2e-3)


@pytest.mark.parametrize(
    ("optimizer", "lr", "momentum", "rate"),
    [
        # Polyak 1964: lr = 4/(√L + √ℓ)², μ = ((√κ - 1)/(√κ + 1))²; L = 100, ℓ = 1
        ("momentum", 4 / 121, (9 / 11) ** 2, 9 / 11),
        # Lessard, Recht, Packard 2016: lr = 4/(3L + ℓ), μ = (√(3κ + 1) - 2)/(√(3κ + 1) + 2)
        ("nesterov", 4 / 301, (301**0.5 - 2) / (301**0.5 + 2), 1 - 2 / 301**0.5),
    ],
)
def test_the_best_setting_of_momentum_is_the_best_cell(optimizer: str, lr: float, momentum: float, rate: float) -> None:
    lrs, momenta = lr * np.geomspace(0.7, 1.4, 41), 1 - (1 - momentum) * np.geomspace(1.6, 0.6, 41)
    found = the_map(
        "narrow_valley", optimizer, axis("lr", lrs), axis("momentum", momenta), steps=2000, start=(1.0, 1.0)
    )
    (best,) = [line for line in theory(found) if line.kind == "optimum"]
    assert (best.x[0], best.y[0]) == pytest.approx((lr, momentum))
    # After so many steps the rate of the slowest direction is all that counts; a double root adds a factor t.
    gap = np.where(np.isnan(found.gap), np.inf, found.gap)
    row, column = np.unravel_index(np.argmin(gap), gap.shape)
    assert abs(np.log(lrs[column] / lr)) < 0.06
    assert abs(np.log((1 - momenta[row]) / (1 - momentum))) < 0.08
    run = optim_viz.rollout("narrow_valley", optimizer, lr=lr, momentum=momentum, start=(1.0, 1.0), steps=400)
    measured = (run.loss[400] / run.loss[200]) ** (1 / 400)
    assert measured == pytest.approx(rate, abs=0.01)


@pytest.mark.parametrize("optimizer", ["momentum", "nesterov"])
def test_beyond_critical_damping_a_direction_swings(optimizer: str) -> None:
    """Goh 2017: lr = (1 - √μ)²/h; below it a direction of curvature h = 1 falls to one side, above it it crosses 0."""
    momenta = (0.8, 0.85, 0.9, 0.95)  # with less the edge of h = 100 comes first
    found = the_map("narrow_valley", optimizer, "lr", axis("momentum", momenta, scale="linear"), resolution=4, steps=1)
    slow = next(line for line in theory(found) if line.kind == "critical-flat")
    assert slow.words.endswith("ℓ")
    assert [line.words[-1] for line in theory(found) if line.kind == "critical"] in ([], ["L"])
    if optimizer == "momentum":
        np.testing.assert_allclose(slow.x, (1 - np.sqrt(slow.y)) ** 2, rtol=1e-12)
    for momentum in momenta:
        critical = float(np.interp(momentum, slow.y, slow.x))
        bowl = surfaces.parse("0.5*x**2 + 0.5*y**2")
        lr = np.array([critical * 0.9, critical * 1.1])
        run = optim_viz.rollout(bowl, optimizer, lr=lr, momentum=momentum, start=(1.0, 1.0), steps=2000)
        crossed = (run.theta[..., 0] < 0).any(axis=-1)
        assert crossed.tolist() == [False, True]


def test_nothing_is_drawn_where_nothing_is_known() -> None:
    assert not theory(the_map("rosenbrock", "sgd", "lr", "x", resolution=4, steps=5))
    assert not theory(the_map("saddle", "sgd", "lr", "x", resolution=4, steps=5))
    assert not theory(the_map("sparse_least_squares", "sgd", "lr", "x", resolution=4, steps=5))
    assert not theory(the_map("narrow_valley", "adam", "lr", "beta1", resolution=4, steps=5))
    assert not theory(the_map("narrow_valley", "momentum", "momentum", "x", resolution=4, steps=5))


def test_lines_end_at_the_maps_edges() -> None:
    found = the_map("narrow_valley", "momentum", axis("lr", np.geomspace(1e-3, 0.03, 8)), "momentum", steps=5)
    for line in theory(found):
        assert ((line.x >= 1e-3) & (line.x <= 0.03)).all()
        assert line.source
