"""The page "After Adam": every section opens, follows each of its controls, and keeps them in the link."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from optim_viz.pages.after.sections import Section, sections
from optim_viz.pages.paper.controls import Controls
from optim_viz.pages.paper.sections import sections as paper_sections
from tests.pages.paper.paper_app import checked, shown, table, text, value

EVERY = pytest.mark.parametrize("section", sections(), ids=lambda section: section.slug)
SCRIPT = """
import streamlit as st
from optim_viz.pages.after.sections import sections
section = next(each for each in sections() if each.number == {number})
st.markdown(section.answer)
section.show()
"""


def opened(section: Section, **query: str) -> AppTest:
    """Open a section with values in its link, given without the section's prefix."""
    app = AppTest.from_string(SCRIPT.format(number=section.number), default_timeout=60)
    for name, given in query.items():
        app.query_params[f"{section.prefix}.{name}"] = given
    return checked(app.run())


def named(slug: str) -> Section:
    return next(each for each in sections() if each.slug == slug)


def assert_numbers(app: AppTest) -> None:
    for element in app.get("bidi_component"):
        for line in element.proto.bytes.split(b"\n"):  # pyright: ignore[reportAttributeAccessIssue]
            json.loads(line, parse_constant=pytest.fail)


def test_no_key_is_one_of_the_paper_pages() -> None:
    assert sections()
    assert paper_sections()
    assert not {each.prefix for each in sections()} & {each.prefix for each in paper_sections()}


@EVERY
def test_each_control_keeps_its_value_in_the_link(section: Section, controls: dict[str, Controls]) -> None:
    assert section.answer.endswith(".")
    assert section.try_this.endswith(".")
    usual = opened(section)
    assert len(shown(usual)) > 1
    assert_numbers(usual)
    assert not dict(usual.query_params)
    offered = dict(controls[section.prefix].offered)
    assert offered
    for name, values in offered.items():
        key = f"{section.prefix}.{name}"
        for chosen in {values[0], values[-1]} - {usual.session_state[key]}:
            app = opened(section)
            app.session_state[key] = chosen
            checked(app.run())
            assert set(app.query_params) == {key}
            assert_numbers(app)


@EVERY
def test_a_bad_value_in_the_link_gives_a_warning_and_the_default(
    section: Section, controls: dict[str, Controls]
) -> None:
    usual = opened(section)
    names = list(controls[section.prefix].offered)
    app = opened(section, **dict.fromkeys(names, "nowhere"))
    assert len(app.warning) == len(names)
    for name in names:
        assert app.session_state[f"{section.prefix}.{name}"] == usual.session_state[f"{section.prefix}.{name}"]


def test_the_dial_says_what_turning_costs() -> None:
    rows = table(opened(named("angle"), angle="45"), "Loss after 300 steps")
    assert value(rows["Adam"][2]) > 1e10
    assert value(rows["AdaGrad"][2]) > 1e9
    assert value(rows["SOAP"][2]) == pytest.approx(1, rel=1e-3)
    assert value(rows["Full-matrix AdaGrad"][2]) == pytest.approx(1, rel=1e-3)


def test_muons_four_directions() -> None:
    rows = table(opened(named("muon")), "(1, 0.1) as")
    assert [rows[name][0] for name in rows] == [
        "normalised gradient descent",
        "sign descent",
        "steepest coordinate descent",
        "normalised gradient descent",
    ]
    found = {name: [value(each) for each in cells[1:]] for name, cells in rows.items()}
    assert found["a column"] == pytest.approx([0.995, 0.0995, 0.693, 0.0693], abs=6e-4)
    assert found["a diagonal"] == pytest.approx([1, 1, 0.702, 0.709], abs=6e-4)
    assert found["x y over y x"] == pytest.approx([1, 0, 0.9987, 0.0702], abs=6e-4)
    assert found["x −y over y x"] == pytest.approx([0.995, 0.0995, 1.1026, 0.1103], abs=6e-4)
    assert "1 and 0.1" in text(opened(named("muon")))


def test_the_average_is_stable_beyond_the_limit_of_gradient_descent() -> None:
    rows = table(opened(named("schedule_free"), lr="0.03", noise="0", step="200"), "Loss")
    assert value(rows["x, the average to keep"][1]) < 1
    assert not value(rows["SGD"][1]) < 1e30


def test_decay_through_the_gradient_and_beside_it() -> None:
    rows = table(opened(named("weight_decay"), ratio="100.0"), "Left after 2000 steps")
    same, large = (value(each) for each in rows["AdamW"])
    assert same == pytest.approx(large, abs=0.01)
    same, large = (value(each) for each in rows["Adam"])
    assert same == pytest.approx(0.135, abs=0.01)
    assert large > 0.95


def test_the_order_depends_on_the_surface() -> None:
    orders = {
        surface: list(table(opened(named("fair"), surface=surface), "Best first"))
        for surface in ("rosenbrock", "narrow_valley")
    }
    assert len({order[0] for order in orders.values()}) == 2
    assert all(set(order) == set(orders["rosenbrock"]) for order in orders.values())
