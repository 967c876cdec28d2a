"""What is wrong with one field of a scenario, and the limits that a field must keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MAX_STEPS: Final = 2000
MAX_LANES: Final = 8
MAX_NOISE: Final = 100.0
MAX_SEED: Final = 2**32 - 1
MAX_COORDINATE: Final = 1e6
"""Largest size of a start coordinate, and of the bounds of a domain or of a zoom."""
MAX_FORMULA: Final = 500
"""Longest formula, in characters."""
MAX_LINK: Final = 20_000
"""Longest query or JSON text that is read at all, in characters."""


@dataclass(frozen=True)
class Problem:
    """One thing a person must know about what they asked for.

    Attributes:
        field: the control it belongs to, e.g. "steps", "formula", "parameters.k", "lanes.2.lr", "lanes.2", "link".
        message: one sentence that names the value and what is allowed.
    """

    field: str
    message: str

    def __str__(self) -> str:
        """Return the message alone: the control says which field."""
        return self.message


def shown(value: object, length: int = 40) -> str:
    """Return a short printable form of anything a stranger typed: strings in quotes, cut to `length` characters."""
    if isinstance(value, str):
        return repr("".join(map(_printable, _cut(value, length))))
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # an integer of thousands of digits, a list nested too deep
        text = f"a {type(value).__name__} too large to show"
    return "".join(map(_printable, _cut(text, length)))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _printable(character: str) -> str:
    return character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"
