"""What is said before a launch: counts that a run then makes, and arithmetic that can be done by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from optim_viz import datasets, models
from optim_viz.comparison import TrainingSpec, events
from optim_viz.estimates import Cost, Measured, counts, estimate, matters
from optim_viz.estimates.words import basis, spoken_bytes, spoken_range, spoken_seconds
from optim_viz.training.engine import train
from optim_viz.training.lane import make_network

BASE: dict[str, Any] = {
    "lanes": ["sgd,lr=0.01", "adam,lr=0.001"],
    "dataset": "digits",
    "widths": [8],
    "batch_size": 100,
}
ZERO = Cost(0.0, 0.0)
MEASURED = Measured(
    "cpu (2 threads)", 100, Cost(0.01, 0.015), Cost(0.1, 0.3), Cost(0.2, 0.2), Cost(0.1, 0.1), ZERO, 3.2, 421_000_000
)


def spec(**changes: Any) -> TrainingSpec:
    return TrainingSpec.from_dict(BASE | changes)


@pytest.mark.parametrize("model", models.names())
@pytest.mark.parametrize("dataset", datasets.names())
def test_parameters_are_those_of_the_module_that_is_built(dataset: str, model: str) -> None:
    own = TrainingSpec.from_dict({"lanes": ["adam"], "dataset": dataset, "model": model})
    data = own.data.on_device(one_of_each(own))
    assert counts(own).parameters == sum(param.numel() for param in make_network(own, data).parameters())


def one_of_each(own: TrainingSpec) -> datasets.Arrays:
    """A data set of one example, of the right shape."""
    import numpy as np

    x, y = np.zeros((1, *own.data.input_shape), np.uint8), np.zeros(1, np.uint8)
    return datasets.Arrays(x, y, x, y)


@pytest.mark.parametrize(
    "changes",
    [
        {"epochs": 2, "tests_per_epoch": 3, "record_every": 7, "sharpness": 5, "sharpness_examples": 10},
        {
            "epochs": 3,
            "tests_per_epoch": 100,
            "examples": 250,
            "record_every": 1,
            "sharpness": 8,
            "sharpness_examples": 9,
        },
        {"epochs": 1, "examples": 100, "record_every": 50},
        {"epochs": 2, "examples": 300, "record_every": 3, "record": False, "sharpness": 4, "sharpness_examples": 9},
    ],
)
def test_counts_are_what_a_run_then_makes(changes: dict[str, Any]) -> None:
    own = spec(lanes=["sgd,lr=0.01"], **changes)
    found: list[events.Event] = []
    train(own, data=own.data.load(), on_event=found.append)
    start = next(event for event in found if isinstance(event, events.Start))
    said = counts(own)
    assert (said.parameters, said.steps_per_epoch, said.steps) == (
        start.n_parameters,
        start.steps_per_epoch,
        start.total_steps,
    )
    assert said.steps == max(event.step for event in found if isinstance(event, events.Step))
    assert said.tests == sum(isinstance(event, events.Epoch | events.MidEpochTest) for event in found)
    assert said.records == sum(isinstance(event, events.GradientNorm) for event in found)
    assert said.sharpness == sum(
        isinstance(event, events.Monitored) and event.monitor == "sharpness" for event in found
    )


def test_an_estimate_is_counts_times_costs() -> None:
    own = spec(epochs=10, tests_per_epoch=2, record_every=50)  # 15 steps an epoch; records at 1, 50, 100 and 150
    found = estimate(own, MEASURED)
    low, high = 150 * 0.01 + 20 * 0.1 + 4 * 0.2, 150 * 0.015 + 20 * 0.3 + 4 * 0.2
    assert found.seconds == pytest.approx((low * 5 / 6, high * 7 / 6))
    assert sum(found.shares.values()) == pytest.approx(1.0)
    assert found.shares["tests"] == pytest.approx((20 * 0.1 + 20 * 0.3) / (low + high))
    assert not MEASURED.busy
    assert dataclasses.replace(MEASURED, step=Cost(0.01, 0.05)).busy
    assert "monitors 100 ms of it" in basis(found)
    assert Measured.from_dict(MEASURED.to_dict()) == MEASURED


def test_what_a_probe_depends_on_is_asked_anew_and_nothing_else() -> None:
    same = [
        {"epochs": 9},
        {"seed": 3},
        {"tests_per_epoch": 7},
        {"examples": 1000},
        {"lanes": ["sgd,lr=0.5", "adam,lr=0.1,beta1=0.5"]},
    ]
    other = [
        {"widths": [9]},
        {"model": "logistic", "widths": None},
        {"batch_size": 99},
        {"l2": 0.1},
        {"device": "cpu"},
        {"sharpness": 3},
        {"record": False},
        {"dataset": "mnist"},
        {"lanes": ["sgd,lr=0.01"]},
        {"lanes": ["sgd,lr=0.01", "rmsprop,lr=0.001"]},
        {"lanes": ["sgd,lr=0.01", "adam,lr=0.001,weight_decay=0.1"]},
        {"lanes": ["sgd,lr=0.01", "adam,lr=0.001,schedule=cosine"]},
    ]
    keys = [matters(given(change)) for change in (*same, *other)]
    assert set(keys[: len(same)]) == {matters(spec())}
    assert len({matters(spec()), *keys[len(same) :]}) == len(other) + 1


def given(change: dict[str, Any]) -> TrainingSpec:
    return TrainingSpec.from_dict({name: value for name, value in (BASE | change).items() if value is not None})


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.2, 0.8, "1 s or less"),
        (3.7, 8.1, "3 to 9 s"),
        (41, 63, "40 to 65 s"),
        (80, 130, "1 to 2.5 min"),
        (600, 1500, "10 to 25 min"),
        (9_000, 20_000, "2 to 6 h"),
        (400_000, 900_000, "4 to 11 days"),
    ],
)
def test_a_range_has_one_unit_and_is_rounded_outwards(low: float, high: float, words: str) -> None:
    assert spoken_range(low, high) == words


def test_amounts_have_no_more_digits_than_are_known() -> None:
    assert [spoken_seconds(each) for each in (0.0, 0.00042, 0.0123, 0.99, 3.21, 12.3)] == [
        *("0 ms", "0.4 ms", "12 ms", "990 ms", "3.2 s", "12 s"),
    ]
    assert [spoken_bytes(each) for each in (421_000_000, 1_260_000_000)] == ["420 MB", "1.3 GB"]
