"""Section 7 shows how far a sparse coordinate comes."""

from __future__ import annotations

import pytest

from optim_viz import update_rules
from optim_viz.experiments import sparse
from tests.experiments.torch_sparse import torch_ratio
from tests.pages.paper.paper_app import answer, checked, opened, plotted, table, text, value

HEAD = "After 1000 steps"
TITLES = {update_rules.get(rule).title: rule for rule in sparse.RULES}


def ratio(title: str, k: int) -> float:
    """The ratio that torch.optim reaches in float64."""
    return torch_ratio(TITLES[title], k, 1000)


@pytest.mark.parametrize("k", [10, 100])
def test_the_ratios_are_torchs(k: int) -> None:
    rows = table(opened(7, k=f"{k}.0"), HEAD)
    assert {title: value(row[2]) for title, row in rows.items()} == pytest.approx(
        {title: ratio(title, k) for title in TITLES}, rel=1e-9
    )


def test_sgd_goes_like_1_over_k_and_adam_like_1_over_root_k() -> None:
    rows = table(opened(7, k="20.0"), HEAD)
    assert value(rows["SGD"][3]) == 1
    assert value(rows["Adam"][4]) == pytest.approx(1, abs=0.02)


def test_the_sentence_holds_the_numbers_at_100() -> None:
    adaptive = [ratio(title, 100) for title in ("AdaGrad", "RMSProp", "Adam")]
    assert f"at k = 100 that is 0.01 against {min(adaptive):.4g} to {max(adaptive):.4g}" in answer(opened(7))


def test_at_k_1_nothing_is_sparse() -> None:
    assert {value(row[2]) for row in table(opened(7, k="1.0"), HEAD).values()} == {1.0}


def test_a_gradient_that_never_comes_moves_nothing() -> None:
    rows = table(opened(7, k="500.0", steps="300"), "After 300 steps")
    assert {value(row[1]) for row in rows.values()} == {0.0}


def test_the_controls_move_plots_and_link() -> None:
    app = opened(7)
    before = plotted(app)
    checked(app.select_slider(key="s7.k").set_value(100.0).run())
    assert value(table(app, HEAD)["Adam"][2]) == pytest.approx(ratio("Adam", 100), rel=1e-9)
    assert all(new != old for new, old in zip(plotted(app), before, strict=True))
    assert app.query_params["s7.k"] in ("100.0", ["100.0"])
    assert "surface=sparse_steps&k=100" in text(app)


@pytest.mark.parametrize("bad", ["", "nan", "0", "-1", "11", "1e400", "x" * 9000])
def test_a_bad_link_shows_the_default(bad: str) -> None:
    app = opened(7, k=bad, steps=bad)
    assert value(table(app, HEAD)["Adam"][2]) == pytest.approx(ratio("Adam", 10), rel=1e-9)
    assert len(app.warning) == 2
