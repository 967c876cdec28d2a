"""Finite sums and the sparse toy: draws, per-example gradients, and how far rules get along the rare coordinate."""

import json
from pathlib import Path

import numpy as np
import pytest

import surfaces

SPARSE = json.loads((Path(__file__).parents[1] / "truths" / "surfaces.json").read_text(encoding="utf-8"))["sparse"]
SUMS = [name for name in surfaces.names() if {"k", "batch_size"} <= surfaces.get(name).complete({}).keys()]
STOCHASTIC = [name for name in surfaces.names() if surfaces.get(name).stochastic]


def _examples(surface):
    assert surface.sampler is not None
    return surface.sampler.examples


def _draws(surface, steps, seed):
    draws = surface.draws(steps, seed)
    assert draws is not None
    return draws


@pytest.mark.parametrize("name", SUMS)
@pytest.mark.parametrize("k", [1, 2, 7, 10, 100])
def test_examples_average_to_the_full_gradient(name, k):
    surface = surfaces.get(name, k=k)
    x, y = np.array([-2.0, 0.3, 1.7]), np.array([1.5, -0.4, 0.2])
    each = np.array([surface.sampled_grad(x, y, np.array([example])) for example in range(_examples(surface))])
    full = np.array(surface.grad(x, y))
    np.testing.assert_allclose(each.mean(axis=0), full, rtol=1e-13, atol=1e-15)
    everything = surface.sampled_grad(x, y, np.arange(_examples(surface)))
    np.testing.assert_allclose(everything, full, rtol=1e-13, atol=1e-15)
    assert np.abs(each - full).max() > 0.1  # single examples do disagree


@pytest.mark.parametrize("name", SUMS)
@pytest.mark.parametrize("k", [1, 2, 7, 10, 100])
def test_exactly_one_in_k_examples_has_the_rare_feature(name, k):
    surface = surfaces.get(name, k=k)
    slopes = [surface.sampled_grad(0.3, 0.2, np.array([example]))[1] for example in range(_examples(surface))]
    assert k * np.count_nonzero(slopes) == len(slopes)


@pytest.mark.parametrize("name", SUMS)
@pytest.mark.parametrize("k", [1, 3, 10, 1000])
def test_minimum_to_rounding(name, k):
    surface = surfaces.get(name, k=k)
    (minimizer,) = surface.minima
    hxx, hxy, hyy = surface.hessian(*minimizer)
    distance = np.linalg.solve([[hxx, hxy], [hxy, hyy]], surface.grad(*minimizer))
    assert np.abs(distance).max() < 1e-13
    lowest = surface.loss(*minimizer)
    assert surface.minimum == lowest
    assert surface.loss(minimizer[0] + 1e-3, minimizer[1]) > lowest
    assert surface.loss(minimizer[0], minimizer[1] - 1e-2) > lowest


@pytest.mark.parametrize("name", [name for name in STOCHASTIC if "k" in surfaces.get(name).complete({})])
@pytest.mark.parametrize("k", [1, 10, 37])
def test_text_says_the_same_as_the_numbers(name, k):
    surface = surfaces.get(name, k=k)
    typed = surfaces.parse(surface.text)
    x, y = np.linspace(-3, 4, 15)[:, None], np.linspace(-3, 4, 15)
    np.testing.assert_allclose(surface.loss(x, y), typed.loss(x, y), rtol=1e-13)
    np.testing.assert_allclose(surface.grad(x, y), typed.grad(x, y), rtol=1e-11, atol=1e-14)


def test_logistic_is_stable_far_out(entry):
    surface = entry("sparse_logistic")
    assert surface.loss(-1e4, 0.0) == pytest.approx(0.9 * 0.75e4 + 0.1 * 0.75e4)
    assert np.isfinite([*surface.grad(-1e4, 1e4), *surface.hessian(1e4, -1e4)]).all()


@pytest.mark.parametrize("name", SUMS)
@pytest.mark.parametrize("batch_size", [1, 4])
def test_draws_repeat_and_are_prefixes(name, batch_size):
    surface = surfaces.get(name, batch_size=batch_size)
    draws = _draws(surface, 500, 3)
    assert draws.shape == (500, batch_size)
    np.testing.assert_array_equal(draws, _draws(surface, 500, 3))
    np.testing.assert_array_equal(draws[:123], _draws(surface, 123, 3))
    assert (draws != surface.draws(500, 4)).any()
    assert draws.min() >= 0
    assert draws.max() < _examples(surface)
    assert _draws(surface, 0, 3).shape == (0, batch_size)


def test_draws_are_uniform(entry):
    counts = np.bincount(_draws(entry("sparse_logistic"), 80_000, 0).ravel(), minlength=80)
    assert counts.min() > 1000 - 5 * np.sqrt(1000)
    assert counts.max() < 1000 + 5 * np.sqrt(1000)


def test_minibatch_gradient_is_the_mean_of_its_examples():
    for name in SUMS:
        surface = surfaces.get(name, batch_size=3)
        each = np.array([surface.sampled_grad(0.4, -1.1, np.array([i])) for i in (0, 5, 41)])
        np.testing.assert_allclose(surface.sampled_grad(0.4, -1.1, np.array([0, 5, 41])), each.mean(axis=0), rtol=1e-14)


def test_surfaces_without_draws():
    surface = surfaces.parse("(x + 2*y - 7)**2 + (2*x + y - 5)**2")
    assert not surface.stochastic
    assert surface.draws(10, 0) is None
    assert surface.sampled_grad(2.0, 1.0, 0) == surface.grad(2.0, 1.0)
    with pytest.raises(ValueError, match="formula"):
        _ = surface.sampled_grad_unchecked


@pytest.mark.parametrize("name", STOCHASTIC)
def test_unchecked_sampled_gradient_is_the_same(name):
    surface = surfaces.get(name)
    assert surface.stochastic
    x, y = np.array([0.1, 2.0]), np.array([0.5, -1.0])
    for draw in _draws(surface, 20, 1):
        np.testing.assert_array_equal(surface.sampled_grad_unchecked(x, y, draw), surface.sampled_grad(x, y, draw))


def test_sparse_steps_average_to_the_full_gradient(entry):
    surface = entry("sparse_steps", k=10)
    seen = np.array([surface.sampled_grad(0.0, 0.0, draw) for draw in _draws(surface, 1000, 0)])
    assert tuple(seen.mean(axis=0)) == (1.0, 0.1) == surface.grad(5.0, -3.0)
    np.testing.assert_array_equal(np.flatnonzero(seen[:, 1])[:3], [9, 19, 29])


@pytest.mark.parametrize("k", [10, 100])
def test_sparse_steps_displacements(k, entry):
    """SGD, momentum 0.9 and Adam, lr 0.01, 1000 steps, written out here; positions against torch's."""
    surface = entry("sparse_steps", k=k)
    position = {rule: np.zeros(2) for rule in ("sgd", "momentum", "adam")}
    velocity, m, v = np.zeros(2), np.zeros(2), np.zeros(2)
    for t, draw in enumerate(_draws(surface, 1000, 0), start=1):
        grad = np.array(surface.sampled_grad(position["sgd"][0], position["sgd"][1], draw))
        velocity, m, v = 0.9 * velocity + grad, 0.9 * m + 0.1 * grad, 0.999 * v + 0.001 * grad**2
        position["sgd"] -= 0.01 * grad
        position["momentum"] -= 0.01 * velocity
        position["adam"] -= 0.01 * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    for rule, reached in position.items():
        expected = SPARSE[str(k)][rule]
        assert reached == pytest.approx((expected["dense"], expected["sparse"]), rel=1e-11)
        assert reached[1] / reached[0] == pytest.approx(expected["ratio"], rel=1e-11)


@pytest.mark.parametrize(("k", "size"), [(4, 10), (1, 3), (200, 100)])
def test_spiky_steps_average_to_the_full_gradient(k, size, entry):
    surface = entry("spiky_steps", k=k, size=size)
    seen = np.array([surface.sampled_grad(0.0, 0.0, draw) for draw in _draws(surface, 3 * k, 0)])
    assert seen.mean(axis=0) == pytest.approx(surface.grad(5.0, -3.0), rel=1e-14)
    np.testing.assert_array_equal(np.flatnonzero(seen[:, 0] == size), [k - 1, 2 * k - 1, 3 * k - 1])
    assert (seen[:, 1] == 1).all()
