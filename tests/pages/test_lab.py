"""The lab's page as Streamlit runs it: no exception whatever the link or the browser says."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

import surfaces
from optim_viz import diagnostics, update_rules
from optim_viz.pages.paper.sections import links, sections
from optim_viz.scenario import Lane, Scenario
from optim_viz.stage import component
from tests.stage.decoder import decode

APP = str(Path(__file__).resolve().parents[2] / "app.py")
DEFAULT = Scenario.default()
BAD_LINKS = [
    "surface=nowhere",
    "start=nan,1",
    "start=1e400,inf",
    "steps=99999999999999999999",
    "steps=%00",
    "steps=%D9%A3",
    "noise=&seed=&lane=",
    "lane=adam,lr=-1&lane=zzz&lane=adam,beta1=1",
    "lane=" + "x" * 15_000,
    "surface=formula&formula=__import__('os').system('true')",
    "surface=formula&formula=9**9**9**9",
    "surface=formula&formula=1/0",
    "surface=formula&formula=log(-1-x**2)",
    "surface=formula&formula=" + "(" * 450,
    "zoom=1,0,1,0&time=-1&speed=9&view=9d&show=77",
    "unknown=1&%3Cscript%3E=2",
    "steps=5&steps=6&steps=seven",
]


def opened(query: str = "") -> AppTest:
    app = AppTest.from_file(APP, default_timeout=30)
    for name, values in parse_qs(query, keep_blank_values=True).items():
        app.query_params[name] = values
    return app.run()


def sent(app: AppTest) -> dict[str, Any]:
    assert not app.exception
    (stage,) = app.get("bidi_component")
    assert stage.proto.component_name.startswith("optim_viz.stage_")  # pyright: ignore[reportAttributeAccessIssue]
    assert stage.proto.js_source_path == "hosts/streamlit_lab.js"  # pyright: ignore[reportAttributeAccessIssue]
    assert stage.proto.css_source_path == "stage.css"  # pyright: ignore[reportAttributeAccessIssue]
    header, _ = decode(stage.proto.bytes)  # pyright: ignore[reportAttributeAccessIssue]
    return header


def asked(app: AppTest, **request: object) -> dict[str, Any]:
    app.session_state[component.KEY] = {
        component.REQUEST: {"seq": 1, "scenario": None, "families": [], "have": []} | request
    }
    return sent(app.run())


def test_the_page_opens_with_the_first_screen() -> None:
    header = sent(opened())
    assert header["scenario"] == DEFAULT.to_dict()
    assert header["problems"] == []


def test_a_link_is_a_run() -> None:
    query = "surface=beale&start=0.1,-0.25&steps=77&noise=0.1&seed=5&lane=adam,lr=0.03,beta2=0.97&time=12&view=panels"
    header = sent(opened(query))
    expected, problems = Scenario.from_url(query)
    assert problems == ()
    assert header["scenario"] == expected.to_dict()
    assert (header["scenario"]["time"], header["scenario"]["view"]) == (12, "panels")


@pytest.mark.parametrize("query", BAD_LINKS)
def test_a_bad_link_opens_a_valid_lab(query: str) -> None:
    header = sent(opened(query))
    scenario, problems = Scenario.from_dict(header["scenario"])
    assert (scenario.to_dict(), problems) == (header["scenario"], ())
    valid = ("1/0", "log(-1-x**2)")  # formulas that parse, and have no value anywhere
    assert header["problems"] or query.endswith(valid)


@pytest.mark.parametrize("surface", surfaces.names())
def test_every_surface_opens(surface: str) -> None:
    header = sent(opened(f"surface={surface}"))
    assert (header["surface"]["name"], header["problems"]) == (surface, [])


def test_every_optimizer_opens() -> None:
    lanes = [Lane(name, colour=position).to_dict() for position, name in enumerate(update_rules.names()[:8])]
    header = asked(opened(), scenario=DEFAULT.to_dict() | {"lanes": lanes, "lane": 0})
    assert [lane["optimizer"] for lane in header["lanes"]] == list(update_rules.names()[:8])
    assert header["problems"] == []


def test_a_request_changes_the_scenario_and_a_bad_one_keeps_it() -> None:
    app = opened()
    header = asked(app, seq=3, scenario=DEFAULT.to_dict() | {"steps": 50, "time": None})
    assert (header["seq"], header["scenario"]["steps"], header["problems"]) == (3, 50, [])
    header = asked(app, seq=4, scenario=header["scenario"] | {"steps": "many"})
    assert (header["seq"], header["scenario"]["steps"]) == (4, 50)
    assert [problem["field"] for problem in header["problems"]] == ["steps"]
    header = asked(app, seq=5, families=[{"lane": 4, "hyperparameter": "beta2"}], have=list(header["arrays"]))
    (family,) = header["families"]
    assert list(header["arrays"]) == [family["key"], family["strip"]["key"]]
    assert header["scenario"]["steps"] == 50


@pytest.mark.parametrize(
    "junk", [None, 3, "text", [], {"scenario": [1]}, {"seq": "x", "families": 7, "have": {"a": 1}}]
)
def test_junk_from_the_browser_changes_nothing(junk: object) -> None:
    app = opened()
    app.session_state[component.KEY] = {component.REQUEST: junk}
    assert sent(app.run())["scenario"] == DEFAULT.to_dict()


def test_every_link_to_the_paper_leads_to_a_section() -> None:
    """Hyperparameters and diagnostics name sections by their slugs; the lab links to them without importing any."""
    assert links() == {section.slug: f"paper#{section.prefix}" for section in sections()}
    rules = [update_rules.get(name) for name in update_rules.names()]
    named = {each.section for rule in rules for each in rule.hyperparameters}
    named |= {diagnostics.get(name).section for name in diagnostics.names()}
    assert named - {""} <= set(links())
    assert len(named) > 4
