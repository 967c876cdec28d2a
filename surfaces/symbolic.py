# pyright: basic
"""From a formula's tree to a SymPy expression that is real, and that SymPy can differentiate without surprises.

SymPy's own functions simplify as complex analysis allows: ``sqrt(x)**2`` becomes x, ``sqrt(-x**2)`` becomes I*x, and
the derivative of ``abs`` brings in ``re``, ``im`` and ``DiracDelta``. A real surface must instead be NaN where a
square root or a logarithm has no real value. So only sums, products and whole powers are SymPy's here; all else are
the opaque functions below, which know their real derivative and nothing more. Conventions where a derivative does not
exist: ``abs`` has derivative sign(u) (0 at 0), ``sign`` has 0, and ``max`` and ``min`` have that of the argument
selected, the first on a tie.

Importing this module imports SymPy (about half a second); :mod:`surfaces.formula` does so at the first evaluation only.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import sympy as sp

from .expression import Term

X, Y = sp.symbols("x y")


class Elementary(sp.Function):
    """A real function that SymPy must not simplify; a subclass says its code and its derivative."""

    code: str
    slope: Callable[..., Sequence[sp.Expr]]

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """The partial derivative in one argument; SymPy's chain rule calls this."""
        return type(self).slope(*self.args)[argindex - 1]


def _elementary(code: str, slope: Callable[..., Sequence[sp.Expr]]) -> Any:
    """Makes one opaque function from its name in the compiled code and the partial derivatives in its arguments."""
    # The prefix keeps SymPy from finding a function of the same name in mpmath and calling it, complex values and all.
    return type(f"real_{code}", (Elementary,), {"code": code, "slope": staticmethod(slope)})


Sin = _elementary("sin", lambda u: (Cos(u),))
Cos = _elementary("cos", lambda u: (-Sin(u),))
Tan = _elementary("tan", lambda u: (1 + power(Tan(u), 2),))
Tanh = _elementary("tanh", lambda u: (1 - power(Tanh(u), 2),))
Exp = _elementary("exp", lambda u: (Exp(u),))
Log = _elementary("log", lambda u: (Quotient(sp.Integer(1), u),))
Root = _elementary("sqrt", lambda u: (Quotient(sp.Rational(1, 2), Root(u)),))
Sign = _elementary("sign", lambda u: (sp.Integer(0),))
Magnitude = _elementary("magnitude", lambda u: (Sign(u),))
Quotient = _elementary("quotient", lambda u, v: (Quotient(sp.Integer(1), v), -Quotient(u, power(v, 2))))
WholePower = _elementary("whole_power", lambda u, n: (n * power(u, int(n) - 1), sp.Integer(0)))
RealPower = _elementary("power", lambda u, v: (v * RealPower(u, v - 1), RealPower(u, v) * Log(u)))
Copy = _elementary("copied", lambda u: (sp.Integer(1),))


class Choose(Elementary):
    """``choose(a, b, p, q)``: p where a is at least b, q where it is less, NaN where they do not compare."""

    code = "choose"

    def _eval_derivative(self, s: sp.Symbol) -> Any:
        """Differentiates the two values and keeps the choice, as it is constant between ties."""
        a, b, p, q = cast(tuple[sp.Expr, ...], self.args)
        return _choose(a, b, p.diff(s), q.diff(s))


def _choose(a: sp.Expr, b: sp.Expr, p: Any, q: Any) -> Any:
    """A choice, or the value itself where both are the same."""
    return p if p == q else Choose(a, b, p, q)


def power(base: sp.Expr, exponent: int) -> sp.Expr:
    """A whole power of at least 0: SymPy's own for x and y, opaque otherwise so that it is never expanded."""
    if exponent == 0:
        return sp.Integer(1)
    if exponent == 1 or base.is_Symbol:
        return base**exponent
    return WholePower(base, sp.Integer(exponent))


def _power(base: sp.Expr, exponent: sp.Expr, value: float | None) -> sp.Expr:
    """``base ** exponent``; value is the exponent's where it is constant."""
    if value is None:
        return Exp(exponent) if base == sp.Float(math.e) else RealPower(base, exponent)
    if value.is_integer():
        whole = power(base, abs(int(value)))
        return whole if value >= 0 else Quotient(sp.Integer(1), whole)
    return Root(base) if value == 0.5 else RealPower(base, exponent)


def _number(value: float) -> sp.Expr:
    """A constant: a short exact fraction where it is one (so 0.5*2 is 1 and leaves no trace), else a float64."""
    if math.isnan(value):
        return sp.nan
    numerator, denominator = value.as_integer_ratio()
    short = abs(numerator) <= 1 << 20 and denominator <= 1 << 10
    return sp.Rational(numerator, denominator) if short else sp.Float(value)


_FUNCTIONS: Mapping[str, Any] = {
    "sin": Sin,
    "cos": Cos,
    "tan": Tan,
    "tanh": Tanh,
    "exp": Exp,
    "log": Log,
    "sqrt": Root,
    "sign": Sign,
    "abs": Magnitude,
    "+": lambda u, v: u + v,
    "-": lambda u, v: u - v,
    "*": lambda u, v: u * v,
    "negative": lambda u: -u,
    "max": lambda u, v: _choose(u, v, u, v),
    "min": lambda u, v: _choose(v, u, u, v),
}


def to_sympy(term: Term) -> sp.Expr:
    """Builds the SymPy expression of a formula, node by node.

    Args:
        term: The formula's tree.

    Returns:
        An expression in the symbols X and Y; ``sp.nan`` where a constant part of it is not a real number.
    """
    if term.value is not None:
        return _number(term.value)
    if term.operator in ("x", "y"):
        return X if term.operator == "x" else Y
    parts = [to_sympy(argument) for argument in term.arguments]
    if sp.nan in parts:
        return sp.nan
    if term.operator == "**":
        return _power(parts[0], parts[1], term.arguments[1].value)
    if term.operator == "/":
        divisor = term.arguments[1].value
        return Quotient(*parts) if divisor is None else parts[0] / parts[1]
    return _FUNCTIONS[term.operator](*parts)
