"""Monitors in training: when they are sampled, what they cost, and that none of them can end a run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from optim_viz import monitors
from optim_viz.comparison.events import End, Event, GradientNorm, Monitored, MonitorReport, Step
from optim_viz.training.engine import Checkpoint, train
from optim_viz.training.monitoring import subset
from tests.monitors.samples import digits, spec


def run(*texts: str, **values: Any) -> list[Event]:
    told: list[Event] = []
    train(spec(*texts, **values), data=digits(), on_event=told.append)
    return told


def sampled(told: list[Event], name: str) -> list[int]:
    return sorted({event.step for event in told if isinstance(event, Monitored) and event.monitor == name})


def test_all_others_come_with_each_record_and_the_costly_ones_as_often_as_is_asked() -> None:
    told = run("adam", epochs=3, record_every=5, sharpness=3)  # 12 steps
    assert sampled(told, "update_ratio") == [1, 5, 10, 12]
    assert sampled(told, "sharpness") == [1, 6, 12]
    assert [event.step for event in told if isinstance(event, GradientNorm)] == [1, 5, 10, 12]
    assert sampled(run("adam", epochs=3), "sharpness") == []
    assert not [event for event in run("adam", record=False, sharpness=3) if isinstance(event, Monitored)]


def test_looking_moves_no_weight() -> None:
    losses = [
        {
            (event.lane, event.step): event.loss
            for event in run("adam", "sgd", epochs=2, **values)
            if isinstance(event, Step)
        }
        for values in ({"record": False}, {"sharpness": 8})
    ]
    assert losses[0] == losses[1]


def test_the_subset_is_drawn_once_without_repeats_and_is_all_where_all_are_asked_for() -> None:
    rows = subset(7, 1000, 64)
    assert len(set(rows.tolist())) == 64
    assert (np.diff(rows) > 0).all()
    assert rows.max() < 1000
    np.testing.assert_array_equal(rows, subset(7, 1000, 64))
    assert not np.array_equal(rows, subset(8, 1000, 64))
    np.testing.assert_array_equal(subset(7, 50, 50), np.arange(50))


def test_a_monitor_that_fails_ends_nothing_and_its_report_says_what_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "update_cosine"

    def fail(sample: object) -> dict[str, float]:
        raise torch.OutOfMemoryError("no room\nfor it")

    whole = monitors._monitors()
    monkeypatch.setitem(whole, name, replace(whole[name], measure=fail))
    told = run("adam", epochs=2)
    assert [event.status for event in told if isinstance(event, End)] == ["finished"]
    assert sampled(told, name) == []
    assert sampled(told, "update_ratio") == list(range(1, 9))
    last = {event.monitor: event for event in told if isinstance(event, MonitorReport)}
    assert last[name].problem == "step 8: OutOfMemoryError: no room for it"
    assert last["update_ratio"].problem == ""


def test_reports_count_samples_and_seconds_and_a_resume_goes_on_counting() -> None:
    given, told = spec("adam", epochs=3), list[Event]()
    saved: list[Checkpoint] = []
    train(given, data=digits(), on_event=told.append, checkpoint=saved.append, checkpoint_seconds=0.0)
    middle = next(each for each in saved if 3 <= each.step <= 9)
    rest: list[Event] = []
    train(given, data=digits(), on_event=rest.append, resume=Checkpoint.from_bytes(middle.to_bytes()))
    reports = [event for event in rest if isinstance(event, MonitorReport) and event.monitor == "update_ratio"]
    assert reports[-1].samples == 12
    assert reports[-1].seconds > 0
    whole = run("adam", epochs=3)
    known = {(e.monitor, e.layer, e.step): e.value for e in whole if isinstance(e, Monitored)}
    for event in (*told, *rest):
        if isinstance(event, Monitored):
            assert known[event.monitor, event.layer, event.step] == event.value


def test_a_lane_that_diverges_is_looked_at_no_more() -> None:
    told: list[Event] = []
    odd = digits()
    odd.train_x[:] = float("nan")
    train(spec("sgd", epochs=3, sharpness=12), data=odd, on_event=told.append)
    assert [event.status for event in told if isinstance(event, End)] == ["finished"]
    assert not [event for event in told if isinstance(event, Monitored)]
