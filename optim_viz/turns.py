"""Whoever has asked for much gives way, now and then, to those who have asked for little.

All of a server's threads share one lock of Python's, in turns of the same length: a run of 20,000 steps would slow down
every answer beside it. Long work calls `give_way` between two parts; while answers that have just begun are under way,
it pauses, though never for most of the time. And whose answer took much of the processor while others are there has the
next one no sooner than after a rest of twice that, so that nobody has more than a third of the server. An answer that
only had to wait, since many asked at once, is followed by no rest.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

YOUNG: Final = 0.05
"""Seconds for which an answer is one that others give way to."""
TOLD: Final = 0.005
"""Seconds after a part of an answer was sent for which its end may be still on its way."""
LONGEST: Final = 0.05
"""Seconds of one pause."""
SHARE: Final = 0.2
"""Work after a pause, at least, as a part of how long the pause was: a sixth of all the time is left for it."""
LONG: Final = 0.5
"""Seconds of the processor, for an answer, after which its session rests."""
REST: Final = 2.0
"""How long the rest is, as a multiple of those seconds."""
MOST_REST: Final = 5.0
"""Seconds of a rest, at most."""
LATELY: Final = 3.0
"""Seconds for which a session that was answered counts as one that is there."""
_SLEEP: Final = 0.002


class Turns:
    """The answers that are under way, by thread.

    Args:
        clock: tells seconds.
        sleep: waits for so many.
        worked: tells how many of the processor the thread has had.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        worked: Callable[[], float] = time.thread_time,
    ) -> None:
        self._clock, self._sleep, self._worked = clock, sleep, worked
        self._begun: dict[int, float] = {}
        self._expected: dict[object, float] = {}
        self._next: dict[int, float] = {}
        self._answered: dict[str, float] = {}
        self._rest: dict[str, float] = {}

    @contextmanager
    def answering(self, session: str) -> Generator[None]:
        """Let others give way to the body for as long as it is young; then it gives way itself.

        Args:
            session: whose answer it is. One whose last answer took much rests first, for as long as others are there.
        """
        self._have_rested(session)
        me, worked = threading.get_ident(), self._worked()
        self._begun[me] = self._clock()
        try:
            yield
        finally:
            del self._begun[me]
            self._next.pop(me, None)
            now, worked = self._clock(), self._worked() - worked
            self._forget(now)
            self._answered[session] = now
            if worked > LONG:
                self._rest[session] = now + min(REST * worked, MOST_REST)

    def _have_rested(self, session: str) -> None:
        """Wait for the end of a session's rest, or until nobody else is there."""
        until = self._rest.pop(session, 0.0)
        while (now := self._clock()) < until and self._others(session, now):
            self._sleep(min(until - now, LONGEST))

    def _others(self, session: str, now: float) -> bool:
        """Whether another session was answered lately."""
        return any(each != session and now - last < LATELY for each, last in list(self._answered.items()))

    def _forget(self, now: float) -> None:
        """Forget who was not answered lately, and rests that are over."""
        for kept, until in ((self._answered, now - LATELY), (self._rest, now)):
            for each in [each for each, when in list(kept.items()) if when < until]:
                kept.pop(each, None)

    def heard(self, who: object) -> None:
        """Expect an answer: somebody has asked. What comes before the answer itself is work of other threads."""
        self._expected[who] = self._clock() + YOUNG

    def told(self, who: object) -> None:
        """Expect little more: a part of the answer was sent."""
        if who in self._expected:
            self._expected[who] = min(self._expected[who], self._clock() + TOLD)

    def gone(self, who: object) -> None:
        """Expect nothing."""
        self._expected.pop(who, None)

    def give_way(self) -> None:
        """Pause, where that is due. Work that belongs to no answer (a map) gives way from its beginning."""
        if not self._begun and not self._expected:
            return
        me, now = threading.get_ident(), self._clock()
        if now < self._next.get(me, 0.0) or now - self._begun.get(me, -YOUNG) < YOUNG:
            return
        began, until = now, now + LONGEST
        while now < until and self._anybody(now):
            self._sleep(_SLEEP)
            now = self._clock()
        self._next[me] = now + SHARE * (now - began)

    def _anybody(self, now: float) -> bool:
        young = any(now - begun < YOUNG for begun in list(self._begun.values()))
        return young or any(now < until for until in list(self._expected.values()))


TURNS: Final = Turns()
"""Those of the process."""
