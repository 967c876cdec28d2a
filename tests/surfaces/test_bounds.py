"""Large formulas: whatever is accepted is read, differentiated and compiled in a time linear in its length."""

import tracemalloc

import numpy as np
import pytest

import surfaces
from surfaces import graph as graph_module
from surfaces.derivatives import gradient, tangents
from surfaces.expression import read
from surfaces.graph import Graph, reachable
from surfaces.stable import build
from tests.surfaces.counting import at_most


def _nested(write, depth, inner="x*y"):
    for level in range(1, depth + 1):
        inner = write(inner, level)
    return inner


FOXHOLES = [(a, b) for b in (-32, -16, 0, 16, 32) for a in (-32, -16, 0, 16, 32)]
# The largest formulas of their kinds that are accepted; as trees their derivatives would have up to 2**29 terms.
HEAVY = {
    "De Jong 5": "1/(0.002 + "
    + "+".join(f"1/({j}+(x-{a})^6+(y-{b})^6)".replace("--", "+") for j, (a, b) in enumerate(FOXHOLES, 1))
    + ")",
    "nested maxima": _nested(lambda s, i: f"max({s},{i})", 29),
    "negated maxima": _nested(lambda s, i: f"-max({s},{i})", 29),
    "growing maxima": _nested(lambda s, i: f"max({s}+x,{i})", 29),
    "minima of maxima": _nested(lambda s, i: f"min(max({s},{i}),{i + 1})", 14),
    "negative powers": _nested(lambda s, i: f"({s})**-64", 29),
    "positive powers": _nested(lambda s, i: f"({s})**64", 29),
    "broken powers": _nested(lambda s, i: f"({s})**1.5", 29),
    "tower": "x" + "**y" * 90,
    "product": "*".join(f"(x+{i})" for i in range(100)),
    "quotients": "x" + "/(x+y)" * 100,
    "nested sines": "sin(" * 29 + "x*y" + ")" * 29,
    "nested exponentials": "exp(x*" * 29 + "y" + ")" * 29,
    "nested roots": "sqrt(x+" * 29 + "y" + ")" * 29,
    "nested lengths": _nested(lambda s, i: f"hypot({s},{i})", 29),
    "nested angles": _nested(lambda s, i: f"atan2({s},x)", 29),
    "nested quotients": _nested(lambda s, i: f"({s}+exp(x))/(1+exp(y))", 28, "exp(x)"),
    "nested softplus": _nested(lambda s, i: f"log(1+exp({s}))", 15),
    "nested choices": "where(x>y," * 29 + "x*y" + ",y)" * 29,
    "long sum": "+".join(f"sin({i}x)" for i in range(90)),
    "sum of exponentials": "log(" + "+".join(f"exp({i}x)" for i in range(80)) + ")",
    "many maxima": "max(" + ",".join(f"x*{i}" for i in range(150)) + ")",
    "side by side": "x " * 249 + "y",
    "distance of distances": _nested(lambda s, i: f"sqrt({s}**2+y^2)", 29, "x"),
}


@pytest.mark.parametrize("text", HEAVY.values(), ids=HEAVY)
def test_what_is_accepted_compiles_in_linear_time(text):
    """Reading, and compiling and evaluating loss, gradient and Hessian, in calls of functions: no clock is asked.

    The most that was seen is 22,468 and 528,548.
    """
    x = np.linspace(-2, 2, 5)
    surfaces.parse("x").kernels  # noqa: B018 - so that the imports are not what is measured
    with at_most(50_000):
        surface = surfaces.parse(text)
    with at_most(1_000_000):
        parts = (surface.loss(x, x + 0.1), *surface.grad(x, x + 0.1), *surface.hessian(x, x + 0.1))
    assert {part.shape for part in parts} == {(5,)}


def test_work_grows_with_the_length():
    """Twice the depth, about twice the number of nodes, not its square."""

    def nodes(depth):
        graph = Graph()
        loss = build(graph, read(_nested(lambda s, i: f"max({s}*x,{i})", depth)))
        slopes = gradient(graph, loss)
        curvature = tangents(graph, slopes, (graph.one, graph.zero), {})
        return len(reachable([loss, *slopes, *curvature]))

    assert nodes(28) < 2.3 * nodes(14)


@pytest.mark.parametrize("exponent", [129.0, 1001.0, 65_537.0, 2.0**60, 1e300, -129.0, -1e300])
@pytest.mark.parametrize("constant", ["where(1>0,{},y)", "where(y>y,x,{})+0*1", "where(1>0,where(0>1,x,{}),y)"])
def test_an_exponent_that_follows_from_constants_may_be_of_any_size(constant, exponent):
    """Typed exponents are bounded; one that only turns out to be constant was taken apart without end."""
    surface = surfaces.parse(f"x**({constant.format(f'({exponent!r})')})")
    x = np.array([0.5, 0.999, 1.0, 1.001, 1.5])
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(surface.loss(x, 0.0 * x), x**exponent, rtol=1e-12)
        slope = exponent * x ** (exponent - 1.0)
        found = surface.grad(x, 0.0 * x)[0]
    plain = np.isfinite(slope)
    np.testing.assert_allclose(found[plain], slope[plain], rtol=1e-12)


@pytest.mark.parametrize(("bound", "value"), [("MAX_NODES", 60), ("MAX_STEPS", 300), ("MAX_SECONDS", 0.0)])
def test_work_ends_at_each_bound_whatever_the_formula(bound, value, monkeypatch):
    """The bounds behind the size of what is accepted: nothing that a person types comes near them, see above."""
    monkeypatch.setattr(graph_module, bound, value)
    surface = surfaces.parse(HEAVY["minima of maxima"])
    for _ in range(2):  # it is not half compiled afterwards
        with pytest.raises(surfaces.ExpressionError, match="derivatives of this formula are too large"):
            surface.grad(0.1, 0.2)
    monkeypatch.undo()
    assert np.isfinite(surfaces.parse(surface.text).grad(0.1, 0.2)).all()


def test_the_careful_way_at_a_kink_is_bounded_too(monkeypatch):
    surface = surfaces.parse("max(abs(x), abs(y)) + hypot(x, y)*sqrt(x**2 - x)")
    surface.grad(2.0, 0.5)
    monkeypatch.setattr(graph_module, "MAX_STEPS", 20)
    with pytest.raises(surfaces.ExpressionError, match="derivatives of this formula are too large"):
        surface.grad(0.0, 0.0)
    monkeypatch.undo()
    assert surface.grad(0.0, 0.0) == (0.0, 0.0)


def test_large_grids_need_little_memory():
    """300 intermediate values of 400,000 points would be 1 GB; they are worked out in blocks."""
    surface = surfaces.parse("*".join(f"sin(x+{i})" for i in range(60)))
    x, y = np.linspace(-1, 1, 500)[:, None], np.linspace(-1, 1, 800)
    surface.grad(0.0, 0.0)
    tracemalloc.start()
    try:
        gx, gy = surface.grad(x, y)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100e6
    assert gx.shape == gy.shape == (500, 800)
    assert gx[3, 5] == pytest.approx(surface.grad(x[3, 0], y[5])[0], rel=1e-12)


@pytest.mark.parametrize("text", ["{}", "2{}", "x {}", "sin{}", "x{}", "({}", "x**{}", "min({})", "{}.{}", "|{}"])
@pytest.mark.parametrize("long", ["9" * 400, "z" * 400, "x" * 399 + "9", "e" * 400, "1" + "0" * 300 + "e5"])
def test_no_message_repeats_a_long_word_whole(text, long):
    assert len(_refusal(text.replace("{}", long))) < 300


def _refusal(text):
    try:
        surfaces.parse(text)
    except surfaces.ExpressionError as error:
        return str(error)
    return ""
