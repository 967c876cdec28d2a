"""A cache that is bounded by the memory that it holds, for values of very different sizes."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import ParamSpec, TypeVar, cast

P = ParamSpec("P")
V = TypeVar("V")


class ByteCache:
    """Results of calls, the least recently used of which are dropped once they take more than so many bytes.

    Safe to use from several threads; a result that two threads ask for at the same moment may be computed twice.

    Attributes:
        limit: bytes that keys and results may take together, as `bytes_of` counts them.
        size: bytes that they take now, at most `limit`.
    """

    def __init__(self, limit: int) -> None:
        """Start empty.

        Raises:
            ValueError: `limit` is below 0.
        """
        if limit < 0:
            raise ValueError(f"limit = {limit} must be 0 or more bytes")
        self.limit, self.size = limit, 0
        self._results: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()
        self._lock = Lock()

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
        key = (function, args, tuple(sorted(kwargs.items())))
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                return cast("V", self._results[key][0])
        result = function(*args, **kwargs)
        self._keep(key, result, bytes_of(key) + bytes_of(result))
        return result

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._results.clear()
            self.size = 0

    def _keep(self, key: Hashable, result: object, size: int) -> None:
        with self._lock:
            if key in self._results or size > self.limit:
                return
            self._results[key] = (result, size)
            self.size += size
            while self.size > self.limit:
                _, (_, dropped) = self._results.popitem(last=False)
                self.size -= dropped


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
