"""Sequences of gradients that a reader types on the Paper page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np

from optim_viz.experiments import sequences
from optim_viz.pages.plain_text import plain
from tests.fuzz.harness import Kind
from tests.fuzz.pieces import letters, mutated, told, word


def make(draw: Random) -> str:
    """Draw a text."""
    if draw.random() < 0.1:
        return letters(draw, 400)
    count = draw.choice((0, 1, 2, 5, 40, 5000))
    text = draw.choice((", ", " ", ";", ",,", "\n", "  ")).join(word(draw, "5", "-4", "0.1") for _ in range(count))
    return mutated(draw, text, "0123456789.,;-−+eE[]() \n_") if draw.random() < 0.5 else text


def run(text: str) -> str:
    """Read a sequence: numbers that are finite, or a sentence that names the fault."""
    try:
        found = sequences.read(text)
    except ValueError as error:
        plain(str(error))
        return told(error, 200)
    assert found.dtype == np.float64
    assert 1 <= found.size <= sequences.MAX_LENGTH
    assert np.isfinite(found).all()
    return "value"


def ready(folder: Path) -> Callable[[str], str]:
    """Nothing is needed."""
    del folder
    return run


KIND = Kind("typed sequences", 400, ready, make)
