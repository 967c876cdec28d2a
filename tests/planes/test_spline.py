"""The bicubic spline, held against SciPy's and against differences of itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.interpolate import make_interp_spline

from optim_viz.planes.spline import Spline

Array = NDArray[np.float64]
WINDOW = ((-2.0, 3.0), (-1.0, 2.0))


def bumpy(x: Array, y: Array) -> Array:
    return np.sin(2 * x) * np.cos(y) + x * y


def spline_of(function: Callable[[Array, Array], Array], columns: int = 21, rows: int = 17) -> Spline:
    x, y = np.linspace(*WINDOW[0], columns), np.linspace(*WINDOW[1], rows)
    return Spline(WINDOW, function(x[None, :], y[:, None]))


def anywhere(seed: int, beyond: float = 0.0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    (x0, x1), (y0, y1) = WINDOW
    return rng.uniform(x0 - beyond, x1 + beyond, 300), rng.uniform(y0 - beyond, y1 + beyond, 300)


def test_it_is_the_tensor_product_of_not_a_knot_splines() -> None:
    spline = spline_of(bumpy)
    rows, columns = spline.values.shape
    xs, ys = np.linspace(*WINDOW[0], columns), np.linspace(*WINDOW[1], rows)
    for x, y in zip(*anywhere(1), strict=True):
        along_x = make_interp_spline(xs, spline.values, k=3, axis=1)(x)
        assert spline.loss(x, y) == pytest.approx(float(make_interp_spline(ys, along_x, k=3)(y)), abs=1e-12)


def test_it_meets_every_value_and_every_cubic() -> None:
    def cubic(x: Array, y: Array) -> Array:
        return (x**3 - 2 * x) * (1 + y - y**3) + 3 * y**2

    spline = spline_of(cubic)
    x, y = np.meshgrid(np.linspace(*WINDOW[0], 21), np.linspace(*WINDOW[1], 17))
    np.testing.assert_allclose(spline.loss(x, y), spline.values, atol=1e-12)
    x, y = anywhere(2)
    np.testing.assert_allclose(spline.loss(x, y), cubic(x, y), atol=1e-11)


@pytest.mark.parametrize("beyond", [0.0, 2.0], ids=["within the window", "beyond it too"])
def test_its_derivatives_are_those_of_its_values(beyond: float) -> None:
    spline = spline_of(bumpy)
    x, y = anywhere(3, beyond)
    h = 1e-5
    slope_x = (spline.loss(x + h, y) - spline.loss(x - h, y)) / (2 * h)
    slope_y = (spline.loss(x, y + h) - spline.loss(x, y - h)) / (2 * h)
    gx, gy = spline.grad(x, y)
    np.testing.assert_allclose(gx, slope_x, atol=1e-6)
    np.testing.assert_allclose(gy, slope_y, atol=1e-6)
    hxx, hxy, hyy = spline.hessian(x, y)
    (right, up), (left, down) = spline.grad(x + h, y), spline.grad(x - h, y)
    np.testing.assert_allclose(hxx, (right - left) / (2 * h), atol=1e-6)
    np.testing.assert_allclose(hxy, (up - down) / (2 * h), atol=1e-6)
    np.testing.assert_allclose(hyy, (spline.grad(x, y + h)[1] - spline.grad(x, y - h)[1]) / (2 * h), atol=1e-6)


def test_beyond_the_window_it_goes_on_straight() -> None:
    spline = spline_of(bumpy)
    edge, y = WINDOW[0][1], 0.4
    slope = float(spline.grad(np.array([edge]), np.array([y]))[0][0])
    far = spline.loss(edge + np.array([0.0, 1.0, 5.0]), np.full(3, y))
    np.testing.assert_allclose(np.diff(far), [slope, 4 * slope], atol=1e-12)


def test_scalars_stay_scalars_and_what_is_no_place_has_no_value() -> None:
    spline = spline_of(bumpy)
    x: Any = np.float64(0.3)
    y: Any = np.float64(0.7)
    for value in (spline.loss(x, y), *spline.grad(x, y), *spline.hessian(x + 9, y)):
        assert isinstance(value, np.float64)
    with np.errstate(all="ignore"):
        assert np.isnan(spline.loss(np.array([np.nan]), np.array([0.0]))).all()


@pytest.mark.parametrize("values", [np.zeros((3, 9)), np.array([[1.0, np.inf, 0, 0]] * 4)])
def test_what_it_cannot_be_drawn_through_is_refused(values: Array) -> None:
    with pytest.raises(ValueError, match=r"at least|not finite"):
        Spline(WINDOW, values)
