"""Surfaces from Python functions: written with Python, NumPy or torch, with derivatives given or found."""

import math
import pickle
import subprocess
import sys

import numpy as np
import pytest
import torch

import optim_viz
import surfaces

X, Y = np.array([0.3, -1.2, 1.7]), np.array([0.8, 0.4, -0.6])
GX, GY = 2 * X + np.cos(X) * Y, np.sin(X) + 3 * Y**2
HESSIAN = 2 - np.sin(X) * Y, np.cos(X), 6 * Y


def by_numpy(x, y):
    return x**2 + np.sin(x) * y + y**3


def by_math(x, y):
    return x**2 + math.sin(x) * y + y**3


def by_torch(x, y):
    return x**2 + torch.sin(x) * y + y**3


def by_tensor_of_one_point(x, y):
    point = torch.stack([x, y])
    return (point * point).sum() - y**2 + torch.sin(point[0]) * point[1] + y**3


def gradient(x, y):
    return 2 * x + np.cos(x) * y, np.sin(x) + 3 * y**2


def hessian(x, y):
    return 2 - np.sin(x) * y, np.cos(x), 6 * y


@pytest.mark.parametrize(
    ("function", "method", "digits"),
    [
        (by_numpy, "differences", 1e-8),
        (by_math, "differences", 1e-8),
        (by_torch, "autograd", 1e-14),
        (by_tensor_of_one_point, "autograd", 1e-14),
    ],
)
def test_derivatives_and_where_they_come_from(function, method, digits):
    surface = surfaces.from_function(function)
    assert (surface.grad_method, surface.hessian_method) == (method, method)
    np.testing.assert_allclose(surface.loss(X, Y), by_numpy(X, Y), rtol=1e-14)
    np.testing.assert_allclose(surface.grad(X, Y), (GX, GY), rtol=digits, atol=digits)
    np.testing.assert_allclose(surface.hessian(X, Y), HESSIAN, rtol=digits**0.6, atol=digits**0.6)
    for index in range(3):  # at one point, and broadcast
        point = X[index], Y[index]
        np.testing.assert_allclose(surface.grad(*point), (GX[index], GY[index]), rtol=digits, atol=digits)
        assert type(surface.loss(*point)) is np.float64
    assert surface.grad(X[:, None], Y)[0].shape == (3, 3)
    assert surface.hessian(X[:0], Y[:0])[1].shape == (0,)


def test_derivatives_that_are_given():
    surface = surfaces.from_function(by_math, gradient)
    assert (surface.grad_method, surface.hessian_method) == ("given", "differences")
    np.testing.assert_array_equal(surface.grad(X, Y), (GX, GY))
    np.testing.assert_allclose(surface.hessian(X, Y), HESSIAN, rtol=1e-8, atol=1e-8)
    surface = surfaces.from_function(by_torch, gradient)
    assert (surface.grad_method, surface.hessian_method) == ("given", "autograd")
    np.testing.assert_allclose(surface.hessian(X, Y), HESSIAN, rtol=1e-14)
    surface = surfaces.from_function(by_numpy, gradient, hessian)
    assert (surface.grad_method, surface.hessian_method) == ("given", "given")
    np.testing.assert_array_equal(surface.hessian(X, Y), HESSIAN)


def test_autograd_that_loses_a_variable_is_not_believed():
    """math.sin turns a tensor into a number: the result is a tensor, but knows nothing of y."""
    surface = surfaces.from_function(lambda x, y: x**2 + math.sin(y))
    assert surface.grad_method == "differences"
    np.testing.assert_allclose(surface.grad(X, Y), (2 * X, np.cos(Y)), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize(
    ("function", "value", "slopes"),
    [
        (lambda x, y: x * x if x > 0 else -y, 4.0, (4.0, 0.0)),
        (lambda x, y: float(np.array([x, y]) @ np.array([[2.0, 0.0], [0.0, 1.0]]) @ np.array([x, y])), 9.0, (8.0, 2.0)),
        (lambda x, y: abs(complex(x, y)) ** 2, 5.0, (4.0, 2.0)),
        (lambda x, y: 3, 3.0, (0.0, 0.0)),
        (lambda x, y: y, 1.0, (0.0, 1.0)),
        (lambda x, y: np.float32(x), 2.0, None),
    ],
)
def test_functions_of_many_kinds(function, value, slopes):
    surface = surfaces.from_function(function)
    assert surface.loss(2.0, 1.0) == pytest.approx(value)
    if slopes:
        assert surface.grad(2.0, 1.0) == pytest.approx(slopes, abs=1e-8)
    square = np.full((2, 2), 2.0)
    losses = surface.loss(square, square)
    assert losses.shape == (2, 2)
    losses[...] = 0.0  # no result shares its array with what was given
    assert (square == 2.0).all()


def test_where_a_function_has_no_value_it_is_nan():
    surface = surfaces.from_function(lambda x, y: math.log(x) + math.exp(1000 * y), start=(1.0, 0.0))
    np.testing.assert_array_equal(surface.loss([1.0, -1.0, 1.0], [0.0, 0.0, 1.0]), [1.0, np.nan, np.nan])
    root = surfaces.from_function(lambda x, y: x**0.5 + (-8.0) ** (1 / 3), start=(1.0, 0.0))
    assert np.isnan(root.loss(1.0, 0.0))  # a complex number


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        (None, "loss must be a function of x and y, such as lambda x, y: .* not None"),
        ("x**2", "loss must be a function of x and y, .* not 'x\\*\\*2'"),
        (lambda x: x, "must return a number; at .* it raises TypeError"),
        (lambda x, y: "a", "must return a number; .* str is no number"),
        (lambda x, y: None, "must return a number; .* NoneType is no number"),
        (lambda x, y: (x, y), "must return a number; .* shape"),
        (lambda x, y: x.unknown, "must return a number; .* AttributeError"),
    ],
)
def test_what_is_no_loss_is_refused(wrong, advice):
    with pytest.raises(TypeError, match=advice):
        surfaces.from_function(wrong)


def test_what_is_no_gradient_is_refused():
    with pytest.raises(TypeError, match=r"grad\(x, y\) must return 2 numbers; .* 3 results instead of 2"):
        surfaces.from_function(by_numpy, lambda x, y: (x, y, x))
    with pytest.raises(TypeError, match="hessian must be a function"):
        surfaces.from_function(by_numpy, gradient, 7)  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="domain of x"):
        surfaces.from_function(by_numpy, domain=((1, 1), (0, 1)))
    with pytest.raises(ValueError, match="start = "):
        surfaces.from_function(by_numpy, start=(math.nan, 0))


def test_facts():
    surface = surfaces.from_function(by_numpy, domain=((-1, 4), (0, 5)))
    assert (surface.name, surface.title, surface.text) == ("function", "by_numpy", "")
    assert surface.domain == ((-1.0, 4.0), (0.0, 5.0))
    assert surface.start == (0.0, 4.0)
    assert surface.latex == r"\operatorname{by\_numpy}\left(x, y\right)"
    assert surfaces.from_function(lambda x, y: x).title == "Your function"
    assert not surface.quadratic
    again = pickle.loads(pickle.dumps(surface))  # noqa: S301 - made in this line
    np.testing.assert_array_equal(again.grad(X, Y), surface.grad(X, Y))
    with pytest.raises(ValueError, match="has no parameter"):
        surface.rebuild(k=3)


@pytest.mark.parametrize("function", [by_numpy, by_math, by_torch])
def test_a_function_runs_like_the_same_formula(function):
    formula = surfaces.parse("x**2 + sin(x)*y + y**3")
    ours = optim_viz.rollout(
        surfaces.from_function(function), "adam", start=(0.4, 0.5), steps=40, lr=np.array([0.01, 0.03])
    )
    theirs = optim_viz.rollout(formula, "adam", start=(0.4, 0.5), steps=40, lr=np.array([0.01, 0.03]))
    np.testing.assert_allclose(ours.theta, theirs.theta, atol=1e-6)


def test_without_torch():
    """Nothing imports torch: a function gets differences, and says so; one that imports torch itself gets autograd."""
    code = """
import sys
import numpy as np
import surfaces
plain = surfaces.from_function(lambda x, y: np.cos(x) + y**2)
print(plain.grad_method, "torch" in sys.modules)
def own(x, y):
    import torch
    return torch.cos(x) + y**2
print(surfaces.from_function(own).grad_method)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["differences", "False", "autograd"]
