"""What is wrong with one field of a scenario, and the limits that a field must keep."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from optim_viz.surfaces import MAX_LENGTH
from optim_viz.surfaces import shown as shown  # pages and readers of links write what they were given with it

MAX_STEPS: Final = 20_000
MAX_LANES: Final = 8
MAX_NOISE: Final = 100.0
MAX_SEED: Final = 2**32 - 1
MAX_CLOUD: Final = 256
"""Most starts of a cloud."""
MAX_COORDINATE: Final = 1e6
"""Largest size of a start coordinate, and of the bounds of a domain or of a zoom."""
MAX_FORMULA: Final = MAX_LENGTH
"""Longest formula, in characters."""
MAX_PROBLEMS: Final = 20
"""Most problems that one reading reports; the last one counts those that are not listed."""
FEW: Final = 4
"""Most problems that a person is told one by one, where they do not stand at the controls themselves."""
MAX_FIELD: Final = 80
"""Longest name of a field, in characters."""
MAX_LINK: Final = 20_000
"""Longest query or JSON text that is read at all, in characters."""


@dataclass(frozen=True)
class Problem:
    """One thing a person must know about what they asked for.

    Attributes:
        field: the control it belongs to, e.g. "steps", "formula", "parameters.k", "lanes.2.lr", "lanes.2", "link".
        message: one sentence that names the value and what is allowed.
        count: how many things it stands for: more than 1 where they are only counted.
    """

    field: str
    message: str
    count: int = 1

    def __str__(self) -> str:
        """Return the message alone: the control says which field."""
        return self.message


def few(problems: Iterable[object]) -> list[str]:
    """Return what a person is told of problems: all of them where they are few, else the first, and how many follow."""
    told = list(problems)
    if len(told) <= FEW:
        return [str(each) for each in told]
    more = sum(each.count if isinstance(each, Problem) else 1 for each in told[FEW - 1 :])
    return [*(str(each) for each in told[: FEW - 1]), f"and {more} more"]
