"""Ray trains what a process of this machine trains, to the bit; a worker that dies is replaced once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from importlib import util
from pathlib import Path
from typing import Any

import pytest

from optim_viz import launchers
from optim_viz.cli import main
from optim_viz.run_store import RunStore, queue
from optim_viz.run_store.points import TABLES
from optim_viz.training import remote, worker

SPEC: dict[str, Any] = {
    "lanes": ["adam,lr=0.01"],
    "dataset": "digits",
    "widths": [8],
    "examples": 512,
    "epochs": 100,
    "device": "cpu",
    "record_every": 10,
}
MEASURED = {"clock": {"seconds"}, "epoch": {"examples_per_second"}}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A Ray cluster of this machine for all tests of this file; it sends nothing and is gone afterwards."""
    ray = pytest.importorskip("ray", reason="Ray has no wheel for this Python or system")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("optim_viz.run_store.pool.cores", lambda: 2)
        patch.delenv("RAY_ADDRESS", raising=False)
        remote.connect()
    yield ray
    ray.shutdown()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    opened = RunStore(tmp_path / "home" / "runs.sqlite3")
    yield opened
    opened.close()


def claim(store: RunStore, launcher: str) -> queue.Claim:
    found = queue.claim_next(store.file, store.watch, launcher)
    assert found is not None
    return found


def rows(store: RunStore, run: int) -> dict[str, list[dict[str, Any]]]:
    """Everything that was logged, but for what a clock and the memory say."""
    found: dict[str, list[dict[str, Any]]] = {}
    for kind in TABLES:
        left_out = MEASURED.get(kind, set[str]())
        each = store.rows(kind, run, after=-1)
        found[kind] = [{name: value for name, value in row.items() if name not in left_out} for row in each]
    for measured in ("memory", "system", "monitor_report", "note"):
        del found[measured]
    return found


def soon(met: Callable[[], bool], seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)


def kill(store: RunStore, following: remote.RemoteWorker, past: int) -> int:
    """Kill the process in which Ray trains a run once it is past a step, and return its number."""
    soon(lambda: following.checkpoint.exists() and store.get(following.run.id).step > past)
    assert following.place is not None
    os.kill(following.place[1], signal.SIGKILL)
    return following.place[1]


def test_rows_are_those_of_this_machine_and_a_killed_worker_is_replaced_once(
    cluster: Any, store: RunStore, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    import torch

    monkeypatch.setattr(worker, "CHECKPOINT_SECONDS", 0.05)
    names = ("local", "ray", "ray")
    here, there, killed = (store.create(SPEC, launcher=name, cores=1) for name in names)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    worker.Worker(store, claim(store, "local")).work()
    torch.set_num_threads(threads)
    reference = rows(store, here)

    with subtests.test("the same rows"):
        remote.RemoteWorker(store, claim(store, "ray")).work()
        done = store.get(there)
        assert (done.state, done.message, done.cores) == ("finished", "", 1)
        used = store.rows("system", there, after=-1)
        assert used
        assert all(row["cpu"] > 0 for row in used)  # of the process that trains: the one here only waits
        assert rows(store, there) == reference

    with subtests.test("a worker killed in mid-run is replaced, and the rows are still the same"):
        following = remote.RemoteWorker(store, claim(store, "ray"))
        thread = threading.Thread(target=following.work)
        thread.start()
        first = kill(store, following, 0)
        thread.join(300)
        done = store.get(killed)
        assert (done.state, done.message) == ("finished", "its Ray worker was lost, and another one went on")
        assert following.place is not None
        assert following.place[1] != first
        assert (done.trained_from or 0) > 0
        assert rows(store, killed) == reference


def test_a_run_whose_second_worker_is_killed_too_is_lost_and_can_be_cancelled_once_it_goes_on(
    cluster: Any, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "CHECKPOINT_SECONDS", 0.05)
    run = store.create(SPEC | {"epochs": 1000}, launcher="ray", cores=1)
    following = remote.RemoteWorker(store, claim(store, "ray"))
    thread = threading.Thread(target=following.work)
    thread.start()
    first = kill(store, following, 0)
    soon(lambda: following.place is not None and following.place[1] != first)
    soon(lambda: (store.get(run).trained_from or 0) > 0)
    kill(store, following, store.get(run).trained_from or 0)
    thread.join(300)
    lost = store.get(run)
    assert lost.state == "lost"
    assert lost.message.startswith("its Ray worker was lost, and another one went on; its Ray worker was lost again; ")
    assert len(store.series(run, 0, "loss", 10**6).steps) >= lost.step > 0
    with store.file.writing() as connection:  # as `resume`, without starting a process
        connection.execute("UPDATE runs SET state = 'queued' WHERE id = ?", (run,))
    thread = threading.Thread(target=remote.serve, args=(store, claim(store, "ray"), threading.Event()))
    thread.start()
    soon(lambda: store.get(run).trained_since is not None)
    store.cancel_all()
    thread.join(300)
    assert store.get(run).state == "cancelled"
    assert (store.get(run).trained_from or 0) > 0


def test_a_run_whose_following_process_is_ended_says_so_and_the_others_wait(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGTERM, as when the computer shuts down. What Ray does for the run is left out: it only has to be stopped."""
    pytest.importorskip("ray", reason="Ray has no wheel for this Python or system")

    def trains(following: remote.RemoteWorker) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        assert following.heartbeat.stop.wait(60)
        following._status = "cancelled"

    monkeypatch.setattr(remote.RemoteWorker, "_train_here", trains)
    run, later = (store.create(SPEC, launcher="ray", cores=1) for _ in range(2))
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(sys, "argv", ["remote", "--store", str(store.path)])
    try:
        assert remote.main() == 0
    finally:
        signal.signal(signal.SIGTERM, before)
    ended = store.get(run)
    assert (ended.state, ended.message) == (
        "cancelled",
        "the process that follows it on Ray was ended; resume goes on from the last checkpoint",
    )
    other = store.get(later)  # it may have begun before the signal came
    assert other.state == "queued" or (other.state, other.message) == (ended.state, ended.message)


def test_without_ray_its_runs_wait_and_say_what_to_install(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = util.find_spec
    for module in ("optim_viz.launchers.ray", "optim_viz.cli.app"):
        monkeypatch.setattr(f"{module}.find_spec", lambda name: None if name == "ray" else real(name))
    monkeypatch.setenv("OPTIM_VIZ_RAY", "local")
    run = store.launch(SPEC)
    waiting = store.get(run)
    assert (waiting.launcher, waiting.state) == ("ray", "queued")
    assert waiting.message == (
        "its process cannot be started yet: "
        "training on Ray needs ray, which is not installed: pip install 'optim_viz[ray]'"
    )
    assert main(["app", "--ray", "local"]) == 2
    assert (
        capsys.readouterr().err == "optim_viz: this needs ray, which is not installed: pip install 'optim_viz[ray]'\n"
    )


def test_ray_is_loaded_by_nothing_that_does_not_train_on_it() -> None:
    code = (
        "import sys; from optim_viz import launchers; from optim_viz.run_store import RunStore;"
        "import optim_viz.training.worker, optim_viz.cli.app; launchers.default();"
        "assert 'ray' not in sys.modules and 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=launchers.environment())


def test_this_machines_runs_and_rays_wait_for_each_other_in_no_queue(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    for name in ("local", "ray"):
        monkeypatch.setattr(launchers.get(name), "start", lambda command, log: started.append(command[5]) or "")
    monkeypatch.setattr(launchers.get("ray"), "problem", lambda: "")
    monkeypatch.setenv("OPTIM_VIZ_RUNS_AT_ONCE", "1")
    ids = [store.create(SPEC, launcher=name) for name in ("local", "local", "ray", "ray")]
    store.advance()
    assert started == ["local"]
    assert claim(store, "local").run.id == ids[0]
    store.advance()
    assert started == ["local", "ray"]
    assert [claim(store, "ray").run.id for _ in range(2)] == ids[2:]  # it takes as many as its cluster has room for
    assert queue.claim_next(store.file, store.watch, "ray") is None
    assert queue.claim_next(store.file, store.watch, "local") is None
    store.advance()
    assert started == ["local", "ray"]
