"""The paper page: its frame, and controls whose values live in the link."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from optim_viz.pages.paper.section import number
from optim_viz.pages.paper.sections import Section, sections
from tests.pages.paper.paper_app import checked, metrics, opened

APP = str(Path(__file__).resolve().parents[3] / "app.py")


def page(**query: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60).run().switch_page("optim_viz/pages/paper/page.py")
    for name, value in query.items():
        app.query_params[name] = value
    return checked(app.run())


@pytest.fixture(scope="module")
def app() -> AppTest:
    return page()


def test_sections_are_numbered_in_order() -> None:
    numbers = [section.number for section in sections()]
    assert numbers == sorted(set(numbers))
    assert {3, 4, 5, 6} <= set(numbers)


@pytest.mark.parametrize("section", sections(), ids=lambda section: section.slug)
def test_a_section_says_what_it_must(section: Section) -> None:
    assert section.answer.endswith(".")
    assert section.try_this.endswith((".", "?"))
    assert section.sources
    assert any(re.search(r"\d", source) for source in section.sources), "no section or equation number"


def test_the_page_shows_every_section_under_its_anchor(app: AppTest) -> None:
    headers = {each.proto.anchor: each.value for each in app.header}
    for section in sections():
        assert headers[section.prefix] == f"{section.number}. {section.title}"
        assert section.answer in [each.value for each in app.markdown]
    links = [each.value for each in app.caption if "[Link to this section as it stands](./paper" in each.value]
    assert len(links) == len(sections())


def test_contents_lead_to_every_section(app: AppTest) -> None:
    markup = "".join(each.proto.body for each in app.get("html"))  # pyright: ignore[reportAttributeAccessIssue]
    anchors = re.findall(r'href="#(\w+)"', markup)
    assert anchors == [section.prefix for section in sections()]
    assert re.findall(r'href="\./(\w*)"', markup) == ["", "train", "paper"]


def test_a_page_opened_from_a_link_shows_that_and_says_it_in_the_sections_link() -> None:
    app = page(**{"s4.sequence": "lopsided", "s4.length": "7", "s5.beta2": "0.99"})
    assert app.radio(key="s4.sequence").value == "lopsided"
    assert app.slider(key="s4.length").value == 7
    assert app.select_slider(key="s5.beta2").value == 0.99
    links = [each.value for each in app.caption]
    assert any("(./paper?s4.sequence=lopsided&s4.length=7#s4)" in link for link in links)
    assert any("(./paper?s5.beta2=0.99#s5)" in link for link in links)


def test_moving_a_control_writes_the_link_and_moving_it_back_clears_it() -> None:
    app = opened(4)
    assert app.query_params == {}
    checked(app.slider(key="s4.length").set_value(12).run())
    assert app.query_params["s4.length"] in ("12", ["12"])
    checked(app.slider(key="s4.length").set_value(100).run())
    assert app.query_params == {}


@pytest.mark.parametrize(
    ("section", "name", "bad"),
    [
        (3, "step", "0"),
        (3, "step", "61"),
        (3, "step", "nan"),
        (3, "step", ""),
        (3, "surface", "nowhere"),
        (4, "length", "1e3"),
        (4, "length", "99999999999999999999999"),
        (4, "scale", "inf"),
        (4, "scale", "3"),
        (4, "sequence", "<b>`x`</b>" * 50),
        (5, "beta1", "1"),
        (5, "beta2", "nan"),
        (5, "corrected", "maybe"),
        (6, "silence", "-1"),
        (6, "ratio", "1e999"),
    ],
)
def test_a_bad_value_in_the_link_gives_a_warning_and_the_default(section: int, name: str, bad: str) -> None:
    app, usual = opened(section, **{name: bad}), opened(section)
    key = f"s{section}.{name}"
    assert len(app.warning) == 1
    assert len(app.warning[0].value) < 250
    assert app.session_state[key] == usual.session_state[key]
    assert metrics(app) == metrics(usual)
    checked(app.run())
    assert len(app.warning) == 1, "the warning stays until the control is moved"


def test_moving_the_control_clears_its_warning() -> None:
    app = opened(4, length="no")
    checked(app.slider(key="s4.length").set_value(12).run())
    assert not app.warning
    assert app.query_params["s4.length"] in ("12", ["12"])


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (-0.052631578, 4, "−0.05263"),
        (3.16227766, 4, "3.162"),
        (10.0, 4, "10"),
        (3.2e-10, 2, "3.2 × 10⁻¹⁰"),
        (float("inf"), 4, "∞"),
        (float("nan"), 4, "–"),
    ],
)
def test_numbers_are_written_for_reading(value: float, digits: int, expected: str) -> None:
    assert number(value, digits) == expected
