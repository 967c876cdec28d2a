"""Caches that are bounded by the memory that they hold, each and all together, for values of very different sizes."""

from __future__ import annotations

import os
import sys
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final, ParamSpec, TypeVar, cast

from optim_viz.surfaces import shown

P = ParamSpec("P")
V = TypeVar("V")

VARIABLE: Final = "OPTIM_VIZ_CACHE_MB"
"""Environment variable: millions of bytes that all caches of a process may hold together."""
USUAL_MB: Final = 250


def limit_from(text: str | None) -> int:
    """Return the bytes that all caches may hold, from the environment variable's text; None is `USUAL_MB`.

    Raises:
        ValueError: it is no whole number of 0 to 1,000,000 MB.
    """
    text = str(USUAL_MB) if text is None else text.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 8 and int(text) <= 1_000_000):
        raise ValueError(
            f"{VARIABLE} = {shown(text)} must be a whole number of MB from 0 to 1000000, such as {USUAL_MB}"
        )
    return int(text) * 1_000_000


class Budget:
    """What several caches may hold together: beyond it, the least recently used result of any of them is dropped.

    Attributes:
        limit: bytes.
        size: bytes that the caches hold now, at most `limit`.
        lock: held by whoever changes one of the caches.
    """

    def __init__(self, limit: int) -> None:
        """Start with nothing held."""
        self.limit, self.size, self.lock = limit, 0, Lock()
        self._uses: OrderedDict[tuple[ByteCache, Hashable], None] = OrderedDict()

    def used(self, cache: ByteCache, key: Hashable) -> None:
        """Note that a result is the last one that was used; the lock is held."""
        self._uses[cache, key] = None
        self._uses.move_to_end((cache, key))

    def dropped(self, cache: ByteCache, key: Hashable, size: int) -> None:
        """Note that a cache has dropped a result; the lock is held."""
        del self._uses[cache, key]
        self.size -= size

    def oldest(self) -> tuple[ByteCache, Hashable]:
        """Return the cache and the key of the result that was not used for longest; the lock is held."""
        return next(iter(self._uses))

    def clear(self) -> None:
        """Drop every result of every cache."""
        with self.lock:
            caches = {cache for cache, _ in self._uses}
        for cache in caches:
            cache.clear()


SHARED: Final = Budget(limit_from(os.environ.get(VARIABLE)))
"""The one budget of the process."""


class ByteCache:
    """Results of calls, the least recently used of which are dropped once they take more than so many bytes.

    Safe to use from several threads; a result that two threads ask for at the same moment may be computed twice.

    Attributes:
        limit: bytes that keys and results may take together, as `bytes_of` counts them.
        size: bytes that they take now, at most `limit`.
        budget: what it holds together with other caches.
    """

    def __init__(self, limit: int, budget: Budget = SHARED) -> None:
        """Start empty.

        Raises:
            ValueError: `limit` is below 0.
        """
        if limit < 0:
            raise ValueError(f"limit = {limit} must be 0 or more bytes")
        self.limit, self.size, self.budget = limit, 0, budget
        self._results: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()

    def __len__(self) -> int:
        """Return how many results are kept."""
        return len(self._results)

    def call(self, function: Callable[P, V], *args: P.args, **kwargs: P.kwargs) -> V:
        """Return `function(*args, **kwargs)`, from the cache where it is kept.

        Args:
            function: a pure function.
            args: hashable.
            kwargs: hashable.

        Returns:
            The result, which callers must not change. One that alone takes more than `limit` is not kept.
        """
        return self.under((function, args, tuple(sorted(kwargs.items()))), lambda: function(*args, **kwargs))

    def under(self, key: Hashable, work: Callable[[], V]) -> V:
        """Return what is kept under a key, or else what `work` returns, which is kept then as by `call`."""
        with self.budget.lock:
            if key in self._results:
                self._results.move_to_end(key)
                self.budget.used(self, key)
                return cast("V", self._results[key][0])
        result = work()
        self._keep(key, result, bytes_of(key) + bytes_of(result))
        return result

    def clear(self) -> None:
        """Drop everything."""
        with self.budget.lock:
            for key in list(self._results):
                self._drop(key)

    def _keep(self, key: Hashable, result: object, size: int) -> None:
        with self.budget.lock:
            if key in self._results or size > min(self.limit, self.budget.limit):
                return
            self._results[key] = (result, size)
            self.size += size
            self.budget.size += size
            self.budget.used(self, key)
            while self.size > self.limit:
                self._drop(next(iter(self._results)))
            while self.budget.size > self.budget.limit:
                cache, oldest = self.budget.oldest()
                cache._drop(oldest)

    def _drop(self, key: Hashable) -> None:
        _, size = self._results.pop(key)
        self.size -= size
        self.budget.dropped(self, key, size)


def bytes_of(value: object) -> int:
    """Return the bytes of memory that a value takes: texts, bytes, numbers, NumPy arrays, and collections of these.

    What is shared between two parts of a value counts twice. Any other object counts without what it refers to.
    """
    size = max(sys.getsizeof(value), int(getattr(value, "nbytes", 0)))
    if isinstance(value, dict):
        items = cast("dict[object, object]", value)
        return size + sum(bytes_of(key) + bytes_of(each) for key, each in items.items())
    if isinstance(value, tuple | list | set | frozenset):
        return size + sum(bytes_of(each) for each in cast("tuple[object, ...]", value))
    return size
