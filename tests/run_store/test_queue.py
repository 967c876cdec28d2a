"""One run at a time, in order, whoever dies when."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from optim_viz import launchers
from optim_viz.launchers import local
from optim_viz.run_store import RunStore, heartbeat, queue, store_file
from optim_viz.run_store.folders import files_folder
from optim_viz.run_store.queue import Watch
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


def hand_over(store: RunStore, run: int, handle: str, beaten: float | None = None) -> None:
    """Make the run that of another process."""
    with store.file.writing() as connection:
        change = "UPDATE runs SET handle = ?, heartbeat = ? WHERE id = ?"
        connection.execute(change, (handle, beaten or time.time(), run))


def test_the_queue_keeps_its_order(store: RunStore) -> None:
    first, second, third = (store.create(SPEC) for _ in range(3))
    store.request_cancel(second)
    mine = claim(store)
    assert mine.run.id == first
    assert queue.claim_next(store.file, store.watch) is None  # one at a time
    heartbeat.finish(store.file, mine, "finished", "")
    store.resume(second)
    assert claim(store).run.id == third  # the resumed one went to the end
    assert [run.state for run in store.list_runs()] == ["running", "queued", "finished"]


def test_one_worker_is_started_however_many_look(path: Path, started: list[list[str]]) -> None:
    apps = [RunStore(path) for _ in range(3)]
    run = apps[0].launch(SPEC)
    for app in apps * 5:
        app.advance()
    assert len(started) == 1
    assert started[0][-4:] == ["--launcher", "local", "--store", str(path)]
    claim(apps[1])
    for app in apps:
        app.advance()
        assert app.get(run).state == "running"
    assert len(started) == 1


@pytest.mark.parametrize("ends", ["request_cancel", "cancel_all", "delete"])
def test_no_process_is_started_for_a_run_that_leaves_the_queue(
    store: RunStore, started: list[list[str]], ends: str
) -> None:
    run = store.create(SPEC)
    getattr(store, ends)([run] if ends == "cancel_all" else run)
    assert started == []


def test_nothing_is_started_for_an_empty_queue(store: RunStore, started: list[list[str]]) -> None:
    store.advance()
    assert started == []


def test_a_killed_worker_is_lost_at_once_and_stepped_over(
    store: RunStore, child: subprocess.Popen[bytes], started: list[list[str]]
) -> None:
    run, following = store.create(SPEC), store.create(SPEC)
    owner = claim(store)
    heartbeat.beat(store.file, owner, list(stream(60)))
    hand_over(store, run, local.handle_of(child.pid))
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
    hand_over(store, run, local.handle_of(child.pid))
    child.kill()
    deadline = time.monotonic() + 5
    while store.get(run).state != "lost":  # nobody has waited for the child
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_reused_process_number_is_no_worker(store: RunStore) -> None:
    run = store.create(SPEC)
    claim(store)
    assert store.get(run).state == "running"  # this process itself
    hand_over(store, run, local.handle_of(os.getpid()).replace(" ", " 9", 1))
    assert store.get(run).state == "lost"


def test_a_computer_that_slept_does_not_lose_its_run(store: RunStore) -> None:
    run = store.create(SPEC)
    claim(store)
    hand_over(store, run, local.handle_of(os.getpid()), time.time() - 10 * 3600)
    store.advance()
    assert store.get(run).state == "running"


def elsewhere(path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    """Open the store as on another computer, which cannot look at this one's processes."""
    monkeypatch.setattr(local, "machine", lambda: "another/computer/entirely")
    return RunStore(path)


def test_a_worker_on_another_computer_is_judged_by_its_heart(
    store: RunStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = store.create(SPEC)
    owner = claim(store)
    viewer = elsewhere(path, monkeypatch)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    assert viewer.get(run).state == "running"
    now += queue.SILENT_SECONDS + 0.1
    heartbeat.beat(store.file, owner)
    assert viewer.get(run).state == "running"  # it was heard of
    now += queue.SILENT_SECONDS - 0.1
    assert viewer.get(run).state == "running"
    now += 0.2
    assert viewer.get(run).state == "lost"
    assert queue.SILENT_SECONDS < 10


def test_who_looks_once_waits_until_a_run_elsewhere_is_heard_of_or_lost(
    store: RunStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = store.create(SPEC)
    owner = claim(store)
    queue.settle(store.file, store.watch)  # its process is ours: nothing to wait for
    viewer = elsewhere(path, monkeypatch)
    now, slept, heard = time.monotonic(), 0.0, True

    def sleep(seconds: float) -> None:
        nonlocal now, slept
        now, slept = now + seconds, slept + seconds
        if heard:
            heartbeat.beat(store.file, owner)

    monkeypatch.setattr(time, "monotonic", lambda: now)
    monkeypatch.setattr(queue.time, "sleep", sleep)
    queue.settle(viewer.file, viewer.watch)
    assert viewer.get(run).state == "running"
    assert slept < 1
    heard = False
    queue.settle(viewer.file, viewer.watch)
    assert viewer.get(run).state == "lost"
    assert slept < queue.SILENT_SECONDS + 2
    viewer.resume(run)


@pytest.mark.parametrize("skew", [-40 * 365 * 86400.0, -180.0, 180.0, 3 * 86400.0])
def test_two_computers_clocks_are_never_compared(
    store: RunStore, path: Path, monkeypatch: pytest.MonkeyPatch, skew: float
) -> None:
    run = store.create(SPEC)
    owner = claim(store)
    viewer = elsewhere(path, monkeypatch)  # it has only just begun to look
    real, now, ahead = time.time, time.monotonic(), skew
    monkeypatch.setattr(time, "time", lambda: real() + ahead)
    monkeypatch.setattr(time, "monotonic", lambda: now)
    for _ in range(5):
        viewer.advance()
        assert viewer.get(run).state == "running"
        ahead = 0.0
        heartbeat.beat(store.file, owner)
        ahead = skew
        now += queue.SILENT_SECONDS - 0.1
    viewer.advance()
    heartbeat.beat(store.file, owner)
    assert viewer.get(run).state == "running"


def test_a_launcher_that_is_not_here_leaves_the_heart_to_decide(store: RunStore) -> None:
    run = store.create(SPEC)
    claim(store)
    with store.file.writing() as connection:
        connection.execute("UPDATE runs SET launcher = 'cluster', handle = 'job 7'")
    store.advance()
    assert store.get(run).state == "running"
    assert store.get(run).launcher == "cluster"


def test_a_process_that_hangs_is_ended_before_the_next_one_starts(
    store: RunStore, child: subprocess.Popen[bytes], started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = store.create(SPEC)
    claim(store)
    hand_over(store, run, local.handle_of(child.pid))
    store.create(SPEC)
    store.advance()
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + queue.HUNG_SECONDS + 1)
    store.advance()
    monkeypatch.undo()
    assert store.get(run).state == "lost"
    assert child.wait(5) == -9


def test_a_worker_that_was_taken_for_dead_can_write_no_more(store: RunStore) -> None:
    run = store.create(SPEC)
    owner = claim(store)
    heartbeat.beat(store.file, owner, [step(0, 1)])
    with store.file.writing() as connection:
        queue.mark_lost(connection, store.path, store.get(run))
    for write in (
        lambda: heartbeat.beat(store.file, owner, [step(0, 2)]),
        lambda: heartbeat.finish(store.file, owner, "finished", ""),
    ):
        with pytest.raises(heartbeat.NotOurs):
            write()
    assert store.get(run).state == "lost"
    store.resume(run)
    again = claim(store)
    assert again.owner != owner.owner
    with pytest.raises(heartbeat.NotOurs):
        heartbeat.beat(store.file, owner)
    assert store.series(run, 0, "loss").steps.tolist() == [1]


def test_a_run_is_not_lost_that_was_heard_of_meanwhile(store: RunStore) -> None:
    run = store.create(SPEC)
    owner = claim(store)
    before = store.get(run)
    heartbeat.beat(store.file, owner)
    with store.file.writing() as connection:
        queue.mark_lost(connection, store.path, before)
    assert store.get(run).state == "running"


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
    assert not heartbeat.cancel_is_asked(store.file, owner)
    store.request_cancel(run)
    assert heartbeat.cancel_is_asked(store.file, owner)
    assert (store.get(run).state, store.get(run).cancel) == ("running", True)
    heartbeat.finish(store.file, owner, "cancelled", "")
    assert (store.get(run).state, store.get(run).cancel) == ("cancelled", False)


def test_looking_at_a_dead_worker_from_a_read_only_store_still_tells(store: RunStore) -> None:
    run = store.create(SPEC)
    claim(store)
    hand_over(store, run, local.handle_of(2**22 + 1))
    store.file.read_only = True
    store.advance()
    assert store.get(run).state == "lost"
    assert Watch().is_lost(store.get(run))


@pytest.mark.parametrize("code", [errno.EAGAIN, errno.ENOSPC, errno.ENOMEM])
def test_a_process_that_cannot_be_started_leaves_its_run_in_its_place_and_then_fails_it_with_the_reason(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(command: list[str], log: Path) -> str:
        raise OSError(code, os.strerror(code), str(log))

    monkeypatch.setattr(launchers.get("local"), "start", refuse)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    run = store.launch(SPEC)
    waiting = store.get(run)
    assert waiting.state == "queued"
    assert waiting.message == f"its process cannot be started yet: {os.strerror(code)}"
    for _ in range(queue.START_ATTEMPTS):
        now += queue.START_SECONDS + 0.1
        store.advance()
    failed = store.get(run)
    assert failed.state == "failed"
    assert os.strerror(code) in failed.message
    assert "no training process came up" in failed.message


def test_a_process_that_could_be_started_later_trains(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, started: list[list[str]]
) -> None:
    launcher = launchers.get("local")
    note = launcher.start

    def refuse(command: list[str], log: Path) -> str:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(launcher, "start", refuse)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    run = store.launch(SPEC)
    monkeypatch.setattr(launcher, "start", note)
    now += queue.START_SECONDS + 0.1
    store.advance()
    assert len(started) == 1
    assert claim(store).run.id == run
    assert store.get(run).message == "starting"


def test_a_file_where_the_folder_belongs_is_a_reason_and_no_exception(store: RunStore) -> None:
    files_folder(store.path).write_text("")
    run = store.launch(SPEC)
    assert "its process cannot be started yet: " in store.get(run).message
    store.list_runs()
    store.request_cancel(run)
    store.delete(run)
    assert store.list_runs() == []


def test_a_store_that_another_process_holds_can_be_looked_at_with_a_run_in_the_queue(
    path: Path, store: RunStore, started: list[list[str]]
) -> None:
    run = store.create(SPEC)
    looking = RunStore(path)
    with store.file.writing():
        began = time.monotonic()
        looking.advance()
        assert looking.get(run).state == "queued"
        assert time.monotonic() - began < store_file.WAIT_SECONDS
    assert started == []
    looking.advance()
    assert len(started) == 1


def test_a_worker_that_could_not_write_is_not_taken_for_hung(
    path: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = store.create(SPEC)
    owner = claim(store)
    viewer = RunStore(path)
    viewer.advance()
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    with store.file.writing():  # another program locks the store for longer than a minute
        now += queue.HUNG_SECONDS + 1
        viewer.advance()
    viewer.advance()  # before the worker has come to write
    assert viewer.get(run).state == "running"
    heartbeat.beat(store.file, owner)


def test_two_stores_computers_start_no_worker_after_worker(
    store: RunStore, path: Path, started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    store.launch(SPEC)
    assert len(started) == 1
    real = time.time
    monkeypatch.setattr(queue.launchers, "machine", lambda: "another/computer/entirely")
    monkeypatch.setattr(time, "time", lambda: real() + 180.0)
    viewer, now = RunStore(path), time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    viewer.advance()
    assert len(started) == 1  # its own clock, from when it saw the first start
    now += queue.START_SECONDS + 0.1
    viewer.advance()
    assert len(started) == 2
