"""Section 5 shows what the bias correction amounts to."""

from __future__ import annotations

import pytest

from tests.pages.paper.paper_app import answer, checked, metric, metrics, opened, plotted, shown, table, text, value

HEAD = "step/lr, equal gradients"
# Steps in units of lr under a constant gradient at t = 1, 2, 10, 100, 1000.
STEPS = {
    "Adam, corrected": (1, 1, 1, 1, 1),
    "Adam, not corrected": (
        3.1622776601683773,
        4.249591688004579,
        6.52788070459043,
        3.2407988705318616,
        1.25758352096177,
    ),
    "RMSProp, α = 0.99": (10, 7.088812, 3.2339279704, 1.25593293, 1.00002159),
    "AdaGrad": (1, 0.70710678, 0.31622777, 0.1, 0.0316227766),
}


@pytest.mark.parametrize("title", STEPS)
def test_first_steps(title: str) -> None:
    steps = table(opened(5), HEAD)[title]
    assert [value(each) for each in steps] == pytest.approx(STEPS[title], rel=5e-4)


def test_the_factor_is_still_3_24_at_t_100() -> None:
    app = opened(5)
    assert metric(app, "Factor at t = 100") == "3.241"
    assert "3.24 times as long at t = 100" in answer(app)
    assert "3.241 times as long" in text(app)


@pytest.mark.parametrize(
    ("t", "share"),
    [(1, 0.001), (10, 0.009955119790251765), (100, 0.09520785288629108), (1000, 0.6323045752290363)],
)
def test_what_v_has_gathered(t: int, share: float) -> None:
    assert value(metric(opened(5, t=str(t)), f"1 − β₂ᵗ at t = {t}")) == pytest.approx(share, rel=5e-5)


def test_from_when_it_may_be_left_out() -> None:
    app = opened(5)
    for change, label in ((0.01, "Below 1 % from t"), (0.001, "Below 0.1 % from t")):
        t = int(metric(app, label))
        # At these t, beta1**t is below 1e-170: only v matters.
        assert (1 - 0.999**t) ** -0.5 - 1 < change <= (1 - 0.999 ** (t - 1)) ** -0.5 - 1


def test_other_betas_move_it() -> None:
    app = opened(5)
    before = plotted(app)
    checked(app.select_slider(key="s5.beta2").set_value(0.9).run())
    assert int(metric(app, "Below 1 % from t")) < 100
    assert plotted(app) != before


def test_the_switch_moves_the_plot_only() -> None:
    app = opened(5)
    before, numbers, words = plotted(app), metrics(app), shown(app)["s5-numbers"]
    assert len(numbers) == 5
    checked(app.toggle(key="s5.corrected").set_value(False).run())
    assert plotted(app) != before
    assert metrics(app) == numbers
    assert shown(app)["s5-numbers"] == words
    assert app.query_params["s5.corrected"] in ("off", ["off"])
