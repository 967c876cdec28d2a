"""The search of section 6: runs after a silence, and the largest step found."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from optim_viz.experiments import step_size as size
from optim_viz.experiments.step_size import Largest
from optim_viz.pages.paper.section import number
from optim_viz.trajectory import Array


@dataclass(frozen=True)
class Find:
    """The largest step of a run, and how the run came about."""

    largest: Largest
    how: str


@dataclass(frozen=True, eq=False)
class Search:
    """What followed the silence, how long Adam's steps then were, and the largest of them."""

    gradients: Array
    lengths: Array
    find: Find


@lru_cache(maxsize=256)
def search(silence: float, after: str, typed: tuple[float, ...], active: int, ratio: float) -> Search:
    """Run Adam after the silence; for the plot, for the words, and for what is remembered."""
    gradients = np.array(typed) if after == "typed" else size.growing(ratio, active)
    words = f"{len(typed)} typed gradients" if after == "typed" else f"{active} gradients, each × {number(ratio)}"
    lengths = np.abs(size.steps_after_silence(int(silence), gradients))
    how = f"{words}, after {silence:g} quiet iterations"
    return Search(gradients, lengths, Find(size.largest(int(silence), gradients), how))


def better(best: Find, find: Find) -> Find:
    """Return the one with the larger step; where they tie, the one that was found first."""
    return find if find.largest.step > best.largest.step else best
