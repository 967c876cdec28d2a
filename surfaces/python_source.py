"""A formula's gradient as Python that needs NumPy alone, for a program that somebody takes away.

The lines are those that :mod:`surfaces.program` compiles, so the numbers are the same to the last bit; nothing that a
person typed is in them, only numbers and operations that were read.
"""

from collections.abc import Callable
from typing import NamedTuple

from .derivatives import gradient
from .expression import read
from .graph import Graph
from .kernels import Array
from .program import program, written_out
from .stable import build

_NUMPY = {
    "sin": "sin", "cos": "cos", "tan": "tan", "exp": "exp", "log": "log", "sqrt": "sqrt", "abs": "absolute",
    "tanh": "tanh", "sign": "sign", "atan": "arctan", "atan2": "arctan2", "sinh": "sinh", "cosh": "cosh",
    "log1p": "log1p", "floor": "floor", "ceil": "ceil", "where": "where", "logaddexp": "logaddexp",
    "and": "logical_and", "or": "logical_or",
}  # fmt: skip
_FOLDED = {"hypot": "hypot", "min": "minimum", "max": "maximum"}  # of any number of values
_WRITTEN = {
    "erf": "def f_erf(u):\n    return np.float64(math.erf(u))",
    "logistic": "def f_logistic(u):\n    return 1.0 / (1.0 + np.exp(-u))",
    "logcosh": "def f_logcosh(u):\n    return np.logaddexp(u, -u) - math.log(2.0)",
    "step": "def f_step(u, v):\n    return np.heaviside(u - v, np.nan)",
}


class GradientSource(NamedTuple):
    """The gradient of a formula, written out.

    Attributes:
        functions: Definitions that the lines need, each a text of one or more lines.
        lines: The body of a function of x and y, both ``np.float64``; the last one returns both derivatives.
        imports: What they need besides NumPy as ``np``, as lines.
        function: What the lines do, for arrays ``(x, y) -> (gx, gy)``. It is the surface's own gradient to the last
            bit, but at kinks, where the surface returns the mean that :mod:`surfaces.kinks` describes, and the lines
            NaN.
    """

    functions: tuple[str, ...]
    lines: tuple[str, ...]
    imports: tuple[str, ...]
    function: Callable[[Array, Array], tuple[Array, Array]]


def gradient_source(text: str) -> GradientSource:
    """Writes the gradient of a formula out.

    Args:
        text: The formula in the grammar of :mod:`surfaces.expression`.

    Returns:
        The source.
    """
    graph = Graph()
    outputs = gradient(graph, build(graph, read(text)))
    lines, results, called = written_out(graph, outputs)
    functions = tuple(_definition(name) for name in sorted(called))
    needed = {"import math": "math.", "from functools import reduce": "reduce("}
    imports = tuple(line for line, sign in needed.items() if any(sign in each for each in functions))
    last = f"return {results[0]}, {results[1]}"
    return GradientSource(functions, (*lines, last), imports, program(graph, outputs))


def _definition(called: str) -> str:
    """The definition of a function under the name that the lines call it by."""
    name = called.removeprefix("f_")
    if called == "real_power":
        return "real_power = np.power"
    if name in _NUMPY:
        return f"{called} = np.{_NUMPY[name]}"
    if name in _FOLDED:
        return f"def {called}(*values):\n    return reduce(np.{_FOLDED[name]}, values)"
    return _WRITTEN[name]
