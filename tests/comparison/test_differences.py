"""What sets lanes and runs apart is what is said of them, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optim_viz.comparison import TrainingSpec
from optim_viz.comparison.differences import Compared, differences, named_apart
from optim_viz.comparison.lanes import lane_words, run_name, trainable_names


def compared(*lanes: str, run: int = 1, **more: Any) -> list[Compared]:
    spec = TrainingSpec.from_dict({"lanes": list(lanes), **more}).to_dict()
    return [Compared(run, lane, spec) for lane in lanes]


def test_lanes_of_one_run_differ_in_their_numbers_alone() -> None:
    found = differences(compared("adam,lr=0.001", "adam,lr=0.3", "adam,lr=0.3,beta2=0.9"))
    assert found.columns == {"lr": ("0.001", "0.3", "0.3"), "β₂": ("0.999", "0.999", "0.9")}
    assert found.titles == ("Adam lr 0.001, β₂ 0.999", "Adam lr 0.3, β₂ 0.999", "Adam lr 0.3, β₂ 0.9")
    assert found.shared["β₁"] == "0.9"
    assert (found.shared["optimizer"], found.shared["Data set"]) == ("Adam", "MNIST")


def test_a_number_that_an_optimizer_lacks_is_no_difference() -> None:
    found = differences(compared("adam,lr=0.01", "sgd,lr=0.01"))
    assert found.columns == {}
    assert found.titles == ("Adam", "SGD")


def test_runs_differ_in_their_settings_and_at_last_in_their_numbers() -> None:
    found = differences([*compared("sgd", run=1), *compared("sgd", run=2, seed=3), *compared("sgd", run=3, seed=3)])
    assert found.columns == {"Seed": ("0", "3", "3")}
    assert found.titles == ("SGD seed 0", "SGD seed 3, run 2", "SGD seed 3, run 3")


def test_settings_that_change_no_curve_are_no_difference() -> None:
    found = differences([*compared("sgd", device="cpu"), *compared("sgd", run=2, tests_per_epoch=9)])
    assert found.columns == {}


def test_a_lane_of_another_version_is_compared_by_its_text() -> None:
    found = differences([Compared(1, "adamax_of_tomorrow,lr=1", {}), *compared("adam")])
    assert found.titles[0] == "adamax_of_tomorrow"


@given(
    st.lists(
        st.tuples(st.sampled_from(trainable_names()), st.sampled_from([0.001, 0.1]), st.integers(0, 1)),
        min_size=1,
        max_size=8,
    )
)
def test_no_two_lanes_have_the_same_name(lanes: list[tuple[str, float, int]]) -> None:
    """Whatever is compared, even a lane with itself."""
    found = differences([each for name, lr, seed in lanes for each in compared(f"{name},lr={lr}", seed=seed)])
    assert len(set(found.titles)) == len(lanes)
    assert all(len(values) == len(lanes) and len({*values} - {"–"}) > 1 for values in found.columns.values())
    assert not set(found.columns) & set(found.shared)


@pytest.mark.parametrize(
    ("lanes", "name"),
    [
        (["sgd", "adam"], "SGD · Adam"),
        (["adam,lr=0.1", "adam,lr=0.001", "adam,lr=0.01"], "Adam lr 0.001 to 0.1"),
        (["adam,lr=0.1", "adam,beta2=0.9", "sgd"], "Adam (2) · SGD"),
        (["adam,lr=0.1", "adam,lr=0.2,beta2=0.9"], "Adam (2)"),
        (["nothing_known,lr=1"], "nothing_known"),
        (["adam"], "Adam"),
    ],
)
def test_a_run_is_named_by_its_lanes(lanes: list[str], name: str) -> None:
    assert run_name(lanes) == name


def test_runs_of_one_name_say_in_what_they_differ_and_others_nothing() -> None:
    specs = [TrainingSpec.from_dict({"lanes": ["sgd"], **more}).to_dict() for more in ({}, {"seed": 2}, {"epochs": 3})]
    assert named_apart(["a", "a", "b"], specs) == ("a, seed 0", "a, seed 2", "b")
    assert named_apart(["a", "a"], [specs[0], specs[0]]) == ("a", "a")


def test_a_lane_of_another_version_can_be_looked_into_as_far_as_it_was_recorded() -> None:
    assert lane_words(["adamax_of_tomorrow"])[0].recorded == ()  # the run's own points say what there is


def test_schedules_set_lanes_apart() -> None:
    found = differences(compared("adam", "adam,schedule=cosine", "adam,schedule=step:gamma=0.5"))
    assert found.columns == {"Schedule": ("off", "cosine", "step, gamma 0.5")}
    assert found.titles == ("Adam schedule off", "Adam schedule cosine", "Adam schedule step, gamma 0.5")
