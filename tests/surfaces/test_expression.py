"""The parser against hostile text: refused fast, with a message and the place of the fault."""

import numpy as np
import pytest

import surfaces
from tests.surfaces.counting import at_most

# Text, offset of the fault, part of the message.
REFUSED = [
    ("", 0, "is empty"),
    (" \t\n ", 0, "is empty"),
    ("9**9**9**9", 6, "exponent 387420489 is too large"),
    ("(" * 10_000 + "x" + ")" * 10_000, 1000, "too long: 20001 characters, at most 1000"),
    ("(" * 400 + "x" + ")" * 400, 30, "nested too deeply"),
    ("9" * 900, 0, "infinite"),
    ("x + " + "9" * 20_000, 1000, "too long"),
    ("2*1e400", 2, "infinite"),
    ("x + 1/0", 4, "infinite"),
    ("x*log(0)", 2, "infinite"),
    ("x - exp(1000)", 4, "infinite"),
    ("x**(1/0)", 4, "infinite"),
    ("x.__class__", 1, "'.' is not used"),
    ("__import__('os').system('id')", 0, "'__import__' is not known"),
    ("().__class__.__bases__", 2, "a dot belongs inside a number"),
    ("__builtins__", 0, "'__builtins__' is not known"),
    ("lambda: x", 0, "'lambda' is not known"),
    ("lambda x", 0, "'lambda' is not known"),
    ("[x for x in y]", 0, "write round brackets"),
    ("(x for x in y)", 3, "'for' is not known"),
    ("{x}", 0, "write round brackets"),
    ("'x'", 0, "is not used"),
    ('x + "y"', 4, "is not used"),
    ("f'{x}'", 0, "'f' is not known"),
    ("b'x'", 0, "'b' is not known"),
    ("(x := 1)", 3, "':' is not used"),
    ("x if y else 1", 2, "'if' is not known"),
    ("x and y", 2, "'and' joins two comparisons"),
    ("x > 0 and y", 6, "'and' joins two comparisons"),
    ("where(x or y > 0, 1, 2)", 8, "'or' joins two comparisons"),
    ("not x", 0, "'not' is not known"),
    ("await x", 0, "'await' is not known"),
    ("True", 0, "'True' is not known"),
    ("None", 0, "'None' is not known"),
    ("...", 0, "a dot belongs inside a number"),
    ("import os", 0, "'import' is not known"),
    ("x; y", 1, "';' is not used"),
    ("x # y", 2, "'#' is not used"),
    ("x < y", 0, "a comparison is no number"),
    ("1 + (x < y)", 5, "a comparison is no number"),
    ("sin(x < y)", 4, "a comparison is no number"),
    ("|x < y|", 0, "a comparison is no number"),
    ("-(x < y)", 0, "a comparison is no number"),
    ("(x < y) < 1", 1, "a comparison is no number"),
    ("where(x > 0, y > 0, 1)", 13, "a comparison is no number"),
    ("where(x, 1, 2)", 6, "the first value of where is a comparison"),
    ("where(x > 0, 1)", 0, "where takes 3 values, not 2"),
    ("x > 0 && y > 0", 6, "write and between two comparisons"),
    ("where(x = 0, 1, 2)", 8, "to compare two values, write =="),
    ("x @ y", 2, "'@' is not used"),
    ("x \\\n+ y", 2, "is not used"),
    ("x + \x00", 4, r"'\x00' is not used"),
    ("\uff58 + 1", 0, "'ｘ' is not used"),
    ("x + \U0001d465", 4, "is not used"),
    ("\u0445 + 1", 0, "is not used"),
    ("e + \u212f", 4, "is not used"),
    ("x*\uff11", 2, "is not used"),
    ("x*\u0661", 2, "is not used"),
    ("x\u202e+y", 1, r"'\u202e' is not used"),
    ("\ud800", 0, "is not used"),
    ("x//y", 1, "write / for a division"),
    ("x\u207a", 1, "is not used"),
    ("\u00b2", 0, "missing before '\u00b2'"),
    ("y = x", 2, "without ="),
    ("|x", 0, "this | is never closed"),
    ("|(x|)", 4, "missing before ')'"),
    ("||", 2, "missing at the end"),
    ("5!", 1, "'!' is not used"),
    ("x % 2", 2, "'%' is not used"),
    ("x.5", 1, "write * for a product"),
    ("x 2", 2, "write * for a product"),
    ("(x)2", 3, "write * for a product"),
    ("2 3", 2, "write * for a product"),
    ("x2", 0, "write x**2 for a power, 2*x for a product"),
    ("sinx", 0, "write sin(x)"),
    ("1/(sqrty)", 3, "write sqrt(y)"),
    ("1j*x", 1, "'j' is not known"),
    ("0x10", 1, "'x10' is not known"),
    ("1_000", 1, "'_000' is not known"),
    ("a" * 500, 0, "'aaaaaaaaaaaaaaaaaaaa...' is not known; a formula may use x, y, pi"),
    ("x + z", 4, "'z' is not known"),
    ("sin", 0, "sin needs brackets"),
    ("sin x", 0, "sin needs brackets"),
    ("sin**2", 0, "sin needs brackets"),
    ("x + sin()", 8, "missing before ')'"),
    ("max(x)", 0, "max takes at least 2 values, not 1"),
    ("atan2(x, y, 1)", 0, "atan2 takes 2 values, not 3"),
    ("sin^2(x)", 0, "sin needs brackets"),
    ("sin(x, y)", 0, "sin takes 1 value, not 2"),
    ("max(x,)", 6, "missing before ')'"),
    ("max(*x, y)", 4, "missing before '*'"),
    ("max(**x)", 4, "missing before '**'"),
    ("max((x, y), 1)", 6, "write 0.5, not 0,5"),
    ("0,5*x", 1, "write 0.5, not 0,5"),
    ("x, y", 1, "write 0.5, not 0,5"),
    ("x +", 3, "missing at the end"),
    ("x + * y", 4, "missing before '*'"),
    ("*x", 0, "missing before '*'"),
    ("x * ()", 5, "missing before ')'"),
    ("((x)", 0, "never closed"),
    ("x)", 1, "closes no bracket"),
    ("x/0 + y", 0, "a division by zero"),
    ("y - x/(1 - 1)", 4, "a division by zero"),
    ("x + 0/0", 4, "a division by zero"),
    ("y + 0*(x/0)", 7, "a division by zero"),
    ("x/sin(0)", 0, "a division by zero"),
    ("x*0**-1", 2, "infinite"),
    ("x**65", 3, "exponent 65 is too large"),
    ("x**-65", 3, "exponent -65 is too large"),
    ("(x + 1)**(8*9)", 10, "exponent 72 is too large"),
    ("x**1e300", 3, "exponent 1e+300 is too large"),
    ("-" * 900 + "x", 0, "too large: 901 terms"),
    ("-" * 200 + "x", 100, "nested too deeply"),
    ("x" + "**x" * 120, 301, "nested too deeply"),
    ("+".join(["x"] * 300), 0, "too large: 599 terms, at most 500"),
]


@pytest.mark.parametrize(("text", "position", "message"), REFUSED, ids=[repr(text)[:24] for text, _, _ in REFUSED])
def test_refused_at_once_with_place_and_reason(text, position, message):
    with at_most(50_000), pytest.raises(surfaces.ExpressionError) as caught:  # calls of functions
        surfaces.parse(text)
    assert message in str(caught.value)
    assert caught.value.position == position
    assert str(caught.value).endswith(f"(character {position + 1})")
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    "text",
    [
        "3",
        "x",
        "y",
        "x - x",
        "2*y + 1",
        "x**0",
        "abs(3)",
        "sqrt(-1)",
        "0*x",
        "1/(x-x)",
        "(x+0.5)-(0.5+x)",
        "y/((x+0.5)-(0.5+x))",
        "(x**0)**3",
        "(where(1 > 2, x, 3))**2",
        "log(1 + where(1 < 2, 2, x)**0.5)/where(1 < 2, 3, y)",
        "where(x > 0, 1, 2)",
        "floor(x)",
    ],
)
def test_constant_parts_keep_the_shape(text):
    surface = surfaces.parse(text)
    x, y = np.zeros((4, 1)), np.zeros(3)
    assert surface.loss(x, y).shape == (4, 3)
    assert [part.shape for part in (*surface.grad(x, y), *surface.hessian(x, y))] == [(4, 3)] * 5


@pytest.mark.parametrize(
    ("text", "x", "expected"),
    [
        ("sqrt(x)", -1.0, np.nan),
        ("sqrt(x)**2", -1.0, np.nan),
        ("sqrt(-x**2)", 2.0, np.nan),
        ("log(x)", -1.0, np.nan),
        ("exp(log(x))", -3.0, np.nan),
        ("log(x**2)", -1.0, 0.0),
        ("x**0.5", -8.0, np.nan),
        ("(-8)**x", 0.5, np.nan),
        ("(-8)**x", 2.0, 64.0),
        ("x + sqrt(-1)", 1.0, np.nan),
        ("x + log(-1)", 1.0, np.nan),
        ("x + (-8)**0.5", 1.0, np.nan),
        ("x + sqrt(-1) - sqrt(-1)", 1.0, np.nan),
        ("1/x", 0.0, np.inf),
        ("x/x", 0.0, np.nan),
        ("x**-2", 0.0, np.inf),
        ("log(x)", 0.0, -np.inf),
        ("exp(x)", 1000.0, np.inf),
        ("max(x, sqrt(x))", -1.0, np.nan),
        ("-x**2", 3.0, -9.0),
        ("2**-x", 1.0, 0.5),
        ("2**3**x", 2.0, 512.0),
        ("8/2/x", 2.0, 2.0),
        ("7 - 2 - x", 1.0, 4.0),
        ("1e-3*x", 5.0, 0.005),
        (".5*x + 1.", 1.0, 1.5),
        ("e**x - exp(x)", 1.25, 0.0),
        ("0.1*x", 1.0, 0.1),
        ("0.30000000000000004*x", 1.0, 0.30000000000000004),
        ("x/3", 1.0, 1 / 3),
    ],
)
def test_values_are_real_and_exact(text, x, expected):
    found = surfaces.parse(text).loss(x, 0.0)
    assert found.dtype == np.float64
    np.testing.assert_equal(float(found), expected)


@pytest.mark.parametrize(
    ("text", "point", "gradient"),
    [
        ("abs(x) + y", (-2.0, 0.0), (-1.0, 1.0)),
        ("abs(x) + abs(y)", (0.0, 3.0), (0.0, 1.0)),
        ("abs(log(x))", (0.5, 0.0), (-2.0, 0.0)),
        ("x*sign(y)", (3.0, -2.0), (-1.0, 0.0)),
        ("max(x**2, y)", (3.0, 1.0), (6.0, 0.0)),
        ("max(x**2, y)", (1.0, 3.0), (0.0, 1.0)),
        ("min(x**2, y)", (3.0, 1.0), (0.0, 1.0)),
        ("max(x, y)", (2.0, 2.0), (0.5, 0.5)),
        ("min(x, y)", (2.0, 2.0), (0.5, 0.5)),
        ("max(x, y, 1)", (0.0, 3.0), (0.0, 1.0)),
        ("max(x, y)", (np.nan, 1.0), (np.nan, np.nan)),
        ("max(1, sqrt(x))", (0.0, 0.0), (0.0, 0.0)),
        ("sqrt(x)", (0.0, 0.0), (np.inf, 0.0)),
        ("x + sqrt(-1)", (1.0, 1.0), (np.nan, np.nan)),
        ("y**x", (2.0, 3.0), (9 * np.log(3), 6.0)),
    ],
)
def test_derivatives_by_convention(text, point, gradient):
    np.testing.assert_allclose(surfaces.parse(text).grad(*point), gradient, rtol=1e-15)


def test_close_numbers_keep_their_digits():
    """Multiplying out 1e10*(x - y) would leave no digit right."""
    x, y = 1.0 + 2.0**-50, 1.0
    assert surfaces.parse("1e10*(x - y)").loss(x, y) == 1e10 * 2.0**-50
    assert surfaces.parse("5e9*(x - y)**2").grad(x, y)[0] == 1e10 * 2.0**-50


def test_kinks_do_not_count_as_quadratic():
    assert surfaces.parse("x**2 + x*y - 3*y + 1").quadratic
    assert not surfaces.parse("abs(x)").quadratic
    assert not surfaces.parse("max(x, y)").quadratic
    assert not surfaces.parse("x**3").quadratic
    assert not surfaces.parse("where(x > 0, x, y)").quadratic
    assert surfaces.parse("(x - y)*x/3 - 1").quadratic
    assert not surfaces.parse("x/y").quadratic


def test_parsed_surface():
    surface = surfaces.parse(" (1 - x)**2 + 100*(y - x**2)**2 ", domain=((-2, 2), (-1, 3)))
    assert surface.name == "formula"
    assert surface.domain == ((-2.0, 2.0), (-1.0, 3.0))
    assert surface.start == pytest.approx((-1.2, 2.2))
    assert (surface.minima, surface.minimum) == ((), None)
    assert surface.grad(-1.5, 2.0) == (-155.0, -50.0)
    assert surfaces.parse("x", start=(1, 2)).start == (1.0, 2.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(1-x)**2+100*(y-x**2)**2", r"\left(1 - x\right)^{2} + 100 \left(y - x^{2}\right)^{2}"),
        ("x/(y+1)", r"\frac{x}{y + 1}"),
        ("x-(y-1)", r"x - \left(y - 1\right)"),
        ("x-y-1", "x - y - 1"),
        ("x*-y", r"x \left(-y\right)"),
        ("-(x+y)", r"-\left(x + y\right)"),
        ("-x**2", "-x^{2}"),
        ("(-x)**2", r"\left(-x\right)^{2}"),
        ("2*3*x", r"2 \cdot 3 x"),
        ("2.5e-3*x", r"2.5 \cdot 10^{-3} x"),
        ("sin(x)**2", r"\left(\sin\left(x\right)\right)^{2}"),
        ("abs(x)+sign(y)", r"\left|x\right| + \operatorname{sign}\left(y\right)"),
        ("sqrt(x)*exp(-y)*pi", r"\sqrt{x} e^{-y} \pi"),
        ("max(x,y)", r"\max\left(x, y\right)"),
        ("2x + |y|", r"2 x + \left|y\right|"),
        ("floor(x)**2", r"\left\lfloor x\right\rfloor^{2}"),
        (
            "where(x >= 0 and y != 1, x, -y)",
            r"\begin{cases} x & x \ge 0 \text{ and } y \ne 1 \\ -y & \text{otherwise} \end{cases}",
        ),
    ],
)
def test_latex(text, expected):
    assert surfaces.parse(text).latex == expected
