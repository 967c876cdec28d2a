"""What cannot be used is reported, in a bounded number of problems, and nothing that can be is."""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

import optim_viz
import surfaces
from optim_viz.scenario import FORMULA, Lane, Scenario, few
from optim_viz.scenario.fields import NAMES
from optim_viz.scenario.problem import MAX_FIELD, MAX_PROBLEMS
from optim_viz.stage.answer import Kept, answer
from tests.stage.decoder import decode

DEFAULT = Scenario.default()
SPARSE = Scenario.from_url("surface=sparse_least_squares&k=7")[0]
OWN = replace(DEFAULT, surface=FORMULA, formula="x**2 + y**2", domain=((-1.0, 2.0), (-3.0, 4.0)))
BASES = [replace(each, lanes=each.lanes[::4], lane=1) for each in (DEFAULT, SPARSE, OWN)]  # two lanes read as five do

EXTREMES = [5e-324, 1e-320, 1e-310, 2.2e-308, 1e-300, 1e-17, 1e17, 1e300, 1.7976931348623157e308, math.inf, math.nan]
NUMBERS = [0, -0.0, 1, -1, 1.5, 10**400, *EXTREMES, *(-value for value in EXTREMES)]
SCALARS = [*NUMBERS, None, True, False, "", "1", "1,2", "1,2,3,4", "x", "formula", "\x00", "\ud800", "9" * 500]
VALUES = [
    *SCALARS,
    *([value] for value in SCALARS),
    *([value, 1.0] for value in NUMBERS),
    {},
    {"x": 1},
    [],
    [[]],
    [[1, 2]],
]
VALUES += [[[low, high], [-1.0, 1.0]] for low in NUMBERS[:9] for high in EXTREMES]


def said(value: Any) -> Any:
    """A value as a person may also write it: numbers as text, lists flat, None where a field can be empty."""
    if isinstance(value, list | tuple):
        return [each for item in value for each in (said(item) if isinstance(item, list | tuple) else [said(item)])]
    try:
        return float(value) if not isinstance(value, bool) else value
    except (TypeError, ValueError, OverflowError):
        return said(value.split(",")) if isinstance(value, str) and "," in value else value


@pytest.mark.parametrize("base", BASES, ids=lambda base: base.surface)
@pytest.mark.parametrize("field", NAMES)
def test_a_value_is_used_or_reported(field: str, base: Scenario) -> None:
    for value in VALUES:
        scenario, problems = Scenario.from_dict({field: value}, base)
        assert Scenario.from_dict(scenario.to_dict()) == (scenario, ())
        if problems:
            continue
        if field in (
            "time",
            "loop",
            "zoom",
            "camera",
            "cloud",
            "domain",
            "plots",
            "scales",
            "parameters",
            "formula",
        ) and value in (
            None,
            "",
            {},
        ):
            continue  # says nothing, so the field keeps what it has
        assert said(scenario.to_dict()[field]) == said(value), value


LANE_KEYS = ("optimizer", "hyperparameters", "colour", "marker", "visible")


@pytest.mark.parametrize("key", LANE_KEYS)
def test_a_lanes_value_is_used_or_reported(key: str) -> None:
    for value in VALUES:
        lane = {"optimizer": "adam", "hyperparameters": {"lr": 0.5}, key: value}
        scenario, problems = Scenario.from_dict({"lanes": [lane]}, DEFAULT)
        assert len(scenario.lanes) == 1
        if not problems and value != {}:
            read = scenario.lanes[0].to_dict()[key]
            assert said(read) == said(value) or str(read).lower() == str(value) or (read, value) == (True, "1")


@pytest.mark.parametrize(
    "rule", [optim_viz.optimizer(name) for name in optim_viz.optimizers()], ids=lambda rule: rule.name
)
def test_a_hyperparameter_is_used_or_reported(rule: optim_viz.UpdateRule) -> None:
    for each in rule.hyperparameters:
        for value in VALUES:
            lane = {"optimizer": rule.name, "hyperparameters": {each.name: value}}
            scenario, problems = Scenario.from_dict({"lanes": [lane]}, DEFAULT)
            if not problems:
                read = scenario.lanes[0].hyperparameters[each.name]
                assert said(read) == said(value) or (each.scale == "choice" and value in ("1", True, False))


UNUSED = [
    {"surface": FORMULA, "formula": "x*y", "parameters": {"foo": 1}},
    {"surface": FORMULA, "formula": "x*y", "parameters": {"k": 1}},
    {"surface": "booth", "parameters": {"k": 1}},
    {"surface": "nowhere", "parameters": {"k": 1}},
    {"surface": "booth", "formula": "x*y"},
    {"surface": "booth", "domain": [[-1, 1], [-1, 1]]},
    {"formula": "x*y"},
    {"step": 5},
    {"lanes": [{"optimizer": "adam", "color": 1}]},
    {"lanes": [{"optimizer": "adam", "hyperparameters": {"momentum": 0.9}}]},
]


@pytest.mark.parametrize("raw", UNUSED, ids=str)
def test_a_key_that_is_not_used_is_reported(raw: dict[str, Any]) -> None:
    _, problems = Scenario.from_dict(raw, DEFAULT)
    key = list(raw)[-1]
    assert problems[-1].field.split(".")[0] == key


@given(st.dictionaries(st.text(min_size=1, max_size=6), st.just("1"), min_size=1, max_size=4))
@pytest.mark.parametrize("base", ["surface=booth", "surface=sparse_logistic&k=4", "surface=formula&formula=x*y", ""])
def test_an_unknown_key_of_any_link_is_reported(base: str, keys: dict[str, str]) -> None:
    unknown = [
        key for key in keys if key not in (*NAMES, "k", "lane", "show", "batch_size") and not key.startswith("embed")
    ]
    query = "&".join([base, *(f"{quote(key, errors='replace')}=1" for key in unknown)])
    _, problems = Scenario.from_url(query)
    assert len(problems) == len({quote(key, errors="replace") for key in unknown})
    assert all(problem.field.startswith("parameters.") for problem in problems)


def test_a_slip_in_a_key_is_told_the_right_one() -> None:
    _, problems = Scenario.from_url("surface=formula&formula=x*y&step=100&Noise=1&stat=1,2")
    assert [problem.message.split("; ")[1] for problem in problems] == [
        "did you mean steps?",
        "did you mean noise?",
        "did you mean start?",
    ]


@pytest.mark.parametrize("formula", ["x**2+y**2+foo", "sin(x)+", "x^", "(x", "__import__('os')", "foo*" * 40 + "1"])
def test_a_links_formula_that_is_not_used_is_told_whole(formula: str) -> None:
    """The address becomes that of what is shown: the message is the only place where it still stands."""
    scenario, problems = Scenario.from_url({"surface": ["formula"], "formula": [formula]})
    assert scenario.formula == ""
    assert [problem.field for problem in problems] == ["formula"]
    assert problems[0].message.endswith(f"; the link says {formula!r}")
    _, typed = Scenario.from_dict({"surface": "formula", "formula": formula})
    assert "the link" not in typed[0].message, "its field has it"


@pytest.mark.parametrize(
    "large",  # made in the test: each worker would else keep them all from the beginning
    [
        lambda: {f"k{index}": 1 for index in range(400_000)},
        lambda: {"parameters": {f"k{index}": 1 for index in range(400_000)}},
        lambda: {"surface": "nowhere", "parameters": {f"k{index}": 1 for index in range(400_000)}},
        lambda: {"surface": FORMULA, "formula": "x", "parameters": {f"k{index}": 1 for index in range(400_000)}},
        lambda: {"lanes": [{"optimizer": "adam", **{f"k{index}": 1 for index in range(400_000)}}]},
        lambda: {"lanes": [{"optimizer": "adam", "hyperparameters": {f"k{index}": 1 for index in range(400_000)}}]},
        lambda: {"lanes": [{"optimizer": "adam"}] * 400_000},
        lambda: {"plots": ["nothing"] * 400_000},
        lambda: {"start": [1.0] * 400_000, "zoom": ["x"] * 400_000, "domain": [[1.0] * 400_000] * 3},
        lambda: {("k", index): 1 for index in range(30)},
    ],
    ids=range(10),
)
def test_the_number_of_problems_is_bounded_and_so_is_the_time(large: Callable[[], dict[str, Any]]) -> None:
    raw = large()
    began = time.process_time()
    scenario, problems = Scenario.from_dict(raw, DEFAULT)
    assert time.process_time() - began < 10  # about 0.1 s on an idle core
    assert 1 <= len(problems) <= MAX_PROBLEMS
    assert all(len(problem.field) <= MAX_FIELD and len(problem.message) < 2000 for problem in problems)
    assert isinstance(scenario, Scenario)


def test_the_last_problem_counts_the_others() -> None:
    _, problems = Scenario.from_dict({f"k{index}": 1 for index in range(MAX_PROBLEMS + 7)}, DEFAULT)
    assert len(problems) == MAX_PROBLEMS
    assert problems[-1].message == "8 more values could not be used either"
    told = few(problems)
    assert told == [*(each.message for each in problems[:3]), f"and {MAX_PROBLEMS + 7 - 3} more"]
    assert few(problems[:4]) == [each.message for each in problems[:4]]
    assert few(["one", "two"]) == ["one", "two"]
    assert few([]) == []


@given(st.sampled_from(EXTREMES), st.sampled_from(["noise", "lr", "formula", "formula*x", "zoom", "domain", "start"]))
def test_the_smallest_and_largest_numbers_are_answered_or_reported(value: float, place: str) -> None:
    query = {
        "noise": f"noise={value!r}",
        "lr": f"lane=adam,lr={value!r}&lane=sgd,lr={value!r}",
        "formula": f"surface=formula&formula={value!r}",
        "formula*x": f"surface=formula&formula={value!r}*x",
        "zoom": f"zoom=0,{value!r},0,1",
        "domain": f"surface=formula&formula=x*y&domain=-{value!r},{value!r},0,1",
        "start": f"start={value!r},-{value!r}",
    }[place]
    scenario, problems = Scenario.from_url(query.replace("+", "%2B"))
    assert Scenario.from_url(scenario.to_url()) == (scenario, ())
    header, _ = decode(answer({"scenario": scenario.to_dict()}, Kept(scenario, problems))[0])
    assert [problem["field"] for problem in header["problems"]].count("lab") == 0
    json.dumps(header, allow_nan=False)


@pytest.mark.parametrize("value", [value for value in VALUES if not isinstance(value, float)], ids=str)
def test_any_kind_of_value_in_a_request_is_answered(value: object, caplog: pytest.LogCaptureFixture) -> None:
    request = {"families": [{"lane": value, "hyperparameter": "lr"}, {"lane": 0, "hyperparameter": value}, value]}
    with caplog.at_level(logging.ERROR):
        message, kept = answer(request | {"seq": value, "have": [value]}, Kept(DEFAULT))
    decode(message)
    assert kept == Kept(DEFAULT)
    assert not caplog.records


@pytest.mark.parametrize("field", ["start", "zoom", "camera", "loop", "cloud", "domain"])
@pytest.mark.parametrize(
    ("given", "written"),
    [
        (["1e400", 0], "'1e400, 0'"),
        ([["x"], [2.5]], "'x, 2.5'"),
        ([10**5000, 1], "'a number too large …, 1'"),
        ([True, None], "[True, None]"),
        ([[[[1]]]], "[[[[1]]]]"),
        ([], "[]"),
    ],
)
def test_several_numbers_that_are_wrong_are_said_as_they_were_typed(field: str, given: object, written: str) -> None:
    """The browser sends what is typed in one field as a list: the message does not show Python's way of writing it."""
    found, problems = Scenario.from_dict({"surface": FORMULA, "formula": "x^2+y^2", field: given})
    assert [problem.message.rpartition(" not ")[2] for problem in problems if problem.field == field] == [written]
    assert isinstance(found, Scenario)


def test_a_file_keeps_its_step_and_its_speed() -> None:
    longer = replace(DEFAULT, steps=900, time=850, speed=2.0, lane=1)
    for text in (longer.to_json(), json.dumps(longer.to_dict())):
        assert Scenario.from_json(text, DEFAULT) == (longer, ())


@pytest.mark.parametrize("missing", NAMES)
def test_a_file_without_a_field_is_told_nothing_about_it(missing: str) -> None:
    """What is kept from before is fitted to the rest, silently: nobody asked for it."""
    late = replace(DEFAULT, steps=2000, time=1999, zoom=((0.0, 1.0), (0.0, 1.0)))
    short = replace(DEFAULT, steps=10, time=3, lanes=(Lane("sgd"),), lane=0, surface="booth", start=(1.0, 1.0))
    raw = {name: value for name, value in short.to_dict().items() if name != missing}
    for fallback in (DEFAULT, late, OWN, SPARSE):
        scenario, problems = Scenario.from_dict(raw, fallback)
        if missing == "surface" and fallback.surface != "booth":
            continue  # booth's own domain is then another surface's
        assert problems == ()
        assert scenario.lane < len(scenario.lanes)
        assert scenario.time is None or scenario.time <= scenario.steps


def test_a_lane_takes_a_rule_by_its_file_only() -> None:
    adam: Any = optim_viz.optimizer("adam")
    assert Lane(adam) == Lane("adam")
    own: Any = replace(adam, title="Mine")
    with pytest.raises(ValueError, match="a lane names its optimizer"):
        Lane(own)
    with pytest.raises(ValueError, match="unknown optimizer 'mine'"):
        Lane(replace(own, name="mine"))


def test_replace_takes_a_surface_without_the_domain_of_the_one_before() -> None:
    assert replace(OWN, surface="booth").domain == surfaces.get("booth").domain
    assert replace(OWN, surface="booth").formula == ""
