"""The worker's second thread: points in the store within a second, cancels heard, and full disks survived."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from optim_viz.run_store import RunStore, StoreError, StoreFull, heartbeat, queue
from optim_viz.run_store.heartbeat import Heartbeat, NotOurs
from tests.run_store.fake_events import SPEC, start, step


class Beating:
    """A claimed run with its heartbeat, and whether a stop had to be forced."""

    def __init__(self, store: RunStore) -> None:
        self.store, self.run = store, store.create(SPEC)
        claim = queue.claim_next(store.file, store.watch)
        assert claim is not None
        self.forced = threading.Event()
        self.heartbeat = Heartbeat(store.file, claim, self.forced.set)
        self.heartbeat.start()

    def steps(self) -> int:
        return len(self.store.series(self.run, 0, "loss", 10**6).steps)


@pytest.fixture
def beating(store: RunStore) -> Iterator[Beating]:
    found = Beating(store)
    yield found
    found.heartbeat.close()


def soon(met: Callable[[], bool], seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while not met() and time.monotonic() < deadline:
        time.sleep(0.01)
    return met()


def test_points_reach_the_store(beating: Beating) -> None:
    beating.heartbeat.put(start())
    for number in range(1, 1001):
        beating.heartbeat.put(step(0, number))
    assert soon(lambda: beating.steps() == 1000)


def test_no_point_is_lost_or_doubled_while_the_other_thread_logs(beating: Beating) -> None:
    for number in range(1, 30_001):
        beating.heartbeat.put(step(0, number))
        if number % 1000 == 0:
            time.sleep(0.02)
    beating.heartbeat.flush()
    assert beating.steps() == 30_000


def test_the_heart_beats_with_nothing_to_tell(beating: Beating) -> None:
    first = beating.store.get(beating.run).heartbeat
    assert soon(lambda: beating.store.get(beating.run).heartbeat != first)


def test_a_cancel_is_heard(beating: Beating) -> None:
    beating.store.request_cancel(beating.run)
    assert beating.heartbeat.stop.wait(30)
    assert beating.heartbeat.cancelled


def test_a_stop_that_is_not_answered_is_forced(beating: Beating) -> None:
    beating.heartbeat.cancel()
    assert beating.forced.wait(30)


def test_a_cancel_takes_less_than_a_second() -> None:
    # It is seen at the next tick, and made by force at the first tick after STOP_SECONDS.
    assert 2 * heartbeat.TICK_SECONDS + heartbeat.STOP_SECONDS < 1.0


def test_a_stop_waits_for_a_checkpoint_that_is_being_written(beating: Beating) -> None:
    beating.heartbeat.saving.set()
    beating.heartbeat.cancel()
    assert not beating.forced.wait(1.0)
    beating.heartbeat.saving.clear()
    assert beating.forced.wait(30)


def test_a_full_disk_stops_training_and_keeps_the_points_to_be_written_later(beating: Beating) -> None:
    with beating.store.file.reading() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 1}")
    for number in range(1, 3001):
        beating.heartbeat.put(step(0, number))
    assert beating.heartbeat.stop.wait(30)
    assert isinstance(beating.heartbeat.failure, StoreFull)
    events = beating.heartbeat.close()
    assert [event.step for event in events] == list(range(1, 3001))


def test_a_run_that_was_taken_away_stops(beating: Beating) -> None:
    with beating.store.file.writing() as connection:
        connection.execute("UPDATE runs SET owner = 'another' WHERE id = ?", (beating.run,))
    assert beating.heartbeat.stop.wait(30)
    assert isinstance(beating.heartbeat.failure, NotOurs)


def test_a_busy_store_is_waited_for(beating: Beating, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = 3

    def beat(*arguments: object, **named: object) -> None:
        nonlocal busy
        busy -= 1
        if busy > 0:
            raise heartbeat.errors.StoreBusy("held")
        real(*arguments, **named)  # type: ignore[arg-type]

    real = heartbeat.beat
    monkeypatch.setattr(heartbeat, "beat", beat)
    beating.heartbeat.put(step(0, 1))
    assert soon(lambda: beating.steps() == 1)
    assert beating.heartbeat.failure is None
    monkeypatch.setattr(heartbeat, "PATIENCE_SECONDS", 0.1)
    busy = 1000
    beating.heartbeat.put(step(0, 2))
    assert soon(lambda: isinstance(beating.heartbeat.failure, StoreError))
    assert "resume goes on from the last checkpoint" in str(beating.heartbeat.failure)


def test_a_store_that_another_process_locks_loses_no_point_and_can_be_read(beating: Beating) -> None:
    assert heartbeat.PATIENCE_SECONDS > 5 * 62, "a lock of some minutes fails no run"
    with beating.store.file.reading() as connection:
        connection.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(beating.store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    first = beating.store.get(beating.run).heartbeat
    begun = time.monotonic()
    for number in range(1, 1001):
        beating.heartbeat.put(step(0, number))
    while time.monotonic() - begun < 2:  # several of its ticks
        assert beating.store.list_runs()[0].state == "running"
        assert beating.steps() == 0
        time.sleep(0.05)
    assert (beating.heartbeat.failure, beating.heartbeat.stop.is_set()) == (None, False)
    other.execute("ROLLBACK")
    other.close()
    assert soon(lambda: beating.steps() == 1000)
    assert soon(lambda: beating.store.get(beating.run).heartbeat != first)
