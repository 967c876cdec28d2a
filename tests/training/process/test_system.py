"""What a run's process takes of its machine is sampled, against what the system says by itself."""

from __future__ import annotations

import sys
import threading
import time
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from optim_viz.run_store import RunStore, queue
from optim_viz.training import system
from optim_viz.training.worker import Worker

SPEC: dict[str, Any] = {"lanes": ["adam"], "dataset": "digits", "widths": [8], "examples": 512, "device": "cpu"}


def test_a_sample_says_what_the_system_says() -> None:
    sampler = system.Sampler()
    until = time.process_time() + 0.1
    begin = time.monotonic()
    while time.process_time() < until:
        pass
    found = sampler.sample(7, 3.5)
    taken = time.monotonic() - begin
    assert (found.step, found.seconds) == (7, 3.5)
    assert 0.9 * 100 * 0.1 / taken < found.cpu <= 100 * (psutil.cpu_count() or 1)
    assert found.memory == pytest.approx(psutil.Process().memory_info().rss, rel=0.2)


@pytest.mark.parametrize(
    ("there", "utilisation", "expected"),
    [
        (True, lambda: 73, (123, 73.0)),
        (False, lambda: 73, (123, None)),
        (True, lambda: 1 / 0, (123, None)),
    ],
)
def test_a_gpu_is_read_where_torch_has_one(
    monkeypatch: pytest.MonkeyPatch, there: bool, utilisation: Any, expected: tuple[int, float | None]
) -> None:
    known = {"is_available": lambda: True, "is_initialized": lambda: True, "memory_allocated": lambda: 123}
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=SimpleNamespace(**known, utilization=utilisation)))
    monkeypatch.setattr(system, "find_spec", lambda name: object() if there else None)
    found = system.Sampler().sample(1, 1.0)
    assert (found.gpu_memory, found.gpu_utilisation) == expected


def test_a_run_logs_samples_and_no_thread_is_left(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "SECONDS", 0.01)
    epochs, steps_an_epoch = 100, 4  # some tenths of a second: 3 epochs were over before the third sample
    run_id = store.create(SPEC | {"epochs": epochs})
    claim = queue.claim_next(store.file, store.watch)
    assert claim is not None
    Worker(store, claim).work()
    rows = store.rows("system", run_id, -1)
    assert store.get(run_id).state == "finished"
    assert len(rows) > 2
    assert all(row["memory"] > 1e6 and row["cpu"] >= 0 for row in rows)
    assert [row["seconds"] for row in rows] == sorted({row["seconds"] for row in rows})
    assert 0 < rows[-1]["step"] <= epochs * steps_an_epoch
    assert "system" not in {thread.name for thread in threading.enumerate()}
    assert all(row["gpu_memory"] is None and row["gpu_utilisation"] is None for row in rows)


def test_samples_become_rarer_so_that_a_run_of_days_has_some_thousands() -> None:
    at, count = 0.0, 0
    while at < 7 * 86_400:
        at += system.interval(at)
        count += 1
    assert system.interval(0.0) == 2.0
    assert count < 8000
