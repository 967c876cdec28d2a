"""The tables that a scenario has, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from optim_viz.exports.clouds import clouded, clouds_table
from optim_viz.exports.runs import Runs, runs_table, scoreboard_table, titles_of
from optim_viz.scenario import Scenario
from optim_viz.tables import Table


@dataclass(frozen=True)
class Offered:
    """A table of a scenario.

    Attributes:
        title: for people.
        make: (scenario, runs that are there, step on screen) -> the table.
        rows: how many it will have.
        needs: the field of the scenario without which there is none; "" where it is always there.
        classes: whether the runs of outside classes are in it.
    """

    title: str
    make: Callable[[Scenario, Runs | None, int | None], Table]
    rows: Callable[[Scenario], int]
    needs: str = ""
    classes: bool = True


def _every_step(scenario: Scenario) -> int:
    return len(list(titles_of(scenario))) * (scenario.steps + 1)


def _every_place(scenario: Scenario) -> int:
    starts = 0 if scenario.cloud is None else scenario.cloud[0]
    return len(clouded(scenario)) * starts * (scenario.steps + 1)


TABLES: Final[Mapping[str, Offered]] = {
    "runs": Offered("Every step of the runs", lambda scenario, runs, _: runs_table(scenario, runs), _every_step),
    "scoreboard": Offered("The scoreboard", scoreboard_table, lambda scenario: len(list(titles_of(scenario)))),
    "clouds": Offered(
        "Every place of the clouds",
        lambda scenario, _, __: clouds_table(scenario),
        _every_place,
        needs="cloud",
        classes=False,
    ),
}
"""The tables of a scenario by name."""
LEAST_COLUMNS: Final = 6
"""Every one of them has so many columns at least: what is too large can be told before it is made."""


def table(scenario: Scenario, name: str, runs: Runs | None = None, step: int | None = None) -> Table:
    """Return one of `TABLES`.

    Raises:
        ValueError: no such table, or as it says itself.
    """
    return offered(name).make(scenario, runs, step)


def offered(name: str) -> Offered:
    """Return one of `TABLES`, unmade.

    Raises:
        ValueError: no such table.
    """
    if name not in TABLES:
        raise ValueError(f"there is no table {name!r}; there are {', '.join(TABLES)}")
    return TABLES[name]
