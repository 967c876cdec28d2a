"""Things that several threads need are made once, and nobody waits who could make the next."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from optim_viz.training.made_once import MadeOnce

PATIENCE = 10.0


def test_each_is_made_once_whoever_comes() -> None:
    made: list[int] = []

    def make(number: int) -> int:
        made.append(number)
        return number * number

    things = MadeOnce(make, 200, 250)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: [things(number) for number in range(200)], range(4)))
    assert found == [[number * number for number in range(200)]] * 4
    assert sorted(made) == list(range(200))


def test_who_comes_second_makes_the_next_meanwhile() -> None:
    go_on, begun, made = threading.Event(), threading.Event(), list[tuple[int, str]]()

    def make(number: int) -> int:
        made.append((number, threading.current_thread().name.split("_")[0]))
        if number == 0:
            begun.set()
            assert go_on.wait(PATIENCE)
        else:
            go_on.set()
        return number

    things = MadeOnce(make, 2, 2)
    with ThreadPoolExecutor(1, "first") as one, ThreadPoolExecutor(1, "second") as two:
        first = one.submit(things, 0)
        assert begun.wait(PATIENCE)
        second = two.submit(things, 0)
        assert (first.result(PATIENCE), second.result(PATIENCE)) == (0, 0)
    assert made == [(0, "first"), (1, "second")]


def test_there_is_nothing_after_the_last() -> None:
    go_on, begun, made = threading.Event(), threading.Event(), list[int]()

    def make(number: int) -> int:
        made.append(number)
        begun.set()
        assert go_on.wait(PATIENCE)
        return number

    things = MadeOnce(make, 1, 1)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(things, 0)
        assert begun.wait(PATIENCE)
        second = pool.submit(things, 0)
        go_on.set()
        assert (first.result(PATIENCE), second.result(PATIENCE), made) == (0, 0, [0])


def test_old_ones_go_and_are_made_again_for_latecomers() -> None:
    made: list[int] = []
    things = MadeOnce(lambda number: made.append(number), 10, 3)
    for number in (0, 1, 2, 0, 3, 4, 1, 0):
        things(number)
    assert made == [0, 1, 2, 3, 4, 1, 0]


def test_everybody_hears_of_an_error() -> None:
    def make(number: int) -> int:
        raise MemoryError(f"no room for {number}")

    things = MadeOnce(make, 5, 5)
    for _ in range(2):
        with pytest.raises(MemoryError, match="no room for 3"):
            things(3)
