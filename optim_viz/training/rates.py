"""The learning rate of each step of one lane, from its schedule."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from optim_viz.schedules import Schedule

_BLOCK: Final = 4096
"""Steps whose factors are worked out at once: a run may have more steps than a table of all would be good for."""


class Factors:
    """What a schedule multiplies every learning rate by, step after step."""

    def __init__(self, schedule: Schedule, steps: int) -> None:
        """Take a schedule over a run of so many steps."""
        self._schedule, self._steps = schedule, steps
        self._block = -1
        self._values: list[float] = []

    def __call__(self, step: int) -> float:
        """Return the factor of one step, counted from 1."""
        block, place = divmod(step - 1, _BLOCK)
        if block != self._block:
            first = block * _BLOCK + 1
            times = np.arange(first, min(first + _BLOCK, self._steps + 1))
            self._block, self._values = block, self._schedule.factor(times, self._steps).tolist()
        return self._values[place]


class Rates:
    """Sets the learning rate of every parameter group before each step.

    A group's rate at step t is the one that it had when it was made, times the factor of t: nothing has to be kept for
    a run that goes on from a checkpoint.
    """

    def __init__(self, factors: Factors, optimizer: Any) -> None:
        """Remember the rates of an optimizer that has just been made; groups without one are left alone."""
        self._factors = factors
        self._optimizer = optimizer
        rates = [group.get("lr") for group in optimizer.param_groups]
        self._usual = [rate if isinstance(rate, int | float) else None for rate in rates]

    def set(self, step: int) -> None:
        """Set the rates of a step, counted from 1."""
        factor = self._factors(step)
        for group, usual in zip(self._optimizer.param_groups, self._usual, strict=True):
            if usual is not None:
                group["lr"] = usual * factor
