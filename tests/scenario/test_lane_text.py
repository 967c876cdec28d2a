"""A lane as text: what is written is read back exactly, and what cannot be read is named."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optim_viz import update_rules
from optim_viz.scenario import MARKERS, MAX_LANES, Lane, format_lane, parse_lane
from optim_viz.scenario.lane import own_look


def test_only_what_differs_from_the_defaults_is_written() -> None:
    rule = update_rules.get("adam")
    defaults = {item.name: item.default for item in rule.hyperparameters}
    lane = Lane("adam", {**defaults, "lr": 0.1, "beta2": 0.99}, colour=1, marker="square", visible=False)
    assert format_lane(lane) == "adam,lr=0.1,beta2=0.99,colour=1,marker=square,hidden"
    colour, marker = own_look("adam")
    assert format_lane(replace(lane, colour=colour, marker=marker)) == "adam,lr=0.1,beta2=0.99,hidden"
    assert format_lane(Lane("adam")) == "adam"


def test_an_optimizer_looks_the_same_wherever_it_stands() -> None:
    alone = parse_lane("adam")
    after = parse_lane("adam", [parse_lane("sgd"), parse_lane("rmsprop")])
    assert (after.colour, after.marker) == (alone.colour, alone.marker)
    lanes: list[Lane] = []
    for name in reversed(update_rules.names()[-MAX_LANES:]):
        lanes.append(parse_lane(name, lanes))
    assert len({lane.colour for lane in lanes}) == len({lane.marker for lane in lanes}) == len(lanes)


def test_no_two_lanes_look_alike_unless_told_to() -> None:
    lanes: list[Lane] = []
    for text in ["adam", "adam", "sgd", "adam,colour=0", "momentum", "sgd", "adam", "adam"]:
        lanes.append(parse_lane(text, lanes))
    assert [lane.colour for lane in lanes][:3] == [4, 0, 1]
    assert len({lane.marker for lane in lanes}) == 8


def test_missing_values_are_the_defaults_of_the_rule() -> None:
    lane = parse_lane("rmsprop, lr = 0.05, centered=true")
    defaults = {item.name: item.default for item in update_rules.get("rmsprop").hyperparameters}
    assert lane.hyperparameters == {**defaults, "lr": 0.05, "centered": True}
    assert (lane.colour, lane.marker, lane.visible) == (*own_look("rmsprop"), True)


@st.composite
def lanes(draw: st.DrawFn) -> Lane:
    rule = update_rules.get(draw(st.sampled_from(update_rules.names())))
    values: dict[str, float | bool] = {}
    for item in rule.hyperparameters:
        if item.scale == "choice":
            values[item.name] = draw(st.booleans())
        else:
            low, high = item.allowed.low, min(item.allowed.high, 1e300)
            inside = st.floats(low, high, exclude_min=item.allowed.open_low, exclude_max=item.allowed.open_high)
            values[item.name] = draw(inside | st.sampled_from([float(stop) for stop in item.stops()]))
    return Lane(rule.name, values, draw(st.integers(0, 7)), draw(st.sampled_from(MARKERS)), draw(st.booleans()))


@given(lanes(), st.lists(lanes(), max_size=7))
def test_every_lane_is_read_back_exactly(lane: Lane, before: list[Lane]) -> None:
    assert parse_lane(format_lane(lane, before), before) == lane


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "unknown optimizer ''"),
        ("adamm", "unknown optimizer 'adamm'"),
        ("adam,beta3=0.9", "adam has no hyperparameter 'beta3'"),
        ("adam,lr", "'lr' is not name=value"),
        ("adam,lr=-1", "-1.0"),
        ("adam,lr=nan", "lr must be a number above 0, not 'nan'"),
        ("adam,lr=1e400", "inf"),
        ("adam,lr=٣", "lr must be a number"),
        ("adam,beta1=1", "[0, 1)"),
        ("adam,lr=0.1,lr=0.2", "'lr' is given twice"),
        ("adam,colour=9", "colour must be a whole number from 0 to 7"),
        ("adam,marker=blob", "marker must be one of circle"),
        ("rmsprop,centered=maybe", "centered must be true or false"),
    ],
)
def test_what_is_wrong_is_named(text: str, named: str) -> None:
    with pytest.raises(ValueError, match=re.escape(named)):
        parse_lane(text)


def test_a_lane_built_in_python_is_checked_too() -> None:
    with pytest.raises(ValueError, match=r"lr = -1\.0"):
        Lane("adam", {"lr": -1.0})
    with pytest.raises(ValueError, match="colour"):
        Lane("adam", {}, colour=8)
