"""What a sweep is: its counts, its learning rates, its order, and its form as a link."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from optim_viz.comparison import settings
from optim_viz.surfaces import UnknownName
from optim_viz.sweeps import LogRange, Sweep, presets
from optim_viz.sweeps.launching import as_lists, range_test_spec
from optim_viz.sweeps.link import read, sweepable_names, usual

OPTIMIZERS = sweepable_names()
rates = st.floats(1e-6, 1.0).map(lambda value: float(f"{value:.3g}"))


@st.composite
def plans(draw: st.DrawFn) -> Sweep:
    """A sweep on the smallest data set that is there."""
    numbers = st.lists(st.integers(1, 500), min_size=1, max_size=3, unique=True).map(tuple)
    first = draw(rates)
    return Sweep(
        tuple(draw(st.lists(st.sampled_from(OPTIMIZERS), min_size=1, max_size=4, unique=True))),
        LogRange(first, float(f"{first * draw(st.floats(1.5, 1e4)):.3g}"), draw(st.integers(1, 12))),
        draw(numbers),
        draw(numbers),
        replace(usual()).settings | {"epochs": draw(st.integers(1, 9)), "l2": draw(st.sampled_from([0.0, 1e-4]))},
        draw(st.sampled_from([None, 1.0, 1.5, 20.0])),
    )


@hypothesis_settings(max_examples=60, deadline=None)
@given(plan=plans())
def test_every_setting_is_there_once_and_the_link_is_the_sweep(plan: Sweep) -> None:
    points = plan.points()
    assert len(points) == plan.count == len(set(points))
    assert plan.count == len(plan.optimizers) * plan.lr.count * len(plan.batch_sizes) * len(plan.seeds)
    a_map = plan.count // len(plan.seeds)
    assert [point.seed for point in points] == [seed for seed in plan.seeds for _ in range(a_map)], "a map at a time"
    assert read(as_lists(plan.query())) == (plan, [])


@hypothesis_settings(max_examples=100, deadline=None)
@given(first=rates, ratio=st.floats(1.01, 1e6), count=st.integers(2, 40))
def test_learning_rates_are_at_equal_ratios(first: float, ratio: float, count: int) -> None:
    last = first * ratio
    assume(ratio ** (1 / (count - 1)) > 1.001)
    values = LogRange(first, last, count).values()
    assert (len(values), values[0], values[-1]) == (count, first, last)
    steps = [math.log(after / before) for before, after in pairwise(values)]
    assert max(steps) - min(steps) < 4e-5, "six digits leave an error of 1e-5 at most, at either end of a step"


def test_names_of_sweeps_tell_them_apart() -> None:
    one = replace(usual(), optimizers=("sgd", "adam"), lr=LogRange(0.001, 0.1, 5), batch_sizes=(32,), seeds=(0,))
    named = [
        (one, "5 learning rates from 0.001 to 0.1"),
        (replace(one, lr=LogRange(0.0002, 0.1, 5)), "5 learning rates from 0.0002 to 0.1"),
        (replace(one, lr=LogRange(0.3, 0.3, 1)), "learning rate 0.3"),
        (replace(one, seeds=(0, 1)), "5 learning rates from 0.001 to 0.1, 2 seeds"),
        (replace(one, batch_sizes=(32, 64)), "5 learning rates from 0.001 to 0.1, 2 batch sizes"),
    ]
    assert [each.name() for each, _ in named] == [f"SGD · Adam, {words}" for _, words in named]


def test_decades_are_written_as_such() -> None:
    assert LogRange(1e-4, 1.0, 5).values() == (0.0001, 0.001, 0.01, 0.1, 1.0)
    assert LogRange(0.5, 9.0, 1).values() == (0.5,)
    assert str(LogRange.parse(" 1e-4, 1 ,5")) == "0.0001,1,5"


def test_a_run_is_the_optimizer_at_its_own_settings() -> None:
    plan = replace(usual(), optimizers=("momentum,momentum=0.5,lr=7", "adam"), batch_sizes=(16, 64), seeds=(3,))
    assert plan.optimizers == ("momentum,momentum=0.5", "adam"), "lr is the sweep's"
    spec = plan.spec(plan.points()[0])
    assert dict(spec.lanes[0].hyperparameters)["lr"] == 0.0001
    assert dict(spec.lanes[0].hyperparameters)["momentum"] == 0.5
    assert (spec.batch_size, spec.seed, spec.stop_above, len(spec.lanes)) == (16, 3, 1.5, 1)
    assert {point.batch_size for point in plan.points()} == {16, 64}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"lr": "0.1,0.01,3"}, "above the last"),
        ({"lr": "0.1"}, "from,to,count"),
        ({"lr": "0,1,3"}, "the first learning rate"),
        ({"lr": "1,2,1000"}, "from 1 to 60"),
        ({"lr": "1,1,2"}, "not all different"),
        ({"batches": "32,32"}, "no two the same"),
        ({"batches": "9999999"}, "batch_size"),
        ({"seeds": "a"}, "whole numbers"),
        ({"seeds": "0-999", "lr": "0.1,1,2"}, "too many"),
        ({"stop": "-1"}, "stop_above"),
        ({"optimizer": "sgd"}, ""),
        ({"optimizer": "no_such"}, "no_such"),
        ({"epochs": "0"}, "epochs"),
        ({"dataset": "no_such"}, "dataset"),
    ],
)
def test_what_cannot_be_is_said_and_the_rest_stays(query: dict[str, str], words: str) -> None:
    plan, problems = read(as_lists(query))
    assert words in "; ".join(problems)
    assert bool(problems) == bool(words)
    if words:
        assert plan.lr == usual().lr or "lr" in query


@pytest.mark.parametrize("name", presets.names())
def test_every_preset_is_a_sweep(name: str) -> None:
    preset = presets.get(name)
    plan = preset.sweep()
    assert plan.count > 1
    assert read(as_lists(plan.query())) == (plan, [])
    assert preset.title
    assert preset.sentence.endswith((".", "?"))


def test_a_range_test_takes_every_optimizer_up_to_the_largest_rate() -> None:
    plan = usual()
    spec = range_test_spec(plan)
    assert len(spec.lanes) == len(plan.optimizers)
    assert spec.total_steps >= 100
    for lane in spec.lanes:
        assert lane.schedule is not None
        factors = lane.schedule.factors(spec.total_steps) * lane.hyperparameters["lr"]
        assert factors[0] == pytest.approx(1e-6, rel=1e-9)
        assert factors[-1] == pytest.approx(10.0, rel=1e-12)


def test_settings_that_a_sweep_has_of_its_own_are_settings() -> None:
    assert set(settings.SET_BY_SWEEP) <= {each.name for each in settings.every_setting()}


def test_a_preset_whose_optimizer_is_gone_is_left_out() -> None:
    query = presets.get(presets.names()[0]).query
    with pytest.raises(UnknownName, match="gone"):
        presets.Preset("x", "X", 0, "X.", {**query, "optimizer": ["sgd", "gone"]})
