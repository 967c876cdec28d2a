"""Following a run: every point once, in order, whatever happens to the run."""

from __future__ import annotations

import math
from typing import Any

import pytest

from optim_viz.comparison import events
from optim_viz.run_store import RunStore, heartbeat, live_events, queue
from tests.run_store.fake_events import SPEC, epoch, loss, start, step


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch, started: list[list[str]]) -> None:
    del started
    monkeypatch.setattr(live_events, "PAUSE_SECONDS", 0.0)


def claim(store: RunStore) -> queue.Claim:
    found = queue.claim_next(store.file, store.watch)
    assert found is not None
    return found


def played(store: RunStore, run: int, batches: list[list[Any]], end: str = "finished") -> list[dict[str, Any]]:
    """Follow the run while its worker writes one batch at each look."""
    told: list[dict[str, Any]] = []
    owner = None
    for found, news in live_events.live_events(store, run):
        told += news
        if found.state == "queued":
            assert news == []
            owner = claim(store)
        elif found.state == "running" and owner is not None:
            if batches:
                heartbeat.beat(store.file, owner, batches.pop(0))
            else:
                heartbeat.finish(store.file, owner, end, "why")  # type: ignore[arg-type]
    return told


def test_every_event_once_and_in_order(store: RunStore) -> None:
    run = store.create(SPEC)
    lanes = (0, 1)
    batches: list[list[Any]] = [
        [start()],
        [step(0, 1)],  # a batch may end between two lanes of one step
        [step(1, 1), *(step(lane, n) for n in range(2, 51) for lane in lanes), epoch(0, 1)],
        [epoch(1, 1), *(step(lane, n) for n in range(51, 101) for lane in lanes), epoch(0, 2), epoch(1, 2)],
    ]
    told = played(store, run, batches)
    kinds = [event["event"] for event in told]
    assert kinds[:2] == ["start", "start"]
    assert kinds[-2:] == ["end", "end"]
    assert kinds.count("start") == kinds.count("end") == 2
    for lane in lanes:
        steps = [event for event in told if event["lane"] == lane and event["event"] == "step"]
        assert [event["step"] for event in steps] == list(range(1, 101))
        assert [event["loss"] for event in steps] == [loss(lane, n) for n in range(1, 101)]
        epochs = [event for event in told if event["lane"] == lane and event["event"] == "epoch"]
        assert [(event["step"], event["epoch"], event["loss"]) for event in epochs] == [(50, 1, 0.5), (100, 2, 0.5)]
        assert [event["test_accuracy"] for event in epochs] == [0.81, 0.82]
        end = next(event for event in told if event["lane"] == lane and event["event"] == "end")
        assert (end["step"], end["epoch"], end["state"], end["message"]) == (100, 2, "finished", "why")
        assert (end["test_accuracy"], end["test_loss"], end["examples_per_second"]) == (0.82, 0.2, 1e5)


def test_a_resumed_run_is_told_from_its_checkpoint_on_as_it_comes_again(store: RunStore) -> None:
    run = store.create(SPEC)
    lanes = (0, 1)
    played(store, run, [[start(), *(step(lane, n) for n in range(1, 61) for lane in lanes)]], end="cancelled")
    store.resume(run)
    batches: list[list[Any]] = [[start(step=40)]]
    batches += [[step(lane, n) for n in range(low, low + 20) for lane in lanes] for low in (41, 61)]
    told = played(store, run, batches)
    assert [(event["step"], event["epoch"]) for event in told[:2]] == [(40, 1), (40, 1)]
    for lane in lanes:
        steps = [event["step"] for event in told if event["lane"] == lane and event["event"] == "step"]
        assert steps == list(range(41, 81))


def test_what_json_cannot_hold_is_none(store: RunStore) -> None:
    run = store.create(SPEC)
    bad = [events.Step(0, 1, 1, math.nan, math.inf), events.Epoch(0, 1, 1, math.nan, math.inf, 0.1, 1.0, 0.0)]
    told = played(store, run, [[start(), *bad]])
    (first,) = [event for event in told if event["event"] == "step"]
    assert (first["loss"], first["smoothed"]) == (None, None)
    (end, _) = [event for event in told if event["event"] == "end"]
    assert (end["loss"], end["test_loss"], end["test_accuracy"]) == (None, None, 0.1)


def test_a_run_that_never_began_has_ends_alone(store: RunStore) -> None:
    told = played(store, store.create(SPEC), [], end="failed")
    assert [(event["event"], event["lane"], event["state"]) for event in told] == [
        ("end", 0, "failed"),
        ("end", 1, "failed"),
    ]
    assert all(event["loss"] is None for event in told)
