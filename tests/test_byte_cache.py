"""The cache that is bounded by bytes: never above its limit, and never wrong."""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optim_viz.byte_cache import ByteCache, bytes_of


def text(size: int) -> str:
    return "x" * size


@given(st.lists(st.integers(0, 3000), max_size=60), st.integers(0, 8000))
def test_it_holds_what_an_obvious_cache_would(sizes: list[int], limit: int) -> None:
    """Against a plain list of entries, the oldest use first, dropped from the front."""
    cache, kept = ByteCache(limit), OrderedDict[int, int]()
    for size in sizes:
        assert cache.call(text, size) == "x" * size
        needed = bytes_of((text, (size,), ())) + bytes_of("x" * size)
        if size in kept:
            kept.move_to_end(size)
        elif needed <= limit:
            kept[size] = needed
        while sum(kept.values()) > limit:
            kept.popitem(last=False)
        assert (len(cache), cache.size) == (len(kept), sum(kept.values()))
        assert cache.size <= limit


def test_what_is_kept_is_not_made_again() -> None:
    made: list[int] = []

    def make(value: int, *, times: int = 1) -> int:
        made.append(value)
        return value * times

    cache = ByteCache(10_000)
    assert [cache.call(make, 2), cache.call(make, 2), cache.call(make, 2, times=3)] == [2, 2, 6]
    assert made == [2, 2]
    cache.clear()
    assert (len(cache), cache.size) == (0, 0)
    cache.call(make, 2)
    assert made == [2, 2, 2]


def test_an_error_is_not_kept() -> None:
    cache = ByteCache(10_000)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            cache.call(divmod, 1, 0)
    assert len(cache) == 0


def test_sizes_are_those_of_memory() -> None:
    assert bytes_of("ü" * 1000) == sys.getsizeof("ü" * 1000)
    assert bytes_of("m̂" * 1000) > 2 * 2000  # two bytes a character
    assert bytes_of((1.5,) * 3) == sys.getsizeof((1.5,) * 3) + 3 * sys.getsizeof(1.5)
    assert bytes_of({"a": ["b"]}) > bytes_of("a") + bytes_of("b")
    assert bytes_of(np.zeros(1000)) >= 8000


def test_a_limit_below_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="limit = -1"):
        ByteCache(-1)


def test_many_threads_share_it() -> None:
    cache, problems = ByteCache(20_000), list[int]()

    def use(seed: int) -> None:
        for size in np.random.default_rng(seed).integers(0, 3000, 300):
            if len(cache.call(text, int(size))) != size or cache.size > cache.limit:
                problems.append(int(size))

    threads = [threading.Thread(target=use, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert cache.size == sum(size for _, size in cache._results.values())
