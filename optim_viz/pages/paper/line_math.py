"""A line of a rule's arithmetic: in symbols as LaTeX, and with the numbers of one step as MathML."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Protocol

from optim_viz.pages.paper.latex_symbols import latex_names
from optim_viz.update_rules import Line, UpdateRule

_SUM, _PRODUCT, _POWER, _ATOM = range(4)
Part = tuple[str, int]
"""A part of a formula as it is written, and how tightly it binds."""


class _Notation(Protocol):
    """How the parts of a formula are written."""

    def constant(self, digits: str) -> str: ...
    def negative(self, part: str) -> str: ...
    def root(self, part: str) -> str: ...
    def fraction(self, above: str, below: str) -> str: ...
    def power(self, base: str, exponent: str) -> str: ...
    def joined(self, left: str, sign: str, right: str) -> str: ...
    def parentheses(self, part: str) -> str: ...
    def size(self, part: str) -> str: ...
    def call(self, name: str, parts: list[str]) -> str: ...


class _Latex:
    def constant(self, digits: str) -> str:
        return digits

    def negative(self, part: str) -> str:
        return f"-{part}"

    def root(self, part: str) -> str:
        return rf"\sqrt{{{part}}}"

    def fraction(self, above: str, below: str) -> str:
        return rf"\frac{{{above}}}{{{below}}}"

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^{{{exponent}}}"

    def joined(self, left: str, sign: str, right: str) -> str:
        return rf"{left}\cdot {right}" if sign == "·" else f"{left} {sign} {right}"

    def parentheses(self, part: str) -> str:
        return rf"\left({part}\right)"

    def size(self, part: str) -> str:
        return rf"\left|{part}\right|"

    def call(self, name: str, parts: list[str]) -> str:
        return rf"\operatorname{{{name}}}" + self.parentheses(", ".join(parts))


class _MathML:
    def constant(self, digits: str) -> str:
        return f"<mn>{digits}</mn>"

    def negative(self, part: str) -> str:
        return f'<mo form="prefix">−</mo>{part}'

    def root(self, part: str) -> str:
        return f"<msqrt>{part}</msqrt>"

    def fraction(self, above: str, below: str) -> str:
        return f"<mfrac><mrow>{above}</mrow><mrow>{below}</mrow></mfrac>"

    def power(self, base: str, exponent: str) -> str:
        return f"<msup><mrow>{base}</mrow><mrow>{exponent}</mrow></msup>"

    def joined(self, left: str, sign: str, right: str) -> str:
        return f"{left}<mo>{sign.replace('-', '−')}</mo>{right}"

    def parentheses(self, part: str) -> str:
        return f"<mrow><mo>(</mo>{part}<mo>)</mo></mrow>"

    def size(self, part: str) -> str:
        return f"<mrow><mo>|</mo>{part}<mo>|</mo></mrow>"

    def call(self, name: str, parts: list[str]) -> str:
        return f"<mi>{name}</mi>" + self.parentheses("<mo>,</mo>".join(parts))


_LATEX, _MATHML = _Latex(), _MathML()


def line_symbols(line: Line, rule: UpdateRule) -> str:
    """Return a line of the rule's `lines` in symbols, as LaTeX."""
    names = latex_names(rule)
    written, _ = _write(ast.parse(line.expression, mode="eval").body, lambda name: (names[name], _ATOM), _LATEX)
    return f"{names[line.target]} = {written}"


def line_numbers(line: Line, values: Mapping[str, float]) -> str:
    """Return "= the line with numbers in it = its result", as MathML.

    Args:
        line: of a rule's `lines`.
        values: the number behind each name, e.g. from `names_at`.
    """
    tree = ast.parse(line.expression, mode="eval").body
    numbers, _ = _write(tree, lambda name: _number(values[name]), _MATHML)
    result, _ = _number(values[line.target], 6)
    return f"<mrow><mo>=</mo>{numbers}<mo>=</mo>{result}</mrow>"


def _number(value: float, digits: int = 4) -> Part:
    """Write a number to so many significant digits; a power of ten where it is very small or large."""
    mantissa, _, exponent = format(abs(value), f".{digits}g").partition("e")
    text, binding = _MATHML.constant(mantissa), _ATOM
    if exponent:
        ten = _MATHML.power(_MATHML.constant("10"), _signed(int(exponent)))
        text, binding = (ten if mantissa == "1" else _MATHML.joined(text, "×", ten)), _PRODUCT
    # A negative number in a product or after a minus needs parentheses, and so does a power of ten under an exponent.
    return (_MATHML.negative(text), _SUM) if value < 0 else (text, binding)


def _signed(value: int) -> str:
    digits = _MATHML.constant(str(abs(value)))
    return _MATHML.negative(digits) if value < 0 else digits


def _write(node: ast.expr, name: Callable[[str], Part], notation: _Notation) -> Part:
    """Return a formula and how tightly it binds."""

    def part(of: ast.expr, least: int = _SUM) -> str:
        """Write an operand, in parentheses where it binds less tightly than `least`."""
        text, binding = _write(of, name, notation)
        return text if binding >= least else notation.parentheses(text)

    match node:
        case ast.Name(id=word):
            return name(word)
        case ast.Constant(value=value):
            return notation.constant(str(value)), _ATOM
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return notation.negative(part(operand, _PRODUCT)), _SUM
        case ast.Call(func=ast.Name(id="sqrt"), args=[inner]):
            return notation.root(part(inner)), _ATOM
        case ast.Call(func=ast.Name(id="abs"), args=[inner]):
            return notation.size(part(inner)), _ATOM
        case ast.Call(func=ast.Name(id="sign" | "max" | "min" as word), args=arguments):
            return notation.call(word, [part(each) for each in arguments]), _ATOM
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return notation.fraction(part(left), part(right)), _PRODUCT
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return notation.power(part(left, _ATOM), part(right)), _POWER
        case ast.BinOp(left=ast.UnaryOp(op=ast.USub(), operand=left), op=ast.Mult(), right=right):
            return notation.negative(notation.joined(part(left, _PRODUCT), "·", part(right, _PRODUCT))), _SUM
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return notation.joined(part(left, _PRODUCT), "·", part(right, _PRODUCT)), _PRODUCT
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as sign, right=right):
            return notation.joined(part(left), "+" if isinstance(sign, ast.Add) else "-", part(right, _PRODUCT)), _SUM
        case _:
            raise ValueError(f"a line may not hold {ast.unparse(node)!r}")
