"""What several people look at at once is worked out once, and anew as soon as a run has new points."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from optim_viz.comparison import events
from optim_viz.pages.train import charts, shared
from optim_viz.run_store import RunStore

SPEC = {"lanes": ["adam", "sgd,lr=0.1"], "dataset": "digits"}


@pytest.fixture
def run(tmp_path: Path) -> tuple[RunStore, int]:
    """A run with one point a lane."""
    store = RunStore(tmp_path / "runs.sqlite3")
    number = store.create(SPEC)
    started = events.Start(0, 100, 10, 4810, ("layer 1",), "cpu", "2.0")
    store.append(number, [started, *(events.Step(lane, 1, 1, 2.3, 2.3) for lane in range(2))])
    return store, number


def test_many_who_ask_at_once_have_it_worked_out_once() -> None:
    worked: list[str] = []
    together = threading.Barrier(8)

    def work() -> str:
        worked.append("x")
        return "x" * 1000

    def ask(_: int) -> str:
        together.wait()
        return shared.once(("asked at once", id(worked)), work)

    with ThreadPoolExecutor(8) as people:
        found = list(people.map(ask, range(8)))
    assert len(worked) == 1
    assert {id(each) for each in found} == {id(found[0])}


def test_two_who_look_share_what_is_read_until_a_point_is_written(run: tuple[RunStore, int]) -> None:
    store, number = run
    look = charts.Look(layer="layer 1")
    first, second = (charts.read(store, store.get(number), look) for _ in range(2))
    assert first.series is second.series
    store.append(number, [events.Step(0, 2, 1, 1.5, 1.5)])
    third = charts.read(store, store.get(number), look)
    assert third.series[0]["loss"].values.tolist() == [2.3, 1.5]


def test_of_a_run_that_goes_on_others_are_shown_the_same_for_a_while(
    run: tuple[RunStore, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each sees their own latest: whoever has it worked out, and whoever comes when it is old."""
    store, number = run
    clock, who = [100.0], ["alice"]
    monkeypatch.setattr(shared.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(shared, "_session", lambda: who[0])

    def steps() -> int:
        return len(charts.read(store, store.get(number), charts.Look()).series[0]["loss"].steps)

    assert steps() == 1
    store.append(number, [events.Step(0, 2, 1, 1.5, 1.5)])
    who[0] = "bob"
    assert steps() == 1
    who[0] = "alice"
    assert steps() == 2
    store.append(number, [events.Step(0, 3, 1, 1.4, 1.4)])
    who[0] = "bob"
    assert steps() == 2
    clock[0] += shared.REFRESH
    assert steps() == 3


def test_what_is_shared_says_nothing_of_who_looks(run: tuple[RunStore, int]) -> None:
    store, number = run
    own = charts.read(store, store.get(number), charts.Look())
    others = charts.read(store, replace(store.get(number), own=False, key="secret"), charts.Look())
    assert (own.run.own, others.run.own, others.run.key) == (True, False, "secret")
    assert own.series is others.series


def test_a_view_counts_the_bytes_of_its_curves(run: tuple[RunStore, int]) -> None:
    store, number = run
    view = charts.read(store, store.get(number), charts.Look())
    curves = [each for lane in view.series for each in lane.values()]
    assert view.nbytes >= sum(each.values.nbytes + each.steps.nbytes for each in curves) > 0
