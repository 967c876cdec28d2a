"""Section 6 shows how large a step gets, and what bounds it."""

from __future__ import annotations

import pytest

from tests.pages.paper_app import answer, checked, metric, opened, table, text, value

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
        ({}, 1.0),
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
    app = opened(6, silence="20000")
    best = metric(app, "Best you have found")
    assert best == metric(app, "Largest step") == "6.5685 lr"
    checked(app.select_slider(key="s6.silence").set_value(0).run())
    assert (metric(app, "Largest step"), metric(app, "Best you have found")) == ("1 lr", best)
    assert "gradient 12 of 20 gradients, each × 1, after 20000 quiet" in text(app)
    checked(app.button(key="s6!forget").click().run())
    assert metric(app, "Best you have found") == "1 lr"


def test_a_typed_search() -> None:
    app = opened(6, silence="20000", after="typed", typed=", ".join(["1"] * 12))
    assert metric(app, "Largest step") == "6.5685 lr"
    checked(app.text_input(key="s6.typed").set_value("1, two").run())
    assert "Number 2, “two”, cannot be read" in app.error[0].value
    checked(app.text_input(key="s6.typed").set_value("0, 0").run())
    assert (metric(app, "Largest step"), metric(app, "First step")) == ("0 lr", "0 lr")
