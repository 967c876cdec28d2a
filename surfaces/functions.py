"""What a formula may be made of: variables, constants, operators and functions, each with its value in float64.

Values are those of NumPy: outside the reals NaN, beyond float64 infinite, with comparisons that are false on NaN.
Derivatives are in :mod:`surfaces.derivatives`.
"""

import math
import operator
from collections.abc import Callable
from functools import reduce
from typing import Any, NamedTuple, cast

import numpy as np

from .kernels import Array

VARIABLES = ("x", "y")
CONSTANTS = {"pi": math.pi, "e": math.e}


class Function(NamedTuple):
    """One function of a formula.

    Attributes:
        value: Works it out elementwise, on float64 arrays or scalars.
        latex: How LaTeX writes its name.
        least: How many values it takes at least.
        most: How many at most; None without a limit.
    """

    value: Callable[..., Any]
    latex: str
    least: int = 1
    most: int | None = 1


_ERF = np.frompyfunc(math.erf, 1, 1)


def erf(u: Array) -> Array:
    """The error function, by the C library: NumPy has none."""
    return np.asarray(_ERF(u), dtype=np.float64)[()]


def where(condition: Array, chosen: Array, otherwise: Array) -> Array:
    """Picks elementwise; a NumPy scalar for scalars."""
    return np.where(condition, chosen, otherwise)[()]


def quotient(u: Array, v: Array) -> Array:
    """A plain quotient."""
    return u / v


def _folded(pair: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """A function of any number of values from one of two."""
    return lambda *values: reduce(pair, values)


FUNCTIONS: dict[str, Function] = {
    "sin": Function(np.sin, r"\sin"),
    "cos": Function(np.cos, r"\cos"),
    "tan": Function(np.tan, r"\tan"),
    "exp": Function(np.exp, r"\exp"),
    "log": Function(np.log, r"\log"),
    "sqrt": Function(np.sqrt, r"\sqrt"),
    "abs": Function(np.absolute, r"\operatorname{abs}"),
    "tanh": Function(np.tanh, r"\tanh"),
    "sign": Function(np.sign, r"\operatorname{sign}"),
    "atan": Function(np.arctan, r"\arctan"),
    "atan2": Function(np.arctan2, r"\operatorname{atan2}", 2, 2),
    "sinh": Function(np.sinh, r"\sinh"),
    "cosh": Function(np.cosh, r"\cosh"),
    "erf": Function(erf, r"\operatorname{erf}"),
    "log1p": Function(np.log1p, r"\operatorname{log1p}"),
    "hypot": Function(_folded(np.hypot), r"\operatorname{hypot}", 2, None),
    "floor": Function(np.floor, r"\operatorname{floor}"),
    "ceil": Function(np.ceil, r"\operatorname{ceil}"),
    "min": Function(_folded(np.minimum), r"\min", 2, None),
    "max": Function(_folded(np.maximum), r"\max", 2, None),
    "where": Function(where, r"\operatorname{where}", 3, 3),
}
COMPARISONS: dict[str, Callable[..., Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
LOGIC: dict[str, Callable[..., Any]] = {"and": np.logical_and, "or": np.logical_or}
# Of the operators, + - * / are Python's own: on NumPy scalars they are ten times faster than the ufuncs.
VALUES: dict[str, Callable[..., Any]] = {
    "negative": operator.neg,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": quotient,
    "**": cast("Callable[..., Any]", np.power),
    **{name: function.value for name, function in FUNCTIONS.items()},
    **COMPARISONS,
    **LOGIC,
}


def logistic(u: Array) -> Array:
    """1/(1 + exp(-u))."""
    return 1.0 / (1.0 + np.exp(-u))


def logcosh(u: Array) -> Array:
    """log(cosh(u)), without overflow."""
    return np.logaddexp(u, -u) - math.log(2.0)


# What a formula becomes that nobody writes: see surfaces.graph.
DERIVED: dict[str, Callable[..., Any]] = {
    "power": cast("Callable[..., Any]", np.power),
    "logaddexp": cast("Callable[..., Any]", np.logaddexp),
    "logistic": logistic,
    "logcosh": logcosh,
    "chain": operator.mul,
    "ratio": quotient,
}
