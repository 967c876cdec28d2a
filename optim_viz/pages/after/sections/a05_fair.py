"""Section 5: which optimizer is best, asked fairly."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st

from optim_viz import surfaces
from optim_viz.experiments import fair as experiment
from optim_viz.figures.paper import after_plots, chart
from optim_viz.figures.paper.chart import title_of
from optim_viz.pages.paper.controls import Controls
from optim_viz.pages.paper.open_in_lab import open_in_lab
from optim_viz.pages.paper.pictures import Picture, Pictures, follow_controls
from optim_viz.pages.paper.section import Section
from optim_viz.pages.paper.words import Table, Words
from optim_viz.scenario import Lane

_DRAWN = 4
SURFACES = ("rosenbrock", "narrow_valley", "rotated_valley", "booth")


def show() -> None:
    """Show the section's body."""
    controls = Controls("a5")
    titles = {name: surfaces.get(name).title for name in SURFACES}
    ground = controls.choice("surface", "Surface", options=titles, default="rosenbrock")
    pictures = Pictures(controls, _draw)
    left, right = st.columns(2)
    with left:
        pictures.show("sweep")
        st.markdown(
            f"Every rule gets the same attempts: {len(experiment.RATES)} learning rates, {experiment.STEPS} steps, "
            f"gradients with the same noise, seeds 0 to {experiment.SEEDS - 1}; the median of the losses counts. The "
            "picture has the four best. At one common rate the order says little more than whose scale that rate "
            "happens to fit. The rates are judged by the seeds that they were chosen on, and all other "
            "hyperparameters stay at their defaults: a small lead means nothing."
        )
        st.markdown(
            "On language models a study of ten optimizers, each tuned with care, found the fastest 1.4 times as fast "
            "as AdamW at 0.1 billion parameters, and only 1.1 times at 1.2 billion "
            "([arXiv:2509.02046](https://arxiv.org/abs/2509.02046))."
        )
    with right:
        pictures.show("scores")
    best = sorted(_scores(ground).items(), key=lambda each: each[1].best)[:_DRAWN]
    st.markdown(open_in_lab(ground, [Lane(rule, {"lr": score.rate}) for rule, score in best], steps=experiment.STEPS))
    follow_controls(controls, pictures)


def _draw(surface: str) -> dict[str, Picture | Words]:
    found = _scores(surface)
    ordered = sorted(found.items(), key=lambda each: each[1].best)
    rows = [[title_of(rule), score.rate, score.best, score.low, score.high, score.width] for rule, score in ordered]
    figure = after_plots.sweep(dict(ordered[:_DRAWN]))
    heads = ("Best first", "its rate", "median", "lowest", "highest", "good range")
    return {
        "sweep": Picture(figure, chart.HEIGHT, "Loss of the best rules at the end against the learning rate"),
        "scores": Words(Table(heads, rows)),
    }


_scores = lru_cache(maxsize=len(SURFACES))(experiment.scores)


def _first(surface: str) -> str:
    return title_of(min(_scores(surface).items(), key=lambda each: each[1].best)[0])


SECTION = Section(
    letter="a",
    number=5,
    slug="fair",
    title="Which is best, fairly",
    answer="Each at the learning rate that suits it best, the winner changes with the surface: "
    + ", ".join(f"{_first(name)} on {surfaces.get(name).title}" for name in SURFACES)
    + ".",
    try_this="change the surface and see who leads; then compare the good ranges, in powers of ten of the learning "
    "rate.",
    sources=(
        "Wen, Hall, Ma and Liang (2025), [arXiv:2509.02046](https://arxiv.org/abs/2509.02046)",
        "Schmidt, Schneider and Hennig (2021), Descending through a Crowded Valley, "
        "[arXiv:2007.01547](https://arxiv.org/abs/2007.01547)",
    ),
    show=show,
)
