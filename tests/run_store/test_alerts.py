"""What wants looking after is told with what to do, and a run that is well is left alone."""

from __future__ import annotations

import math
import time

import pytest

from optim_viz.comparison import events
from optim_viz.run_store import Alert, RunStore, heartbeat, queue
from tests.run_store.fake_events import SPEC, start, step


@pytest.fixture
def training(store: RunStore) -> queue.Claim:
    """A run of this process, which has made ten steps in a second."""
    store.create(SPEC)
    claim = queue.claim_next(store.file, store.watch)
    assert claim is not None
    heartbeat.beat(store.file, claim, [start(), *(step(0, number) for number in range(1, 11))], trained=1.0)
    return claim


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    gone = [0.0]
    real = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: real() + gone[0])
    return gone


def alerts(store: RunStore) -> tuple[Alert, ...]:
    (run,) = store.list_runs()
    return store.alerts([run]).get(run.id, ())


def test_a_run_whose_steps_stand_still_is_stalled(
    store: RunStore, training: queue.Claim, pass_time: list[float]
) -> None:
    assert alerts(store) == ()
    pass_time[0] = 29.0
    heartbeat.beat(store.file, training, trained=30.0)
    assert alerts(store) == ()
    pass_time[0] = 35.0
    heartbeat.beat(store.file, training, trained=36.0)
    (found,) = alerts(store)
    assert found.kind == "stalled"
    assert found.text.startswith("No step for 35 s. Cancel, then resume: ")
    heartbeat.beat(store.file, training, [step(0, 11)], trained=37.0)
    assert alerts(store) == ()


def test_steps_that_always_take_long_do_not_stand_still(
    store: RunStore, training: queue.Claim, pass_time: list[float]
) -> None:
    heartbeat.beat(store.file, training, trained=100.0)  # ten seconds a step
    assert alerts(store) == ()
    pass_time[0] = 200.0
    heartbeat.beat(store.file, training, trained=300.0)
    assert alerts(store) == ()
    pass_time[0] = 310.0
    heartbeat.beat(store.file, training, trained=410.0)
    assert [each.kind for each in alerts(store)] == ["stalled"]


def test_a_process_that_is_there_and_writes_nothing_is_stalled(
    store: RunStore, training: queue.Claim, pass_time: list[float]
) -> None:
    assert alerts(store) == ()
    pass_time[0] = 9.0
    (found,) = alerts(store)
    assert (found.kind, found.text.split(".")[0]) == ("stalled", "Its process is there but has written nothing for 9 s")
    heartbeat.beat(store.file, training)
    assert alerts(store) == ()


@pytest.mark.parametrize(("last", "slow"), [(0.1, False), (0.3, False), (0.5, True)])
def test_a_rate_far_below_the_runs_own_is_slow(store: RunStore, training: queue.Claim, last: float, slow: bool) -> None:
    """Thirty intervals of 10 steps in 0.1 s, then five of `last` seconds."""
    seconds = [*[0.1] * 30, *[last] * 5]
    clocks = [events.Clock(0, 10 * (i + 1), sum(seconds[: i + 1])) for i in range(len(seconds))]
    heartbeat.beat(store.file, training, clocks)
    found = alerts(store)
    assert [each.kind for each in found] == (["slow"] if slow else [])
    assert all(each.text.startswith("20 steps a second, where 100 were usual.") for each in found)


def test_lanes_that_diverged_are_named(store: RunStore, training: queue.Claim) -> None:
    heartbeat.beat(store.file, training, [events.Diverged(0, 1012, math.inf)])
    (found,) = alerts(store)
    assert found.text == "The loss of Adam is not finite from step 1,012 on. Try again with a smaller lr."
    heartbeat.finish(store.file, training, "finished", "", [events.Diverged(1, 3, math.nan)])
    (found,) = alerts(store)
    assert found.text.startswith("The loss of Adam is not finite from step 1,012 on, and 1 more lane diverged.")
