"""A line of a rule's arithmetic as LaTeX: in symbols, and with numbers in their places."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from optim_viz.update_rules.update_rule import Line

_SYMBOLS = {
    "grad": "g_t",
    "theta": r"\theta_t",
    "theta_prev": r"\theta_{t-1}",
    "update": r"\Delta\theta_t",
    "m": "m_t",
    "m_prev": "m_{t-1}",
    "v": "v_t",
    "v_prev": "v_{t-1}",
    "m_hat": r"\hat m_t",
    "v_hat": r"\hat v_t",
    "lr": r"\eta",
    "beta1": r"\beta_1",
    "beta2": r"\beta_2",
    "eps": r"\varepsilon",
    "weight_decay": r"\lambda",
    "t": "t",
}
_SUM, _PRODUCT, _POWER, _ATOM = range(4)


def line_latex(line: Line, values: Mapping[str, float]) -> str:
    """Return a line as two rows of LaTeX: in symbols, and with this step's numbers and the result.

    Args:
        line: of a rule's `lines`.
        values: the number behind each name, e.g. from `names_at`.
    """
    tree = ast.parse(line.expression, mode="eval").body
    symbols, _ = _write(tree, _symbol)
    numbers, _ = _write(tree, lambda name: _number(values[name]))
    result = latex_number(values[line.target], 6)
    return rf"\begin{{aligned}} {_symbol(line.target)[0]} &= {symbols} \\ &= {numbers} = {result} \end{{aligned}}"


def latex_number(value: float, digits: int = 4) -> str:
    """Write a number to so many significant digits; a power of ten where it is very small or large."""
    mantissa, _, exponent = format(value, f".{digits}g").partition("e")
    if not exponent:
        return mantissa
    power = rf"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa}\times {power}"


def _symbol(name: str) -> tuple[str, int]:
    return _SYMBOLS[name], _ATOM


def _number(value: float) -> tuple[str, int]:
    text = latex_number(value)
    # A negative number in a product or after a minus needs parentheses, and so does a power of ten under an exponent.
    return text, _SUM if value < 0 else _PRODUCT if "10^" in text else _ATOM


def _write(node: ast.expr, name: Callable[[str], tuple[str, int]]) -> tuple[str, int]:
    """Return the LaTeX of a formula and how tightly it binds."""
    match node:
        case ast.Name(id=word):
            return name(word)
        case ast.Constant(value=value):
            return str(value), _ATOM
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"-{_inside(operand, name, _PRODUCT)}", _SUM
        case ast.Call(func=ast.Name(id="sqrt"), args=[inner]):
            return rf"\sqrt{{{_write(inner, name)[0]}}}", _ATOM
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return rf"\frac{{{_write(left, name)[0]}}}{{{_write(right, name)[0]}}}", _PRODUCT
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return f"{_inside(left, name, _ATOM)}^{{{_write(right, name)[0]}}}", _POWER
        case ast.BinOp(left=ast.UnaryOp(op=ast.USub(), operand=left), op=ast.Mult(), right=right):
            return rf"-{_inside(left, name, _PRODUCT)}\cdot {_inside(right, name, _PRODUCT)}", _SUM
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return rf"{_inside(left, name, _PRODUCT)}\cdot {_inside(right, name, _PRODUCT)}", _PRODUCT
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as sign, right=right):
            plus = "+" if isinstance(sign, ast.Add) else "-"
            return f"{_write(left, name)[0]} {plus} {_inside(right, name, _PRODUCT)}", _SUM
        case _:
            raise ValueError(f"a line may not hold {ast.unparse(node)!r}")


def _inside(node: ast.expr, name: Callable[[str], tuple[str, int]], least: int) -> str:
    """Write a part of a formula, in parentheses where it binds less tightly than its place asks for."""
    text, binding = _write(node, name)
    return text if binding >= least else rf"\left({text}\right)"
