"""The scenario itself: its limits, its JSON form, and what a changed field brings with it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import surfaces
from optim_viz.figures.theme import COLOUR_NAMES
from optim_viz.scenario import COLOURS, MARKERS, Lane, Scenario, lane_titles, parse_lane

DEFAULT = Scenario.default()


def test_the_first_screen_tells_five_lanes_apart() -> None:
    assert [lane.optimizer for lane in DEFAULT.lanes] == ["sgd", "momentum", "adagrad", "rmsprop", "adam"]
    assert len({lane.colour for lane in DEFAULT.lanes}) == len({lane.marker for lane in DEFAULT.lanes}) == 5
    names = [COLOUR_NAMES[lane.colour] for lane in DEFAULT.lanes]
    assert names == ["vermillion", "purple", "green", "orange", "blue"]
    assert DEFAULT.lanes[DEFAULT.lane].optimizer == "adam"
    assert len(COLOUR_NAMES) == COLOURS == len(MARKERS)


@pytest.mark.parametrize(
    ("lanes", "titles"),
    [
        (("adam", "sgd", "adam", "adam"), ("Adam", "SGD", "Adam copy", "Adam copy 2")),
        (("adam,lr=0.1", "sgd,lr=0.1", "adam,lr=0.3"), ("Adam lr 0.1", "SGD", "Adam lr 0.3")),
        (("adam,lr=0.1", "adam,lr=0.3", "adam,lr=0.1"), ("Adam lr 0.1", "Adam lr 0.3", "Adam lr 0.1 copy")),
        (
            ("adam,lr=0.1,beta2=0.99", "adam,lr=0.3", "adam,lr=0.3,bias_correction=false"),
            (
                "Adam lr 0.1, β₂ 0.99, bias correction on",
                "Adam lr 0.3, β₂ 0.999, bias correction on",
                "Adam lr 0.3, β₂ 0.999, bias correction off",
            ),
        ),
        # Four digits say it, unless they would make two values look alike; an exponent is short.
        (("sgd,lr=0.123456", "sgd,lr=1e-07"), ("SGD lr 0.1235", "SGD lr 1e-07")),
        (("sgd,lr=0.12345", "sgd,lr=0.12346"), ("SGD lr 0.12345", "SGD lr 0.12346")),
        # Where more than three values differ, as few as tell the lanes apart.
        (
            ("adam,lr=0.1,beta1=0,beta2=0,eps=1", "adam,lr=0.1", "adam,lr=0.3"),
            ("Adam lr 0.1, β₁ 0", "Adam lr 0.1, β₁ 0.9", "Adam lr 0.3, β₁ 0.9"),
        ),
    ],
)
def test_lanes_are_named_by_what_tells_them_apart(lanes: tuple[str, ...], titles: tuple[str, ...]) -> None:
    made = tuple(parse_lane(text) for text in lanes)
    assert replace(DEFAULT, lanes=made, lane=0).titles() == titles
    plain = lane_titles(made, plain=True)
    assert all(title.isascii() for title in plain)
    assert len(set(plain)) == len(lanes)


LANE = st.sampled_from(["adam", "sgd", "rmsprop"]).flatmap(
    lambda name: st.tuples(st.just(name), st.sampled_from([0.1, 0.10001, 0.100011, 0.3, 1e-9]))
)


@given(st.lists(LANE, min_size=1, max_size=8))
def test_no_two_lanes_have_one_title(lanes: list[tuple[str, float]]) -> None:
    titles = lane_titles([Lane(name, {"lr": lr}) for name, lr in lanes])
    assert len(set(titles)) == len(lanes)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("surface", "nowhere", "no surface is called|unknown surface 'nowhere'"),
        ("steps", 0, "from 1 to 20000, not 0"),
        ("steps", 20001, "from 1 to 20000, not 20001"),
        ("noise", float("nan"), "from 0 to 100, not nan"),
        ("noise", -0.1, "from 0 to 100, not -0.1"),
        ("seed", -1, "from 0 to 4294967295, not -1"),
        ("start", (float("inf"), 0.0), "start must be two numbers"),
        ("lanes", (), "one lane at least"),
        ("view", "4d", "view must be one of"),
        ("time", 301, "the run has 300 steps"),
        ("speed", 3.0, "speed must be one of"),
        ("lane", 5, "from 0 to 4, not 5"),
        ("zoom", ((1.0, 0.0), (0.0, 1.0)), "x0 < x1"),
        ("parameters", {"k": 3}, "unknown name 'k'|no parameter 'k'"),
    ],
)
def test_an_impossible_value_is_refused_in_python(field: str, value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(DEFAULT, **{field: value})


def test_a_new_surface_brings_its_start_and_its_whole_domain() -> None:
    zoomed = replace(DEFAULT, zoom=((0.0, 1.0), (0.0, 1.0)), start=(1.0, 1.0))
    scenario, problems = Scenario.from_dict({"surface": "rosenbrock"}, zoomed)
    rosenbrock = surfaces.get("rosenbrock")
    assert problems == ()
    assert (scenario.start, scenario.domain, scenario.zoom) == (rosenbrock.start, rosenbrock.domain, None)
    assert scenario.lanes == zoomed.lanes
    same, _ = Scenario.from_dict({"surface": "narrow_valley"}, zoomed)
    assert same == zoomed
    moved, _ = Scenario.from_dict({"surface": "rosenbrock", "start": [0.5, "0.25"]}, zoomed)
    assert moved.start == (0.5, 0.25)


def test_numbers_may_come_as_the_text_a_person_typed() -> None:
    raw = DEFAULT.to_dict() | {"steps": "120", "noise": " 0.5 ", "seed": "7", "start": ["-1", 2]}
    raw["lanes"] = [{"optimizer": "adam", "hyperparameters": {"lr": "3e-2", "beta2": "abc"}}]
    raw["lane"] = 0
    scenario, problems = Scenario.from_dict(raw, DEFAULT)
    assert (scenario.steps, scenario.noise, scenario.seed, scenario.start) == (120, 0.5, 7, (-1.0, 2.0))
    assert scenario.lanes[0].hyperparameters["lr"] == 0.03
    assert [(problem.field, problem.message) for problem in problems] == [
        ("lanes.0.beta2", "beta2 must be a number from 0 to below 1, not 'abc'")
    ]


def test_a_bad_value_keeps_the_last_good_one() -> None:
    last = replace(DEFAULT, steps=77, noise=0.25)
    raw = last.to_dict() | {
        "steps": "many",
        "noise": None,
        "formula": 3,
        "lanes": [{"optimizer": "sgd", "hyperparameters": {"lr": -2}}],
    }
    scenario, problems = Scenario.from_dict(raw, last)
    assert (scenario.steps, scenario.noise) == (77, 0.25)
    assert scenario.lanes[0].hyperparameters["lr"] == last.lanes[0].hyperparameters["lr"]
    assert {problem.field for problem in problems} >= {"steps", "noise", "lanes.0.lr"}


def test_a_bad_formula_says_what_the_parser_says_and_keeps_the_picture() -> None:
    with pytest.raises(surfaces.ExpressionError) as caught:
        surfaces.parse("x + + * y")
    scenario, problems = Scenario.from_dict({"surface": "formula", "formula": "x + + * y"}, DEFAULT)
    assert scenario == DEFAULT
    assert [(problem.field, problem.message) for problem in problems] == [("formula", str(caught.value))]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(sorted(DEFAULT.to_dict())), JSON) | JSON)
def test_no_object_raises(raw: object) -> None:
    scenario, _ = Scenario.from_dict(raw, DEFAULT)
    assert Scenario.from_dict(scenario.to_dict()) == (scenario, ())


@given(
    st.fixed_dictionaries(
        {"optimizer": st.sampled_from(["adam", "sgd", "rmsprop", ""]) | JSON},
        optional={
            "hyperparameters": st.dictionaries(st.sampled_from(["lr", "beta1", "centered", "zzz"]), JSON) | JSON,
            "colour": JSON,
            "marker": JSON,
            "visible": JSON,
            "unknown": JSON,
        },
    )
)
def test_no_lane_raises(lane: object) -> None:
    scenario, _ = Scenario.from_dict({"lanes": [lane, lane]}, DEFAULT)
    assert Scenario.from_dict(scenario.to_dict()) == (scenario, ())


@pytest.mark.parametrize("text", ["", "nonsense", "[1, 2", "[]", "3", "null", "[" * 10_000, "1" * 10_000, " " * 30_000])
def test_bad_json_is_a_problem(text: str) -> None:
    scenario, problems = Scenario.from_json(text)
    assert scenario == DEFAULT
    assert [problem.field for problem in problems] == ["scenario"]


def test_huge_numbers_in_an_object_are_a_problem() -> None:
    scenario, problems = Scenario.from_dict({"steps": 10**5000, "seed": [10**5000], "noise": -(10**400)}, DEFAULT)
    assert scenario == DEFAULT
    assert {problem.field for problem in problems} == {"steps", "seed", "noise"}


def test_json_is_plain() -> None:
    assert json.loads(DEFAULT.to_json()) == DEFAULT.to_dict()


@pytest.mark.parametrize("name", surfaces.names())
def test_whatever_a_parameter_changes_a_scenario_is_read_back_without_a_word(name: str) -> None:
    """A parameter may change the domain: it is the surface's then, and nothing is left out."""
    for each in surfaces.get(name).parameters:
        for value in (each.low, each.default, each.high):
            scenario, _ = Scenario.from_dict({"surface": name, "parameters": {each.name: value}})
            assert Scenario.from_dict(scenario.to_dict()) == (scenario, ()), (each.name, value)
