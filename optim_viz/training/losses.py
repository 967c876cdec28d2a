"""A lane's account of its training losses: what is told of them, and what follows from all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from optim_viz.comparison import events
from optim_viz.comparison.spec import LOSS_POINTS, TrainingSpec

SMOOTHING: Final = 0.98
"""How much of the smoothed loss stays at each step."""


class LossAccount:
    """Counts the losses of one lane's steps.

    Attributes:
        diverged: whether one of them was not finite.
        thinned_out: whether the newest one is left out of what is told: of a run at most about `LOSS_POINTS` are told.
    """

    def __init__(self, index: int, spec: TrainingSpec) -> None:
        """Begin with the lane of this index."""
        self.diverged = False
        self.thinned_out = False
        self._index, self._spec = index, spec
        self._stride = math.ceil(spec.total_steps / LOSS_POINTS)
        self._sum = 0.0  # over the epoch's examples
        self._average = 0.0  # exponential, still too small by `_weight`
        self._weight = 0.0
        self._last = 0.0

    def note(self, step: int, loss: float, examples: int) -> list[events.Event]:
        """Count a step, numbered from 1, whose mean loss over `examples` was `loss`; returns the events of it."""
        self._sum += loss * examples
        self._average += (1 - SMOOTHING) * (loss - self._average)
        self._weight += (1 - SMOOTHING) * (1 - self._weight)
        self._last = loss
        found: list[events.Event] = []
        if not self.diverged and not math.isfinite(loss):
            self.diverged = True
            found.append(events.Diverged(self._index, step, loss))
        self.thinned_out = step % self._stride != 0 and step not in (1, self._spec.total_steps)
        return found if self.thinned_out else [*found, self.point(step)]

    def point(self, step: int) -> events.Step:
        """Return the newest loss, which is that of `step`."""
        epoch = (step - 1) // self._spec.steps_per_epoch + 1
        return events.Step(self._index, step, epoch, self._last, self._average / self._weight)

    def end_epoch(self) -> float:
        """Return the sum of the epoch's losses, each batch weighted by its size, and begin the next epoch's."""
        total, self._sum = self._sum, 0.0
        return total

    def sums(self) -> list[float]:
        """Return what decides how the account goes on, besides `diverged`."""
        return [self._sum, self._average, self._weight]

    def load(self, sums: Sequence[float], *, diverged: bool) -> None:
        """Go back to what `sums` returned."""
        self._sum, self._average, self._weight = sums
        self.diverged = diverged
