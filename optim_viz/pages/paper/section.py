"""What a section of the paper page is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Section:
    """One question of the paper page, and the picture that answers it.

    Attributes:
        number: its position on the page; its anchor and the prefix of its URL keys are "s" and this number.
        slug: the rest of the module's name, s<NN>_<slug>.py.
        title: the heading.
        answer: one plain, true sentence that opens the section. Markdown; its numbers are formatted in, never typed.
        try_this: one line: what to move, and what to look for.
        sources: papers, each with section or equation numbers. Markdown.
        show: draws the section's body on the running page. It runs in a fragment of its own.
        symbols: signs that belong to this question alone, each with its sentence; those of the rules are known (see
            symbols.py).
    """

    number: int
    slug: str
    title: str
    answer: str
    try_this: str
    sources: tuple[str, ...]
    show: Callable[[], None]
    symbols: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def prefix(self) -> str:
        """The anchor on the page ("s4" for "#s4") and the first part of the section's URL keys ("s4.length")."""
        return f"s{self.number}"


def number(value: float, digits: int = 4) -> str:
    """Write a number for reading, to so many significant digits: "−0.05263", "3.162", "3.2 × 10⁻⁵", "∞".

    Trailing zeros are left out, and the minus is the sign, not the hyphen.

    Args:
        value: any float.
        digits: significant digits, at least 1.
    """
    text = format(float(value), f".{digits}g").replace("inf", "∞").replace("nan", "–")
    mantissa, _, exponent = text.partition("e")
    if exponent:
        raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        text = f"{mantissa} × 10{raised}"
    return text.replace("-", "−")
