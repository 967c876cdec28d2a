"""Schedules: one learning rate over time a file, each exposing SCHEDULE. Adding a file here adds it everywhere.

optim_viz.rollout("rosenbrock", "adam", lr=0.1, schedule="cosine")
optim_viz.rollout("rosenbrock", "adam", lr=0.1, schedule=optim_viz.schedules.get("step", step_size=50))
"""

from __future__ import annotations

from functools import cache

from optim_viz.registry import discover, look_up
from optim_viz.schedules.schedule import Parameter, Schedule
from optim_viz.surfaces import shown

__all__ = ["Parameter", "Schedule", "get", "names", "parse"]

_LONGEST = 200
_MOST_VALUES = 20


@cache
def _schedules() -> dict[str, Schedule]:
    """Import every schedule of this folder, ordered by rank, then name."""
    return discover(__name__, "SCHEDULE", Schedule, ("schedule",), lambda schedule: schedule.rank)


def names() -> tuple[str, ...]:
    """Name every schedule, in the order in which menus list them."""
    return tuple(_schedules())


def get(name: str | Schedule, **values: float) -> Schedule:
    """Look up a schedule.

    Args:
        name: one of `names()`; a Schedule is returned with `values` set, as it is where there are none.
        **values: of its parameters; those left out keep their defaults.

    Returns:
        The schedule.

    Raises:
        ValueError: no such schedule (the message names the one that comes close), an unknown parameter, or a value
            outside its range.

    Example:
        >>> optim_viz.schedules.get("step", step_size=2, gamma=0.5).factors(5).tolist()
        [1.0, 1.0, 0.5, 0.5, 0.25]
    """
    found = name if isinstance(name, Schedule) else look_up(name, _schedules(), "schedule")
    return found.with_values(**values) if values else found


def parse(text: str) -> Schedule:
    """Read a schedule as a link writes it: "cosine", or "step:step_size=50:gamma=0.5".

    Raises:
        ValueError: as `get`, or a part that is not NAME=NUMBER; the message says which.
    """
    if len(text) > _LONGEST:
        raise ValueError(f"a schedule is written in at most {_LONGEST} characters, not {len(text)}")
    name, *parts = (part.strip() for part in text.split(":", _MOST_VALUES))
    values: dict[str, float] = {}
    for part in parts:
        key, equals, number = (piece.strip() for piece in part.partition("="))
        if not equals or key in values:
            raise ValueError(f"{shown(part)} is {'given twice' if equals else 'not NAME=NUMBER'} in {shown(text)}")
        try:
            values[key] = float(number)
        except ValueError:
            raise ValueError(f"{key} = {shown(number)} is not a number") from None
    return get(name, **values)
