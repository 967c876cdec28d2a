"""Runs and their points: what is written is read back, and what cannot be done is said."""

from __future__ import annotations

import importlib
import math
import sys
import time
from pathlib import Path

import numpy as np
import platformdirs
import pytest

from optim_viz.comparison import events
from optim_viz.run_store import (
    NOTES_LENGTH,
    RunStore,
    StoreError,
    UnknownRun,
    default_path,
    heartbeat,
    queue,
    runs,
)
from tests.run_store.fake_events import LAYERS, SPEC, epoch, loss, start, step, stream


def test_a_new_run_waits_at_the_end_of_the_queue(store: RunStore) -> None:
    first, second = store.create(SPEC, " my \n run\x07 "), store.create(SPEC)
    runs = {run.id: run for run in store.list_runs()}
    assert [run.id for run in store.list_runs()] == [second, first]
    assert runs[first].place < runs[second].place
    assert (runs[first].name, runs[second].name) == ("my run", "Adam · SGD")
    assert runs[first].spec == SPEC
    assert runs[first].lanes == ("adam,lr=0.001", "sgd,lr=0.01")
    assert (runs[first].state, runs[first].step, runs[first].progress) == ("queued", 0, 0.0)


def test_every_event_is_read_back(store: RunStore) -> None:
    run = store.create(SPEC)
    store.append(run, stream())
    found = store.get(run)
    assert (found.step, found.total_steps, found.steps_per_epoch, found.layers) == (100, 100, 50, LAYERS)
    assert (found.device, found.n_parameters, found.torch_version) == ("cpu (2 threads)", 269_322, "2.13.0")
    for lane in (0, 1):
        curve = store.series(run, lane, "loss")
        assert curve.steps.tolist() == list(range(1, 101))
        assert curve.values.tolist() == [loss(lane, number) for number in range(1, 101)]
        assert store.series(run, lane, "test_accuracy").values.tolist() == [0.125, 0.81, 0.375, 0.82]
        assert store.series(run, lane, "gradient_norm").steps.tolist() == list(range(10, 101, 10))
    assert store.series(run, 0, "memory").values.tolist() == [1050, 1100]
    sharpness, limit = store.monitor(run, 1, "sharpness")
    assert (sharpness.steps[-1], sharpness.values[-1], limit.values.tolist()) == (100, 300.0, [200.0] * 10)
    ratio, none = store.monitor(run, 1, "update_ratio", "layer 2")
    assert ratio.values.tolist() == [0.2 / number for number in range(10, 101, 10)]
    assert len(none.steps) == 0
    norm, _ = store.monitor(run, 0, "gradient_norm")  # which every version has kept, in a table of its own
    assert norm.values.tolist() == [1 / number for number in range(10, 101, 10)]
    (report,) = [row for row in store.rows("monitor_report", run) if row["lane"] == 1]  # the last takes the place
    assert (report["samples"], report["seconds"], report["problem"]) == (10, 5.0, "")
    bands = store.quantiles(run, 1, "m_hat", "layer 2")
    assert bands.steps.tolist() == list(range(10, 101, 10))
    assert bands.values[-1].tolist() == [1.0, 10.0, 50.0, 90.0, 99.0]
    last, before = store.histogram(run, 0), store.histogram(run, 0, step=35)
    assert last is not None
    assert before is not None
    assert (last.step, last.edges.tolist(), last.counts.tolist()) == (100, [-1, 0, 1], [100, 200])
    assert before.step == 30
    assert store.histogram(run, 7) is None
    assert [(each.lane, each.epoch, each.test_accuracy) for each in store.results()[run]] == [
        (0, 2, 0.82),
        (1, 2, 0.82),
    ]


def test_what_is_not_finite_comes_back_as_it_was(store: RunStore) -> None:
    run = store.create(SPEC)
    store.append(run, [events.Step(0, 1, 1, math.inf, -math.inf), events.Step(0, 2, 1, math.nan, 1.0)])
    assert np.array_equal(store.series(run, 0, "loss").values, [math.inf, math.nan], equal_nan=True)
    assert store.series(run, 0, "smoothed").values.tolist() == [-math.inf, 1.0]


def test_a_step_that_is_logged_again_replaces_itself_and_keeps_what_lies_beyond(store: RunStore) -> None:
    run = store.create(SPEC)
    store.append(run, stream(60))
    store.append(run, [start(step=30), *(events.Step(0, number, 1, -1.0, 0.0) for number in (31, 32))])
    values = store.series(run, 0, "loss").values
    assert len(values) == 60
    assert values[30:32].tolist() == [-1.0, -1.0]
    assert values[29] == loss(0, 30)
    assert values[59] == loss(0, 60)
    assert (store.get(run).step, store.get(run).trained_from) == (32, 30)


def test_a_batch_is_kept_whole_or_not_at_all(store: RunStore) -> None:
    run = store.create(SPEC)
    with pytest.raises(AttributeError):
        store.append(run, [step(0, 1), step(0, 2), type("Broken", (), {"event": "step"})()])
    assert len(store.series(run, 0, "loss").steps) == 0
    with pytest.raises(StoreError):  # no such run
        store.append(999, [step(0, 1)])


def test_a_name_can_be_changed_and_taken_back(store: RunStore) -> None:
    run = store.create(SPEC, "one")
    store.rename(run, "<b>two</b> \N{GREEK SMALL LETTER BETA}")
    assert store.get(run).name == "<b>two</b> \N{GREEK SMALL LETTER BETA}"
    store.rename(run, "  ")
    assert store.get(run).name == "Adam · SGD"
    store.rename(run, "x" * 1000)
    assert len(store.get(run).name) == 120


def test_notes_are_plain_text_of_a_stated_length(store: RunStore) -> None:
    run = store.create(SPEC)
    assert store.get(run).notes == ""
    store.write_notes(run, "  a\tb\r\n<b>c</b>\x00\x1b[2J\u202e \n\n")
    assert store.get(run).notes == "a    b\n<b>c</b>  [2J"
    store.write_notes(run, "x" * NOTES_LENGTH)
    with pytest.raises(ValueError, match="notes have at most 2,000 characters, not 2,001"):
        store.write_notes(run, "x" * (NOTES_LENGTH + 1))
    assert store.get(run).notes == "x" * NOTES_LENGTH
    with pytest.raises(UnknownRun):
        store.write_notes(77, "")


def test_states_allow_only_what_makes_sense(store: RunStore, started: list[list[str]]) -> None:
    run = store.create(SPEC)
    with pytest.raises(StoreError, match="is queued: only a cancelled, failed, lost run can be resumed"):
        store.resume(run)
    store.request_cancel(run)
    assert store.get(run).state == "cancelled"
    with pytest.raises(StoreError, match="is cancelled already"):
        store.request_cancel(run)
    later = store.create(SPEC)
    store.resume(run)
    assert store.get(run).state == "queued"
    assert store.get(run).place > store.get(later).place
    for unknown in (0, -1, 77, 2**70):
        with pytest.raises(UnknownRun):
            store.get(unknown)
    assert started  # something waits and nothing trains: resuming looked after the queue


def test_unknown_quantities_are_named(store: RunStore) -> None:
    with pytest.raises(ValueError, match="unknown quantity 'los'; known: loss, smoothed"):
        store.series(1, 0, "los")


def test_time_left_follows_the_pace(store: RunStore) -> None:
    run = store.create(SPEC)
    store.append(run, stream(40))
    assert store.get(run).seconds_left() is None  # not training
    with store.file.writing() as connection:
        connection.execute(
            "UPDATE runs SET state = 'running', total_steps = 100, seconds = 7.0, trained = 10.0, trained_from = 20"
        )
    row = store.get(run)
    assert (row.state, row.step) == ("running", 40)
    assert row.seconds_left() == 30.0  # 20 steps took 10 seconds, 60 are left
    assert row.seconds_trained() == 17.0


@pytest.mark.parametrize("jump", [-40 * 365 * 86400.0, 3 * 86400.0])
def test_a_clock_that_is_set_while_a_run_trains_does_not_count(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    run = store.create(SPEC)
    claim = queue.claim_next(store.file, store.watch)
    assert claim is not None
    beating = heartbeat.Heartbeat(store.file, claim, lambda: None)
    beating.put(start())
    beating.put(step(0, 1))
    real, began = time.time, time.monotonic()
    monkeypatch.setattr(time, "time", lambda: real() + jump)
    beating.flush()
    heartbeat.finish(store.file, claim, "cancelled", "", (), beating.trained())
    assert 0.0 <= store.get(run).seconds_trained() <= time.monotonic() - began + 60.0


def bad_rows() -> list[tuple[str, object]]:
    damaged: list[object] = ["x", b"\xff\xfe", None, "{", "[1]", 1.5, "9" * 5000, "[" * 100_000]
    return [(column, value) for column in runs.COLUMNS if column != "id" for value in damaged]


def test_one_unreadable_row_hides_no_other_run(store: RunStore) -> None:
    sound, damaged = store.create(SPEC, "sound"), store.create(SPEC, "damaged")
    with store.file.reading() as connection:
        before = connection.execute("SELECT * FROM runs WHERE id = ?", (damaged,)).fetchone()
        columns = [each[1] for each in connection.execute("PRAGMA table_info(runs)")]
    restore = f"UPDATE runs SET {', '.join(f'{name} = ?' for name in columns)} WHERE id = ?"  # noqa: S608
    unreadable = 0
    for column, value in bad_rows():
        try:
            with store.file.writing() as connection:
                connection.execute(f"UPDATE runs SET {column} = ? WHERE id = ?", (value, damaged))  # noqa: S608
        except StoreError:
            continue  # the table itself refuses it
        found = {run.id: run for run in store.list_runs()}
        assert found[sound].name == "sound"
        if found[damaged].state == "unreadable":
            unreadable += 1
            assert "its row in the store is damaged" in found[damaged].message
        store.results()
        store.rename(sound, "sound")
        with store.file.writing() as connection:
            connection.execute(restore, (*before, damaged))
    assert unreadable > 20


def test_an_unreadable_run_can_be_deleted_and_holds_up_no_queue(store: RunStore, started: list[list[str]]) -> None:
    damaged, waiting = store.create(SPEC), store.create(SPEC)
    with store.file.writing() as connection:
        connection.execute("UPDATE runs SET spec = 'x' WHERE id = ?", (damaged,))
    store.advance()
    assert store.get(damaged).state == "unreadable"
    claim = queue.claim_next(store.file, store.watch)
    assert claim is not None
    assert claim.run.id == waiting
    with store.file.writing() as connection:
        connection.execute("UPDATE runs SET spec = 'x' WHERE id = ?", (waiting,))
    store.advance()  # a row that cannot be read cannot be trained either
    for run in (damaged, waiting):
        store.delete(run)
    assert store.list_runs() == []
    assert started


def test_damaged_points_are_a_sentence(store: RunStore) -> None:
    run = store.create(SPEC)
    store.append(run, stream(20))
    with store.file.writing() as connection:
        connection.execute("UPDATE losses SET loss = 'x'")
        connection.execute("UPDATE histograms SET edges = x'00'")
        connection.execute("UPDATE epochs SET test_loss = 'x'")
    for read in (lambda: store.series(run, 0, "loss"), lambda: store.histogram(run, 0)):
        with pytest.raises(StoreError, match=r"a part of the run store .* is damaged"):
            read()
    store.results()


def test_a_mistyped_folder_is_an_error_where_it_is_asked_for(tmp_path: Path) -> None:
    missing = tmp_path / "mistyped" / "runs.sqlite3"
    with pytest.raises(StoreError, match=f"there is no folder {missing.parent}: make it, or check"):
        RunStore(missing, make_folder=False)
    assert not missing.parent.exists()
    RunStore(missing).close()
    RunStore(missing, make_folder=False).close()


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "\x1b[2J", "x" * 10_000])
def test_any_name_is_kept_as_one_line(store: RunStore, name: str) -> None:
    run = store.create(SPEC, name)
    store.rename(run, name)
    kept = store.get(run).name
    assert kept.isprintable()
    assert len(kept) <= 120


@pytest.mark.parametrize(
    ("system", "variables", "place"),
    [
        ("unix", {}, "~/.local/share/optim_viz"),
        ("unix", {"XDG_DATA_HOME": "/data/mine"}, "/data/mine/optim_viz"),
        ("macos", {}, "~/Library/Application Support/optim_viz"),
    ],
)
def test_the_store_lies_where_it_always_did(
    system: str, variables: dict[str, str], place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPTIM_VIZ_HOME", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    module = importlib.import_module(f"platformdirs.{system}")
    of_system = {"unix": "Unix", "macos": "MacOS"}[system]
    monkeypatch.setattr(platformdirs, "PlatformDirs", getattr(module, of_system))
    assert default_path() == Path(place).expanduser() / "runs.sqlite3"


def test_a_store_on_macos_from_before_is_still_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("OPTIM_VIZ_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(sys, "platform", "darwin")
    before = tmp_path / "Library/Application Support/optim_viz/runs.sqlite3"
    assert default_path() == tmp_path / "data/optim_viz/runs.sqlite3"
    before.parent.mkdir(parents=True)
    before.write_bytes(b"")
    assert default_path() == before


def test_the_default_place_is_told_by_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPTIM_VIZ_HOME", str(tmp_path / "here"))
    assert default_path() == tmp_path / "here/runs.sqlite3"
    monkeypatch.delenv("OPTIM_VIZ_HOME")
    assert default_path().parts[-2:] == ("optim_viz", "runs.sqlite3")


def test_epochs_can_be_read_in_part(store: RunStore) -> None:
    run = store.create(SPEC)
    store.append(run, [epoch(0, 1), epoch(0, 2), epoch(1, 1)])
    assert [(row["lane"], row["step"]) for row in store.rows("epoch", run)] == [(0, 50), (1, 50), (0, 100)]
    assert [row["step"] for row in store.rows("epoch", run, after=50)] == [100]
    assert [row["step"] for row in store.rows("epoch", run, upto=50)] == [50, 50]
