"""A lane's schedule in links, files, scripts, titles and the training page."""

from __future__ import annotations

import contextlib
import io
from dataclasses import replace

import numpy as np
import pytest

import optim_viz
from optim_viz import schedules
from optim_viz.comparison import TrainingSpec
from optim_viz.comparison.lanes import read_lanes
from optim_viz.scenario import Lane, Scenario, lane_titles, parse_lane

LINK = "surface=booth&steps=50&lane=adam,lr=0.3,schedule=step:step_size=20:gamma=0.5&lane=adam,lr=0.3&lane=sgd"


def test_it_stands_in_link_file_and_script_and_is_read_back() -> None:
    scenario, problems = Scenario.from_url(LINK)
    assert not problems
    plan = schedules.get("step", step_size=20, gamma=0.5)
    assert [lane.schedule for lane in scenario.lanes] == [plan, None, None]
    assert "schedule=step:step_size=20:gamma=0.5" in scenario.to_url()
    assert Scenario.from_url(scenario.to_url()) == (scenario, ())
    assert Scenario.from_json(scenario.to_json()) == (scenario, ())
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(scenario.to_python(), "script", "exec"), {})  # noqa: S102 - written by the lab
    for lane, line in zip(scenario.lanes, said.getvalue().splitlines(), strict=True):
        run = optim_viz.rollout("booth", lane.optimizer, steps=50, schedule=lane.schedule, **lane.hyperparameters)
        assert repr(run.loss[-1].item()) in line


@pytest.mark.parametrize("name", schedules.names())
def test_every_schedule_with_other_values_is_read_back(name: str) -> None:
    plan = schedules.get(name, **{each.name: each.high for each in schedules.get(name).parameters})
    scenario = replace(Scenario.default(), lanes=(Lane("adam", schedule=plan), Lane("adam", {"lr": 0.1})), lane=0)
    assert Scenario.from_url(scenario.to_url()) == (scenario, ())
    assert Scenario.from_json(scenario.to_json()) == (scenario, ())
    assert compile(scenario.to_python(), "script", "exec")


def test_a_lane_without_one_is_written_as_before() -> None:
    scenario = Scenario.default()
    for text in (scenario.to_url(), scenario.to_json(), scenario.to_python()):
        assert "schedule" not in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cosin", "unknown schedule 'cosin'"),
        ("step:gamma=7", "gamma = 7.0 is not a number from 0.001 to 1"),
        ("step:gama=0.5", "no parameter 'gama'"),
        ("step:gamma", "not NAME=NUMBER"),
    ],
)
def test_one_that_cannot_be_used_is_told_at_its_lane_and_the_old_one_stays(text: str, message: str) -> None:
    scenario, (problem,) = Scenario.from_url(f"lane=sgd&lane=adam,schedule={text}")
    assert problem.field == "lanes.1.schedule"
    assert message in problem.message
    assert scenario.lanes[1].schedule is None
    before = replace(scenario, lanes=(Lane("sgd"), Lane("adam", schedule=schedules.get("cosine"))), lane=0)
    for bad in (text, 5, ["cosine"]):
        raw = before.to_dict()
        raw["lanes"] = [{"optimizer": "sgd"}, {"optimizer": "adam", "schedule": bad}]
        after, problems = Scenario.from_dict(raw, before)
        assert [each.field for each in problems] == ["lanes.1.schedule"]
        assert after.lanes == before.lanes
    with pytest.raises(ValueError, match=message):
        parse_lane(f"adam,schedule={text}")


def test_titles_name_it_where_it_tells_lanes_apart() -> None:
    one, other = schedules.get("inverse_sqrt"), schedules.get("inverse_sqrt", timescale=9)
    assert lane_titles([Lane("adam", schedule=one), Lane("sgd")]) == ("Adam", "SGD")
    assert lane_titles([Lane("adam", schedule=one), Lane("adam")]) == ("Adam 1/√t", "Adam")
    assert lane_titles([Lane("adam", schedule=one), Lane("adam")], plain=True) == ("Adam inverse_sqrt", "Adam")
    assert lane_titles([Lane("adam", schedule=one), Lane("adam", schedule=other)]) == (
        "Adam inverse_sqrt",
        "Adam inverse_sqrt:timescale=9",
    )
    assert lane_titles([Lane("adam", {"lr": 0.1}, schedule=one), Lane("adam", {"lr": 0.2})]) == (
        "Adam lr 0.1, 1/√t",
        "Adam lr 0.2",
    )


def test_training_takes_the_schedule_too() -> None:
    lanes, problems = read_lanes(["adam,lr=0.01,schedule=cosine", "sgd"])
    assert not problems
    assert lanes[0] == Lane("adam", {"lr": 0.01}, schedule=schedules.get("cosine"))
    assert TrainingSpec(lanes=lanes).lanes[0].schedule == schedules.get("cosine")


def test_a_lane_takes_text_as_well() -> None:
    assert Lane("adam", schedule="cosine").schedule == schedules.get("cosine")  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="unknown schedule"):
        Lane("adam", schedule="no")  # pyright: ignore[reportArgumentType]
    assert np.isclose(schedules.get("cosine").factor(26, 50), 0.5)
