"""A formula as plain text, in the grammar's own notation: what was read, with every sign written out."""

from collections.abc import Sequence
from typing import NamedTuple

from .functions import COMPARISONS
from .term import Term, fold

# What binds more strongly has the higher number; brackets go around what binds less than its surroundings ask.
_OR, _AND, _COMPARISON, _SUM, _PRODUCT, _SIGN, _POWER, _VALUE = range(8)
# operator: (binding, what it asks of its left and right side, how it is written)
_INFIX: dict[str, tuple[int, int, int, str]] = {
    "or": (_OR, _OR, _AND, " or "),
    "and": (_AND, _AND, _COMPARISON, " and "),
    **{sign: (_COMPARISON, _SUM, _SUM, f" {sign} ") for sign in COMPARISONS},
    "+": (_SUM, _SUM, _PRODUCT, " + "),
    "-": (_SUM, _SUM, _PRODUCT, " - "),
    "*": (_PRODUCT, _PRODUCT, _SIGN, "*"),
    "/": (_PRODUCT, _PRODUCT, _SIGN, "/"),
    "**": (_POWER, _VALUE, _SIGN, "**"),
}


class _Written(NamedTuple):
    """A part's text and how strongly it binds."""

    text: str
    binding: int

    def inside(self, asked: int) -> str:
        """The text, in brackets where it binds less than asked."""
        return self.text if self.binding >= asked else f"({self.text})"


def written(term: Term) -> str:
    """Writes a formula out.

    Args:
        term: The formula.

    Returns:
        Text that reads as the same tree, such as ``2*x + abs(y)**3`` for ``2x + |y|³``.
    """
    return fold(term, _join).text


def _join(term: Term, parts: Sequence[_Written]) -> _Written:
    if not parts:
        return _Written(term.text or term.operator, _VALUE)
    if term.operator == "negative":
        return _Written(f"-{parts[0].inside(_SIGN)}", _SIGN)
    if term.operator in _INFIX:
        binding, left, right, sign = _INFIX[term.operator]
        return _Written(f"{parts[0].inside(left)}{sign}{parts[1].inside(right)}", binding)
    return _Written(f"{term.operator}({', '.join(part.text for part in parts)})", _VALUE)
