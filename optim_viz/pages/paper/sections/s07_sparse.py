"""Section 7: what happens to a feature that is seldom there."""

from __future__ import annotations

from functools import lru_cache
from math import sqrt

import streamlit as st

from optim_viz.experiments import sparse
from optim_viz.figures.paper import chart, sparse_plots
from optim_viz.figures.paper.chart import title_of
from optim_viz.pages.paper.controls import Controls
from optim_viz.pages.paper.open_in_lab import open_in_lab
from optim_viz.pages.paper.pictures import Picture, Pictures, follow_controls
from optim_viz.pages.paper.section import Section, number
from optim_viz.pages.paper.words import Table, Words
from optim_viz.scenario import Lane
from optim_viz.trajectory import Array

SPACINGS = (1, 2, 3, 5, 7, 10, 20, 30, 50, 70, 100, 200, 300, 500, 1000)
LENGTHS = {"300": "300", "1000": "1000", "3000": "3000"}
_ADAPTIVE = ("adagrad", "rmsprop", "adam")


def show() -> None:
    """Show the section's body."""
    controls = Controls("s7")
    left, right = st.columns(2)
    with left:
        k = int(
            controls.stops(
                "k",
                "k: y has a gradient at every k-th step",
                stops=[float(k) for k in SPACINGS],
                default=10.0,
                shown=number,
            )
        )
    with right:
        steps = int(controls.choice("steps", "Steps", options=LENGTHS, default="1000"))
    pictures = Pictures(controls, _draw)
    left, right = st.columns(2)
    with left:
        pictures.show("steps")
    with right:
        pictures.show("ratios")
    pictures.show("reached")
    st.markdown(
        "The gradient in $x$ is 1 at every step, the one in $y$ is 1 at every $k$-th and 0 between. SGD adds gradients "
        "up, so $y/x = 1/k$. An adaptive rule divides by the root of the mean square, which in $y$ is $1/k$ of that in "
        "$x$: $y/x \\approx \\frac{1/k}{\\sqrt{1/k}} = 1/\\sqrt k$. The learning rate cancels, so it is "
        f"{number(sparse.LR)} for all."
    )
    lanes = [Lane(rule, {"lr": sparse.LR}) for rule in sparse.RULES]
    st.markdown(open_in_lab("sparse_steps", lanes, steps=steps, parameters={"k": k}))
    follow_controls(controls, pictures)


def _draw(k: float, steps: str) -> dict[str, Picture | Words]:
    stairs = sparse_plots.staircases(sparse.positions((int(k),), int(steps)), int(k))
    ratios = sparse_plots.ratios(SPACINGS, _ratios(int(steps)), int(k))
    return {
        "steps": Picture(stairs, chart.HEIGHT, "y against steps for five rules"),
        "ratios": Picture(ratios, chart.HEIGHT, "Displacement ratio against k for five rules"),
        "reached": _reached(int(k), int(steps)),
    }


def _reached(k: int, steps: int) -> Words:
    """List each rule's displacement, and its ratio against 1/k and 1/√k."""
    rows = list[list[str | float]]()
    for rule, (x, y) in sparse.displacements(k, steps).items():
        ratio = y / x
        rows.append([title_of(rule), x, y, ratio, ratio * k, ratio * sqrt(k)])
    return Words(Table((f"After {steps} steps", "x", "y", "y/x", "y/x · k", "y/x · √k"), rows))


@lru_cache(maxsize=len(LENGTHS))
def _ratios(steps: int) -> dict[str, Array]:
    return sparse.ratios(SPACINGS, steps)


_K, _STEPS = 100, 1000
_RATIOS = {rule: y / x for rule, (x, y) in sparse.displacements(_K, _STEPS).items()}

SECTION = Section(
    number=7,
    slug="sparse",
    title="Sparse features",
    answer="A coordinate with a gradient at every k-th step only moves 1/k as far under SGD, and about 1/√k as far "
    f"under AdaGrad, RMSProp and Adam: at k = {_K} that is {number(_RATIOS['sgd'])} against "
    f"{number(min(_RATIOS[rule] for rule in _ADAPTIVE))} to {number(max(_RATIOS[rule] for rule in _ADAPTIVE))}.",
    try_this="move k from 1 to 1000: all rules agree at k = 1, and the gap grows like √k while y still gets some "
    "gradients.",
    sources=(
        "Duchi, Hazan and Singer (2011), section 1.3, on rare features",
        "Kingma and Ba (2015), section 1 and, for sparse gradients and Adam's step, section 2.1",
    ),
    show=show,
    symbols={"k": "Only every k-th step has a gradient in y."},
)
