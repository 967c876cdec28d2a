"""Section 9 shows what sets Adam apart from its relatives."""

from __future__ import annotations

import pytest

from tests.pages.paper.paper_app import answer, checked, opened, plotted, table, text, value

SIZES = "Size of step t, η = 1"
TIMES = (1, 2, 10, 100, 1000)


@pytest.mark.parametrize(
    ("alpha", "steps"),
    [
        ("0.99", (10, 7.088812, 3.2339279704, 1.25593293, 1.00002159)),
        ("0.9", (3.1622777, 2.2941573, 1.2390883, 1.00001328, 1)),
    ],
)
def test_steps_under_a_constant_gradient(alpha: str, steps: tuple[float, ...]) -> None:
    rows = table(opened(9, gradient="constant", alpha=alpha), SIZES)
    adagrad, rmsprop, adam = zip(*([value(each) for each in rows[f"t = {t}"]] for t in TIMES), strict=True)
    assert rmsprop == pytest.approx(steps, rel=2e-7)
    assert adagrad == pytest.approx([t**-0.5 for t in TIMES], rel=1e-7)
    assert adam == pytest.approx([1] * 5, rel=2e-8)


def test_rmsprops_first_step_is_said() -> None:
    assert "at first 10 η" in text(opened(9))
    assert "0.1 η at step 100" in answer(opened(9))


def test_the_sum_does_not_recover() -> None:
    adagrad, rmsprop, adam = (value(each) for each in table(opened(9), SIZES)["t = 1000"])
    assert adagrad < 0.01
    assert rmsprop == pytest.approx(1, abs=0.01)
    assert adam == pytest.approx(1, abs=0.01)


def test_before_and_after() -> None:
    rows = table(opened(9, spike="1000.0"), "Step")
    assert [value(each) for each in rows["before"]] == pytest.approx([1, 1], rel=1e-4)
    rmsprop, adam = (value(each) for each in rows["at the spike"])
    assert rmsprop == pytest.approx(0.9 + 0.1 / 0.01**0.5, rel=1e-3)
    assert adam < 1.1


def test_torch_stores_the_look_ahead_point() -> None:
    app = opened(9, step="20")
    rows = table(app, "After step 20")
    assert rows["stored by torch"] == rows["textbook θ + μv"]
    assert [value(each) for each in rows["stored by torch"]] == pytest.approx([-3.727750284, -0.000348860265])
    assert rows["textbook θ"] != rows["stored by torch"]
    (sentence,) = (line for line in text(app).splitlines() if "Largest difference" in line)
    assert value(sentence.partition("20 steps: ")[2]) < 1e-14
    assert "0.45 from θ." in sentence


def test_first_step_of_nesterov() -> None:
    assert [value(each) for each in table(opened(9, step="1"), "After step 1")["stored by torch"]] == [-7.924, 0.05]


def test_the_controls_move_plots_and_link() -> None:
    app = opened(9)
    rates, sizes, spike, ahead = plotted(app)
    checked(app.select_slider(key="s9.alpha").set_value(0.9).run())
    assert plotted(app)[0] != rates
    assert plotted(app)[1] != sizes
    checked(app.select_slider(key="s9.spike").set_value(-100.0).run())
    assert plotted(app)[2] != spike
    checked(app.slider(key="s9.step").set_value(9).run())
    assert plotted(app)[3] != ahead
    assert app.query_params["s9.step"] in ("9", ["9"])
    assert "time=9" in text(app)


@pytest.mark.parametrize("bad", ["", "nan", "-1", "2.5", "1e400", "x" * 9000])
def test_a_bad_link_shows_the_default(bad: str) -> None:
    app = opened(9, gradient=bad, change=bad, alpha=bad, spike=bad, momentum=bad, step=bad)
    assert table(app, SIZES) == table(opened(9), SIZES)
    assert len(app.warning) == 6
