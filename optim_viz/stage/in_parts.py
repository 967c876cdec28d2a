"""Answers that are worked out a part at a time, so that what a person waits for goes first; some are kept."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from threading import Lock
from typing import Generic, TypeVar

Asked = TypeVar("Asked", bound=Hashable)
Piece = TypeVar("Piece")
Answer = TypeVar("Answer")


class InParts(Generic[Asked, Piece, Answer]):
    """What was asked last, done and begun. Safe to use from several threads: one works, the others wait."""

    def __init__(
        self,
        pieces: Callable[[Asked], Iterator[Piece]],
        made: Callable[[Asked, Piece], Answer],
        *,
        kept: int,
        begun: int,
    ) -> None:
        """Start without any.

        Args:
            pieces: yields the state of the work after each part; the last one is whole.
            made: makes the answer of the whole.
            kept: how many answers are kept.
            begun: how many are kept that are not done.
        """
        self._pieces, self._made, self._most, self._most_begun = pieces, made, kept, begun
        self._done: OrderedDict[Asked, Answer] = OrderedDict()
        self._begun: OrderedDict[Asked, tuple[Iterator[Piece], list[Piece]]] = OrderedDict()
        self._lock = Lock()

    def get(self, asked: Asked, until: float) -> Answer | None:
        """Return the answer, None where the time did not suffice: the next call goes on from there.

        Args:
            asked: what is asked.
            until: the time, as `time.perf_counter` tells it, at which to give way.
        """
        with self._lock:
            if asked not in self._done and not self._go_on(asked, until):
                return None
            self._done.move_to_end(asked)
            return self._done[asked]

    def _go_on(self, asked: Asked, until: float) -> bool:
        """Work on an answer until it is done (True) or the time is over (False)."""
        pieces, reached = self._begun.setdefault(asked, (self._pieces(asked), []))
        self._begun.move_to_end(asked)
        for piece in pieces:
            reached[:] = [piece]
            if time.perf_counter() > until:
                while len(self._begun) > self._most_begun:
                    self._begun.popitem(last=False)
                return False
        del self._begun[asked]
        self._done[asked] = self._made(asked, reached[-1])
        while len(self._done) > self._most:
            self._done.popitem(last=False)
        return True
