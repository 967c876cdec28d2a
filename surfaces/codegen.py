# pyright: basic
"""Compiles a formula: SymPy differentiates it, ``lambdify`` turns the result into lean NumPy code.

``lambdify`` prints floats with 15 digits, ``x**2`` as a call of ``pow`` for scalars, and a constant without a shape.
The printer below writes every number with all its digits, whole powers as products, and constants in the shape of x.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy as sp
from sympy.core.parameters import distribute
from sympy.printing.pycode import PythonCodePrinter

from .expression import Term
from .kernels import Array, Kernels, filled
from .symbolic import Copy, Elementary, X, Y, to_sympy


class _Printer(PythonCodePrinter):
    """Writes expressions of :mod:`surfaces.symbolic` as Python over NumPy."""

    def _print_Float(self, expr: Any) -> str:
        value = float(expr)
        return repr(value) if math.isfinite(value) else "infinity" if value > 0 else "(-infinity)"

    def _print_Rational(self, expr: Any) -> str:
        try:
            return repr(expr.p / expr.q)
        except OverflowError:  # the product of many large coefficients
            return "infinity" if expr.p > 0 else "(-infinity)"

    _print_Integer = _print_Half = _print_Zero = _print_One = _print_NegativeOne = _print_Rational

    def _print_Add(self, expr: Any, order: str | None = None) -> str:
        text = ""
        for term in expr.args:
            coefficient = term.args[0] if term.is_Mul else term
            negative = bool(coefficient.is_Number and coefficient < 0)
            shown = self._factor(-term if negative else term)
            joint = (" - " if negative else " + ") if text else ("-" if negative else "")
            text += joint + shown
        return text

    def _print_Mul(self, expr: Any) -> str:
        minus = expr.args[0] == -1
        return ("-" if minus else "") + "*".join(self._factor(factor) for factor in expr.args[int(minus) :])

    def _factor(self, expr: Any) -> str:
        text = self._print(expr)
        return f"({text})" if expr.is_Add or (expr.is_Mul and text.startswith("-")) else text

    def _print_Pow(self, expr: Any, rational: bool = False) -> str:
        base, exponent = self._print(expr.base), int(expr.exp)
        if expr.base.is_Symbol and exponent <= 3:
            return f"({'*'.join([base] * exponent)})"
        return f"whole_power({base}, {exponent})"

    def _print_Function(self, expr: Any) -> str:
        if expr.code == "whole_power":
            return f"whole_power({self._print(expr.args[0])}, {int(expr.args[1])})"
        # A number alone would be a Python float, and 1.0/0.0 an exception rather than infinity.
        shown = [f"number({self._print(a)})" if a.is_Number else self._print(a) for a in expr.args]
        if expr.code == "filled":
            return f"filled({shown[0]}, {shown[1]})"
        if expr.code == "quotient":
            return f"(({shown[0]})/({shown[1]}))"
        return f"{expr.code}({', '.join(shown)})"


def _whole_power(base: Array, exponent: int) -> Array:
    """``base ** exponent`` for exponents from 2 on by repeated squaring: exact for small integers, faster than pow."""
    result, square = None, base
    while exponent:
        if exponent & 1:
            result = square if result is None else result * square
        exponent >>= 1
        if exponent:
            square = square * square
    return base if result is None else result


def _choose(a: Array, b: Array, p: Array, q: Array) -> Array:
    """Selects p where a >= b, q where a < b, NaN where one of them is NaN; a NumPy scalar for scalars."""
    return np.where(a >= b, p, np.where(a < b, q, np.nan))[()]


_NAMESPACE: dict[str, Any] = {
    **{name: getattr(np, name) for name in ("sin", "cos", "tan", "tanh", "exp", "log", "sqrt", "sign", "power")},
    "magnitude": np.absolute,
    "copied": np.positive,
    "whole_power": _whole_power,
    "choose": _choose,
    "number": np.float64,
    "infinity": np.inf,
    "filled": filled,
}


class _Filled(Elementary):
    """A constant in the shape of x; the third argument, the output's number, keeps two from sharing one array."""

    code = "filled"


class _Fixed(Elementary):
    """A constant as a NumPy scalar, so that dividing by it is never an exception."""

    code = "number"


def compile_formula(term: Term) -> Kernels:
    """Differentiates and compiles a formula.

    Args:
        term: The formula's tree, from :func:`surfaces.expression.read`.

    Returns:
        Its kernels.
    """
    # Without this SymPy multiplies 100*(y - x**2) out, and the difference of two close numbers loses its digits.
    with distribute(False):
        loss = to_sympy(term)
        if loss is sp.nan:
            grad, hessian = [sp.nan] * 2, [sp.nan] * 3
        else:
            grad = [loss.diff(X), loss.diff(Y)]
            hessian = [grad[0].diff(X), grad[0].diff(Y), grad[1].diff(Y)]
        constant = not any(second.free_symbols for second in hessian)
        # abs(x) has a constant second derivative too, so the gradient must be linear without cases.
        quadratic = constant and all(first.is_polynomial(X, Y) for first in grad)
        return Kernels(_compiled([loss]), _compiled(grad), _compiled(hessian), quadratic)


def _compiled(outputs: Sequence[Any]) -> Any:
    """Compiles one function of x and y; a single output is returned bare, several as a tuple."""
    result = outputs[0] if len(outputs) == 1 else tuple(outputs)
    printer = _Printer({"fully_qualified_modules": False, "inline": True, "allow_unknown_functions": True})
    shared: Any = _shared  # lambdify takes a function here; its annotation says bool
    return sp.lambdify([X, Y], result, modules=[_NAMESPACE], printer=printer, cse=shared, docstring_limit=0)


def _shared(result: Any) -> tuple[list[tuple[Any, Any]], Any]:
    """Names common parts once, then gives every output its shape and an array of its own.

    The shapes come last because naming parts can reveal constants: (x + 0.5) - (0.5 + x) becomes x0 - x0.
    """
    single = not isinstance(result, tuple)
    found: Any = sp.cse([result] if single else list(result))
    parts, reduced = found
    varying = {X, Y}
    lines: list[tuple[Any, Any]] = []
    for symbol, part in parts:
        if part.free_symbols & varying:
            varying.add(symbol)
        lines.append((symbol, part if symbol in varying else _Fixed(part)))
    shaped: list[Any] = []
    for number, output in enumerate(reduced):
        if not output.free_symbols & varying:
            shaped.append(_Filled(output, X, sp.Integer(number)))
        else:
            shaped.append(Copy(output) if output.is_Symbol or output in shaped else output)
    return lines, shaped[0] if single else tuple(shaped)
