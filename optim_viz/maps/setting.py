"""What is mapped: an optimizer, with its hyperparameters and its schedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np

from optim_viz import update_rules
from optim_viz.outside import OutsideRule
from optim_viz.scenario import Lane
from optim_viz.schedules import Schedule
from optim_viz.update_rules import UpdateRule

Setting = str | UpdateRule | Lane | tuple[str | UpdateRule, Mapping[str, float | bool]]
"""An optimizer, one with hyperparameters that are not its defaults, or a lane, which may have a schedule too."""


def listed(optimizers: Setting | Sequence[Setting]) -> list[Setting]:
    """Tell one setting from several: a pair of a rule and a mapping is one."""
    if isinstance(optimizers, str | UpdateRule | Lane):
        return [optimizers]
    if isinstance(optimizers, tuple) and len(optimizers) == 2 and isinstance(optimizers[1], Mapping):
        return [cast("Setting", optimizers)]
    return list(cast("Sequence[Setting]", optimizers))


def complete_setting(given: Setting) -> tuple[UpdateRule, dict[str, float | bool], Schedule | None]:
    """Return a rule, a value for each of its hyperparameters, and the schedule of its learning rate.

    Raises:
        ValueError: an unknown name, a value outside its range, an array, or a class that is not of this package: its
            runs go one by one, which for thousands would take hours.
    """
    if isinstance(given, Lane):
        return *complete_setting((given.optimizer, given.hyperparameters))[:2], given.schedule
    pair: tuple[str | UpdateRule, Mapping[str, float | bool]] = given if isinstance(given, tuple) else (given, {})
    rule = update_rules.get(pair[0])
    if isinstance(rule, OutsideRule):
        raise ValueError(
            f"{rule.title} runs one run at a time, too slowly for a map of thousands: optim_viz.sweep takes it"
        )
    complete = rule.complete(pair[1])
    for name, value in complete.items():
        if np.ndim(value):
            raise ValueError(f"{name} is an array; what varies over a map is an axis")
    return rule, complete, None
