"""Section 6 shows how large a step gets, and what bounds it."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.hostile import as_read
from tests.pages.paper.paper_app import answer, checked, metric, opened, shown, table, text, value
from tests.pages.paper.test_pictures import follower

HEAD = "gradients"


def test_the_answer_says_what_bounds_the_step() -> None:
    said = answer(opened(6))
    assert "learning rate does not bound" in said
    for number in ("3.162 lr", "6.5685 lr at the 12th", "7.2703 lr"):
        assert number in said


def test_the_landmarks() -> None:
    shown = table(opened(6), HEAD)
    assert shown["all the same, from the start"] == ["1", "every t"]
    assert shown["one, after 9 quiet iterations"] == ["0.484", "t = 10"]
    assert shown["one, after 10⁴ quiet iterations: the paper's sparse extreme"][0] == "3.162"
    assert shown["all the same, after a long silence"] == ["6.5685", "gradient 12"]
    assert shown["each × β₂/β₁ = 1.11, after a long silence"][0] == "7.2703"
    assert metric(opened(6), "No step reaches") == "7.2703 lr"
    assert "= 7.2703" in text(opened(6))


@pytest.mark.parametrize(
    ("query", "largest"),
    [
        ({"silence": "0"}, 1.0),
        ({"silence": "9", "active": "1"}, 0.4844263863377059),
        ({"silence": "99", "active": "1"}, 0.9757710325446407),
        ({"silence": "999", "active": "1"}, 2.5145667126346767),
        ({"silence": "10000", "active": "1"}, 3.1622),
        ({"silence": "20000"}, 6.56852025246924),
        ({"silence": "20000", "ratio": "1.11", "active": "200"}, 7.2702917945),
    ],
)
def test_the_search(query: dict[str, str], largest: float) -> None:
    assert value(metric(opened(6, **query), "Largest step")) == pytest.approx(largest, rel=2e-5)


def test_the_best_is_kept_until_it_is_forgotten() -> None:
    app = opened(6)
    best = metric(app, "Best you have found")
    assert best == metric(app, "Largest step") == "6.5685 lr"
    checked(app.select_slider(key="s6.silence").set_value(0).run())
    assert (metric(app, "Largest step"), metric(app, "Best you have found")) == ("1 lr", best)
    assert "gradient 12 of 20 gradients, each × 1, after 20000 quiet" in text(app)
    checked(app.button(key="s6!forget").click().run())
    assert metric(app, "Best you have found") == "1 lr"


@pytest.mark.parametrize(
    ("query", "control", "place", "best"),
    [
        pytest.param({"silence": "0"}, "silence", 14, "6.5685 lr", id="a new best"),
        pytest.param({"silence": "20000"}, "silence", 0, "6.5685 lr", id="the best stays"),
        pytest.param({"silence": "0"}, "active", 20, "1 lr", id="a tie"),
        pytest.param({"silence": "20000"}, "ratio", 61, "7.2153 lr", id="a better ratio"),
        pytest.param({"silence": "0"}, "after", 1, "1.0066 lr", id="a better choice"),
    ],
)
def test_a_family_says_what_the_page_says_once_it_has_moved(
    query: dict[str, str], control: str, place: int, best: str
) -> None:
    app = opened(6, **query)
    app.session_state["s6-follow"] = {"wanted": f"s6.{control}"}
    family = json.loads(follower(checked(app.run()))[1])
    assert family["control"] == f"s6.{control}"
    moved(app, control, place)
    assert family["stops"][str(place)]["s6-numbers"]["html"] == shown(app)["s6-numbers"]["html"]
    assert metric(app, "Best you have found") == best


def moved(app: AppTest, control: str, place: int) -> None:
    """Move a control to one of its places."""
    key = f"s6.{control}"
    if control == "silence":
        stops = app.select_slider(key=key)
        stops.set_value(int(stops.options[place]))
    elif control == "after":
        app.radio(key=key).set_value("typed")
    else:
        slider = app.slider(key=key)
        slider.set_value(type(slider.min)(round(slider.min + place * slider.step, 10)))
    checked(app.run())


def test_of_two_equal_ones_the_first_found_is_the_best() -> None:
    app = opened(6, silence="0")
    moved(app, "active", 20)
    assert metric(app, "Largest step") == metric(app, "Best you have found") == "1 lr"
    assert "gradient 1 of 20 gradients, each × 1, after 0 quiet" in text(app)


def test_after_forgetting_the_family_forgets_too() -> None:
    app = opened(6, silence="20000")
    app.session_state["s6-follow"] = {"wanted": "s6.silence"}
    moved(app, "silence", 0)
    assert "6.5685 lr" in json.loads(follower(app)[1])["stops"]["1"]["s6-numbers"]["html"]
    checked(app.button(key="s6!forget").click().run())
    assert "6.5685 lr" not in json.loads(follower(app)[1])["stops"]["1"]["s6-numbers"]["html"]


def test_a_typed_search() -> None:
    app = opened(6, silence="20000", after="typed", typed=", ".join(["1"] * 12))
    assert metric(app, "Largest step") == "6.5685 lr"
    checked(app.text_input(key="s6.typed").set_value("1, two").run())
    assert "Number 2, “two”, cannot be read" in as_read(app.error[0].value)
    checked(app.text_input(key="s6.typed").set_value("0, 0").run())
    assert (metric(app, "Largest step"), metric(app, "First step")) == ("0 lr", "0 lr")
