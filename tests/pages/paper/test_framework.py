"""The paper page: its frame, and controls whose values live in the link."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from optim_viz.pages.paper.controls import Controls
from optim_viz.pages.paper.section import number
from optim_viz.pages.paper.sections import sections
from optim_viz.pages.site_header import PAGES
from tests.pages.paper.paper_app import checked

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
    assert re.findall(r'href="\./(\w*)"', markup) == [path for _, path in PAGES]


def test_a_page_opened_from_a_link_says_it_in_the_sections_own_link(controls: dict[str, Controls]) -> None:
    """The last text of each section's first choice, all in one link."""
    page()
    query: dict[str, str] = {}
    for prefix, each in controls.items():
        name, offered = next(iter(each.offered.items()))
        query[f"{prefix}.{name}"] = str(offered[0] if each.values[name] == offered[-1] else offered[-1])
    app = page(**query)
    links = [each.value for each in app.caption]
    assert not app.warning
    for key, value in query.items():
        prefix = key.partition(".")[0]
        assert sum(f"(./paper?{key}={value}#{prefix})" in link for link in links) == 1


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
