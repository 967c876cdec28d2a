"""The catalog's facts and values against numbers computed with torch and SciPy (tests/truths/surfaces.json)."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

import surfaces

TRUTHS = json.loads((Path(__file__).parents[1] / "truths" / "surfaces.json").read_text(encoding="utf-8"))
NAMES = [
    "narrow_valley",
    "rotated_valley",
    "rosenbrock",
    "beale",
    "himmelblau",
    "booth",
    "three_hump_camel",
    "styblinski_tang",
    "rastrigin",
    "ackley",
    "mccormick",
    "goldstein_price",
    "easom",
    "saddle",
    "monkey_saddle",
    "sparse_least_squares",
    "sparse_logistic",
    "sparse_steps",
]


def test_names_are_all_there_in_order():
    assert list(surfaces.names()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_facts_are_complete(name):
    surface = surfaces.get(name)
    (x0, x1), (y0, y1) = surface.domain
    assert surface.name == name
    assert x0 < surface.start[0] < x1
    assert y0 < surface.start[1] < y1
    assert min(map(len, (surface.title, surface.source, surface.note, surface.text, surface.latex))) > 3
    assert (surface.minimum is None) == (surface.minima == ())
    for x, y in surface.minima:
        assert x0 <= x <= x1
        assert y0 <= y <= y1


@pytest.mark.parametrize("name", TRUTHS["domains"])
def test_domain_and_minimum(name):
    surface = surfaces.get(name)
    assert [list(axis) for axis in surface.domain] == TRUTHS["domains"][name]
    if TRUTHS["minimum"][name] is None:
        assert surface.minimum is None
    else:
        assert surface.minimum == pytest.approx(TRUTHS["minimum"][name], rel=1e-15, abs=1e-15)


@pytest.mark.parametrize("name", [name for name in NAMES if surfaces.get(name).minima])
def test_declared_minima(name):
    surface = surfaces.get(name)
    for point in surface.minima:
        assert surface.loss(*point) == pytest.approx(surface.minimum, rel=1e-13, abs=1e-13)
        if name != "ackley":  # a cone: its gradient there is a definition
            hxx, hxy, hyy = surface.hessian(*point)
            lowest, highest = np.linalg.eigvalsh([[hxx, hxy], [hxy, hyy]])
            assert lowest > 0
            assert np.hypot(*surface.grad(*point)) < 1e-14 * highest


@pytest.mark.parametrize("name", [name for name in NAMES if surfaces.get(name).minima])
def test_no_grid_point_is_lower(name):
    surface = surfaces.get(name)
    x, y = (np.linspace(low, high, 401) for low, high in surface.domain)
    loss = surface.loss(x[:, None], y[None, :])
    assert loss.shape == (401, 401)
    lowest = surface.minimum
    assert lowest is not None
    assert loss.min() >= lowest - 1e-14 * max(1.0, abs(lowest))
    assert loss.min() < lowest + 0.05 * (np.median(loss) - lowest)


@pytest.mark.parametrize("name", TRUTHS["stationary"])
def test_stationary_points(name):
    """Values and curvatures at saddles, maxima and local minima, found by root search on torch's gradient."""
    surface = surfaces.get(name)
    for point in TRUTHS["stationary"][name]:
        hxx, hxy, hyy = surface.hessian(*point["x"])
        # The truths' Hessians are central differences of gradients: absolute error about 1e-9 of the largest.
        assert np.linalg.eigvalsh([[hxx, hxy], [hxy, hyy]]) == pytest.approx(point["hess_eig"], rel=1e-6, abs=1e-8)
        assert surface.loss(*point["x"]) == pytest.approx(point["f"], rel=1e-12, abs=1e-12)
        assert np.hypot(*surface.grad(*point["x"])) <= 1e-13 * max(1.0, *map(abs, point["hess_eig"]))


@pytest.mark.parametrize("name", TRUTHS["gradients"])
def test_values_and_gradients_on_golden_runs(name):
    """At points that torch.optim visited, none of them a minimum."""
    surface = surfaces.get(name)
    for point in TRUTHS["gradients"][name]:
        gx, gy = surface.grad(*point["x"])
        assert (gx, gy) == pytest.approx(tuple(point["value"]), rel=1e-12)
    for point in TRUTHS["values"][name]:
        assert surface.loss(*point["x"]) == pytest.approx(point["value"], rel=1e-12)


@pytest.mark.parametrize(("name", "edge"), [("beale", 4.5), ("goldstein_price", 2.0)])
def test_corners(name, edge):
    loss = surfaces.get(name).loss(np.array([-edge, -edge, edge, edge]), np.array([-edge, edge, -edge, edge]))
    assert sorted(loss) == pytest.approx(sorted(TRUTHS["corners"][name]), rel=1e-13)


def test_easom_gradient_vanishes():
    for point, expected in TRUTHS["easom_grad"]:
        assert surfaces.get("easom").grad(*point) == pytest.approx(tuple(expected), rel=1e-9)


def test_rastrigin_curvature():
    assert surfaces.get("rastrigin").hessian(0.0, 0.0) == pytest.approx(
        (TRUTHS["rastrigin_curvature"], 0.0, 396.78417604)
    )


def test_mccormick_is_unbounded_outside():
    surface, copy = surfaces.get("mccormick"), TRUTHS["mccormick_next_copy"]
    assert surface.loss(*copy["x"]) == pytest.approx(copy["f"], rel=1e-13)
    assert surface.loss(*copy["x"]) == pytest.approx(TRUTHS["minimum"]["mccormick"] - math.pi, rel=1e-13)


def test_ackley_tip():
    surface = surfaces.get("ackley")
    assert surface.loss(0.0, 0.0) == 0.0
    assert surface.grad(0.0, 0.0) == (0.0, 0.0)
    assert surface.grad(1e-170, -1e-200) == (0.0, 0.0)
    assert all(np.isnan(surface.hessian(0.0, 0.0)))
    for radius, norm in TRUTHS["ackley"]["grad_norm_near_origin"].items():
        assert np.hypot(*surface.grad(float(radius), 0.0)) == pytest.approx(norm, rel=1e-12)
    gx, gy = surface.grad(np.array([0.0, 1.0]), np.array([0.0, 0.5]))
    alone = surface.grad(1.0, 0.5)
    assert (gx[0], gy[0]) == (0.0, 0.0)
    assert (gx[1], gy[1]) == alone
    for point, value in TRUTHS["ackley"]["nearest_local_minima"]:
        assert surface.loss(*point) == pytest.approx(value, rel=1e-12)
        assert np.hypot(*surface.grad(*point)) < 1e-12


def test_saddle_never_leaves_the_ridge():
    surface = surfaces.get("saddle")
    assert surface.grad(0.7, 0.0)[1] == 0.0
    assert surface.start[1] != 0.0


def test_only_quadratics_say_they_are():
    quadratic = {name for name in NAMES if surfaces.get(name).quadratic}
    assert quadratic == {
        "narrow_valley", "rotated_valley", "booth", "saddle", "sparse_least_squares", "sparse_steps",
    }  # fmt: skip
