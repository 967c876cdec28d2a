"""One run at a time, in order, whoever dies when."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from optim_viz.run_store import RunStore, StoreError, liveness, ownership, processes, queue
from optim_viz.run_store.liveness import Watch
from tests.run_store.fake_events import SPEC, step, stream


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """A process that stands for a worker."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)"])
    yield process
    process.kill()
    process.wait()


def claim(store: RunStore) -> queue.Claim:
    found = queue.claim_next(store.file, store.watch)
    assert found is not None
    return found


def hand_over(store: RunStore, run: int, pid: int, start: str | None = None, heartbeat: float | None = None) -> None:
    """Make the run that of another process."""
    with store.file.writing() as connection:
        connection.execute(
            "UPDATE runs SET pid = ?, process = ?, heartbeat = ? WHERE id = ?",
            (pid, start or processes.start_of(pid), heartbeat or time.time(), run),
        )


def test_the_queue_keeps_its_order(store: RunStore) -> None:
    first, second, third = (store.create(SPEC) for _ in range(3))
    store.request_cancel(second)
    mine = claim(store)
    assert mine.run.id == first
    assert queue.claim_next(store.file, store.watch) is None  # one at a time
    ownership.finish(store.file, mine, "finished", "")
    store.resume(second)
    assert claim(store).run.id == third  # the resumed one went to the end
    assert [run.state for run in store.list_runs()] == ["running", "queued", "finished"]


def test_one_worker_is_started_however_many_look(path: Path, started: list[list[str]]) -> None:
    apps = [RunStore(path) for _ in range(3)]
    run = apps[0].launch(SPEC)
    for app in apps * 5:
        app.advance()
    assert len(started) == 1
    assert started[0][-2:] == ["--store", str(path)]
    claim(apps[1])
    for app in apps:
        app.advance()
        assert app.get(run).state == "running"
    assert len(started) == 1


def test_nothing_is_started_for_an_empty_queue(store: RunStore, started: list[list[str]]) -> None:
    store.advance()
    assert started == []


def test_a_killed_worker_is_lost_at_once_and_stepped_over(
    store: RunStore, child: subprocess.Popen[bytes], started: list[list[str]]
) -> None:
    run, following = store.create(SPEC), store.create(SPEC)
    owner = claim(store)
    ownership.beat(store.file, owner, list(stream(60)))
    hand_over(store, run, child.pid)
    store.advance()
    assert store.get(run).state == "running"
    child.kill()
    child.wait()
    assert store.get(run).state == "lost"  # seen, before anybody wrote it down
    store.advance()
    lost = store.get(run)
    assert (lost.state, lost.step, lost.cancel) == ("lost", 60, False)
    assert "everything it logged is kept" in lost.message
    assert len(store.series(run, 1, "loss").steps) == 60
    assert len(started) == 1
    assert claim(store).run.id == following


def test_a_zombie_worker_is_lost(store: RunStore, child: subprocess.Popen[bytes]) -> None:
    run = store.create(SPEC)
    claim(store)
    hand_over(store, run, child.pid)
    child.kill()
    deadline = time.monotonic() + 5
    while store.get(run).state != "lost":  # nobody has waited for the child
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_reused_process_number_is_no_worker(store: RunStore) -> None:
    run = store.create(SPEC)
    claim(store)
    assert store.get(run).state == "running"  # this process itself
    hand_over(store, run, os.getpid(), start="12345")
    assert store.get(run).state == "lost"


def test_a_computer_that_slept_does_not_lose_its_run(store: RunStore) -> None:
    run = store.create(SPEC)
    claim(store)
    hand_over(store, run, os.getpid(), heartbeat=time.time() - 10 * 3600)
    store.advance()
    assert store.get(run).state == "running"


def test_a_worker_on_another_computer_is_judged_by_its_heart(
    store: RunStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = store.create(SPEC)
    owner = claim(store)
    monkeypatch.setattr(processes, "machine", lambda: "another/computer/entirely")
    elsewhere = RunStore(path)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    assert elsewhere.get(run).state == "running"
    now += liveness.SILENT_SECONDS + 0.1
    ownership.beat(store.file, owner)
    assert elsewhere.get(run).state == "running"  # it was heard of
    now += liveness.SILENT_SECONDS - 0.1
    assert elsewhere.get(run).state == "running"
    now += 0.2
    assert elsewhere.get(run).state == "lost"
    assert liveness.SILENT_SECONDS < 10
    hand_over(store, run, os.getpid(), heartbeat=time.time() - 1000)
    assert RunStore(path).get(run).state == "lost"  # also to one that has only just begun to look


def test_a_process_that_hangs_is_ended_before_the_next_one_starts(
    store: RunStore, child: subprocess.Popen[bytes], started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = store.create(SPEC)
    claim(store)
    hand_over(store, run, child.pid)
    store.create(SPEC)
    store.advance()
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + liveness.HUNG_SECONDS + 1)
    store.advance()
    monkeypatch.undo()
    assert store.get(run).state == "lost"
    assert child.wait(5) == -9


def test_a_worker_that_was_taken_for_dead_can_write_no_more(store: RunStore) -> None:
    run = store.create(SPEC)
    owner = claim(store)
    ownership.beat(store.file, owner, [step(0, 1)])
    with store.file.writing() as connection:
        queue.mark_lost(connection, store.get(run))
    for write in (
        lambda: ownership.beat(store.file, owner, [step(0, 2)]),
        lambda: ownership.finish(store.file, owner, "finished", ""),
    ):
        with pytest.raises(ownership.NotOurs):
            write()
    assert store.get(run).state == "lost"
    store.resume(run)
    again = claim(store)
    assert again.owner != owner.owner
    with pytest.raises(ownership.NotOurs):
        ownership.beat(store.file, owner)
    assert store.series(run, 0, "loss").steps.tolist() == [1]


def test_a_run_is_not_lost_that_was_heard_of_meanwhile(store: RunStore) -> None:
    run = store.create(SPEC)
    owner = claim(store)
    before = store.get(run)
    ownership.beat(store.file, owner)
    with store.file.writing() as connection:
        queue.mark_lost(connection, before)
    assert store.get(run).state == "running"


def test_a_running_run_cannot_be_deleted(store: RunStore) -> None:
    run = store.create(SPEC)
    claim(store)
    with pytest.raises(StoreError, match="is training: cancel it first"):
        store.delete(run)


def test_workers_that_never_come_up_fail_the_run_and_name_the_log(
    store: RunStore, started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = store.create(SPEC), store.create(SPEC)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    for attempt in range(queue.START_ATTEMPTS):
        store.advance()
        store.advance()
        assert len(started) == attempt + 1
        now += queue.START_SECONDS + 0.1
    store.advance()
    failed = store.get(first)
    assert failed.state == "failed"
    assert "no training process came up" in failed.message
    assert "worker.log" in failed.message
    assert len(started) == queue.START_ATTEMPTS
    store.advance()
    assert len(started) == queue.START_ATTEMPTS + 1  # the next one gets its own tries
    assert claim(store).run.id == second


def test_cancelling_a_training_run_asks_its_worker(store: RunStore) -> None:
    run = store.create(SPEC)
    owner = claim(store)
    assert not ownership.cancel_is_asked(store.file, owner)
    store.request_cancel(run)
    assert ownership.cancel_is_asked(store.file, owner)
    assert (store.get(run).state, store.get(run).cancel) == ("running", True)
    ownership.finish(store.file, owner, "cancelled", "")
    assert (store.get(run).state, store.get(run).cancel) == ("cancelled", False)


def test_looking_at_a_dead_worker_from_a_read_only_store_still_tells(store: RunStore) -> None:
    run = store.create(SPEC)
    claim(store)
    hand_over(store, run, 2**22 + 1, start="1")
    store.file.read_only = True
    store.advance()
    assert store.get(run).state == "lost"
    assert Watch().is_lost(store.get(run))
