"""Gradients where a formula has a kink, or 0 meets infinity: the slope if there is one, else a subgradient.

The reference is torch's autograd at many points close by: the gradient at a kink must lie in the convex hull of those
(Clarke's generalized gradient).
"""

import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import surfaces

TORCH = {
    **{name: getattr(torch, name) for name in ("abs", "sqrt", "exp", "log", "sin", "cos", "tanh", "hypot", "sign")},
    "max": torch.maximum,
    "min": torch.minimum,
    "where": torch.where,
}


def _torch_gradients(text, x, y):
    """Value and gradients of the formula at a batch of points, read by Python itself."""
    tx, ty = (torch.tensor(values, dtype=torch.float64, requires_grad=True) for values in (x, y))
    numbers = re.sub(r"(?<![\w.])(\d+\.?\d*)(?!\*\*)", r"T(\1)", text.replace("**", "^^")).replace("^^", "**")
    names = {"T": lambda value: torch.tensor(float(value), dtype=torch.float64), "x": tx, "y": ty, **TORCH}
    value = eval(numbers, {"__builtins__": {}}, names)  # noqa: S307 - text made in this file
    value = value + 0.0 * (tx + ty)
    gx, gy = torch.autograd.grad(value.sum(), (tx, ty))
    return value.detach().numpy(), np.stack([gx.numpy(), gy.numpy()])


def _outside_hull(text, x, y, gradient, *, radius=1e-7, count=400):
    """How far a gradient lies outside the convex hull of the gradients at points close by, over the hull's size."""
    generator = np.random.default_rng(1)
    angle = generator.uniform(0, 2 * np.pi, count)
    reach = radius * generator.uniform(0.1, 1.0, count)
    _, near = _torch_gradients(text, x + reach * np.cos(angle), y + reach * np.sin(angle))
    near = near[:, np.isfinite(near).all(axis=0)]  # torch has no gradient of hypot(x - x, 0) anywhere
    if not near.size:
        return 0.0
    facing = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    along = np.stack([np.cos(facing), np.sin(facing)])
    excess = along.T @ np.asarray(gradient) - (along.T @ near).max(axis=1)
    return excess.max() / (1.0 + np.abs(near).max())


# Kinks inside chains; each with points where the formula has one.
KINKS = [
    ("abs(x) + abs(y)", [(0, 0), (0, 3), (2, 0)]),
    ("max(x, y)", [(0, 0), (2, 2), (-1, -1)]),
    ("min(x, y)", [(0, 0), (2, 2)]),
    ("max(x, 0) - max(-x, 0)", [(0, 0), (0, 1)]),  # x itself
    ("max(min(x, 0), 0)", [(0, 0)]),  # 0 everywhere
    ("max(-max(x, 0), 0)", [(0, 0)]),  # 0 everywhere
    ("min(hypot(x, y), x)", [(0, 0)]),  # x itself
    ("max(hypot(x, y), x)", [(0, 0), (1, 0)]),
    ("hypot(x, y) + 2*x - y", [(0, 0)]),
    ("sqrt(x**2 + y**2)", [(0, 0)]),
    ("sqrt(x**2 + y**2)*sin(x + 1)", [(0, 0)]),
    ("exp(sqrt(3*x**2 + y**2/2))", [(0, 0)]),
    ("sqrt((x - 1)**2 + (y + 2)**2) + sqrt(x**2 + y**2)", [(0, 0), (1, -2)]),
    ("abs(abs(x) - 1)", [(0, 0), (1, 0), (-1, 0)]),
    ("abs(x*y)", [(0, 0), (0, 1), (2, 0)]),
    ("max(x**2, y)", [(0, 0), (1, 1), (-2, 4)]),
    ("max(x, max(y, -x - y))", [(0, 0), (1, 1)]),
    ("min(max(x, -1), 1)", [(1, 0), (-1, 0)]),
    ("abs(max(x, y) - min(x, y))", [(0, 0), (1, 1)]),
    ("tanh(abs(x - y))", [(0, 0), (3, 3)]),
    ("sin(abs(x))/(1 + abs(y))", [(0, 0), (1, 0)]),
    ("sqrt(abs(x) + 1)", [(0, 0)]),
    ("where(x > 0, x, -2*x)", [(0, 0)]),
    ("where(x >= y, x - y, 0)", [(1, 1)]),
]


@pytest.mark.parametrize(("text", "points"), KINKS, ids=[text for text, _ in KINKS])
def test_the_gradient_at_a_kink_is_a_subgradient(text, points):
    surface = surfaces.parse(text)
    for x, y in points:
        assert _outside_hull(text, x, y, surface.grad(x, y)) < 1e-6, (x, y)


def _larger(parts):
    return st.one_of(
        st.tuples(parts, st.sampled_from("+-*"), parts).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        st.tuples(st.sampled_from(["max", "min", "hypot"]), parts, parts).map(lambda p: f"{p[0]}({p[1]}, {p[2]})"),
        st.tuples(st.sampled_from(["abs", "sin", "tanh"]), parts).map(lambda p: f"{p[0]}({p[1]})"),
        parts.map(lambda p: f"({p})**2"),
    )


PIECES = st.recursive(st.sampled_from(["x", "y", "x", "y", "1", "2"]), _larger, max_leaves=7)
GRID = st.integers(-2, 2)


@given(text=PIECES, x=GRID, y=GRID)
def test_random_kinks_are_subgradients(text, x, y):
    assert _outside_hull(text, x, y, surfaces.parse(text).grad(x, y)) < 1e-5


@pytest.mark.parametrize(
    ("text", "point", "gradient"),
    [
        ("sqrt(max(x, 0)) + y**2", (-1.0, 2.0), (0.0, 4.0)),
        ("sqrt(max(x, 0)) + y**2", (4.0, 2.0), (0.25, 4.0)),
        ("sqrt(min(x, 0)*x)", (2.0, 0.0), (0.0, 0.0)),
        ("max(x, 0)**0.5*y", (-3.0, 1.0), (0.0, 0.0)),
        ("x*sin(sqrt(abs(x))) + y*sin(sqrt(abs(y)))", (0.0, 0.0), (0.0, 0.0)),  # Schwefel
        ("-(1 + cos(12*sqrt(x**2 + y**2)))/(0.5*(x**2 + y**2) + 2)", (0.0, 0.0), (0.0, 0.0)),  # Drop-wave
        ("-(1 + cos(12*sqrt(x^2 + y^2)))/((x^2 + y^2)/2 + 2)", (0.0, 0.0), (0.0, 0.0)),
        ("(x**2)**0.75", (0.0, 0.0), (0.0, 0.0)),
        ("(x**2 + y**2)**0.75", (0.0, 0.0), (0.0, 0.0)),
        ("abs(x)**1.5", (0.0, 0.0), (0.0, 0.0)),
        ("(x**4)**0.3", (0.0, 0.0), (0.0, 0.0)),
        ("x*sqrt(abs(x))", (0.0, 0.0), (0.0, 0.0)),
        ("sqrt(x**3)", (0.0, 0.0), (0.0, 0.0)),
        ("sqrt(x**2 - x)", (1.0, 0.0), (np.inf, 0.0)),  # not inf*2 - inf*1
        ("sqrt(x**2 - sqrt(x)) + y**2", (1.0, 2.0), (np.inf, 4.0)),
        ("sqrt(abs(x))", (0.0, 0.0), (0.0, 0.0)),  # every slope is a subgradient of a cusp
        ("0**x", (1.0, 0.0), (0.0, 0.0)),
        ("x**y", (0.0, 2.0), (0.0, 0.0)),
        ("x**(2 + 0*y)", (-2.0, 1.0), (-4.0, 0.0)),
        ("max(1, sqrt(x))", (0.0, 0.0), (0.0, 0.0)),
        ("where(x > 0, sqrt(x), x**2)", (-1.0, 0.0), (-2.0, 0.0)),
        ("where(x > 0, log(x), y)", (-1.0, 0.0), (0.0, 1.0)),
        ("where(x == 0, 1, sin(x)/x)", (0.0, 0.0), (0.0, 0.0)),
        ("exp(-exp(x))", (800.0, 0.0), (0.0, 0.0)),
        ("1/(1 + x**4)", (1e100, 0.0), (0.0, 0.0)),
        ("atan(x**2)", (1e200, 0.0), (0.0, 0.0)),
        ("x/1e-320", (0.0, 0.0), (np.inf, 0.0)),  # 1e320, rounded to float64
        ("x*1e-320", (1.0, 0.0), (1e-320, 0.0)),
        ("1e300*(1e300*x**2)", (0.0, 0.0), (0.0, 0.0)),
        ("sqrt(x)", (0.0, 0.0), (np.inf, 0.0)),  # the slope is infinite, and no other is one
        ("max(x, y)", (np.nan, 1.0), (np.nan, np.nan)),
        ("x + sqrt(-1)", (1.0, 1.0), (np.nan, np.nan)),
        ("sqrt(x) + y", (-1.0, 1.0), (np.nan, 1.0)),
    ],
)
def test_slopes_where_zero_meets_infinity(text, point, gradient):
    np.testing.assert_allclose(surfaces.parse(text).grad(*point), gradient, rtol=1e-15, atol=1e-300)


@pytest.mark.parametrize("angle", [0.0, 0.3, 1.7, 4.0])
@pytest.mark.parametrize("distance", [1e-320, 1e-200, 1e-160, 1e-8, 1e3, 1e170])
def test_a_cone_has_slope_one_at_every_distance(distance, angle):
    """Squares of what is below 1e-162 are 0 and above 1e154 infinite; the distance is neither."""
    x, y = distance * np.cos(angle), distance * np.sin(angle)
    surface = surfaces.parse("sqrt(x**2 + y**2)")
    assert surface.loss(x, y) == pytest.approx(distance, rel=1e-3 if distance < 1e-307 else 1e-15)
    if distance > 1e-307:
        assert surface.grad(x, y) == pytest.approx((np.cos(angle), np.sin(angle)), rel=1e-14, abs=1e-15)


def test_points_at_a_kink_do_not_disturb_the_others():
    surface = surfaces.parse("sqrt(x**2 + y**2) + abs(x - 1)*y + log(1 + exp(x))")
    x, y = np.meshgrid(np.linspace(-2, 2, 9), np.linspace(-2, 2, 9))
    together = np.array([*surface.grad(x, y), *surface.hessian(x, y)])
    alone = np.array(
        [[*surface.grad(*point), *surface.hessian(*point)] for point in zip(x.flat, y.flat, strict=True)]
    ).T.reshape(together.shape)
    np.testing.assert_allclose(together, alone, rtol=1e-13, atol=1e-13)
    assert np.isfinite(together[:2]).all()


def test_a_large_grid_with_kinks():
    """Beyond what is worked out in one piece, and with the kinks along two lines of it."""
    surface = surfaces.parse("abs(x) + max(y, 0)")
    x, y = np.linspace(-1, 1, 2001)[:, None], np.linspace(-1, 1, 1001)
    gx, gy = surface.grad(x, y)
    np.testing.assert_array_equal(gx, np.broadcast_to(np.sign(x), gx.shape))
    np.testing.assert_array_equal(gy, np.broadcast_to(np.heaviside(y, 0.5), gy.shape))


@pytest.mark.parametrize(
    ("text", "point", "hessian"),
    [
        ("sqrt(max(x, 0)) + y**2", (-1.0, 2.0), (0.0, 0.0, 2.0)),
        ("abs(x) + y**2", (0.0, 1.0), (0.0, 0.0, 2.0)),
        ("abs(x)*y", (2.0, 0.0), (0.0, 1.0, 0.0)),
        ("abs(x)**3", (0.0, 0.0), (0.0, 0.0, 0.0)),
        ("sqrt(x**2 + y**2)", (0.0, 0.0), (np.nan, np.nan, np.nan)),
        ("sqrt(x**2 + y**2)", (3.0, 4.0), (0.128, -0.096, 0.072)),
        ("max(x, x**2)", (0.0, 0.0), (np.nan, 0.0, 0.0)),
        ("(x**2)**0.75", (0.0, 0.0), (np.nan, 0.0, 0.0)),
        ("where(x > 0, sqrt(x), x**2)", (-1.0, 0.0), (2.0, 0.0, 0.0)),
        ("log(1 + exp(x))", (800.0, 0.0), (0.0, 0.0, 0.0)),
    ],
)
def test_second_derivatives_exist_or_are_nan(text, point, hessian):
    np.testing.assert_allclose(surfaces.parse(text).hessian(*point), hessian, rtol=1e-14, atol=1e-300)
