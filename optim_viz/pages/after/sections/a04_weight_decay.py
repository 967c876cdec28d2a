"""Section 4: weight decay, through the gradient or beside it."""

from __future__ import annotations

import streamlit as st

from optim_viz.experiments import weight_decay as experiment
from optim_viz.figures.paper import after_plots, chart
from optim_viz.figures.paper.chart import title_of
from optim_viz.pages.paper.controls import Controls
from optim_viz.pages.paper.pictures import Picture, Pictures, follow_controls
from optim_viz.pages.paper.section import Section, number
from optim_viz.pages.paper.words import Table, Words

DECAYS = (0.01, 0.03, 0.1, 0.2)
RATIOS = (1.0, 3.0, 10.0, 30.0, 100.0)


def show() -> None:
    """Show the section's body."""
    controls = Controls("a4")
    left, right = st.columns(2)
    with left:
        controls.stops("decay", "Weight decay λ", stops=DECAYS, default=0.1, shown=number)
    with right:
        controls.stops("ratio", "Gradients of the second weight: ±", stops=RATIOS, default=10.0, shown=number)
    pictures = Pictures(controls, _draw)
    left, right = st.columns(2)
    with left:
        pictures.show("decays")
    with right:
        pictures.show("left")
        st.markdown(
            "Both weights start at 1 and see gradients of either sign by turns, ±1 and ±G, so that nothing but the "
            "decay moves "
            "them for good. **AdamW** takes $\\eta\\lambda\\theta$ off each weight: after t steps "
            "$(1-\\eta\\lambda)^t$ is left of "
            "both. In **Adam** the decay is a term of the gradient, and so it is divided by $\\sqrt{\\hat v}$ with "
            "the rest: the "
            "weight with the large gradients hardly decays. SGD makes no difference between the two."
        )
    follow_controls(controls, pictures)


def _draw(decay: float, ratio: float) -> dict[str, Picture | Words]:
    left, predicted = experiment.left(decay, ratio), experiment.predicted(decay)
    rows: list[list[str | float]] = [
        [title_of(rule), float(theta[-1, 0]), float(theta[-1, 1])] for rule, theta in left.items()
    ]
    rows.append(["(1 − ηλ)ᵗ", float(predicted[-1]), float(predicted[-1])])
    figure = after_plots.decays(left, predicted, ratio)
    heads = (f"Left after {experiment.STEPS} steps", "gradients ±1", f"gradients ±{number(ratio)}")
    return {
        "decays": Picture(figure, chart.HEIGHT, "What is left of two weights in Adam and AdamW against steps"),
        "left": Words(Table(heads, rows)),
    }


_LEFT = experiment.left(0.1, 10.0)

SECTION = Section(
    letter="a",
    number=4,
    slug="weight_decay",
    title="Decoupled weight decay",
    answer=f"AdamW shrinks every weight at the same pace ({number(float(_LEFT['adamw'][-1, 0]), 2)} is left of one "
    f"with gradients "
    f"of ±1 and {number(float(_LEFT['adamw'][-1, 1]), 2)} of one with ±10); decay that goes through Adam's gradient "
    f"is divided by "
    f"the size of the gradients ({number(float(_LEFT['adam'][-1, 0]), 2)} and "
    f"{number(float(_LEFT['adam'][-1, 1]), 2)}).",
    try_this="let the second weight's gradients grow to ±100: Adam hardly decays it any more, AdamW does not notice.",
    sources=(
        "Loshchilov and Hutter (2019), [arXiv:1711.05101](https://arxiv.org/abs/1711.05101), section 2 and algorithm 2",
    ),
    show=show,
    symbols={"G": "Size of the second weight's gradients.", "λ": "Weight decay."},
)
