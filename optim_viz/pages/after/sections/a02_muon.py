"""Section 2: Muon needs a matrix, and which one decides what it is."""

from __future__ import annotations

import streamlit as st

from optim_viz.experiments import muon as experiment
from optim_viz.figures.paper import after_plots, chart, ground
from optim_viz.pages.paper.controls import Controls
from optim_viz.pages.paper.pictures import Picture, Pictures, follow_controls
from optim_viz.pages.paper.section import Section, number
from optim_viz.pages.paper.words import Prose, Table, Words
from optim_viz.trajectory import Array

SHARES = (0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0)
_LAYOUTS = {each.name: each for each in experiment.LAYOUTS}


def show() -> None:
    """Show the section's body."""
    controls = Controls("a2")
    left, right = st.columns(2)
    with left:
        controls.choice(
            "layout",
            "The gradient (x, y) as",
            options={each.name: each.words for each in experiment.LAYOUTS},
            default="diagonal",
        )
    with right:
        controls.stops("y", "y of the gradient (1, y)", stops=SHARES, default=0.1, shown=number)
    ball, values = Pictures(controls, _draw_ball), Pictures(controls, _draw_values)
    left, right = st.columns(2)
    with left:
        ball.show("ball")
    with right:
        values.show("schulz")
    values.show("directions")
    ball.show("values")
    st.markdown(
        "Muon takes the gradient of a weight **matrix**, $G = U S V^{\\mathsf T}$, and steps along $U V^{\\mathsf "
        "T}$: every "
        "singular value becomes 1. That is the steepest direction when steps are measured by the largest singular "
        "value, so "
        "the picture's ball decides: the direction goes to the point of the ball that is furthest along the "
        "gradient. In "
        "practice it is not computed exactly but by five steps of $X \\mapsto aX + b(XX^{\\mathsf T})X + "
        "c(XX^{\\mathsf T})^2X$ with a = 3.4445, b = −4.7750, c = 2.0315, which bring singular values near 1 fast "
        "and leave "
        "them between about 0.7 and 1.2. The lab therefore offers no Muon: a point in the plane is no matrix, and "
        "torch's Muon "
        "refuses one too."
    )
    follow_controls(controls, ball, values)


def _draw_ball(layout: str, y: float) -> dict[str, Picture | Words]:
    chosen = _LAYOUTS[layout]
    matrix = chosen.matrix(1.0, y)
    before, after = (experiment.singular_values([each])[0] for each in (matrix, experiment.newton_schulz(matrix)[-1]))
    said = (
        f"As {chosen.words} the gradient has the singular values {_listed(before)}; exact Muon makes them all 1, "
        f"five steps "
        f"make them {_listed(after)}. Exact Muon is {chosen.rule} here."
    )
    figure = after_plots.ball(chosen, 1.0, y)
    return {
        "ball": Picture(figure, ground.HEIGHT, f"Unit {chosen.ball} with the gradient and Muon's directions"),
        "values": Words(Prose(said)),
    }


def _draw_values(y: float) -> dict[str, Picture | Words]:
    rows = [
        [
            each.words,
            each.rule,
            *map(float, each.point(experiment.exact(each.matrix(1.0, y)))),
            *map(float, each.point(experiment.newton_schulz(each.matrix(1.0, y))[-1])),
        ]
        for each in experiment.LAYOUTS
    ]
    heads = (f"(1, {number(y)}) as", "exact Muon is", "exact x", "exact y", "five steps x", "five steps y")
    return {
        "schulz": Picture(after_plots.schulz(1.0, y), chart.HEIGHT, "Singular values during five Newton-Schulz steps"),
        "directions": Words(Table(heads, rows)),
    }


def _listed(values: Array) -> str:
    return " and ".join(number(float(each), 3) for each in values)


def _direction(name: str) -> str:
    layout = _LAYOUTS[name]
    x, y = layout.point(experiment.exact(layout.matrix(1.0, 0.1)))
    return f"({number(float(x), 3)}, {number(float(y), 3)})"


SECTION = Section(
    letter="a",
    number=2,
    slug="muon",
    title="Muon: one gradient, four matrices",
    answer="Muon is made for matrices, and of two numbers it makes whatever their layout says: the gradient (1, 0.1) "
    "becomes "
    f"{_direction('column')} as a column, {_direction('diagonal')} as a diagonal and {_direction('symmetric')} as a "
    f"symmetric "
    "matrix, which are normalised descent, sign descent and steepest coordinate descent.",
    try_this="change the layout and see the ball change; then let y grow to 1 and find where coordinate descent has "
    "no choice "
    "to make.",
    sources=(
        "Jordan et al. (2024), [Muon](https://kellerjordan.github.io/posts/muon/)",
        "Bernstein and Newhouse (2024), [arXiv:2409.20325](https://arxiv.org/abs/2409.20325)",
    ),
    show=show,
    symbols={
        "G": "The gradient of a weight matrix.",
        "U": "Left singular vectors of the gradient, as columns.",
        "V": "Right singular vectors of the gradient, as columns.",
        "S": "Singular values of the gradient, on a diagonal.",
        "X": "What becomes of the gradient, step by step.",
    },
)
