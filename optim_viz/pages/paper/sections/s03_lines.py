"""Section 3: the algorithm, line by line, with one step's numbers."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import streamlit as st

import optim_viz
from optim_viz import update_rules
from optim_viz.experiments.one_step import lines_of, names_at
from optim_viz.figures.paper import stack
from optim_viz.figures.paper.stack import BLUE, GREEN, GREY, ORANGE, PURPLE, Row, Trace, coloured
from optim_viz.pages.paper.controls import Controls
from optim_viz.pages.paper.line_math import line_numbers, line_symbols
from optim_viz.pages.paper.open_in_lab import open_in_lab
from optim_viz.pages.paper.pictures import Picture, Pictures, follow_controls
from optim_viz.pages.paper.section import Section, number
from optim_viz.pages.paper.words import Formula, Prose, Words
from optim_viz.scenario import Lane
from optim_viz.trajectory import Trajectory

STEPS = 60
PLAY = '<button type="button" class="ov-play" data-slider="{key}">Play</button>'
"""Moves the slider of that element key on; the page's script listens."""
_LR = 0.1
_SURFACES = {"narrow_valley": "narrow valley", "rosenbrock": "Rosenbrock", "himmelblau": "Himmelblau"}
_LINES = lines_of("adam", {"lr": _LR})
_SAYS = {
    "m": "A running mean of the gradient: mostly the old one, and a little of the new.",
    "v": "The same of the gradient's square. It has no sign; it only says how large gradients are.",
    "m_hat": "Both means started at 0 and are too small at first. Dividing makes up for that.",
    "v_hat": "",
    "update": "The step: the mean gradient, measured in units of the gradient's usual size, times the learning rate.",
    "theta": "The new parameter.",
}


def _rows(run: Trajectory, axis: int) -> list[Row]:
    m, v = coloured("m̂", BLUE), coloured("v̂", ORANGE)
    states = {name: values[:, axis] for name, values in run.state.items()}
    return [
        Row("gradient g", (Trace("g", run.grad[:, axis], GREY),)),
        Row(
            f"{m} (solid) and m (dotted)",
            (Trace("m", states["m"], BLUE, True), Trace("m̂", states["m_hat"], BLUE)),
        ),
        Row(
            f"{v} (solid) and v (dotted)",
            (Trace("v", states["v"], ORANGE, True), Trace("v̂", states["v_hat"], ORANGE)),
        ),
        Row(f"{coloured('step', GREEN)} Δθ", (Trace("Δθ", run.update[:, axis], GREEN),)),
        Row(f"{coloured('parameter', PURPLE)} θ", (Trace("θ", run.theta[1:, axis], PURPLE),)),
    ]


def _arithmetic(pictures: Pictures) -> None:
    """Show the step's gradient, then every line in symbols with its numbers below."""
    pictures.show("saw")
    for line in _LINES:
        if _SAYS[line.target]:
            st.markdown(_SAYS[line.target])
        st.latex(line_symbols(line, update_rules.get("adam")))
        pictures.show(line.target)


def _show() -> None:
    controls = Controls("s3")
    left, right = st.columns(2)
    with left:
        surface = controls.choice("surface", "Surface", options=_SURFACES, default="narrow_valley")
    with right:
        controls.choice("coordinate", "Coordinate", options={"x": "x", "y": "y"}, default="y")
    t = controls.slider("step", "Step t", low=1, high=STEPS, default=2, step=1)
    st.html(PLAY.format(key="s3-step"))
    pictures = Pictures(controls, _draw)
    lines, picture = st.columns([4, 5], gap="medium")
    with lines:
        _arithmetic(pictures)
    with picture:
        pictures.show("plot")
    lane = Lane("adam", {"lr": _LR})
    st.markdown(open_in_lab(surface, [lane], steps=STEPS, time=t))
    follow_controls(controls, pictures)


def _draw(surface: str, coordinate: str, step: int) -> dict[str, Picture | Words]:
    run, axis = _run(surface), "xy".index(coordinate)
    rows = _rows(run, axis)
    figure = stack.stack(np.arange(1.0, STEPS + 1), rows, x_title="step t", mark=step - 1)
    label = f"Gradient, m, v, step and parameter of coordinate {coordinate} over {STEPS} steps, step {step} marked"
    values = names_at(run, step, axis)
    saw = f"Step **{step}**, coordinate **{coordinate}**: the gradient is **g = {number(values['grad'], 6)}**."
    return {
        "plot": Picture(figure, stack.height(rows), label),
        "saw": Words(Prose(saw)),
        **{line.target: Words(Formula(line_numbers(line, values))) for line in _LINES},
    }


@lru_cache(maxsize=len(_SURFACES))
def _run(surface: str) -> Trajectory:
    return optim_viz.rollout(surface, "adam", steps=STEPS, lr=_LR)


SECTION = Section(
    number=3,
    slug="lines",
    title="The algorithm, line by line",
    answer=(
        "Adam keeps two running means for each coordinate, m of the gradient and v of its square, corrects both for "
        "having started at 0, and steps by the learning rate times their ratio m̂/√v̂."
    ),
    try_this=(
        "move the step with the arrow keys from 1 on, and watch the dotted m and v catch up with the corrected m̂ and v̂."
    ),
    sources=("Kingma and Ba, Algorithm 1 and section 2", "torch.optim.Adam, whose ε stands outside the root as here"),
    show=_show,
)
