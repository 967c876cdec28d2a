"""The cache that is bounded by bytes: never above its limit, and never wrong."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import OrderedDict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optim_viz.byte_cache import SHARED, USUAL_MB, Budget, ByteCache, bytes_of, limit_from
from optim_viz.stage.answer import answer, opened


def text(size: int) -> str:
    return "x" * size


@given(st.lists(st.integers(0, 3000), max_size=60), st.integers(0, 8000))
def test_it_holds_what_an_obvious_cache_would(sizes: list[int], limit: int) -> None:
    """Against a plain list of entries, the oldest use first, dropped from the front."""
    cache, kept = ByteCache(limit, Budget(10**6)), OrderedDict[int, int]()
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


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3000)), max_size=80), st.integers(0, 9000))
def test_several_hold_together_what_one_obvious_cache_would(calls: list[tuple[int, int]], limit: int) -> None:
    """Against one list of the entries of all caches, the oldest use first, dropped from the front."""
    budget = Budget(limit)
    caches, kept = [ByteCache(10**6, budget) for _ in range(3)], OrderedDict[tuple[int, int], int]()
    for which, size in calls:
        assert caches[which].call(text, size) == "x" * size
        needed = bytes_of((text, (size,), ())) + bytes_of("x" * size)
        if (which, size) in kept:
            kept.move_to_end((which, size))
        elif needed <= limit:
            kept[which, size] = needed
        while sum(kept.values()) > limit:
            kept.popitem(last=False)
        assert budget.size == sum(kept.values()) == sum(cache.size for cache in caches) <= limit
        assert [len(cache) for cache in caches] == [sum(each == place for each, _ in kept) for place in range(3)]
    caches[0].clear()
    assert budget.size == sum(cache.size for cache in caches)
    budget.clear()
    assert [budget.size, *(cache.size + len(cache) for cache in caches)] == [0] * 4


def test_all_caches_of_the_app_share_the_one_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever visitors ask for, and whichever cache keeps it."""
    monkeypatch.setattr(SHARED, "limit", 3_000_000)
    sliders = [{"lane": 0, "hyperparameter": "lr"}]
    for surface in ("rosenbrock", "beale", "narrow_valley", "himmelblau"):
        kept = opened(f"surface={surface}&lane=adam&steps=60")
        answer({"seq": 1, "families": sliders}, kept)
        assert 0 < SHARED.size <= SHARED.limit
    caches = {cache for cache, _ in SHARED._uses}  # pyright: ignore[reportPrivateUsage]
    assert sum(cache.size for cache in caches) == SHARED.size


@pytest.mark.parametrize("text", ["", "-1", "1.5", "many", "²", "1000001", "9" * 400])
def test_a_limit_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"OPTIM_VIZ_CACHE_MB = .* must be a whole number of MB from 0 to 1000000"):
        limit_from(text)


def test_the_limit_is_settable() -> None:
    assert (limit_from(None), limit_from("0"), limit_from(" 40 ")) == (USUAL_MB * 10**6, 0, 40_000_000)
    program = "from optim_viz.byte_cache import SHARED; print(SHARED.limit)"
    environment = {**os.environ, "OPTIM_VIZ_CACHE_MB": "7"}
    told = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "7000000"
