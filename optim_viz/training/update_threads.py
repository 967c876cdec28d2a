# pyright: basic
"""How many threads the update of a small step takes: one or two, whichever is the faster just now.

Two cores that share a cache halve the time of Adam's update; where they are far apart, or one has other work, they wait
for each other longer than the update takes. That changes within seconds on a shared machine, so both ways are timed all
along. It changes no result: an update computes each parameter by itself, whoever computes it.
"""

from __future__ import annotations

from typing import Final

_STRETCHES_A_TRY: Final = 20


class UpdateThreads:
    """Chooses, stretch by stretch, between one thread and `most`."""

    def __init__(self, most: int) -> None:
        """Start; where `most` is 1 there is nothing to choose."""
        self.most = most
        self._seconds: dict[int, float] = {}
        self._stretches = 0

    def choose(self) -> int:
        """Return the number of threads for the next stretch of steps."""
        self._stretches += 1
        if self._stretches == 1:
            return 1
        untried = [threads for threads in (self.most, 1) if threads not in self._seconds]
        if untried:
            return untried[0]
        best = min(self._seconds, key=self._seconds.__getitem__)
        return best if self._stretches % _STRETCHES_A_TRY else self.most + 1 - best

    def note(self, threads: int, seconds: float) -> None:
        """Note how long a step took in the stretch that has ended; in the first one memory is touched, too."""
        if self._stretches > 1:
            self._seconds[threads] = seconds
