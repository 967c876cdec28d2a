"""kill -9: at most the last second is lost, nothing stays stuck, nothing is left behind, and the end is the same."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from optim_viz import launchers
from optim_viz.launchers import environment
from optim_viz.run_store import RunStore, pool
from tests.training.process import killing

Soon = Callable[[Callable[[], bool], float], None]

APP = """
import os, sys
from optim_viz.run_store import RunStore
store = RunStore(sys.argv[1])
spec = {"lanes": ["sgd"], "widths": [8], "examples": 512, "device": "cpu", "epochs": 20}
print(store.launch(spec), store.launch(spec | {"seed": 1}), flush=True)
os.kill(os.getpid(), 9)
"""


def test_a_run_killed_at_random_moments_keeps_its_points_and_ends_as_if_nothing_had_been(
    store: RunStore, tmp_path: Path
) -> None:
    reference = store.create(killing.SPEC)
    assert killing.start(store, tmp_path / "reference").wait(300) == 0
    run = store.create(killing.SPEC)
    total, chance = store.get(reference).total_steps or 0, random.Random(0)  # noqa: S311 - repeatable
    moments = [killing.at_step(round(total * (part + chance.uniform(0.0, 0.15)))) for part in (0.3, 0.5, 0.7)]
    kills = killing.kill_and_resume(store, run, tmp_path / "notes", [killing.after(0.5), *moments])
    assert len(kills.missed) == 4
    assert kills.restarts[-1] > 0  # it went on from a checkpoint
    assert store.get(run).state == "finished"
    killing.assert_equal(store, run, reference)


def test_the_queue_advances_with_no_app_alive(store: RunStore, soon: Soon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(pool.VARIABLE, "1")
    app = subprocess.run(
        [sys.executable, "-c", APP, str(store.path)], capture_output=True, text=True, env=environment()
    )
    assert app.returncode == -9
    first, second = map(int, app.stdout.split())
    soon(lambda: store.get(second).state == "finished", 90)  # nobody calls advance
    assert store.get(first).state == "finished"
    assert (store.get(first).ended or 0.0) <= (store.get(second).started or 0.0)
    handle = store.get(second).handle
    assert handle is not None
    assert store.get(first).handle == handle  # one process became the next
    soon(lambda: launchers.get("local").alive(handle) is False, 10)
    assert os.getsid(0) != int(handle.split()[0])


def test_a_lost_run_is_stepped_over_by_whoever_looks(
    store: RunStore, soon: Soon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(pool.VARIABLE, "1")
    long = {"lanes": ["sgd"], "widths": [8], "examples": 512, "epochs": 1000, "device": "cpu"}
    first = store.launch(long)
    second = store.launch(long | {"epochs": 1})
    soon(lambda: store.get(first).step > 0, 60)
    handle = store.get(first).handle
    assert handle is not None
    steps = store.get(first).step
    launchers.get("local").stop(handle)
    soon(lambda: store.get(first).state == "lost", 2)
    assert store.get(second).state == "queued"
    store.advance()
    soon(lambda: store.get(second).state == "finished", 60)
    assert store.get(first).step >= steps
    assert len(store.series(first, 0, "loss", 10**6).steps) >= steps


def test_the_pool_fills_itself_outlives_a_kill_and_gives_the_numbers_of_a_run_alone(
    store: RunStore, soon: Soon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(pool.VARIABLE, "2")
    long = {"lanes": ["sgd"], "widths": [8], "examples": 512, "dataset": "digits", "epochs": 1000, "device": "cpu"}
    short = long | {"epochs": 2, "lanes": ["adam"]}
    killed = store.create(long)
    others = [store.create(long | {"seed": 1}), store.create(short), store.create(short)]
    store.advance()  # once: from here on nobody looks
    soon(lambda: all(store.get(run).step > 0 for run in (killed, others[0])), 120)
    assert store.get(others[1]).state == "queued"
    handle = store.get(killed).handle
    assert handle is not None
    launchers.get("local").stop(handle)
    soon(lambda: store.get(killed).state == "lost", 10)
    store.cancel_all([others[0]])  # its process becomes the next one, which starts another
    soon(lambda: store.get(others[2]).state == "finished" and store.get(others[1]).state == "finished", 120)
    assert store.get(others[0]).state == "cancelled"
    one, two = (store.series(run, 0, "loss", 10**6) for run in others[1:])
    assert one.values.tolist() == two.values.tolist()
    assert len(one.values) == 8
