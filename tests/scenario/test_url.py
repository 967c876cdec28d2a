"""A link is a run: exact both ways, readable, and safe from whatever a stranger types."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

import surfaces
from optim_viz import diagnostics, update_rules
from optim_viz.scenario import SPEEDS, VIEWS, Lane, Scenario

DEFAULT = Scenario.default()


def test_the_first_screen_is_a_readable_link() -> None:
    query = DEFAULT.to_url()
    assert query.startswith(
        "surface=narrow_valley&start=-8,1&steps=300&noise=0&seed=0&lane=sgd,lr=0.018&lane=momentum,"
    )
    assert query.endswith("&view=overlay&speed=0.5&show=4&story=narrow_valley")
    assert "%" not in query
    assert Scenario.from_url(query) == (DEFAULT, ())


def test_an_empty_link_is_the_first_screen() -> None:
    assert Scenario.from_url("") == (DEFAULT, ())
    assert Scenario.from_url({}) == (DEFAULT, ())
    assert Scenario.from_url("?embed=true") == (DEFAULT, ())


COORDINATES = st.floats(-1e6, 1e6)
WINDOWS = st.tuples(
    st.tuples(st.floats(-1e6, -1e-3), st.floats(1e-3, 1e6)), st.tuples(st.floats(-9.0, 0.0), st.floats(0.1, 1e6))
)
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


SCALES = st.dictionaries(st.sampled_from(diagnostics.names()), st.sampled_from(["linear", "log", "symlog"])).map(
    lambda chosen: {name: chosen[name] for name in diagnostics.names() if name in chosen}
)


@given(
    surface=st.sampled_from(surfaces.names()),
    start=st.tuples(COORDINATES, COORDINATES),
    steps=st.integers(1, 20_000),
    noise=st.floats(0, 100),
    seed=st.integers(0, 2**32 - 1),
    lanes=LANES,
    view=st.sampled_from(VIEWS),
    speed=st.sampled_from(SPEEDS),
    zoom=st.none() | WINDOWS,
    plots=st.sets(st.sampled_from(diagnostics.names()), min_size=1),
    scales=SCALES,
    cloud=st.none() | st.tuples(st.integers(2, 256), st.floats(1e-6, 1)),
    share=st.none() | st.floats(0, 1),
)
def test_every_scenario_is_read_back_exactly(
    surface: str, steps: int, lanes: tuple[Lane, ...], plots: set[str], share: float | None, **rest: object
) -> None:
    time = None if share is None else int(share * steps)
    fields = {
        "surface": surface,
        "parameters": {},
        "steps": steps,
        "lanes": lanes,
        "time": time,
        "lane": len(lanes) - 1,
        "plots": tuple(name for name in diagnostics.names() if name in plots),
    }
    scenario = replace(DEFAULT, **fields, **rest)
    assert Scenario.from_url(scenario.to_url()) == (scenario, ())
    assert Scenario.from_dict(scenario.to_dict()) == (scenario, ())
    assert Scenario.from_json(scenario.to_json()) == (scenario, ())
    assert Scenario.from_url(scenario.to_url(time=False))[0] == replace(scenario, time=None)


@pytest.mark.parametrize("text", ["(1 - x)**2 + 100*(y - x**2)**2", "x**2 + y**2", "exp(x)*sin(3*y) + abs(x - y)"])
def test_a_formula_is_read_back_exactly(text: str) -> None:
    scenario = replace(DEFAULT, surface="formula", formula=text, domain=((-1.5, 2.0), (-0.1, 3.0)), start=(0.1, 0.3))
    again, problems = Scenario.from_url(scenario.to_url())
    assert (again, problems) == (scenario, ())
    assert again.surface_object().domain == ((-1.5, 2.0), (-0.1, 3.0))


def test_parameters_of_a_surface_stand_under_their_own_names() -> None:
    scenario, problems = Scenario.from_url("surface=sparse_least_squares&k=7")
    assert problems == ()
    assert scenario.parameters["k"] == 7
    assert "k=7" in scenario.to_url().split("&")
    assert scenario.start == surfaces.get("sparse_least_squares").start


BAD = [
    ("surface=nowhere", "surface", "no surface is called 'nowhere'"),
    ("start=1", "start", "two numbers"),
    ("start=nan,1", "start", "'nan,1'"),
    ("start=inf,1", "start", "two numbers"),
    ("start=1e400,1", "start", "two numbers"),
    ("start=1,2,3", "start", "two numbers"),
    ("start=", "start", "two numbers"),
    ("start=1e7,0", "start", "1000000"),
    ("steps=0", "steps", "whole number from 1 to 20000"),
    ("steps=20001", "steps", "whole number from 1 to 20000"),
    ("steps=1e400", "steps", "whole number from 1 to 20000"),
    ("steps=-5", "steps", "'-5'"),
    ("steps=3.5", "steps", "'3.5'"),
    ("steps=%D9%A3", "steps", "whole number"),
    ("steps=%00", "steps", "whole number"),
    ("steps=1_0", "steps", "whole number"),
    ("steps=10&steps=20", "steps", "given 2 times"),
    ("noise=-1", "noise", "from 0 to 100"),
    ("noise=nan", "noise", "from 0 to 100"),
    ("seed=4294967296", "seed", "from 0 to 4294967295"),
    ("seed=0x10", "seed", "'0x10'"),
    ("view=4d", "view", "overlay, panels, 3d"),
    ("speed=3", "speed", "0.1, 0.25"),
    ("time=301", "time", "300 steps"),
    ("time=-1", "time", "from 0 to 300"),
    ("show=5", "lane", "from 0 to 4"),
    ("zoom=1,1,0,1", "zoom", "x0 < x1"),
    ("zoom=1,2", "zoom", "x0,x1,y0,y1"),
    ("zoom=0,1e-320,0,1", "zoom", ""),
    ("k=3", "parameters.k", "unknown name 'k'"),
    ("%F0%9F%98%80=1", "parameters.😀", "unknown name"),
    ("surface=sparse_least_squares&k=0", "parameters.k", "whole number"),
    ("surface=sparse_least_squares&k=2.5", "parameters.k", "whole number"),
    ("surface=formula", "formula", "write a formula"),
    ("surface=formula&formula=x%2B", "formula", ""),
    ("surface=formula&formula=__import__('os')", "formula", ""),
    ("surface=formula&formula=9**9**9**9", "formula", ""),
    ("surface=formula&formula=" + "x*" * 600 + "x", "formula", "at most 1000 characters"),
    ("surface=formula&formula=x*y&domain=2,1,0,1", "domain", "x0 < x1"),
    ("lane=foo", "lanes.0", "unknown optimizer 'foo'"),
    ("lane=", "lanes.0", "unknown optimizer ''"),
    ("lane=adam,lr=0", "lanes.0.lr", "lr = 0.0"),
    ("lane=sgd&lane=adam,beta1=1", "lanes.1.beta1", "[0, 1)"),
    ("lane=sgd&" * 9, "lanes", "at most 8 lanes"),
    ("lane=adam,colour=8", "lanes.0.colour", "from 0 to 7"),
]


@pytest.mark.parametrize(("query", "field", "message"), BAD)
def test_a_bad_value_is_named_and_the_rest_kept(query: str, field: str, message: str) -> None:
    scenario, problems = Scenario.from_url(query)
    assert [problem.field for problem in problems][:1] == [field], problems
    assert message in problems[0].message
    assert str(problems[0]) == problems[0].message
    assert Scenario.from_url(scenario.to_url()) == (scenario, ())


def test_what_is_wrong_with_a_lane_is_told_at_that_lane_also_after_one_that_was_left_out() -> None:
    """And what is wrong with the one that is not there, at none: another optimizer's card would bear it."""
    bad = "lane=adam,lr=0.1,lr=0.2&lane=foo,lr=1,what&lane=sgd,lr=abc,colour=99&lane=bar&lane=momentum,lr=-7,x"
    scenario, problems = Scenario.from_url(bad)
    assert [lane.optimizer for lane in scenario.lanes] == ["adam", "sgd", "momentum"]
    told = {problem.field: problem.message for problem in problems if problem.field != "lanes"}
    assert sorted(told) == ["lanes.0", "lanes.1.colour", "lanes.1.lr", "lanes.2", "lanes.2.lr"]
    nowhere = [problem.message for problem in problems if problem.field == "lanes"]
    assert [("foo" in each, "bar" in each, "what" in each) for each in nowhere].count((False, False, False)) == 0
    assert len(nowhere) == 3


def test_the_good_part_of_a_bad_link_is_used() -> None:
    scenario, problems = Scenario.from_url("surface=beale&steps=abc&lane=adam,lr=-1,beta2=0.9&lane=foo&lane=sgd,lr=0.5")
    assert [problem.field for problem in problems] == ["steps", "lanes.0.lr", "lanes"]
    assert (scenario.surface, scenario.steps) == ("beale", 300)
    assert [lane.optimizer for lane in scenario.lanes] == ["adam", "sgd"]
    assert scenario.lanes[0].hyperparameters["beta2"] == 0.9
    assert scenario.lanes[0].hyperparameters["lr"] == 0.001
    assert scenario.lanes[1].hyperparameters["lr"] == 0.5


def test_hostile_sizes_are_refused_at_once() -> None:
    for query in ("a" * 10**6, "lane=" + "adam," * 10**5, "&".join(f"k{i}=1" for i in range(3000)), "lane=sgd&" * 2000):
        scenario, problems = Scenario.from_url(query)
        assert scenario == DEFAULT
        assert problems
        assert all(len(problem.message) < 400 and len(problem.field) <= 80 for problem in problems)
    scenario, problems = Scenario.from_url({"formula": ["x" * 10**6]})
    assert (scenario, problems[0].field) == (DEFAULT, "link")


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    scenario, _ = Scenario.from_url(text)
    assert Scenario.from_url(scenario.to_url()) == (scenario, ())


KEYS = st.sampled_from(
    [
        "surface",
        "formula",
        "domain",
        "start",
        "steps",
        "noise",
        "seed",
        "lane",
        "view",
        "time",
        "speed",
        "show",
        "zoom",
        "k",
    ]
)
VALUES = st.text(max_size=30) | st.sampled_from(
    ["formula", "adam,lr=1e400", "sgd,,,=", "nan", "inf", "-1", "1e999", "1,2", "1,2,3,4", "\x00", "\ud800", "9" * 500]
)


@given(st.lists(st.tuples(KEYS, VALUES), max_size=12))
def test_no_values_raise(pairs: list[tuple[str, str]]) -> None:
    mapping: dict[str, list[str]] = {}
    for key, value in pairs:
        mapping.setdefault(key, []).append(value)
    scenario, problems = Scenario.from_url(mapping)
    assert Scenario.from_url(scenario.to_url()) == (scenario, ())
    query = "&".join(f"{key}={quote(value, errors='replace')}" for key, value in pairs)
    assert isinstance(Scenario.from_url(query)[0], Scenario)
    assert all(isinstance(problem.message, str) for problem in problems)


def test_plots_are_read_in_menu_order_and_left_out_while_they_are_the_usual_ones() -> None:
    names = diagnostics.names()
    scenario, problems = Scenario.from_url(f"plots={names[-1]},{names[0]},{names[-1]}")
    assert not problems
    assert scenario.plots == (names[0], names[-1])
    assert f"plots={names[0]},{names[-1]}" in scenario.to_url()
    assert "plots" not in DEFAULT.to_url()
    assert Scenario.from_url("plots=" + ",".join(diagnostics.defaults()))[0] == DEFAULT


@pytest.mark.parametrize(
    ("plots", "words"),
    [
        ("mood", "no plot is called 'mood'; known: "),
        ("", "no plot is called ''"),
        ("x," * 500, "no plot is called 'x'"),
    ],
)
def test_unknown_plots_are_told_and_the_old_ones_stay(plots: str, words: str) -> None:
    scenario, (problem,) = Scenario.from_url(f"plots={plots}")
    assert scenario == DEFAULT
    assert problem.field == "plots"
    assert problem.message.startswith(words)
    known = diagnostics.names()[-1]
    assert Scenario.from_url(f"plots={plots},{known}" if len(plots) < 9 else f"plots={known}")[0].plots == (known,)


def test_a_story_stands_in_the_link_and_a_link_of_another_surface_has_none() -> None:
    assert "story=" not in replace(DEFAULT, story="").to_url()
    assert Scenario.from_url("surface=booth")[0].story == ""
    assert Scenario.from_url("surface=booth&story=saddle")[0].story == "saddle"
    assert Scenario.from_url("steps=20")[0].story == DEFAULT.story


def test_what_a_link_leaves_out_is_that_of_the_fallback() -> None:
    fallback = Scenario.from_url("surface=booth&start=1,2&steps=20&lane=sgd,lr=0.5")[0]
    assert Scenario.from_url("", fallback) == (fallback, ())
    scenario, problems = Scenario.from_url("steps=7", fallback)
    assert (scenario, problems) == (replace(fallback, steps=7), ())


@pytest.mark.parametrize("name", ["<b>", "a" * 41, "Saddle", "../x"])
def test_what_cannot_be_the_name_of_a_story_is_told(name: str) -> None:
    scenario, problems = Scenario.from_url({"story": [name]})
    assert scenario == DEFAULT
    assert [problem.field for problem in problems] == ["story"]
    assert "story must be the name of a story" in problems[0].message


def test_scales_stand_in_the_link_where_somebody_chose() -> None:
    first, second = diagnostics.names()[:2]
    scenario, problems = Scenario.from_url(f"scales={second}:symlog,{first}:linear")
    assert problems == ()
    assert scenario.scales == {first: "linear", second: "symlog"}
    assert f"scales={first}:linear,{second}:symlog" in scenario.to_url()
    assert "scales" not in DEFAULT.to_url()


@pytest.mark.parametrize(
    ("scales", "words"),
    [("nothing:log", "no plot is called 'nothing'"), (f"{diagnostics.names()[0]}:cubic", "linear, log, symlog")],
)
def test_a_scale_that_there_is_not_is_told_and_left_out(scales: str, words: str) -> None:
    scenario, (problem,) = Scenario.from_url(f"scales={scales}")
    assert scenario == DEFAULT
    assert problem.field == "scales"
    assert words in problem.message
    assert Scenario.from_dict({"scales": [1, 2]})[1][0].field == "scales"


def test_how_the_landscape_is_drawn_stands_in_the_link_where_it_is_not_as_usual() -> None:
    assert not {"axes", "height", "camera"} & set(parse_qs(DEFAULT.to_url()))
    looked = replace(DEFAULT, view="3d", axes="fill", height="linear", camera=(-1.5, 0.25, 2.0))
    assert "&axes=fill&height=linear&camera=-1.5,0.25,2" in looked.to_url()
    assert Scenario.from_url(looked.to_url()) == (looked, ())


def test_a_loop_between_two_steps_stands_in_the_link() -> None:
    assert "loop" not in parse_qs(DEFAULT.to_url())
    looped = replace(DEFAULT, loop=(20, 30))
    assert "&loop=20,30" in looped.to_url()
    assert Scenario.from_url(looped.to_url()) == (looped, ())
    assert Scenario.from_dict({"steps": 25}, looped)[0].loop is None, "a shorter run ends it"


@pytest.mark.parametrize("loop", ["30,20", "20,20", "-1,20", "20,301", "1.5,20", "20", "a,b", "20,30,40", "nan,20"])
def test_a_loop_that_the_run_does_not_have_is_told(loop: str) -> None:
    scenario, (problem,) = Scenario.from_url(f"loop={loop}")
    assert scenario == DEFAULT
    assert problem.field == "loop"
    assert "0 <= a < b <= 300" in problem.message


@pytest.mark.parametrize("camera", ["0,0,0", "1,2", "1,2,nan", "99,0,0", "here"])
def test_a_camera_must_be_outside_the_box_and_in_reach(camera: str) -> None:
    scenario, problems = Scenario.from_url(f"camera={camera}")
    assert scenario.camera is None
    assert [problem.field for problem in problems] == ["camera"]
