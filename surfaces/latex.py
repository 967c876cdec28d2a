"""A formula's tree as LaTeX, in the order in which it was written."""

from collections.abc import Sequence
from typing import NamedTuple

from .functions import FUNCTIONS
from .term import Term, fold

_BINDING = {
    "or": -2, "and": -1, "<": 0, "<=": 0, ">": 0, ">=": 0, "==": 0, "!=": 0,
    "+": 1, "-": 1, "negative": 2, "*": 2, "**": 3, "/": 4,
}  # fmt: skip
_RELATIONS = {
    "<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "==": "=", "!=": r"\ne",
    "and": r"\text{ and }", "or": r"\text{ or }",
}  # fmt: skip
_AROUND = {
    "sqrt": (r"\sqrt{", "}"),
    "abs": (r"\left|", r"\right|"),
    "exp": ("e^{", "}"),
    "floor": (r"\left\lfloor ", r"\right\rfloor"),
    "ceil": (r"\left\lceil ", r"\right\rceil"),
}


class _Shown(NamedTuple):
    """A part and its LaTeX."""

    term: Term
    text: str

    @property
    def binding(self) -> int:
        return _BINDING.get(self.term.operator, 5)

    def inside(self, asked: int) -> str:
        """The LaTeX, in brackets when it binds more weakly than what stands around it."""
        bare = self.binding >= asked and not self.text.startswith("-")
        return self.text if bare else rf"\left({self.text}\right)"

    @property
    def base(self) -> str:
        """As the base of a power: brackets around everything but a letter, a plain number or bars."""
        plain = not self.term.arguments and r"\cdot" not in self.text
        bare = plain or self.term.operator in ("abs", "floor", "ceil")
        return self.text if bare else rf"\left({self.text}\right)"


def latex(term: Term) -> str:
    r"""Writes a formula as LaTeX.

    Args:
        term: The formula.

    Returns:
        LaTeX for mathematics mode, such as ``\left(1 - x\right)^{2} + 100 \left(y - x^{2}\right)^{2}``.
    """
    return fold(term, lambda node, parts: _Shown(node, _join(node, parts))).text


def _join(term: Term, parts: Sequence[_Shown]) -> str:
    operator = term.operator
    if operator == "number":
        return _number(term.text)
    if not parts:
        return r"\pi" if operator == "pi" else operator
    if operator in ("+", "-"):
        return f"{parts[0].text} {operator} {parts[1].inside(2)}"
    if operator == "negative":
        return f"-{parts[0].inside(2)}"
    if operator == "*":
        return _product(parts[0], parts[1])
    if operator == "/":
        return rf"\frac{{{parts[0].text}}}{{{parts[1].text}}}"
    if operator == "**":
        return f"{parts[0].base}^{{{parts[1].text}}}"
    if operator in _RELATIONS:
        asked = _BINDING[operator]
        return f"{_side(parts[0], asked)} {_RELATIONS[operator]} {_side(parts[1], asked + 1)}"
    return _call(operator, parts)


def _side(part: _Shown, asked: int) -> str:
    """One side of a comparison, which may begin with a minus."""
    return part.text if part.binding >= asked else rf"\left({part.text}\right)"


def _call(name: str, parts: Sequence[_Shown]) -> str:
    """A function and its values."""
    if name == "where":
        condition, chosen, otherwise = (part.text for part in parts)
        return rf"\begin{{cases}} {chosen} & {condition} \\ {otherwise} & \text{{otherwise}} \end{{cases}}"
    inside = ", ".join(part.text for part in parts)
    if name in _AROUND:
        before, after = _AROUND[name]
        return f"{before}{inside}{after}"
    return rf"{FUNCTIONS[name].latex}\left({inside}\right)"


def _product(left: _Shown, right: _Shown) -> str:
    """Two factors side by side, with a dot where they would read as one number."""
    first = left.text if left.binding >= 2 else left.inside(2)
    second = right.inside(3)
    return rf"{first} \cdot {second}" if second[0].isdigit() else f"{first} {second}"


def _number(text: str) -> str:
    """A number as written, its power of ten written out."""
    mantissa, _, exponent = text.lower().partition("e")
    if not exponent:
        return mantissa
    power = f"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa} \cdot {power}"
