"""The catalog's facts and values against numbers computed with torch and SciPy (tests/truths/surfaces.json)."""

import copy
import json
import math
import pickle
from pathlib import Path

import numpy as np
import pytest

import surfaces

TRUTHS = json.loads((Path(__file__).parents[1] / "truths" / "surfaces.json").read_text(encoding="utf-8"))
NAMES = surfaces.names()


def _known(section):
    """The names that a section of the truths has numbers for and that are in the catalog."""
    return [name for name in TRUTHS[section] if name in NAMES]


def test_the_order_is_that_of_ranks():
    ranks = [(surfaces.get(name).rank, name) for name in NAMES]
    assert ranks == sorted(ranks)
    assert len(NAMES) == len(list(Path(surfaces.__file__).parent.glob("catalog/[a-z]*.py")))


@pytest.mark.parametrize("name", NAMES)
def test_facts_are_complete(name):
    surface = surfaces.get(name)
    (x0, x1), (y0, y1) = surface.domain
    assert surface.name == name
    assert (Path(surfaces.__file__).parent / "catalog" / f"{name}.py").is_file()
    assert x0 < surface.start[0] < x1
    assert y0 < surface.start[1] < y1
    assert min(map(len, (surface.title, surface.source, surface.note, surface.text, surface.latex))) > 3
    assert (surface.minimum is None) == (surface.minima == ())
    assert (surface.grad_method, surface.hessian_method) == ("exact", "exact")
    for x, y in surface.minima:
        assert x0 <= x <= x1
        assert y0 <= y <= y1


@pytest.mark.parametrize("name", NAMES)
def test_a_copy_and_a_pickle_are_the_same_surface(name):
    surface = surfaces.get(name)
    surface.loss(*surface.start)  # compiled functions do not travel
    again = pickle.loads(pickle.dumps(surface))  # noqa: S301 - made in this line
    assert again.name == name
    assert again.grad(*surface.start) == surface.grad(*surface.start)
    assert copy.deepcopy(surface) is surface


@pytest.mark.parametrize("name", NAMES)
def test_the_text_is_the_surface(name):
    surface = surfaces.get(name)
    typed = surfaces.parse(surface.text, domain=surface.domain)
    x, y = (np.linspace(low, high, 9) for low, high in surface.domain)
    scale = np.abs(surface.loss(x[:, None], y)).max()
    np.testing.assert_allclose(typed.loss(x[:, None], y), surface.loss(x[:, None], y), rtol=1e-12, atol=1e-14 * scale)
    assert typed.latex == surface.latex


@pytest.mark.parametrize("name", NAMES)
def test_quadratic_means_one_hessian_everywhere(name):
    surface = surfaces.get(name)
    generator = np.random.default_rng(3)
    x, y = (generator.uniform(low, high, 50) for low, high in surface.domain)
    bends = np.array(surface.hessian(x, y))
    assert surface.quadratic == (np.ptp(bends, axis=1).max() <= 1e-9 * np.abs(bends).max())


@pytest.mark.parametrize("name", _known("domains"))
def test_domain_and_minimum(name):
    """What is shown is the domain that was published, or the part of it that is worth looking at."""
    surface = surfaces.get(name)
    for (low, high), (lowest, highest) in zip(surface.domain, TRUTHS["domains"][name], strict=True):
        assert lowest <= low < high <= highest
    if TRUTHS["minimum"][name] is None:
        assert surface.minimum is None
    else:
        assert surface.minimum == pytest.approx(TRUTHS["minimum"][name], rel=1e-15, abs=1e-15)


@pytest.mark.parametrize("name", [name for name in NAMES if surfaces.get(name).minima])
def test_declared_minima(name):
    surface = surfaces.get(name)
    for point in surface.minima:
        assert surface.loss(*point) == pytest.approx(surface.minimum, rel=1e-13, abs=1e-13)
        hxx, hxy, hyy = surface.hessian(*point)
        if np.isnan(hxx):  # a tip, as of a cone
            assert surface.grad(*point) == (0.0, 0.0)
        else:
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


@pytest.mark.parametrize("name", _known("stationary"))
def test_stationary_points(name):
    """Values and curvatures at saddles, maxima and local minima, found by root search on torch's gradient."""
    surface = surfaces.get(name)
    for point in TRUTHS["stationary"][name]:
        hxx, hxy, hyy = surface.hessian(*point["x"])
        # The truths' Hessians are central differences of gradients: absolute error about 1e-9 of the largest.
        assert np.linalg.eigvalsh([[hxx, hxy], [hxy, hyy]]) == pytest.approx(point["hess_eig"], rel=1e-6, abs=1e-8)
        assert surface.loss(*point["x"]) == pytest.approx(point["f"], rel=1e-12, abs=1e-12)
        assert np.hypot(*surface.grad(*point["x"])) <= 1e-13 * max(1.0, *map(abs, point["hess_eig"]))


@pytest.mark.parametrize("name", _known("gradients"))
def test_values_and_gradients_on_golden_runs(name):
    """At points that torch.optim visited, none of them a minimum."""
    surface = surfaces.get(name)
    for point in TRUTHS["gradients"][name]:
        gx, gy = surface.grad(*point["x"])
        assert (gx, gy) == pytest.approx(tuple(point["value"]), rel=1e-12)
    for point in TRUTHS["values"][name]:
        assert surface.loss(*point["x"]) == pytest.approx(point["value"], rel=1e-12)


@pytest.mark.parametrize(("name", "edge"), [("beale", 4.5), ("goldstein_price", 2.0)])
def test_corners(name, edge, entry):
    loss = entry(name).loss(np.array([-edge, -edge, edge, edge]), np.array([-edge, edge, -edge, edge]))
    assert sorted(loss) == pytest.approx(sorted(TRUTHS["corners"][name]), rel=1e-13)


def test_easom_gradient_vanishes(entry):
    for point, expected in TRUTHS["easom_grad"]:
        assert entry("easom").grad(*point) == pytest.approx(tuple(expected), rel=1e-9)


def test_rastrigin_curvature(entry):
    assert entry("rastrigin").hessian(0.0, 0.0) == pytest.approx((TRUTHS["rastrigin_curvature"], 0.0, 396.78417604))


def test_mccormick_is_unbounded_outside(entry):
    surface, copy = entry("mccormick"), TRUTHS["mccormick_next_copy"]
    assert surface.loss(*copy["x"]) == pytest.approx(copy["f"], rel=1e-13)
    assert surface.loss(*copy["x"]) == pytest.approx(TRUTHS["minimum"]["mccormick"] - math.pi, rel=1e-13)


def test_ackley_tip(entry):
    surface = entry("ackley")
    assert surface.loss(0.0, 0.0) == 0.0
    assert surface.grad(0.0, 0.0) == (0.0, 0.0)
    assert surface.grad(1e-170, 0.0) == pytest.approx((np.sqrt(8), 0.0), rel=1e-15)  # a cone at every distance
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


def test_saddle_never_leaves_the_ridge(entry):
    surface = entry("saddle")
    assert surface.grad(0.7, 0.0)[1] == 0.0
    assert surface.start[1] != 0.0
