"""Formulas: by the grammar, mutated, nested, with shared parts, in any script; read, differentiated and worked out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np

from surfaces.functions import COMPARISONS, CONSTANTS, FUNCTIONS
from surfaces.registry import get
from surfaces.registry import names as surface_names
from surfaces.scan import MAX_LENGTH, ExpressionError
from tests.fuzz.harness import Kind
from tests.fuzz.pieces import NUMBERS, letters, mutated, told, word

NESTS = (
    *("max({s},{n})", "-max({s},{n})", "max({s}+x,{n})", "min(max({s},{n}),{n}+1)", "({s})**-64", "({s})**64"),
    *("({s})**1.5", "abs({s}-{n})", "hypot({s},x)", "hypot(x,{s},{n})", "atan2({s},x)", "sqrt(({s})**2+x**2)"),
    *("sqrt({s})", "exp({s})", "log({s})", "log(1+exp({s}))", "exp({s})/(1+exp({s}))", "({s})/(1+exp({s}))"),
    *("1/({s})", "({s})**x", "x**({s})", "where({s}>0,{s},y)", "where(x>y,{s},{s})", "({s})*({s})", "({s})+({s})"),
    *("({s})/({s})", "({s})**0.5", "|{s}|", "-({s})", "({s})³", "2({s})", "sin({s})*{s}", "({s})**2/({s})"),
    *("({s}-{s})", "cosh({s})", "erf({s})", "floor({s})", "log1p({s})"),
)
POINTS = np.array([[0.3, -1.2], [0.0, 0.0], [1.0, 1.0], [-2.0, 1e6], [1e-300, -1e-300], [1e154, 1e300]]).T
ALPHABET = "xyXY0123456789.+-*/^²³()|,<>=&eπ√×· _;'\"[]{}\\%$#@!~\0\n\u00a0aintxpqrsl"
_LEAVES = ("x", "y", "x", "y", "2", "0.5", "x²", "e", "pi", *NUMBERS)
_catalog: list[str] = []


def make(draw: Random) -> str:
    """Draw a text."""
    way = draw.random()
    if way < 0.35:
        text = grammar(draw, draw.randrange(1, 7))
    elif way < 0.6:
        text = nested(draw)
    elif way < 0.85:
        text = mutated(draw, draw.choice((*_texts(), nested(draw), grammar(draw, 4))), ALPHABET)
    elif way < 0.95:
        text = " ".join(
            word(draw, *FUNCTIONS, "x", "y", "(", ")", ",", "*", "**", "^") for _ in range(draw.randrange(40))
        )
    else:
        text = letters(draw, 60)
    # What is too long is refused at once, which a few cases see; the rest is about what is read.
    return text if draw.random() < 0.02 or len(text) <= MAX_LENGTH else text[: draw.randrange(MAX_LENGTH)]


def grammar(draw: Random, depth: int) -> str:
    """Draw a formula that mostly is one."""
    if depth == 0:
        return draw.choice(_LEAVES)
    inner = lambda: grammar(draw, draw.randrange(depth))  # noqa: E731
    way = draw.random()
    if way < 0.4:
        sign = draw.choice(("+", "-", "*", "/", "**", "^", "·", "÷", "−", " "))
        return f"({inner()}){sign}({inner()})" if draw.random() < 0.7 else f"{inner()}{sign}{inner()}"
    if way < 0.5:
        return draw.choice(("-{}", "|{}|", "({})²", "2{}", "√({})", "({})⁻¹")).format(inner())
    name = draw.choice([*FUNCTIONS, *CONSTANTS])
    if name == "where":
        chain = draw.choice(("{}{}{}", "{}{}{} and x>0", "0<{}{}{}")).format(
            inner(), draw.choice([*COMPARISONS]), inner()
        )
        return f"where({chain}, {inner()}, {inner()})"
    function = FUNCTIONS.get(name)
    if function is None:
        return name
    count = function.least if function.most else draw.randrange(2, 6)
    count += draw.random() < 0.03
    return f"{name}({', '.join(inner() for _ in range(count))})"


def nested(draw: Random) -> str:
    """Draw a formula inside formulas, as deep as there is room."""
    text = draw.choice(("x", "x*y", "x-y", "y/x", "exp(x*y)", "max(x,y)", "x**2+y**2", "5e-324*x", grammar(draw, 2)))
    pattern = draw.choice(NESTS)
    for turn in range(draw.randrange(1, 36)):
        pattern = draw.choice(NESTS) if draw.random() < 0.3 else pattern
        longer = pattern.format(s=text, n=draw.choice((turn, "1e300", "5e-324", "x")))
        if len(longer) > MAX_LENGTH:
            break
        text = longer
    sign = draw.choice("+*-/,")
    return (
        sign.join([text] * draw.randrange(1, 1 + max(1, MAX_LENGTH // (len(text) + 1))))
        if draw.random() < 0.4
        else text
    )


def _texts() -> list[str]:
    if not _catalog:
        _catalog.extend(get(name).text for name in surface_names() if get(name).text)
    return _catalog


def run(text: str) -> str:
    """Read a formula, and work out its loss, gradient and Hessian where it is read."""
    from optim_viz import surfaces

    try:
        surface = surfaces.parse(text)
        assert surfaces.parse(surface.text).latex == surface.latex, "it is not shown as it was read"
        with np.errstate(all="ignore"):
            for found, count in ((surface.loss(*POINTS), 1), (surface.grad(*POINTS), 2), (surface.hessian(*POINTS), 0)):
                array = np.asarray(found)
                assert array.dtype == np.float64, array.dtype
                assert not count or array.size == count * POINTS.shape[1], array.shape
    except ExpressionError as error:
        return _told(error, text)
    return "value"


def _told(error: ExpressionError, text: str) -> str:
    assert 0 <= error.position <= len(text), error.position
    return told(error, 500)


def ready(folder: Path) -> Callable[[str], str]:
    """Load what the first formula loads."""
    del folder
    run("log(1+exp(abs(x)))+y**2")
    _texts()
    return run


KIND = Kind("typed formulas", 300, ready, make)
