"""The names that lanes have on screen: made here and nowhere else, so that every view calls a lane the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from optim_viz.scenario.lane import Lane


def numbered(titles: Iterable[str]) -> tuple[str, ...]:
    """Return the titles, numbered from the second of a kind on: "Adam", "SGD", "Adam 2"."""
    seen: Counter[str] = Counter()
    found: list[str] = []
    for title in titles:
        seen[title] += 1
        found.append(title if seen[title] == 1 else f"{title} {seen[title]}")
    return tuple(found)


def lane_titles(lanes: Iterable[Lane]) -> tuple[str, ...]:
    """Return a title for each lane: its rule's, numbered from the second of a kind on."""
    return numbered(lane.rule.title for lane in lanes)
