"""Section 2: why one learning rate for all directions oscillates."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import streamlit as st

from optim_viz.experiments import valley as experiment
from optim_viz.experiments.valley import START
from optim_viz.figures.paper import chart, ground, valley_plots
from optim_viz.pages.paper import valley_words
from optim_viz.pages.paper.controls import Controls
from optim_viz.pages.paper.open_in_lab import open_formula_in_lab
from optim_viz.pages.paper.pictures import Picture, Pictures, follow_controls
from optim_viz.pages.paper.section import Section, number
from optim_viz.pages.paper.words import Words
from optim_viz.scenario import Lane
from optim_viz.trajectory import Array

KAPPAS = (2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)
SHARES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 1.0, 1.005, 1.01, 1.02, 1.05)
"""Learning rates as shares of the limit 2/L; 1 is among them, so that what happens exactly there can be seen."""
DESCENT_STEPS = 100
LENGTHS = {"50": "50", "100": "100", "200": "200", "400": "400"}
_AXES = (1.0, *KAPPAS)
_USUAL = 100.0


def show() -> None:
    """Show the section's body."""
    controls = Controls("s2")
    left, right = st.columns(2)
    with left:
        kappa = controls.stops(
            "kappa", "How narrow: κ, curvature across over along", stops=KAPPAS, default=_USUAL, shown=number
        )
    with right:
        share = controls.stops(
            "share", "Learning rate, as a share of 2/L", stops=SHARES, default=0.95, shown=lambda each: number(each)
        )
    one = Pictures(controls, _draw_one)
    _one_rate(kappa, share, one)
    st.markdown("#### A rate for each coordinate")
    rates = Pictures(controls, _draw_rates)
    _rates(rates)
    st.markdown("#### The valley turned")
    left, right = st.columns(2)
    with left:
        degrees = controls.slider("angle", "Angle of the valley, degrees", low=0, high=90, default=30, step=5)
    with right:
        steps = int(controls.choice("steps", "Steps", options=LENGTHS, default="50"))
    turned = Pictures(controls, _draw_turned)
    _turn(kappa, degrees, steps, turned)
    follow_controls(controls, one, rates, turned)


def _draw_one(kappa: float, share: float) -> dict[str, Picture | Words]:
    limit = experiment.descent_limit(kappa)
    run = experiment.descent(kappa, share * limit, DESCENT_STEPS)
    return {
        "path": Picture(valley_plots.zigzag(run, kappa), ground.HEIGHT, "Path of gradient descent"),
        "across": Picture(valley_plots.across(run), ground.HEIGHT, "y against steps"),
        "verdict": Words(valley_words.verdict(run, kappa, share * limit, limit)),
        "ends": Words(valley_words.ends(run, share * limit, limit)),
    }


def _draw_rates(kappa: float) -> dict[str, Picture | Words]:
    left = valley_plots.left_over(_AXES, _left_over(), kappa, DESCENT_STEPS)
    return {
        "left": Picture(left, chart.HEIGHT, "Distance left against κ, for four rules"),
        "tuned": Words(valley_words.tuned(_best(kappa))),
    }


def _draw_turned(kappa: float, angle: int, steps: str) -> dict[str, Picture | Words]:
    runs = experiment.turned(kappa, angle, int(steps), experiment.settings(kappa))
    paths, losses = valley_plots.turned_paths(kappa, angle, runs), valley_plots.turned_losses(runs)
    rates = {rule: float(given["lr"]) for rule, given in experiment.settings(kappa).items()}
    return {
        "turned": Picture(paths, ground.HEIGHT, "Six paths through the turned valley"),
        "loss": Picture(losses, ground.HEIGHT, "Loss of six rules, turned and straight"),
        "rules": Words(valley_words.equivariance(runs, angle, int(steps)), valley_words.comparison(runs, rates)),
    }


def _one_rate(kappa: float, share: float, pictures: Pictures) -> None:
    """Show gradient descent with one learning rate, and whether that is above or below the limit."""
    left, right = st.columns(2)
    with left:
        pictures.show("path")
    with right:
        pictures.show("across")
    pictures.show("verdict")
    st.markdown(
        "On $f = \\tfrac12(x^2 + \\kappa y^2)$ each step multiplies $x$ by $1 - \\eta$ and $y$ by $1 - \\kappa\\eta$."
    )
    pictures.show("ends")
    lane = Lane("sgd", {"lr": share * experiment.descent_limit(kappa)})
    st.markdown(open_formula_in_lab(experiment.valley(kappa), [lane], steps=DESCENT_STEPS))


def _rates(pictures: Pictures) -> None:
    """Show what tuning one rate can reach, and that adaptive rules do not see κ."""
    shares = _left_over()
    left, right = st.columns(2)
    with left:
        pictures.show("left")
        spread = max(float(np.ptp(share)) for rule, share in shares.items() if rule != "sgd")
        st.markdown(
            "AdaGrad, RMSProp and Adam divide each coordinate by the size of its own gradients, and so by κ: over all "
            f"κ shown the share they leave changes by {number(spread, 2)} at most. Gradient descent has its best η for "
            "each κ here."
        )
    with right:
        st.markdown("The best that one rate can do, everything tuned to this κ:")
        pictures.show("tuned")
        st.markdown(
            "The factors are $\\frac{\\kappa-1}{\\kappa+1}$ for gradient descent, "
            "$\\frac{\\sqrt\\kappa-1}{\\sqrt\\kappa+1}$ for momentum and $1-\\frac{1}{\\sqrt\\kappa}$ for Nesterov at "
            "$\\eta = 1/L$."
        )


def _turn(kappa: float, degrees: int, steps: int, pictures: Pictures) -> None:
    """Show every rule in the turned valley beside the straight one."""
    left, right = st.columns(2)
    with left:
        pictures.show("turned")
    with right:
        pictures.show("loss")
    pictures.show("rules")
    st.caption(
        "“Path differs by”: the largest coordinate of the difference at the last step, after turning the path back."
    )
    lanes = [Lane(rule, values) for rule, values in experiment.settings(kappa).items()]
    st.markdown(open_formula_in_lab(experiment.valley(kappa, degrees), lanes, steps=steps))


@lru_cache(maxsize=1)
def _left_over() -> dict[str, Array]:
    return experiment.distance_left(_AXES, DESCENT_STEPS)


_best = lru_cache(maxsize=len(KAPPAS))(experiment.best_rates)
_LIMIT = experiment.descent_limit(_USUAL)

SECTION = Section(
    number=2,
    slug="valley",
    title="Why one global rate oscillates",
    answer="One learning rate must suit the steepest direction: above 2 divided by the largest curvature L gradient "
    f"descent diverges (2/L = {number(_LIMIT)} where L = {number(_USUAL)}), and below it the flat direction, with "
    f"curvature 1, shrinks by {number(100 * _LIMIT)} % a step at most.",
    try_this="move the learning rate across 1 × 2/L; then turn the valley from 0° to 45° and watch AdaGrad, RMSProp "
    "and Adam fall back while SGD, momentum and Nesterov do not change.",
    sources=(
        "Goh, [*Why Momentum Really Works*](https://distill.pub/2017/momentum/), Distill (2017), “First Steps: "
        "Gradient Descent” and “The Dynamics of Momentum”",
        "Polyak (1964)",
        "Duchi, Hazan and Singer (2011), section 1.1, for the full-matrix form that would turn with the valley",
        f"runs start at ({number(START[0])}, {number(START[1])})",
    ),
    show=show,
    symbols={
        "κ": "How many times more the valley is curved across than along.",
        "L": "The largest curvature: gradient descent diverges where its learning rate is above 2/L.",
    },
)
