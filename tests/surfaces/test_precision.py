"""Values and derivatives against mpmath with 60 digits or more: functions, and formulas that overflow on the way."""

import math

import mpmath
import pytest

import surfaces

SPACE = {
    **{
        name: getattr(mpmath, name)
        for name in ("sin", "cos", "tan", "exp", "log", "sqrt", "tanh", "atan", "atan2", "sinh", "cosh", "erf", "hypot")
    },
    **{name: getattr(mpmath, name) for name in ("floor", "ceil", "log1p", "sign")},
    "abs": mpmath.fabs,
    "max": max,
    "min": min,
    "where": lambda condition, chosen, otherwise: chosen if condition else otherwise,
    "pi": mpmath.mpf(math.pi),  # the formula's pi and e are those of float64
    "e": mpmath.mpf(math.e),
}


def _exact(text):
    """The formula read by Python itself, with mpmath's numbers."""
    return lambda x, y: eval(text, {"__builtins__": {}}, {**SPACE, "x": x, "y": y})  # noqa: S307 - written in this file


def _check(text, x, y, *, rel=1e-12):
    """Value, gradient and Hessian at one point."""
    # 1 + exp(-800) needs 350 digits, its differences more; what is left of a 0 is far below any true value.
    digits, tiny = (60, 1e-50) if max(abs(x), abs(y)) < 100 else (800, 1e-250)
    surface, exact = surfaces.parse(text), _exact(text)
    point = mpmath.mpf(x), mpmath.mpf(y)
    found = [surface.loss(x, y), *surface.grad(x, y), *surface.hessian(x, y)]
    orders = [(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2)]
    with mpmath.workdps(digits):
        expected = [exact(*point) if order == (0, 0) else mpmath.diff(exact, point, order) for order in orders]
    for ours, theirs in zip(found, expected, strict=True):
        assert float(ours) == pytest.approx(float(theirs), rel=rel, abs=tiny)


@pytest.mark.parametrize("x", [-40.0, -3.2, -0.7, 1e-9, 0.4, 2.5, 30.0])
@pytest.mark.parametrize("name", ["sin", "cos", "tan", "exp", "tanh", "atan", "sinh", "cosh", "erf", "abs", "sign"])
def test_functions_of_one_value(name, x):
    _check(f"{name}(x)*y", x, 1.5)


@pytest.mark.parametrize("x", [1e-9, 0.4, 2.5, 98765.4])
@pytest.mark.parametrize("name", ["log", "sqrt", "log1p", "floor", "ceil"])
def test_functions_of_positive_values(name, x):
    _check(f"y*{name}(x)", x, -0.5)


@pytest.mark.parametrize("point", [(0.3, 1.2), (-2.0, 0.5), (-1.5, -2.5), (4.0, -1.0)])
@pytest.mark.parametrize(
    "text",
    [
        "atan2(x, y)",
        "hypot(x, 2*y)",
        "max(x, y, x*y, 0.1)",
        "min(x, y, x*y, 0.1)",
        "where(x > y, x**2*y, sin(y))",
        "where(x > 0 and y > 0 or x < -1.9, x**3, y**3)",
        "where(x <= y, where(x >= -1.5, x*y, x), y**2)",
        "(x**2 + 1)**y",
        "(x**2 + 1)**-1.5",
        "2**x*y",
        "erf(x*y)/(1 + y**2)",
        "sinh(x)*cosh(y)/tanh(x + y)",
        "log1p(x**2*y**2)",
        "x**7/y**3",
    ],
)
def test_functions_of_several_values(text, point):
    _check(text, *point)


# Finite, though a part of each is beyond float64 or rounds to 0 at some of the points.
EXTREME = [
    "log(1 + exp(x))",
    "log(exp(x) + exp(y))",
    "log(exp(x) + 2*exp(-y) + 3)",
    "log(cosh(x))",
    "log1p(exp(x)*exp(y))",
    "log(2**x + 1)",
    "log(sqrt(exp(x) + 1))",
    "log((1 + exp(x))**3)",
    "1/(1 + exp(-x))",
    "1/(1 + exp(-x - y))**2",
    "exp(x)/(1 + exp(x))",
    "exp(x)/(exp(x) + exp(y))",
    "(exp(x) - exp(-x))/(exp(x) + exp(-x))",
    "x/(1 + exp(-x))",
    "1/cosh(x)",
    "(1 + exp(x))**-0.5",
    "exp(x)*exp(-x)*y",
    "exp(-exp(x))",
    "tanh(exp(x))",
    "1/(1 + e**(x - y))",
]


@pytest.mark.parametrize("x", [-800.0, -400.0, -36.0, 0.0, 1.25, 40.0, 400.0, 800.0])
@pytest.mark.parametrize("text", EXTREME)
def test_nothing_overflows_on_the_way(text, x):
    _check(text, x, 1.5)


def test_the_numbers_of_the_textbook():
    softplus, sigmoid = surfaces.parse("log(1 + exp(x))"), surfaces.parse("1/(1 + exp(-x))")
    assert (softplus.loss(800.0, 0.0), softplus.grad(800.0, 0.0)) == (800.0, (1.0, 0.0))
    assert (sigmoid.loss(-800.0, 0.0), sigmoid.grad(-800.0, 0.0)) == (0.0, (0.0, 0.0))
    assert (sigmoid.loss(800.0, 0.0), sigmoid.loss(0.0, 0.0)) == (1.0, 0.5)


@pytest.mark.parametrize("text", ["2**3**x", "1/2**x", "8/2/x", "x**5", "x**-3", "3**x/3**y"])
def test_whole_numbers_stay_whole(text):
    x, y = 2.0, 1.0
    assert surfaces.parse(text).loss(x, y) == eval(text, {}, {"x": x, "y": y})  # noqa: S307 - written in this file
