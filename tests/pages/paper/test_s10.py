"""Section 10 shows finished runs as what they are, and leads to the training page."""

from __future__ import annotations

import pytest

from optim_viz.experiments.mnist_runs import EXPERIMENTS
from optim_viz.pages.paper.sections.s10_experiments import kept
from tests.pages.paper.paper_app import answer, checked, opened, plotted, table, text


@pytest.mark.parametrize("preset", EXPERIMENTS)
def test_every_preset_shows_its_run(preset: str) -> None:
    app = opened(10, preset=preset)
    run = kept()[0][preset]
    rows = table(app, "Lane")
    assert [row[3] for row in rows.values()] == [f"{curve.accuracy:.2%}" for curve in run.results]
    assert f"{run.parameters:,} parameters, {run.steps[-1]:,} steps" in text(app)
    assert f"[Train this yourself](./train?{EXPERIMENTS[preset].link()})" in text(app)


def test_adam_does_not_win() -> None:
    app = opened(10)
    assert "Adam is not ahead here: AdaGrad" in text(app)
    assert "it does not simply win" in answer(app)
    run = kept()[0]["relu"]
    for curve in run.results:
        if curve.optimizer in ("sgd", "adagrad", "rmsprop", "adam"):
            assert f"{curve.accuracy:.1%}" in answer(app)


def test_the_sentence_is_true() -> None:
    runs, _ = kept()
    first = sum(max(run.results, key=lambda curve: curve.accuracy).optimizer == "adam" for run in runs.values())
    assert f"Adam is first in {first} of the {len(runs)} comparisons" in answer(opened(10))
    for name, run in runs.items():
        mean = {curve.optimizer: curve.accuracy for curve in run.results}
        if name != "single" and "sgd" in mean:
            assert mean["adam"] > mean["sgd"]


def test_it_says_how_the_curves_were_made() -> None:
    (caption,) = opened(10).caption
    assert "docs/make_paper_curves.py" in caption.value
    assert "seeds 0, 1, 2" in caption.value


def test_a_choice_moves_plots_and_link() -> None:
    app = opened(10)
    before = plotted(app)
    checked(app.radio(key="s10.preset").set_value("sigmoid").run())
    assert all(new != old for new, old in zip(plotted(app), before, strict=True))
    assert app.query_params["s10.preset"] in ("sigmoid", ["sigmoid"])


@pytest.mark.parametrize("bad", ["", "nan", "RELU", "x" * 9000])
def test_a_bad_link_shows_the_default(bad: str) -> None:
    app = opened(10, preset=bad)
    assert table(app, "Lane") == table(opened(10), "Lane")
    assert len(app.warning) == 1
