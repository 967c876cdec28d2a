"""A person's formula, read safely: a whitelist over Python's ``ast``, and nothing is ever evaluated as Python.

Grammar: numbers, ``x``, ``y``, ``pi``, ``e``, ``+ - * / **``, round brackets, and ``sin cos tan exp log sqrt abs tanh
sign`` of one argument and ``min max`` of two. ``**`` binds tightest and to the right, as in Python.

:func:`read` turns the text into a tree of :class:`Term`. Numbers are float64 from the start, so no arithmetic on long
integers can happen, and every part without x and y is worked out at once (``9**9`` is 387420489.0). Bounds on length,
nesting, size, exponents and on the size of the derivatives hold before SymPy is even imported; refusing costs a few
milliseconds whatever the text.
"""

import ast
import math
from typing import NamedTuple

import numpy as np

from .scan import CONSTANTS, FUNCTIONS, VARIABLES, ExpressionError, check

MAX_TERMS = 250  # values, operators and functions in one formula
MAX_DEPTH = 130  # operators inside operators
MAX_EXPONENT = 64.0  # of a power with a constant exponent
MAX_DERIVATIVE_SIZE = 20_000  # estimated terms of loss, gradient and Hessian together; see _derivative_size

_BINARY: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
_VALUES = {"pi": math.pi, "e": math.e}


class Term(NamedTuple):
    """One node of a formula.

    Attributes:
        operator: "number", "x", "y", "pi", "e", "negative", "+", "-", "*", "/", "**" or a function's name.
        arguments: The terms it works on, in the order written.
        value: What it is worth when neither x nor y is in it (NaN where it is not a real number), else None.
        text: How a number was written; empty for all others.
    """

    operator: str
    arguments: tuple["Term", ...]
    value: float | None
    text: str


def read(text: str) -> Term:
    """Reads a formula.

    Args:
        text: The formula in the grammar above.

    Returns:
        Its tree; within the bounds, so differentiating and compiling it takes a bounded time.

    Raises:
        ExpressionError: The text is no formula, or is too large in one of the ways bounded above.
    """
    check(text)
    flat = "".join(" " if character in "\t\r\n" else character for character in text)
    try:
        # Brackets keep leading blanks from being read as indentation; they shift every offset by one.
        body = ast.parse(f"({flat})", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
        place = fault.offset if isinstance(fault, SyntaxError) else None
        raise ExpressionError("this cannot be read as a formula", max(0, (place or 2) - 2)) from None
    nodes = sum(1 for node in ast.walk(body) if isinstance(node, ast.expr))
    if nodes > MAX_TERMS:
        raise ExpressionError(f"the formula is too large: {nodes} terms, at most {MAX_TERMS}", 0)
    with np.errstate(all="ignore"):
        term = _term(body, MAX_DEPTH, flat)
    size = sum(weight * part for weight, part in zip((1, 2, 3), _derivative_size(term), strict=True))
    if size > MAX_DERIVATIVE_SIZE:
        raise ExpressionError(
            f"the derivatives of this formula are too large: about {size:.3g} terms, at most {MAX_DERIVATIVE_SIZE}", 0
        )
    return term


def _term(node: ast.expr, depth: int, text: str) -> Term:
    """Turns one whitelisted node into a term; anything else is refused."""
    position = node.col_offset - 1
    if depth == 0:
        raise ExpressionError(f"the formula is nested too deeply: at most {MAX_DEPTH} operators deep", position)
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        written = text[position : (node.end_col_offset or 0) - 1]
        return _finite(Term("number", (), float(written), written), position)
    if isinstance(node, ast.Name) and node.id in (*VARIABLES, *CONSTANTS):
        return Term(node.id, (), _VALUES.get(node.id), "")
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd | ast.USub):
        operand = _term(node.operand, depth - 1, text)
        return operand if isinstance(node.op, ast.UAdd) else _finite(_fold("negative", (operand,)), position)
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        left, right = _term(node.left, depth - 1, text), _term(node.right, depth - 1, text)
        operator = _BINARY[type(node.op)]
        if operator == "**" and right.value is not None and not abs(right.value) <= MAX_EXPONENT:
            raise ExpressionError(
                f"the exponent {right.value:.10g} is too large: at most {MAX_EXPONENT:g}", node.right.col_offset - 1
            )
        return _finite(_fold(operator, (left, right)), position)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        name, wanted = node.func.id, FUNCTIONS[node.func.id]
        if len(node.args) != wanted:
            noun = "value" if wanted == 1 else "values"
            raise ExpressionError(f"{name} takes {wanted} {noun}, not {len(node.args)}", position)
        return _finite(_fold(name, tuple(_term(argument, depth - 1, text) for argument in node.args)), position)
    raise ExpressionError("this is not part of a formula", position)


def _fold(operator: str, arguments: tuple[Term, ...]) -> Term:
    """Joins terms, and works out the value in float64 when all of them are constant."""
    values = [np.float64(argument.value) for argument in arguments if argument.value is not None]
    value = None if len(values) < len(arguments) else float(_NUMPY[operator](*values))
    return Term(operator, arguments, value, "")


_NUMPY: dict[str, np.ufunc] = {
    "negative": np.negative,
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
    "abs": np.absolute,
    "min": np.minimum,
    "max": np.maximum,
    **{name: getattr(np, name) for name in ("sin", "cos", "tan", "exp", "log", "sqrt", "tanh", "sign")},
}


def _finite(term: Term, position: int) -> Term:
    """Refuses a constant part that is infinite; one that is not a real number, such as sqrt(-1), stays and is NaN."""
    if term.value is not None and math.isinf(term.value):
        raise ExpressionError("this part is infinite: a number above 1.8e308, a division by zero or log(0)", position)
    return term


def _derivative_size(term: Term) -> tuple[float, float, float]:
    """Estimates how many terms the loss and its first and second derivative along one axis have.

    The product rule is what makes derivatives explode: n factors give n products of n factors, then n squared of them.

    Args:
        term: The formula.

    Returns:
        Sizes of the value, the first and the second derivative.
    """
    if term.value is not None:
        return 1.0, 0.0, 0.0
    if not term.arguments:
        return 1.0, 1.0, 0.0
    if term.operator == "*":
        return _product_size([_derivative_size(factor) for factor in _factors(term)])
    parts = [_derivative_size(argument) for argument in term.arguments]
    value, first, second = (sum(part[order] for part in parts) for order in range(3))
    if term.operator in ("+", "-", "negative"):
        return value + 1, first + 1, second + 1
    # f(u)' = f'(u) u' and f(u)'' = f''(u) u'^2 + f'(u) u''; u/v and u**v have about three such terms each.
    repeats = 1 if sum(1 for part in parts if part[1] > 0) == 1 else 3
    return value + 1, repeats * (value + 2) + first, repeats * (2 * value + 2 * first + 4) + second


def _product_size(factors: list[tuple[float, float, float]]) -> tuple[float, float, float]:
    """Sizes of a product of several factors and of its derivatives, by the product rule."""
    value, first, second = (sum(factor[order] for factor in factors) for order in range(3))
    varying = sum(1 for factor in factors if factor[1] > 0)
    once = varying * value + first
    return value, once, max(0, varying - 1) * once + varying * value + second


def _factors(term: Term) -> list[Term]:
    """The factors of a product, products inside it taken apart, as SymPy does."""
    if term.operator != "*":
        return [term]
    return [factor for argument in term.arguments for factor in _factors(argument)]
