"""What a section of the Paper page, or of the page "After Adam", is, and how the sections of a folder are found."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pkgutil import iter_modules

from optim_viz.registry import load_if_whole


@dataclass(frozen=True)
class Section:
    """One question of the paper page, and the picture that answers it.

    Attributes:
        number: its position on the page; its anchor and the prefix of its URL keys are `letter` and this number.
        slug: the rest of the module's name, s<NN>_<slug>.py.
        title: the heading.
        answer: one plain, true sentence that opens the section. Markdown; its numbers are formatted in, never typed.
        try_this: one line: what to move, and what to look for.
        sources: papers, each with section or equation numbers. Markdown.
        show: draws the section's body on the running page. It runs in a fragment of its own.
        symbols: signs that belong to this question alone, each with its sentence; those of the rules are known (see
            symbols.py).
        letter: the page's own, so that the keys of two pages differ: "s" for the Paper page.
    """

    number: int
    slug: str
    title: str
    answer: str
    try_this: str
    sources: tuple[str, ...]
    show: Callable[[], None]
    symbols: Mapping[str, str] = field(default_factory=dict[str, str])
    letter: str = "s"

    @property
    def prefix(self) -> str:
        """The anchor on the page ("s4" for "#s4") and the first part of the section's URL keys ("s4.length")."""
        return f"{self.letter}{self.number}"


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


def find_sections(package: str, letter: str) -> tuple[Section, ...]:
    """Import every section of a folder, <letter><NN>_<slug>.py each, in the order of their numbers.

    One that is about an optimizer or a surface that is not there is left out.

    Args:
        package: the folder's dotted name; the package is imported already.
        letter: what the names of its sections start with.

    Raises:
        TypeError: a module exposes no SECTION, or its letter, number or slug is not that of its file's name.
    """
    found: list[Section] = []
    for module in sorted(iter_modules(sys.modules[package].__path__), key=lambda each: each.name):
        name = re.fullmatch(rf"{letter}(?P<number>\d\d)_(?P<slug>\w+)", module.name)
        if name is None:
            continue
        loaded = load_if_whole(f"{package}.{module.name}")
        if loaded is None:
            continue
        section = getattr(loaded, "SECTION", None)
        expected = (letter, int(name["number"]), name["slug"])
        if not isinstance(section, Section) or (section.letter, section.number, section.slug) != expected:
            folder = "/".join(package.split(".")[-2:])
            raise TypeError(f"{folder}/{module.name}.py must expose SECTION, number {expected[1]}, {expected[2]!r}")
        found.append(section)
    return tuple(found)
