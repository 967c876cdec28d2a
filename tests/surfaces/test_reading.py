"""How people type formulas, and how random text is answered."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import surfaces
from surfaces.functions import FUNCTIONS
from tests.surfaces.counting import at_most

# As people type it, and how it is read.
TYPED = [
    ("x^2 + y^2", "x**2 + y**2"),
    ("x² + y³", "x**2 + y**3"),
    ("x¹⁰ - y⁻²", "x**10 - y**-2"),
    ("2x", "2*x"),
    ("2x² + 3xy", "2*x**2 + 3*x*y"),
    ("2(x + 1)(y - 1)", "2*(x + 1)*(y - 1)"),
    ("x y", "x*y"),
    ("x(2)", "x*2"),
    ("2 sin(x)cos(y)", "2*sin(x)*cos(y)"),
    ("1/2x", "1/2*x"),
    ("-2x^-2", "-2*x**-2"),
    ("2^2x", "2**2*x"),
    ("|x|", "abs(x)"),
    ("|x - 1| + 2|y|", "abs(x - 1) + 2*abs(y)"),
    ("||x| - 1|", "abs(abs(x) - 1)"),
    ("|x|²", "abs(x)**2"),
    ("X**2 + Y", "x**2 + y"),
    ("E**x + e^-X", "e**x + e**-x"),
    ("2E3x + 2e", "2E3*x + 2*e"),
    ("ln(x) + LOG(y) + Sin(X)", "log(x) + log(y) + sin(x)"),
    ("arctan(x)", "atan(x)"),
    ("2πx + PI", "2*pi*x + pi"),
    ("√(x) × y ÷ 2 − 1", "sqrt(x)*y/2 - 1"),
    ("x\u00a0+ y", "x + y"),
    ("007x", "007*x"),
    ("where(0 < x ≤ 1 and y ≠ 0, x, y)", "where(0 < x and x <= 1 and y != 0, x, y)"),
    ("where((x > 0 or y > 0) and x < 1, 1, 2)", "where((x > 0 or y > 0) and x < 1, 1, 2)"),
    ("x - (y - (1 - x))", "x - (y - (1 - x))"),
    ("((x + y)) + (1)", "x + y + 1"),
    ("x + (y + 1)", "x + (y + 1)"),
    ("(x**y)**2 + x**(y**2)", "(x**y)**2 + x**y**2"),
    ("(-x)**2 - -x", "(-x)**2 - -x"),
    ("max(x, y, 1)", "max(x, y, 1)"),
]


@pytest.mark.parametrize(("typed", "text"), TYPED, ids=[typed for typed, _ in TYPED])
def test_formulas_are_understood_and_shown_as_read(typed, text):
    surface = surfaces.parse(typed)
    assert surface.text == text
    assert surfaces.parse(text).text == text
    assert surface.loss(0.7, 0.3) == surfaces.parse(text).loss(0.7, 0.3)


def test_what_grows_too_long_when_written_out_stays_as_typed():
    typed = "+".join(f"sin({i}x)" for i in range(90))
    surface = surfaces.parse(f" {typed} ")
    assert surface.text == typed
    assert surface.loss(0.5, 0.0) == pytest.approx(sum(np.sin(0.5 * i) for i in range(90)), rel=1e-12)
    assert surfaces.parse(surface.text).latex == surface.latex


ALPHABET = "xyXYEepi0123456789.+-*/()^|<>=, \nsincoabmx_'\"[]:²³×"


@given(st.one_of(st.text(), st.text(alphabet=ALPHABET, max_size=60)))
def test_any_text_is_answered_fast(text):
    """Parsed or refused: no other exception, no warning, and the place lies in the text."""
    with at_most(50_000):  # calls of functions
        try:
            latex, place = surfaces.parse(text).latex, 0
        except surfaces.ExpressionError as fault:
            latex, place = "refused", fault.position
    assert latex
    assert 0 <= place <= len(text)


PIECES = (
    "x y x y X 2 0.5 1e-3 e E pi π ( ) ( ) | , + - * / ^ ** ² ⁻¹ < >= and or sin( max( where( log( sqrt( hypot( ln( "
    "abs( floor( atan2( . .. ' = é \x00 x2 xy // import __ 1e999 0 sin(x) (x+1) max(x,y) x>0 + - * / + - * /"
)


def test_random_text_is_read_or_refused():
    """A seeded flood of texts, from noise to nearly right: a value of the right shape, or the documented error."""
    generator = random.Random(20240607)  # noqa: S311 - to find faults, not to keep secrets
    answered = {"value": 0, "refused": 0}
    x, y = np.array([0.0, 1.0, -2.0]), np.array([0.0, -0.5, 3.0])
    for _ in range(6000):
        text = generator.choice(["", " "]).join(generator.choices(PIECES.split(" "), k=generator.randint(1, 9)))
        try:
            surface = surfaces.parse(text)
        except surfaces.ExpressionError:
            answered["refused"] += 1
            continue
        answered["value"] += 1
        outputs = (surface.loss(x, y), *surface.grad(x, y), *surface.hessian(x, y))
        assert {(output.shape, output.dtype) for output in outputs} == {((3,), np.dtype(np.float64))}
        assert surfaces.parse(surface.text).text == surface.text
    assert min(answered.values()) > 200


LEAVES = ["x", "y", "2", "0.5", "pi", "e", "0", "1e-300", "1e300", "-1", "3x", "x²", "|y|"]


def _grown(generator, depth):
    """A random formula in which every function of the grammar occurs."""
    if depth == 0 or generator.random() < 0.15:
        return generator.choice(LEAVES)
    name = generator.choice(["+", "-", "*", "/", "**", *FUNCTIONS])
    if name not in FUNCTIONS:
        return f"({_grown(generator, depth - 1)}) {name} ({_grown(generator, depth - 1)})"
    function = FUNCTIONS[name]
    count = function.most or generator.randint(function.least, 4)
    values = [_grown(generator, depth - 1) for _ in range(count)]
    if name == "where":
        values[0] = f"{values[0]} {generator.choice(['<', '>=', '==', '!='])} {_grown(generator, depth - 1)}"
    return f"{name}({', '.join(values)})"


def test_random_formulas_give_arrays_whatever_is_in_them():
    """Constants that only differentiating or rewriting reveals, overflow, NaN: outputs keep shape and type."""
    generator = random.Random(20240607)  # noqa: S311 - to find faults, not to keep secrets
    x = np.array([0.0, 1.0, -2.0, 1e200, -1e-200, 800.0, np.inf, np.nan, 0.5])
    y = np.array([0.0, -0.5, 3.0, -1e200, 1e-300, -800.0, 1.0, 2.0, 0.0])
    answered = 0
    for _ in range(700):
        try:
            surface = surfaces.parse(_grown(generator, generator.randint(1, 4)))
        except surfaces.ExpressionError:  # a constant part is infinite, or a constant exponent too large
            continue
        answered += 1
        outputs = (surface.loss(x, y), *surface.grad(x, y), *surface.hessian(x, y))
        assert {(output.shape, output.dtype) for output in outputs} == {((9,), np.dtype(np.float64))}
        again = surfaces.parse(surface.text)
        assert again.text == surface.text
        np.testing.assert_array_equal(again.loss(x, y), outputs[0])
    assert answered > 400
