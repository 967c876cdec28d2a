"""Gradient sequences: the worked examples, random ones, and what a person types.

All are one coordinate's gradients, (T,) float64, finite.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

import numpy as np

from optim_viz.trajectory import Array

MAX_LENGTH: Final = 1000
"""Longest sequence."""

MAX_SIZE: Final = 1e100
"""Largest gradient in size. Its square times the largest scale's square must stay a finite number."""

MIN_SIZE: Final = 1e-100
"""Smallest gradient in size but 0: the second moment holds its square, which must be above 0 with all its digits."""


def repeated(cycle: Array, length: int) -> Array:
    """Repeat a cycle until there are `length` numbers; a longer cycle is cut off."""
    return np.resize(cycle, length)


def _cycle(*numbers: float) -> Callable[[int], Array]:
    return partial(repeated, np.array(numbers))


def _spike(length: int) -> Array:
    return np.append(np.zeros(length - 1), 1.0)


WORKED: Final[Mapping[str, Callable[[int], Array]]] = MappingProxyType(
    {
        "alternating": _cycle(30.0, -30.0),
        "constant": _cycle(30.0),
        "small": _cycle(0.2),
        "lopsided": _cycle(5.0, -4.0),
        "spike": _spike,
    }
)
"""Worked examples by name; each makes a sequence of a given length, at least 1."""


def random(length: int, *, mean: float, seed: int) -> Array:
    """Draw normal gradients of standard deviation 1 around `mean`; a longer sequence starts like a shorter one."""
    return mean + np.random.default_rng(seed).standard_normal(length)


def read(text: str) -> Array:
    """Read typed numbers, separated by commas, semicolons or spaces; brackets around them are allowed.

    Raises:
        ValueError: no number, too many, or one that is no finite number; the message says which, for a person.
    """
    words = re.split(r"[\s,;]+", text.strip().strip("[]()").strip(" ,;"))
    if words == [""]:
        raise ValueError("Type at least one number, for example 5, -4.")
    if len(words) > MAX_LENGTH:
        raise ValueError(f"These are {len(words)} numbers; at most {MAX_LENGTH} are taken.")
    return np.array([_one(place, word) for place, word in enumerate(words, start=1)])


def _one(place: int, word: str) -> float:
    shown = word if len(word) <= 20 else f"{word[:20]}…"
    try:
        value = float(word.replace("−", "-"))
    except ValueError:
        raise ValueError(f"Number {place}, “{shown}”, cannot be read as a number.") from None
    if not math.isfinite(value):
        raise ValueError(f"Number {place}, “{shown}”, is not finite.")
    if abs(value) > MAX_SIZE:
        raise ValueError(f"Number {place}, “{shown}”, is larger than {MAX_SIZE:g} in size.")
    if 0 < abs(value) < MIN_SIZE:
        raise ValueError(f"Number {place}, “{shown}”, is smaller than {MIN_SIZE:g} in size and is not 0.")
    return value
