"""How many runs train at once: their cores never exceed the machine's, whatever waits and whoever dies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optim_viz.launchers import local
from optim_viz.run_store import Run, RunStore, StoreError, heartbeat, pool, queue
from optim_viz.run_store.pool import Pool

SMALL: dict[str, Any] = {"lanes": ["adam"], "dataset": "digits", "widths": [8], "batch_size": 32, "device": "cpu"}
LARGE = SMALL | {"widths": [1024, 1024], "batch_size": 1024}
LANES = SMALL | {"lanes": ["adam", "sgd", "momentum"]}


def on(monkeypatch: pytest.MonkeyPatch, cores: int = 2, gpu: bool = False) -> None:
    """Let the machine be another one."""
    monkeypatch.setattr(queue, "pool", lambda: Pool(cores, gpu=gpu))


def claimed(store: RunStore) -> list[queue.Claim]:
    """Take runs until there is no room for another."""
    found: list[queue.Claim] = []
    while (claim := queue.claim_next(store.file, store.watch)) is not None:
        found.append(claim)
    return found


def test_small_runs_train_side_by_side_and_in_order(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, cores=3)
    ids = [store.create(SMALL) for _ in range(5)]
    running = claimed(store)
    assert [each.run.id for each in running] == ids[:3]
    assert [each.run.cores for each in running] == [1, 1, 1]
    heartbeat.finish(store.file, running[1], "finished", "")
    assert [each.run.id for each in claimed(store)] == ids[3:4]


@pytest.mark.parametrize(("spec", "cores"), [(SMALL, 1), (LARGE, 4), (LANES, 3)])
def test_a_run_takes_the_cores_that_it_makes_use_of(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, spec: dict[str, Any], cores: int
) -> None:
    on(monkeypatch, cores=4)
    store.create(spec)
    store.create(SMALL)
    running = claimed(store)
    assert [each.run.cores for each in running] == [cores, 1][: 1 + (cores < 4)]


def test_a_run_that_fills_the_machine_waits_its_turn_and_is_not_overtaken(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    on(monkeypatch)
    first, wide, last = store.create(SMALL), store.create(LANES), store.create(SMALL)
    (running,) = claimed(store)
    assert running.run.id == first
    heartbeat.finish(store.file, running, "finished", "")
    (running,) = claimed(store)
    assert (running.run.id, running.run.cores) == (wide, 2)
    heartbeat.finish(store.file, running, "finished", "")
    assert [each.run.id for each in claimed(store)] == [last]


def test_cores_that_were_asked_for_are_kept_over_a_resume(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch)
    runs = [store.create(LARGE, cores=1) for _ in range(2)]
    running = claimed(store)
    assert [each.run.id for each in running] == runs
    heartbeat.finish(store.file, running[0], "cancelled", "")
    monkeypatch.setattr(queue, "pool", lambda: Pool(8))
    store.resume(runs[0])
    assert [each.run.cores for each in claimed(store)] == [1]


def test_a_gpu_trains_one_run_and_the_cores_others_beside_it(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, cores=4, gpu=True)
    auto, cpu, cuda = (store.create(SMALL | {"device": name}) for name in ("auto", "cpu", "cuda"))
    assert [each.run.id for each in claimed(store)] == [auto, cpu]
    assert store.get(cuda).state == "queued"


def test_the_setting_overrides_the_machine(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(pool.VARIABLE, "3")
    monkeypatch.setattr(pool, "cores", lambda: 8)
    for _ in range(5):
        store.create(LARGE)
    assert [each.run.cores for each in claimed(store)] == [2, 2, 2]
    for wrong in ("0", "many", "-1", "1025", "9" * 5000):
        monkeypatch.setenv(pool.VARIABLE, wrong)
        with pytest.raises(StoreError, match=f"{pool.VARIABLE} must be a whole number from 1 to 1024, not '"):
            store.advance()


def test_torchs_own_limit_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert pool.cores() == 1
    monkeypatch.setenv("OMP_NUM_THREADS", "many")
    assert pool.cores() >= 1


def test_a_dead_worker_makes_room_and_the_others_are_left_alone(
    store: RunStore, started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    on(monkeypatch)
    first, second, third = (store.create(SMALL) for _ in range(3))
    assert len(claimed(store)) == 2
    child = subprocess.Popen([sys.executable, "-c", ""])
    with store.file.writing() as connection:
        connection.execute("UPDATE runs SET handle = ? WHERE id = ?", (local.handle_of(child.pid), first))
    store.advance()
    child.wait()
    store.advance()
    assert [store.get(run).state for run in (first, second, third)] == ["lost", "running", "queued"]
    assert len(started) == 1
    assert [each.run.id for each in claimed(store)] == [third]


def test_a_worker_of_an_earlier_version_has_the_machine_to_itself(
    store: RunStore, started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    on(monkeypatch, cores=8)
    store.create(SMALL)
    assert len(claimed(store)) == 1
    with store.file.writing() as connection:
        connection.execute("UPDATE runs SET cores = NULL")
    store.create(SMALL)
    store.advance()
    assert claimed(store) == []
    assert started == []


def test_a_worker_whose_run_was_cancelled_before_it_came_holds_up_no_other(
    store: RunStore, started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    on(monkeypatch)
    run = store.launch(SMALL)
    store.request_cancel(run)
    assert claimed(store) == []
    store.resume(run)
    assert len(started) == 2


def test_a_spec_that_makes_no_sense_is_left_to_its_process_to_explain() -> None:
    assert Pool(4).cores_for(Run(1, spec={"lanes": ["adam,lr=-1"]})) == 1
    assert Pool(4).cores_for(Run(1, spec={"lanes": ["no.such:Class"] * 6})) == 4
    assert Pool(4).cores_for(Run(1)) == 1


def test_many_are_cancelled_at_once(store: RunStore, path: Path, started: list[list[str]]) -> None:
    runs = [store.create(SMALL) for _ in range(6)]
    running = queue.claim_next(store.file, store.watch)
    assert running is not None
    assert store.cancel_all([runs[0], runs[2], runs[2], 99]) == 2
    assert store.cancel_all([runs[0], runs[2]]) == 0  # they were asked already
    assert store.get(runs[0]).cancel
    assert heartbeat.cancel_is_asked(store.file, running)
    assert [store.get(run).state for run in runs[:4]] == ["running", "queued", "cancelled", "queued"]
    assert store.cancel_all([]) == 0
    assert RunStore(path).cancel_all() == 4
    heartbeat.finish(store.file, running, "cancelled", "")
    assert {run.state for run in store.list_runs()} == {"cancelled"}
    assert store.cancel_all() == 0
    assert store.get(runs[5]).ended is not None


SPECS = st.sampled_from([SMALL, LARGE, LANES])


@given(
    cores=st.integers(1, 16),
    at_once=st.one_of(st.none(), st.integers(1, 8)),
    specs=st.lists(SPECS, min_size=1, max_size=12),
)
def test_the_pool_is_never_too_full_and_never_idle(
    cores: int, at_once: int | None, specs: list[dict[str, Any]]
) -> None:
    machine = Pool(cores, at_once)
    running: list[Run] = []
    for number, spec in enumerate(specs):
        waiting = Run(number, spec=spec, state="queued")
        if not machine.has_room(running, waiting):
            break
        taken = machine.cores_for(waiting)
        assert 1 <= taken <= cores
        running.append(Run(number, spec=spec, state="running", cores=taken))
    assert running
    if at_once is None:
        assert sum(run.cores or 0 for run in running) <= cores
    else:
        assert len(running) == min(at_once, len(specs))
