"""The worker's second thread: points in the store within a second, cancels heard, and full disks survived."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from optim_viz.run_store import RunStore, StoreError, StoreFull, pulse, queue
from optim_viz.run_store.ownership import NotOurs
from optim_viz.run_store.pulse import Pulse
from tests.run_store.fake_events import SPEC, start, step


class Beating:
    """A claimed run with its pulse, and whether a stop had to be forced."""

    def __init__(self, store: RunStore) -> None:
        self.store, self.run = store, store.create(SPEC)
        claim = queue.claim_next(store.file, store.watch)
        assert claim is not None
        self.forced = threading.Event()
        self.pulse = Pulse(store.file, claim, self.forced.set)
        self.pulse.start()

    def steps(self) -> int:
        return len(self.store.series(self.run, 0, "loss", 10**6).steps)


@pytest.fixture
def beating(store: RunStore) -> Iterator[Beating]:
    found = Beating(store)
    yield found
    found.pulse.close()


def soon(met: Callable[[], bool], seconds: float = 1.0) -> bool:
    deadline = time.monotonic() + seconds
    while not met() and time.monotonic() < deadline:
        time.sleep(0.01)
    return met()


def test_points_are_in_the_store_within_a_second(beating: Beating) -> None:
    beating.pulse.put(start())
    for number in range(1, 1001):
        beating.pulse.put(step(0, number))
    assert soon(lambda: beating.steps() == 1000)


def test_no_point_is_lost_or_doubled_while_the_other_thread_logs(beating: Beating) -> None:
    for number in range(1, 30_001):
        beating.pulse.put(step(0, number))
        if number % 1000 == 0:
            time.sleep(0.02)
    beating.pulse.flush()
    assert beating.steps() == 30_000


def test_the_heart_beats_with_nothing_to_tell(beating: Beating) -> None:
    first = beating.store.get(beating.run).heartbeat
    assert soon(lambda: beating.store.get(beating.run).heartbeat != first, 1.5)


def test_a_cancel_is_heard_within_half_a_second(beating: Beating) -> None:
    beating.store.request_cancel(beating.run)
    assert beating.pulse.stop.wait(0.5)
    assert beating.pulse.cancelled


def test_a_stop_that_is_not_answered_is_forced_within_a_second(beating: Beating) -> None:
    began = time.monotonic()
    beating.pulse.cancel()
    assert beating.forced.wait(2)
    assert time.monotonic() - began < 1.0


def test_a_stop_waits_for_a_checkpoint_that_is_being_written(beating: Beating) -> None:
    beating.pulse.saving.set()
    beating.pulse.cancel()
    assert not beating.forced.wait(1.0)
    beating.pulse.saving.clear()
    assert beating.forced.wait(1)


def test_a_full_disk_stops_training_and_keeps_the_points_to_be_written_later(beating: Beating) -> None:
    with beating.store.file.reading() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 1}")
    for number in range(1, 3001):
        beating.pulse.put(step(0, number))
    assert beating.pulse.stop.wait(2)
    assert isinstance(beating.pulse.failure, StoreFull)
    events = beating.pulse.close()
    assert [event.step for event in events] == list(range(1, 3001))


def test_a_run_that_was_taken_away_stops(beating: Beating) -> None:
    with beating.store.file.writing() as connection:
        connection.execute("UPDATE runs SET owner = 'another' WHERE id = ?", (beating.run,))
    assert beating.pulse.stop.wait(2)
    assert isinstance(beating.pulse.failure, NotOurs)


def test_a_busy_store_is_waited_for(beating: Beating, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = 3

    def beat(*arguments: object) -> None:
        nonlocal busy
        busy -= 1
        if busy > 0:
            raise pulse.errors.StoreBusy("held")
        real(*arguments)  # type: ignore[arg-type]

    real = pulse.beat
    monkeypatch.setattr(pulse, "beat", beat)
    beating.pulse.put(step(0, 1))
    assert soon(lambda: beating.steps() == 1, 3)
    assert beating.pulse.failure is None
    monkeypatch.setattr(pulse, "PATIENCE_SECONDS", 0.1)
    busy = 1000
    beating.pulse.put(step(0, 2))
    assert soon(lambda: isinstance(beating.pulse.failure, StoreError), 3)
