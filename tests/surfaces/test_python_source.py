"""A formula's gradient, written out as Python: run as a program of its own it is the surface's, to the last bit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

import surfaces
from surfaces import Surface
from surfaces.functions import FUNCTIONS

ARGUMENTS = ("x*y + 1", "y - x/3", "x")
FORMULAS = [
    *(
        f"2*{name}({'x > y, x*x, y' if name == 'where' else ', '.join(ARGUMENTS[: each.most or 3])}) + x"
        for name, each in FUNCTIONS.items()
    ),
    *("log(exp(x) + exp(y))", "log(1 + exp(-x))", "log(cosh(x*y))", "x**y + 2**x", "where(x > 0 and y < 1, x**5, y)"),
    *("x**0.5", "3", "abs(x) + 2*abs(y)", "-x**2"),
]
SURFACES = [*map(surfaces.get, surfaces.names()), *map(surfaces.parse, FORMULAS)]


def written(surface: Surface, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Run the source in a namespace that holds nothing but what it imports, and NumPy."""
    source = surface.grad_source()
    assert source is not None
    body = "".join(f"\n    {line}" for line in source.lines)
    space = {"np": np}
    exec("\n".join([*source.imports, *source.functions, f"def grad(x, y):{body}"]), space)  # noqa: S102 - our own text
    with np.errstate(all="ignore"):
        return np.array([space["grad"](*pair) for pair in zip(x, y, strict=True)], dtype=np.float64).T  # pyright: ignore


@pytest.mark.parametrize("surface", SURFACES, ids=lambda each: each.text[:40] or each.name)
def test_the_written_gradient_is_the_surfaces_own(surface: Surface) -> None:
    x, y = np.random.default_rng(7).uniform(-3, 3, (2, 40))
    if surface.stochastic:
        assert surface.grad_source() is None
        return
    np.testing.assert_array_equal(written(surface, x, y), surface.grad(x, y))


def test_a_function_has_no_source_and_a_kink_is_nan() -> None:
    assert surfaces.from_function(lambda x, y: x**2 + y**2).grad_source() is None
    cone = surfaces.parse("abs(x) + 2*abs(y)")
    assert math.isnan(written(cone, np.array([1.0]), np.array([0.0]))[1, 0])
    source = cone.grad_source()
    assert source is not None
    with np.errstate(all="ignore"):
        assert math.isnan(source.function(np.array([1.0]), np.array([0.0]))[1][0])
