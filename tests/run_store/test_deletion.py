"""Runs are deleted at once and brought back as they were; after 30 seconds whoever looks removes what is left."""

from __future__ import annotations

import time
from typing import Any

import pytest

from optim_viz.comparison import events
from optim_viz.run_store import (
    RunStore,
    StoreError,
    StoreFull,
    UnknownRun,
    checkpoint_path,
    deletion,
    heartbeat,
    points,
    queue,
)
from optim_viz.run_store.folders import planes_folder, snapshots_folder
from tests.run_store.fake_events import SPEC, stream


class Clock:
    """The clocks of this process, which a test moves on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.gone = 0.0
        real, steady = time.time, time.monotonic
        monkeypatch.setattr(time, "time", lambda: real() + self.gone)
        monkeypatch.setattr(time, "monotonic", lambda: steady() + self.gone)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, started: list[list[str]]) -> Clock:
    del started
    return Clock(monkeypatch)


def finished(store: RunStore, steps: int = 20) -> int:
    """A run with points, a checkpoint, kept parameters and a plane."""
    run = store.create(SPEC)
    claim = queue.claim_next(store.file, store.watch)
    assert claim is not None
    heartbeat.finish(store.file, claim, "finished", "", list(stream(steps)))
    for folder in (snapshots_folder(store.path, run), planes_folder(store.path, run)):
        folder.mkdir(parents=True)
    checkpoint_path(store.path, run).write_bytes(b"x")
    return run


def left(store: RunStore, run: int) -> dict[str, int]:
    """What there still is of a run: rows by table, and files."""
    with store.file.reading() as connection:
        tables = [("runs", "id"), ("deletions", "run"), *((table, "run") for table, _ in points.TABLES.values())]
        count = {
            table: connection.execute(f"SELECT count(*) FROM {table} WHERE {key} = ?", (run,)).fetchone()[0]  # noqa: S608
            for table, key in tables
        }
    files = [path for path in checkpoint_path(store.path, run).parent.iterdir() if path.name.startswith(f"run-{run}.")]
    return {name: number for name, number in (count | {"files": len(files)}).items() if number}


def test_a_deleted_run_is_hidden_and_comes_back_whole(store: RunStore, clock: Clock) -> None:
    run, other = finished(store), finished(store)
    before = left(store, run)
    store.delete(run)
    assert [each.id for each in store.list_runs()] == [other]
    for use in (store.get, store.request_cancel, store.resume, store.delete, lambda number: store.rename(number, "x")):
        with pytest.raises(UnknownRun, match=f"run {run} was deleted; for 30 seconds"):
            use(run)
    again = RunStore(store.path)  # another process
    clock.gone = 29.0
    again.advance()
    (found,) = again.deletions()
    assert [each.id for each in found.runs] == [run]
    assert 0.0 < found.seconds_left <= 1.0
    again.restore(run)
    assert left(store, run) == before
    assert store.get(run).state == "finished"
    assert not store.deletions()
    with pytest.raises(StoreError, match=f"run {run} cannot be brought back: it was not deleted"):
        store.restore(run)
    again.close()


def test_after_thirty_seconds_whoever_looks_removes_everything(store: RunStore, clock: Clock) -> None:
    run, other = finished(store), finished(store)
    store.delete(run)
    store.close()
    clock.gone = 30.1
    again = RunStore(store.path)
    assert not again.deletions()
    again.advance()
    assert not left(again, run)
    assert left(again, other)["losses"] == 40
    with pytest.raises(UnknownRun, match=f"there is no run {run}"):
        again.get(run)
    with pytest.raises(StoreError, match="there is none, or it has been removed for good"):
        again.restore(run)
    assert again.create(SPEC) > other > run  # a number is never given twice
    again.close()


def test_runs_are_deleted_and_brought_back_together_or_not_at_all(store: RunStore, clock: Clock) -> None:
    runs = [finished(store, 5) for _ in range(4)]
    with pytest.raises(UnknownRun, match="there is no run 77"):
        store.delete(runs[0], 77)
    assert len(store.list_runs()) == 4
    store.delete(*runs[:3])
    clock.gone = 2.0
    store.delete(runs[3])
    assert [[run.id for run in each.runs] for each in store.deletions()] == [[runs[3]], runs[2::-1]]
    with pytest.raises(StoreError, match="run 77 cannot"):
        store.restore(runs[1], 77)
    assert not store.list_runs()
    store.restore(*runs[:3])
    assert [run.id for run in store.list_runs()] == runs[2::-1]


def test_one_that_waits_takes_its_old_place_again(store: RunStore, started: list[list[str]]) -> None:
    first, second = store.create(SPEC), store.create(SPEC)
    store.delete(first)
    claim = queue.claim_next(store.file, store.watch)
    assert claim is not None
    assert claim.run.id == second
    store.restore(first)
    assert store.get(first).state == "queued"
    assert store.get(first).place < store.get(second).place
    assert started  # deleting looked after the queue


def test_one_that_trains_is_stopped_before_anything_of_it_goes(store: RunStore, clock: Clock) -> None:
    run = finished(store)
    with store.file.writing() as connection:
        connection.execute("UPDATE runs SET state = 'queued'")
    claim = queue.claim_next(store.file, store.watch)
    assert claim is not None
    store.delete(run)
    assert heartbeat.cancel_is_asked(store.file, claim)
    clock.gone = 31.0
    store.advance()
    heartbeat.beat(store.file, claim, [events.Step(0, 30, 1, 1.0, 1.0)])  # its rows and its right to them are there
    assert left(store, run)["files"] == 3
    store.restore(run)
    store.delete(run)
    heartbeat.finish(store.file, claim, "cancelled", "")
    clock.gone = 62.0
    store.advance()
    assert not left(store, run)


@pytest.mark.parametrize("stage", ["_remove_files", "_write"])
def test_a_process_that_dies_while_it_removes_leaves_the_rest_to_the_next(
    store: RunStore, clock: Clock, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    run = finished(store)
    store.delete(run)
    clock.gone = 31.0
    kept, calls = getattr(RunStore, stage), 0

    def die(self: RunStore, *given: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == {"_remove_files": 1, "_write": 2}[stage]:
            raise KeyboardInterrupt
        return kept(self, *given)

    monkeypatch.setattr(RunStore, stage, die)
    with pytest.raises(KeyboardInterrupt):
        store.advance()
    monkeypatch.undo()
    assert not store.list_runs()
    assert not store.deletions()
    with pytest.raises(StoreError, match="its files have been removed already"):
        store.restore(run)
    store.advance()
    assert not left(store, run)


def test_another_computers_clock_does_not_count(store: RunStore, clock: Clock) -> None:
    run = finished(store)
    store.delete(run)
    with store.file.writing() as connection:
        connection.execute("UPDATE deletions SET machine = 'elsewhere', time = time - 1e6")
    store.advance()
    assert left(store, run)["deletions"] == 1
    clock.gone = 30.1
    store.advance()
    assert not left(store, run)


def test_a_run_is_removed_little_by_little_where_there_is_hardly_room(
    store: RunStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, other = finished(store, 500), finished(store, 500)
    store.append(run, [events.Diverged(0, 7, 1.0)])
    store.delete(run)
    clock.gone = 31.0
    kept = deletion.start_removing
    monkeypatch.setattr(deletion, "start_removing", lambda *given: fill() or kept(*given))
    full = StoreFull("full")

    def fill() -> None:
        def refuse(self: RunStore, work: Any) -> Any:
            raise full

        monkeypatch.setattr(RunStore, "_write", refuse)

    store.advance()
    assert not left(store, run)
    assert len(store.series(other, 0, "loss").steps) == 500
