"""Pinned runs are part of the scenario: in the link, the JSON text and the script, and safe from what is typed."""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optim_viz import update_rules
from optim_viz.rollout import rollout
from optim_viz.scenario import Lane, Pin, Scenario, format_lane, lane_titles

DEFAULT = Scenario.default()
SPARSE = Scenario.from_url("surface=sparse_least_squares&k=7&seed=2&steps=50&lane=adam&lane=adagrad,lr=0.1")[0]
FORMULA = Scenario.from_url("surface=formula&formula=x**2%2By**4&domain=-3,3,-3,3&start=1,1&lane=sgd,lr=0.1")[0]
LANES = st.lists(
    st.builds(
        Lane,
        st.sampled_from(update_rules.names()),
        st.fixed_dictionaries({"lr": st.floats(1e-12, 1e12)}),
        st.integers(0, 7),
        visible=st.booleans(),
    ),
    min_size=1,
    max_size=8,
).map(tuple)


@given(
    base=st.sampled_from([DEFAULT, SPARSE, FORMULA]),
    start=st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)),
    noise=st.floats(0, 100),
    seed=st.integers(0, 2**32 - 1),
    lanes=LANES,
    k=st.integers(1, 1000),
)
def test_before_and_after_are_read_back_exactly(base: Scenario, lanes: tuple[Lane, ...], k: int, **own: object) -> None:
    was = replace(base, lanes=lanes, lane=0, parameters=base.parameters and {**base.parameters, "k": k}, **own)
    now = replace(base, pin=was.pinned().pin)
    assert Scenario.from_url(now.to_url()) == (now, ())
    assert Scenario.from_dict(now.to_dict()) == (now, ())
    assert Scenario.from_json(now.to_json()) == (now, ())
    before = now.before()
    assert before == replace(was, lane=0, story="", pin=None)


def test_the_link_says_of_the_pin_only_what_differs() -> None:
    pinned = DEFAULT.pinned()
    assert [part for part in pinned.to_url().split("&") if part.startswith("pin")] == [
        f"pin={format_lane(lane, DEFAULT.lanes[:position])}" for position, lane in enumerate(DEFAULT.lanes)
    ]
    moved = replace(pinned, start=(1.0, 2.0), seed=4)
    assert [part for part in moved.to_url().split("&") if part.startswith("pin_")] == ["pin_start=-8,1", "pin_seed=0"]
    assert "pin_k=7" in replace(SPARSE.pinned(), parameters={**SPARSE.parameters, "k": 9}).to_url().split("&")
    assert "pin" not in DEFAULT.to_url()
    assert DEFAULT.before() is None


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("pin=adamm", "pin.lanes.0", "pinned: unknown optimizer 'adamm': did you mean adam?"),
        ("pin=adam,lr=-1", "pin.lanes.0.lr", "pinned: lr = -1.0 is outside"),
        ("pin=adam,lr", "pin.lanes.0", "pinned: 'lr' is not name=value"),
        ("pin=adam&pin_seed=-1", "pin.seed", "pinned: seed must be a whole number"),
        ("pin=adam&pin_start=1", "pin.start", "pinned: start must be two numbers"),
        ("pin=adam&pin_noise=nan", "pin.noise", "pinned: noise must be a number from 0 to 100"),
        ("pin=adam&pin_k=5", "pin.parameters.k", "pinned: unknown name 'k'"),
        ("pin_start=1,2", "pin", "pin_start: left out, as no run is pinned"),
        ("&".join(["pin=adam"] * 9), "pin.lanes", "pinned: at most 8 lanes fit"),
    ],
)
def test_what_cannot_be_pinned_is_told_and_the_lanes_stay(query: str, field: str, words: str) -> None:
    scenario, problems = Scenario.from_url(f"surface=beale&lane=sgd&{query}")
    assert [problem.field for problem in problems] == [field]
    assert str(problems[0]).startswith(words)
    assert scenario.surface == "beale"
    assert scenario.lanes == (Lane("sgd"),)
    assert Scenario.from_dict(scenario.to_dict()) == (scenario, ())


@pytest.mark.parametrize("raw", [7, "adam", [], {"lanes": "adam"}, {"lanes": []}, {"lanes": [7]}, {}])
def test_what_is_no_pin_is_told(raw: object) -> None:
    scenario, problems = Scenario.from_dict({"pin": raw}, DEFAULT)
    assert scenario == DEFAULT
    assert problems
    assert all(problem.field.startswith("pin") for problem in problems)


def test_a_pin_never_stands_on_another_surface() -> None:
    """Ghosts on a landscape that they did not run on would be a lie; the change itself is not refused."""
    pinned = DEFAULT.pinned()
    scenario, problems = Scenario.from_dict(pinned.to_dict() | {"surface": "beale", "domain": None}, pinned)
    assert (scenario.surface, scenario.pin) == ("beale", None)
    assert [str(problem) for problem in problems] == [
        "the pinned runs were on 'narrow_valley' and are gone: ghosts keep to one surface"
    ]
    other = FORMULA.pinned().to_dict() | {"formula": "x**2"}
    assert Scenario.from_dict(other, FORMULA)[0].pin is None
    scenario, problems = Scenario.from_dict({"surface": "beale"}, pinned)
    assert (scenario.pin, problems) == (None, ())
    with pytest.raises(ValueError, match="the pinned runs were on 'narrow_valley'"):
        replace(pinned, surface="beale")
    kept, problems = Scenario.from_dict({"seed": 3}, pinned)
    assert (kept.pin, problems) == (pinned.pin, ())


@pytest.mark.parametrize("base", [DEFAULT, SPARSE, FORMULA], ids=["valley", "parameters", "formula"])
def test_the_script_repeats_the_pinned_runs_too(base: Scenario) -> None:
    own = {"parameters": {**base.parameters, "k": 3}} if base.parameters else {}
    was = replace(base, steps=30, lanes=(Lane("adam", {"lr": 0.3}), Lane("sgd", {"lr": 1e-3})), lane=0, seed=5, **own)
    now = replace(base, steps=30, pin=was.pinned().pin)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(now.to_python(), "script", "exec"), {})  # noqa: S102 - what the lab wrote itself
    found = re.findall(r"^(.+): x = (.+), y = (.+), loss = (.+)$", printed.getvalue(), re.MULTILINE)
    pinned = [(title.removeprefix("pinned "), *map(float, rest)) for title, *rest in found if "pinned " in title]
    assert len(found) == len(base.lanes) + 2
    for (title, x, y, loss), lane, named in zip(pinned, was.lanes, lane_titles(was.lanes, plain=True), strict=True):
        run = rollout(was.surface_object(), lane.optimizer, start=was.start, steps=30, seed=5, **lane.hyperparameters)
        assert (title, x, y, loss) == (named, *run.theta[-1], run.loss[-1])


def test_a_pin_is_what_the_runs_depend_on() -> None:
    assert DEFAULT.pinned().pin == Pin("narrow_valley", {}, "", (-8.0, 1.0), 0.0, 0, DEFAULT.lanes)
