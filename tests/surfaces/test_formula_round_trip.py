"""Random formulas: values against NumPy and gradients against torch, both fed by Python's own reading of the text."""

import re

import numpy as np
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

import surfaces

ONE = ("sin", "cos", "tan", "exp", "log", "sqrt", "abs", "tanh", "sign")
TWO = ("min", "max")


def _larger(parts):
    """Formulas made of formulas, with and without brackets so that precedence is tried too."""
    return st.one_of(
        st.tuples(parts, st.sampled_from("+-*/"), parts).map(" ".join),
        st.tuples(parts, st.sampled_from("+-*/"), parts).map(lambda p: f"({p[0]}{p[1]}{p[2]})"),
        st.tuples(parts, st.sampled_from(["2", "3", "-1", "0.5", "0", "1.5"])).map(lambda p: "({})**{}".format(*p)),
        st.tuples(st.sampled_from("xy"), st.sampled_from(["**2", "**4", "**-2", "**2**2"])).map("".join),
        st.tuples(parts, parts).map(lambda p: f"(abs({p[0]}) + 0.5)**({p[1]})"),
        st.tuples(st.sampled_from(ONE), parts).map(lambda p: f"{p[0]}({p[1]})"),
        st.tuples(st.sampled_from(TWO), parts, parts).map(lambda p: f"{p[0]}({p[1]}, {p[2]})"),
        parts.map(lambda p: f"-{p}"),
    )


LEAVES = st.sampled_from(["x", "y", "x", "y", "2", "3.5", "0.1", "1e-2", "pi", "e", ".25", "7."])
FORMULAS = st.recursive(LEAVES, _larger, max_leaves=8)
POINTS = st.floats(-3, 3).map(lambda value: round(value, 3))


def _python(text, number, functions, x, y):
    """Python's value of a formula, with every number in it wrapped: it shares nothing with the parser."""
    wrapped = re.sub(r"(?<![A-Za-z_])(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", r"N(\g<0>)", text)
    names = {"N": number, "pi": number(np.pi), "e": number(np.e), "x": x, "y": y, **functions}
    return eval(wrapped, {"__builtins__": {}}, names)  # noqa: S307 - text made above


def _with_numpy(text, x, y):
    """Value and the largest size of anything that a function saw, which bounds the rounding error."""
    sizes = [1.0]

    def watched(function):
        def call(*values):
            sizes.extend(abs(float(value)) for value in values)
            return function(*values)

        return call

    functions = {name: watched(getattr(np, name)) for name in ONE} | {"min": np.minimum, "max": np.maximum}
    with np.errstate(all="ignore"):
        value = float(_python(text, np.float64, functions, np.float64(x), np.float64(y)))
    return value, max(sizes)


def _parsed(text):
    """The surface, unless a constant part is infinite or an exponent out of bounds."""
    try:
        return surfaces.parse(text)
    except surfaces.ExpressionError as fault:
        assume("infinite" not in str(fault) and "exponent" not in str(fault) and "too large" not in str(fault))
        raise


@given(text=FORMULAS, x=POINTS, y=POINTS)
def test_values_equal_numpy(text, x, y):
    surface = _parsed(text)
    expected, size = _with_numpy(text, x, y)
    assume(np.isfinite(expected) and size < 1e4)
    np.testing.assert_allclose(surface.loss(x, y), expected, rtol=1e-9, atol=1e-11 * size)


@given(text=FORMULAS, x=POINTS, y=POINTS)
def test_gradients_equal_torch(text, x, y):
    surface = _parsed(text)
    functions = {name: getattr(torch, name) for name in ONE} | {"min": torch.minimum, "max": torch.maximum}
    tx, ty = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (x, y))
    value = _python(text, lambda number: torch.tensor(number, dtype=torch.float64), functions, tx, ty)
    assume(value.requires_grad)
    found = torch.autograd.grad(value, (tx, ty), allow_unused=True)
    expected = [0.0 if part is None else float(part) for part in found]
    around = 1e-9 * np.arange(-1, 2)
    nearby = np.array(surface.grad(x + around[:, None], y + around)).reshape(2, 9)
    smooth = np.ptp(nearby, axis=1) <= 1e-6 * (1 + np.abs(nearby).max())  # no kink, tie or pole here
    assume(np.isfinite(expected).all() and smooth.all())
    np.testing.assert_allclose(surface.grad(x, y), expected, rtol=1e-8, atol=1e-10)


@given(text=FORMULAS, x=POINTS, y=POINTS)
def test_hessians_equal_differences_of_gradients(text, x, y):
    surface, h = _parsed(text), 1e-6
    gx, gy = surface.grad([x - h, x + h, x, x], [y, y, y - h, y + h])
    hessian = np.array(surface.hessian(x, y))
    beside = np.array(surface.hessian([x - h, x + h, x, x], [y, y, y - h, y + h]))
    calm = np.ptp(np.column_stack([hessian, beside]), axis=1) <= 1e-4 * (1 + np.abs(hessian))
    assume(np.isfinite([*gx, *gy, *hessian]).all() and calm.all() and np.abs([*gx, *gy]).max() < 1e3)
    differences = [(gx[1] - gx[0]) / (2 * h), (gx[3] - gx[2]) / (2 * h), (gy[3] - gy[2]) / (2 * h)]
    kink = np.abs([gx[1] - gx[0], gx[3] - gx[2], gy[3] - gy[2]]).max() > 1e-3 * (1 + np.abs(hessian).max())
    assume(not kink)
    np.testing.assert_allclose(hessian, differences, rtol=1e-3, atol=1e-5)


SHIPPED = surfaces.names()
"""What there is before a test adds surfaces of its own, which may be no formulas."""


def test_read_text_survives_printing():
    """The text a surface keeps is the text it is made from: parsing it again gives the same numbers."""
    for name in SHIPPED:
        surface = surfaces.get(name)
        again = surfaces.parse(surface.text, domain=surface.domain)
        x, y = (np.linspace(low, high, 7) for low, high in surface.domain)
        np.testing.assert_allclose(surface.loss(x[:, None], y), again.loss(x[:, None], y), rtol=1e-13)
        assert again.latex == surface.latex
