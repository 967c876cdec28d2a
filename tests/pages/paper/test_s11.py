"""Section 11 shows how long β₂ remembers."""

from __future__ import annotations

import pytest

from optim_viz.experiments import memory
from tests.pages.paper.paper_app import answer, checked, metric, opened, plotted, table, text, value


def test_the_answer_holds_the_numbers_of_the_usual_beta2() -> None:
    said = answer(opened(11))
    step, _ = memory.extreme_step(0.999, 0.1, 8000)
    back = memory.recovery(0.999, 0.1, 8000)
    assert back is not None
    assert "about 1000 steps" in said
    assert f"fall to {step:.2g} lr" in said
    assert f"{back:,} steps later" in said


@pytest.mark.parametrize(("beta2", "window"), [("0.9", 10), ("0.99", 100), ("0.999", 1000)])
def test_the_memory_is_that_of_the_control(beta2: str, window: float) -> None:
    app = opened(11, beta2=beta2)
    assert value(metric(app, "Memory of v, 1/(1 − β₂)")) == pytest.approx(window)
    row = table(app, "β₂")[beta2]
    assert value(row[0]) == pytest.approx(window)
    assert row[2] == metric(app, "Back within 10 % of lr")


@pytest.mark.parametrize(
    ("beta2", "size", "word"),
    [
        ("0.999", "0.1", "shrink to"),
        ("0.999", "10.0", "grow to"),
        ("0.5", "0.1", "grow to"),
        ("0.5", "10.0", "shrink to"),
    ],
)
def test_the_words_follow_the_numbers(beta2: str, size: str, word: str) -> None:
    """Where m remembers longer than v, a fall makes the steps longer."""
    app = opened(11, beta2=beta2, size=size)
    assert f"the steps {word} " in text(app)
    assert (value(metric(app, "Farthest step from lr")) > 1) == (word == "grow to")


def test_without_a_change_nothing_happens() -> None:
    app = opened(11, size="1.0")
    assert "Nothing changes" in text(app)
    assert metric(app, "Back within 10 % of lr") == "after 0 steps"


def test_a_run_that_does_not_come_back_is_said() -> None:
    assert metric(opened(11, beta2="0.999", size="0.01"), "Back within 10 % of lr") == "not within 7,800 steps"


def test_the_controls_move_the_plot() -> None:
    app = opened(11)
    before = plotted(app)
    checked(app.select_slider(key="s11.beta2").set_value(0.999).run())
    assert plotted(app) != before
