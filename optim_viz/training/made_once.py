"""Things that several threads need one after the other, each made by one of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

Made = TypeVar("Made")


class MadeOnce(Generic[Made]):
    """Numbered things in the order in which threads come for them; the newest are kept.

    A thread that finds its thing in the making makes the next one meanwhile: threads that keep pace would otherwise
    wait for each other every time.
    """

    def __init__(self, make: Callable[[int], Made], count: int, keep: int) -> None:
        """Start with none.

        Args:
            make: thing number i, from 0.
            count: how many things there are.
            keep: how many are kept at least.
        """
        self._make, self._count, self._keep = make, count, keep
        self._made: dict[int, Future[Made]] = {}
        self._lock = Lock()

    def __call__(self, number: int) -> Made:
        """Return thing `number`; raises what its making raised, whoever made it."""
        future, mine = self._claim(number)
        if mine:
            self._fulfil(future, number)
        elif not future.done() and number + 1 < self._count:
            following, mine = self._claim(number + 1)
            if mine:
                self._fulfil(following, number + 1)
        return future.result()

    def _claim(self, number: int) -> tuple[Future[Made], bool]:
        """Return the promise of a thing, and whether the caller is to keep it."""
        with self._lock:
            if number in self._made:
                return self._made[number], False
            future = self._made[number] = Future()
            if len(self._made) > self._keep:
                del self._made[next(iter(self._made))]
            return future, True

    def _fulfil(self, future: Future[Made], number: int) -> None:
        try:
            future.set_result(self._make(number))
        except BaseException as error:  # the others wait for it: they must hear of whatever it was
            future.set_exception(error)
