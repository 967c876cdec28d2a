"""What a worker makes of everything that can go wrong: a state, a sentence, and every point kept."""

from __future__ import annotations

import errno
import io
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import torch

from optim_viz import launchers
from optim_viz.comparison import events
from optim_viz.datasets import DataUnavailable
from optim_viz.launchers import environment
from optim_viz.run_store import Run, RunStore, checkpoint_file, checkpoint_path, folders, queue
from optim_viz.training import engine
from optim_viz.training.engine import Checkpoint
from optim_viz.training.explain import explain
from optim_viz.training.worker import Worker

Soon = Callable[[Callable[[], bool], float], None]
SPEC: dict[str, Any] = {"lanes": ["adam"], "dataset": "digits", "widths": [8], "examples": 512, "device": "cpu"}
START = events.Start(0, 1000, 4, 10, ("layer 1",), "cpu", "2.13.0")


def steps(*numbers: int) -> Iterator[events.Step]:
    for number in numbers:
        yield events.Step(0, number, 1, 1.0 / number, 1.0)


def work(store: RunStore, run_id: int | None = None, spec: dict[str, Any] = SPEC) -> Run:
    """Train a run in this process."""
    run_id = store.create(spec) if run_id is None else run_id
    claim = queue.claim_next(store.file, store.watch)
    assert claim is not None
    Worker(store, claim).work()
    return store.get(run_id)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Let training log ten steps, then fail."""

    def arrange(error: BaseException) -> None:
        def train(spec: object, *, on_event: Callable[[Any], None], **_: object) -> None:
            for event in (START, *steps(*range(1, 11))):
                on_event(event)
            raise error

        monkeypatch.setattr(engine, "train", train)

    return arrange


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB"),
            ["ran out of memory", "smaller batch", "smaller network", "device cpu"],
        ),
        (RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"), ["ran out of memory"]),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), ["ran out of memory"]),
        (MemoryError(), ["ran out of memory"]),
        (
            OSError(errno.ENOSPC, "No space left on device", "/data/x"),
            ["the disk that holds /data/x is full", "free some space"],
        ),
        (DataUnavailable("train-images-idx3-ubyte\nis damaged"), ["train-images-idx3-ubyte is damaged"]),
        (ValueError("no CUDA device is present"), ["no CUDA device is present"]),
        (RuntimeError("a kernel is missing"), ["RuntimeError: a kernel is missing", "details in", "run-1.log"]),
        (KeyboardInterrupt(), ["KeyboardInterrupt"]),
    ],
)
def test_what_goes_wrong_is_said_and_what_was_logged_is_kept(
    store: RunStore,
    failing: Callable[[BaseException], None],
    error: BaseException,
    words: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    failing(error)
    run = work(store)
    assert run.state == "failed"
    assert all(word in run.message for word in words), run.message
    assert "\n" not in run.message
    assert store.series(run.id, 0, "loss").steps.tolist() == list(range(1, 11))
    assert "Traceback" in capsys.readouterr().err  # the log has the rest
    store.delete(run.id)


def test_a_spec_that_makes_no_sense_fails_with_the_reason(store: RunStore) -> None:
    assert "lr = -1.0" in work(store, spec={"lanes": ["adam,lr=-1"]}).message
    assert "no bias_correction" in work(store, spec={"lanes": ["adam,bias_correction=false"]}).message
    assert "unknown key 'size'" in work(store, spec={"lanes": ["adam"], "size": 3}).message


def test_a_corrupt_data_file_is_named(store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mnist: Any = import_module("optim_viz.datasets.mnist")
    kept = mnist.DATASET.folder()
    mnist.DATASET.arrays()
    folder = tmp_path / "data"
    folder.mkdir()
    for name in mnist.SHA256:
        (folder / name).write_bytes((kept / name).read_bytes())
    broken = folder / "train-labels-idx1-ubyte"
    broken.write_bytes(broken.read_bytes()[:-100])
    monkeypatch.setattr(mnist, "SOURCES", ())
    run_id = store.create(SPEC | {"dataset": "mnist"}, data=str(folder))
    run = work(store, run_id)
    assert run.state == "failed"
    assert f"{broken} is damaged" in run.message
    again(store, run_id)
    monkeypatch.undo()
    broken.write_bytes((kept / broken.name).read_bytes())
    assert work(store, run_id).state == "finished"


def test_a_full_disk_fails_the_run_with_its_points_and_the_reserve_makes_room_to_say_so(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged = threading.Event()

    def train(spec: object, *, on_event: Callable[[Any], None], should_stop: Callable[[], bool], **_: object) -> None:
        for event in (START, *steps(*range(1, 11))):
            on_event(event)
        while store.get(1).step < 10:
            time.sleep(0.01)
        limit(0)
        for event in steps(*range(11, 5000)):
            on_event(event)
        logged.set()
        while not should_stop():
            time.sleep(0.01)
        on_event(events.End("cancelled", 4999, 1.0))

    def limit(more: int) -> None:
        with store.file.reading() as connection:
            pages = connection.execute("PRAGMA page_count").fetchone()[0] + more
            connection.execute(f"PRAGMA max_page_count = {pages}")

    released = folders.release_reserve

    def release(path: Path) -> bool:
        there = released(path)
        limit(1000)
        return there

    monkeypatch.setattr(engine, "train", train)
    monkeypatch.setattr("optim_viz.training.worker.release_reserve", release)
    run = work(store)
    assert logged.is_set()
    assert run.state == "failed"
    assert run.message == f"the disk that holds {store.path} is full: free some space, and what trains goes on"
    assert len(store.series(run.id, 0, "loss", 10**6).steps) == 4999  # even those that waited for room


class FullStream(io.TextIOBase):
    """A log on a disk without room."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_log_that_cannot_be_written_leaves_no_run_without_an_end(
    store: RunStore, failing: Callable[[BaseException], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(OSError(errno.ENOSPC, "No space left on device", "/data/x"))
    monkeypatch.setattr(sys, "stderr", FullStream())
    run = work(store)
    assert run.state == "failed"
    assert "the disk that holds /data/x is full" in run.message


def test_a_diverged_lane_is_told_and_the_run_still_finishes(store: RunStore) -> None:
    run = work(store, spec=SPEC | {"lanes": ["sgd,lr=1e30", "adam"]})
    assert run.state == "finished"
    assert "lane 1 diverged: its loss is not finite from step" in run.message


def test_a_damaged_checkpoint_is_moved_aside_and_the_next_resume_starts_over(
    store: RunStore, failing: Callable[[BaseException], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(RuntimeError("first"))
    run = work(store)
    monkeypatch.undo()
    path = checkpoint_path(store.path, run.id)
    path.write_bytes(b"garbage")
    again(store, run.id)
    failed = work(store, run.id)
    assert failed.state == "failed"
    assert f"the checkpoint {path} cannot be used" in failed.message
    assert len(list(path.parent.glob("run-1.checkpoint.damaged-*"))) == 1
    again(store, run.id)
    done = work(store, run.id)
    assert (done.state, done.step) == ("finished", 4)
    assert not path.exists()  # a finished run needs none


@pytest.mark.parametrize("other", [{"seed": 1}, {"lanes": ["adam", "sgd"]}, {"lanes": ["sgd"]}, {"widths": [9]}])
def test_a_sound_checkpoint_of_another_comparison_is_moved_aside(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, other: dict[str, Any]
) -> None:
    saved: list[bytes] = []
    monkeypatch.setattr(Worker, "_save", lambda self, checkpoint: saved.append(checkpoint.to_bytes()))
    monkeypatch.setattr("optim_viz.training.worker.CHECKPOINT_SECONDS", 0.0)
    work(store, spec=SPEC | {"epochs": 5})
    assert Checkpoint.from_bytes(saved[-1]).step > 0
    monkeypatch.undo()
    run_id = store.create(SPEC | {"epochs": 5} | other)
    path = checkpoint_path(store.path, run_id)
    checkpoint_file.write(path, saved[-1])
    failed = work(store, run_id)
    assert failed.state == "failed"
    assert f"the checkpoint {path} cannot be used (the checkpoint has {next(iter(other))} = " in failed.message
    again(store, run_id)
    assert work(store, run_id).state == "finished"


def test_a_clock_that_jumps_about_changes_nothing_that_was_trained(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By years, at each look at it: the run ends, with the numbers and the seconds of one whose clock stood still."""
    spec = SPEC | {"epochs": 3}
    reference = work(store, spec=spec)
    real, chance, began = time.time, random.Random(0), time.monotonic()  # noqa: S311 - repeatable
    monkeypatch.setattr(time, "time", lambda: real() + chance.choice((-40, -1, 0, 2, 40)) * 365 * 86400.0)
    run = work(store, spec=spec)
    assert (run.state, run.step) == ("finished", reference.step)
    assert 0 <= run.seconds_trained() <= time.monotonic() - began
    one, other = (store.series(each.id, 0, "loss", 10**6) for each in (run, reference))
    assert one.steps.tolist() == other.steps.tolist()
    assert one.values.tolist() == other.values.tolist()
    store.advance()
    assert [each.state for each in store.list_runs()] == ["finished", "finished"]


def test_a_store_that_is_deleted_while_a_run_trains_ends_its_process(store: RunStore, soon: Soon) -> None:
    run_id = store.launch(SPEC | {"epochs": 1000, "batch_size": 4})
    soon(lambda: store.get(run_id).step > 20, 90)
    handle = store.get(run_id).handle
    assert handle is not None
    store.close()
    for file in store.path.parent.glob(f"{store.path.name}*"):
        shutil.rmtree(file) if file.is_dir() else file.unlink()
    soon(lambda: launchers.get("local").alive(handle) is False, 60)
    assert store.list_runs() == [], "a new store, which has nothing of the old one"
    assert store.create(SPEC) == 1


def test_a_checkpoint_of_an_older_version_still_serves(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    saved: list[Checkpoint] = []
    spec = {"lanes": ["adam"], "widths": [8], "examples": 512, "device": "cpu", "epochs": 5, "activation": "tanh"}
    monkeypatch.setattr(Worker, "_save", lambda self, checkpoint: saved.append(checkpoint))
    monkeypatch.setattr("optim_viz.training.worker.CHECKPOINT_SECONDS", 0.0)
    work(store, spec=spec)
    kept = next(each for each in saved if 0 < each.step < 20)
    older = {name: value for name, value in kept.spec.items() if name not in ("dataset", "model")}
    monkeypatch.undo()
    run_id = store.create(spec)
    checkpoint_file.write(checkpoint_path(store.path, run_id), Checkpoint(older, kept.lanes).to_bytes())
    done = work(store, run_id)
    assert done.state == "finished"
    assert store.series(run_id, 0, "loss", 10**6).steps[0] == kept.step + 1


def test_a_cancel_before_the_first_step_is_heard(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    script = (
        "import sys, time; from optim_viz.datasets import Dataset; from optim_viz.training import worker;"
        "Dataset.load = lambda *a, **k: time.sleep(100); sys.exit(worker.main())"
    )
    run_id = store.create(SPEC)
    process = subprocess.Popen(
        [sys.executable, "-c", script, "--store", str(store.path)], env=environment(), start_new_session=True
    )
    while store.get(run_id).message != "loading Digits":
        time.sleep(0.02)
        assert process.poll() is None
    store.request_cancel(run_id)
    assert process.wait(30) == 0  # the data set would take 100 s
    assert store.get(run_id).state == "cancelled"


def test_a_running_worker_is_cancelled_within_its_epochs_and_resumed_where_it_was(store: RunStore, soon: Soon) -> None:
    run_id = store.launch(SPEC | {"epochs": 900})
    soon(lambda: store.get(run_id).step > 20, 60)
    store.request_cancel(run_id)
    soon(lambda: store.get(run_id).state == "cancelled", 30)
    stopped = store.get(run_id).step
    assert 20 < stopped < 3600
    store.resume(run_id)
    soon(lambda: store.get(run_id).state == "running" and store.get(run_id).trained_since is not None, 60)
    assert store.get(run_id).trained_from == stopped
    handle = store.get(run_id).handle
    assert handle is not None
    os.kill(int(handle.split()[0]), signal.SIGTERM)  # as when the computer shuts down
    soon(lambda: store.get(run_id).state == "cancelled", 2)
    soon(lambda: launchers.get("local").alive(handle) is False, 5)
    assert len(store.series(run_id, 0, "loss", 10**6).steps) == store.get(run_id).step


def test_an_explanation_never_fails() -> None:
    assert "out of memory" in explain(MemoryError(), {}, Path("x"))
    assert explain(ValueError(), {}, Path("x")) == "ValueError"


def test_a_missing_package_is_named_with_what_to_install() -> None:
    said = explain(ModuleNotFoundError("No module named 'torch'", name="torch"), {}, Path("x"))
    assert said == "training needs torch, which is not installed: pip install 'optim_viz[train]'"
    assert "nowhere" in explain(ModuleNotFoundError("No module named 'nowhere'", name="nowhere"), {}, Path("x"))


def again(store: RunStore, run_id: int) -> None:
    """Put a run back into the queue without starting a process."""
    with store.file.writing() as connection:
        connection.execute("UPDATE runs SET state = 'queued' WHERE id = ?", (run_id,))
