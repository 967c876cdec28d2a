"""Stories: one a file, each exposing STORY. Adding a file here adds the story to the lab's gallery and to its tests.

A story is a scenario, a sentence that says what is seen and why, and up to three moves to try. Every sentence has a
check on the numbers of the runs, and its own numbers are computed from them.
"""

from __future__ import annotations

from functools import cache

from optim_viz.registry import discover, load_if_whole, look_up
from optim_viz.stories.story import Move, Question, Runs, Sentence, Story, changed, same_runs, scene, trajectories

__all__ = [
    "Move",
    "Question",
    "Runs",
    "Sentence",
    "Story",
    "changed",
    "get",
    "names",
    "same_runs",
    "scene",
    "trajectories",
]

_CONTRACT = ("measures", "story")


@cache
def _stories() -> dict[str, Story]:
    """Import every story of this folder whose optimizers, surface and plots are there, ordered by group and rank."""
    return discover(__name__, "STORY", Story, _CONTRACT, lambda story: story.place, load_if_whole)


def names() -> tuple[str, ...]:
    """Name every story, in the order of the gallery."""
    return tuple(_stories())


def get(name: object) -> Story:
    """Look up a story.

    Raises:
        ValueError: no such story; the message names the one that comes close, and the known ones.
    """
    return look_up(name, _stories(), "story")
