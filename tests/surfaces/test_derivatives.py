"""Loss, gradient and Hessian of every surface against hand-written torch formulas, and how they treat arrays."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import surfaces


def _least_squares(x, y):
    """The 80 examples with k = 10, spelled out one by one."""
    total = 0.0
    for row in range(8):
        a, b, n = 1 - 2 * (row >> 2), 1 - 2 * (row >> 1 & 1), 0.5 - (row & 1)
        total = total + 0.5 * (a * x + b * y - (a + b + n)) ** 2
        total = total + 9 * 0.5 * (a * x - (a + n)) ** 2
    return total / 80


def _logistic(x, y):
    """The kinds of examples with k = 10, each as often as it occurs among 80."""
    kinds = {(1, 1): 5, (1, -1): 1, (-1, 1): 1, (-1, -1): 1, (1, 0): 54, (-1, 0): 18}
    return sum(count * torch.nn.functional.softplus(-(u * x + w * y)) for (u, w), count in kinds.items()) / 80


C, S = math.cos(math.pi / 6), math.sin(math.pi / 6)
FORMULAS = {
    "narrow_valley": lambda x, y: 0.5 * (x**2 + 100 * y**2),
    "rotated_valley": lambda x, y: (
        0.5 * ((C**2 + 50 * S**2) * x**2 + 2 * C * S * -49 * x * y + (S**2 + 50 * C**2) * y**2)
    ),
    "rosenbrock": lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
    "beale": lambda x, y: sum((c - x + x * y**p) ** 2 for c, p in ((1.5, 1), (2.25, 2), (2.625, 3))),
    "himmelblau": lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
    "booth": lambda x, y: (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2,
    "three_hump_camel": lambda x, y: 2 * x**2 - 1.05 * x**4 + x**6 / 6 + x * y + y**2,
    "styblinski_tang": lambda x, y: sum(z**4 - 16 * z**2 + 5 * z for z in (x, y)) / 2,
    "rastrigin": lambda x, y: 20 + sum(z**2 - 10 * torch.cos(2 * torch.pi * z) for z in (x, y)),
    "ackley": lambda x, y: (
        -20 * torch.exp(-0.2 * torch.sqrt((x**2 + y**2) / 2))
        - torch.exp((torch.cos(2 * torch.pi * x) + torch.cos(2 * torch.pi * y)) / 2)
        + math.e
        + 20
    ),
    "mccormick": lambda x, y: torch.sin(x + y) + (x - y) ** 2 - 1.5 * x + 2.5 * y + 1,
    "goldstein_price": lambda x, y: (
        (1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2))
        * (30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2))
    ),
    "easom": lambda x, y: -torch.cos(x) * torch.cos(y) * torch.exp(-((x - torch.pi) ** 2) - (y - torch.pi) ** 2),
    "saddle": lambda x, y: x**2 - y**2,
    "monkey_saddle": lambda x, y: x**3 - 3 * x * y**2,
    "sparse_least_squares": _least_squares,
    "sparse_logistic": _logistic,
    "sparse_steps": lambda x, y: x + y / 10,
}


def _by_autograd(formula, x, y):
    """Loss, gradient and Hessian of a torch formula at a batch of points, in float64."""
    tx, ty = (torch.tensor(values, dtype=torch.float64, requires_grad=True) for values in (x, y))

    def slope(value, variable):
        if not value.requires_grad:
            return torch.zeros_like(variable)
        found = torch.autograd.grad(value.sum(), variable, create_graph=True, allow_unused=True)[0]
        return torch.zeros_like(variable) if found is None else found

    loss = formula(tx, ty)
    gx, gy = slope(loss, tx), slope(loss, ty)
    second = slope(gx, tx), slope(gx, ty), slope(gy, ty)
    return [part.detach().numpy() for part in (loss, gx, gy, *second)]


def _points(surface, count, seed=7):
    """Random points in the domain."""
    generator = np.random.default_rng(seed)
    return (generator.uniform(low, high, count) for low, high in surface.domain)


@pytest.mark.parametrize("name", [name for name in FORMULAS if name in surfaces.names()])
def test_loss_gradient_and_hessian_equal_autograd(name):
    surface = surfaces.get(name)
    x, y = _points(surface, 300)
    expected = _by_autograd(FORMULAS[name], x, y)
    found = [surface.loss(x, y), *surface.grad(x, y), *surface.hessian(x, y)]
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.dtype == np.float64
        assert ours.shape == (300,)
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12 * max(1.0, np.abs(theirs).max()))


@pytest.mark.parametrize("name", surfaces.names())
def test_gradient_equals_central_differences(name):
    surface, h = surfaces.get(name), 1e-5
    x, y = _points(surface, 50, seed=8)
    gx, gy = surface.grad(x, y)
    scale = np.abs(surface.loss(x, y)).max() + np.abs(surface.hessian(x, y)).max()
    np.testing.assert_allclose(
        (surface.loss(x + h, y) - surface.loss(x - h, y)) / (2 * h), gx, rtol=1e-6, atol=1e-8 * scale
    )
    np.testing.assert_allclose(
        (surface.loss(x, y + h) - surface.loss(x, y - h)) / (2 * h), gy, rtol=1e-6, atol=1e-8 * scale
    )


@pytest.mark.parametrize("name", surfaces.names())
def test_batch_equals_loop(name):
    surface = surfaces.get(name)
    x, y = _points(surface, 12)
    batch = np.array([surface.loss(x, y), *surface.grad(x, y), *surface.hessian(x, y)])
    loop = np.array([[surface.loss(*p), *surface.grad(*p), *surface.hessian(*p)] for p in zip(x, y, strict=True)]).T
    np.testing.assert_allclose(batch, loop, rtol=1e-13, atol=1e-13 * np.abs(batch).max())


@pytest.mark.parametrize("name", surfaces.names())
def test_broadcasting_shapes_and_fresh_outputs(name):
    surface = surfaces.get(name)
    x, y = np.linspace(-1, 1, 4)[:, None], np.linspace(-1, 1, 3)
    assert surface.loss(x, y).shape == (4, 3)
    outputs = [*surface.grad(x, y), *surface.hessian(x, y)]
    assert [output.shape for output in outputs] == [(4, 3)] * 5
    assert np.shape(surface.loss(0.5, 0.25)) == ()
    square = np.full((4, 3), 0.5)
    outputs = [square, surface.loss(square, square), *surface.grad(square, square)]
    for index, output in enumerate(outputs):  # writing into one must not reach another, nor the input
        output[...] = index
    assert [float(output[0, 0]) for output in outputs] == [0.0, 1.0, 2.0, 3.0]


@pytest.mark.parametrize("name", surfaces.names())
def test_unchecked_gradient_is_the_same(name):
    surface = surfaces.get(name)
    x, y = _points(surface, 5)
    np.testing.assert_array_equal(surface.grad_unchecked(x, y), surface.grad(x, y))
    np.testing.assert_array_equal(surface.grad_unchecked(x[0], y[0]), surface.grad(x[0], y[0]))


@given(x=st.floats(), y=st.floats(), name=st.sampled_from(surfaces.names()))
def test_nothing_warns_or_raises_anywhere(x, y, name):
    """Infinities, NaN and overflow included: warnings are errors in this suite."""
    surface = surfaces.get(name)
    for output in (surface.loss(x, y), *surface.grad([x], y), *surface.hessian(x, [[y]])):
        assert output.dtype == np.float64
