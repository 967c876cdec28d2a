"""Section 9: what sets Adam apart from AdaGrad, RMSProp and Nesterov's momentum."""

from __future__ import annotations

from math import sqrt

import streamlit as st

from optim_viz.experiments import look_ahead, relatives
from optim_viz.figures.paper import chart, ground, relatives_plots
from optim_viz.figures.paper.chart import title_of
from optim_viz.pages.paper.controls import Controls
from optim_viz.pages.paper.open_in_lab import open_in_lab
from optim_viz.pages.paper.pictures import Picture, Pictures, follow_controls
from optim_viz.pages.paper.section import Section, number
from optim_viz.pages.paper.words import Prose, Table, Words
from optim_viz.scenario import Lane
from optim_viz.trajectory import Array

ALPHAS = (0.5, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
CHANGES = (10.0, 30.0, 100.0, 300.0)
SPIKES = (-1000.0, -100.0, -30.0, -10.0, -3.0, 1.0, 3.0, 10.0, 30.0, 100.0, 1000.0)
MOMENTA = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99)
LOOK_STEPS = 20
_LR = 0.005
_PATTERNS = {"constant": "1 all along", "falling": "10, then 1", "rising": "1, then 10"}
_LISTED = (1, 2, 10, 100, 1000)


def show() -> None:
    """Show the section's body."""
    controls = Controls("s9")
    st.markdown("#### AdaGrad's sum, the others' mean")
    first = _sum_and_mean(controls)
    st.markdown("#### Momentum after the division, or before it")
    second = _before_and_after(controls)
    st.markdown("#### Nesterov's look-ahead")
    third = _look_ahead(controls)
    follow_controls(controls, first, second, third)


def _draw_rates(gradient: str, alpha: float, change: float) -> dict[str, Picture | Words]:
    at = 1 if gradient == "constant" else int(change)
    found = relatives.rates(gradient, at, alpha)
    mark = None if gradient == "constant" else at
    rates, sizes = relatives_plots.rates(found, mark), relatives_plots.step_sizes(found, mark)
    first = (
        "RMSProp does not correct its mean for having started at 0, so that its step is η/√(1 − αᵗ), at first "
        f"{number(1 / sqrt(1 - alpha))} η; Adam (here with β₁ = 0, to compare the denominators alone) takes η at once."
    )
    return {
        "rates": Picture(rates, chart.HEIGHT, "Rates of AdaGrad, RMSProp and Adam against steps"),
        "sizes": Picture(sizes, chart.HEIGHT, "Step sizes of AdaGrad, RMSProp and Adam"),
        "ages": _ages(found),
        "first": Words(Prose(first)),
    }


def _draw_spike(spike: float) -> dict[str, Picture | Words]:
    found = relatives.spike(spike)
    figure = relatives_plots.spike(found)
    return {
        "spike": Picture(figure, chart.HEIGHT, "Steps of RMSProp with momentum and Adam around a spike"),
        "around": _around(found),
    }


def _draw_points(momentum: float, step: int) -> dict[str, Picture | Words]:
    run = look_ahead.look_ahead(_LR, momentum, LOOK_STEPS)
    figure = relatives_plots.two_points(run, step)
    return {
        "ahead": Picture(figure, ground.HEIGHT, "Stored points and the textbook's, with the look-ahead"),
        "same": _both_ways(run, step),
    }


def _sum_and_mean(controls: Controls) -> Pictures:
    """Show how the three rates age on one gradient sequence."""
    left, middle, right = st.columns(3)
    with left:
        controls.choice("gradient", "Gradients", options=_PATTERNS, default="falling")
    with middle, controls.only_for("gradient", "falling", "rising"):
        controls.stops("change", "Last step of the first part", stops=CHANGES, default=100.0, shown=number)
    with right:
        controls.stops("alpha", "Memory of squares: α, and Adam's β₂", stops=ALPHAS, default=0.99, shown=number)
    pictures = Pictures(controls, _draw_rates)
    left, right = st.columns(2)
    with left:
        pictures.show("rates")
    with right:
        pictures.show("sizes")
    pictures.show("ages")
    st.markdown(
        "AdaGrad divides by $\\sqrt{G_t}$, the root of a sum that only grows: under a constant gradient step $t$ is "
        "$\\eta/\\sqrt t$, and after large gradients it stays slow. RMSProp and Adam divide by the root of a decaying "
        "mean, which forgets within about $1/(1-\\alpha)$ steps."
    )
    pictures.show("first")
    return pictures


def _ages(found: dict[str, tuple[Array, Array]]) -> Words:
    """List the sizes of the three rules' steps, early and late."""
    rows = [[f"t = {t}", *(float(sizes[t - 1]) for _, sizes in found.values())] for t in _LISTED]
    return Words(Table(("Size of step t, η = 1", *(title_of(rule) for rule in found)), rows))


def _before_and_after(controls: Controls) -> Pictures:
    """Show what one spike does to RMSProp with momentum and to Adam."""
    controls.stops("spike", "One gradient of this size among ones", stops=SPIKES, default=100.0, shown=number)
    pictures = Pictures(controls, _draw_spike)
    left, right = st.columns(2)
    with left:
        pictures.show("spike")
    with right:
        pictures.show("around")
        st.markdown(
            "RMSProp first divides, $b_t = \\mu b_{t-1} + g_t/\\sqrt{v_t}$: the spike enters the sum as one quotient "
            "and older quotients keep their size. Adam first averages, then divides everything it remembers by the "
            f"newest $\\sqrt{{\\hat v_t}}$. Memories are the same (μ = β₁ = {number(relatives.MOMENTUM)}, "
            f"α = β₂ = {number(relatives.DECAY)}), and rates such that on ones both take steps of 1."
        )
    return pictures


def _around(found: dict[str, Array]) -> Words:
    """List both rules' steps before, at and after the spike."""
    at = relatives.SPIKE_AT - 1
    listed = {"before": -1, "at the spike": 0, "1 later": 1, "10 later": 10, "50 later": 50}
    rows = [[when, *(float(steps[at + offset]) for steps in found.values())] for when, offset in listed.items()]
    heads = ("RMSProp with momentum" if rule == "rmsprop" else title_of(rule) for rule in found)
    return Words(Table(("Step", *heads), rows))


def _look_ahead(controls: Controls) -> Pictures:
    """Show that the stored point is θ + μv."""
    left, right = st.columns(2)
    with left:
        momentum = controls.stops("momentum", "Momentum μ", stops=MOMENTA, default=0.9, shown=number)
    with right:
        step = controls.slider("step", "Step", low=1, high=LOOK_STEPS, default=4, step=1)
    pictures = Pictures(controls, _draw_points)
    left, right = st.columns(2)
    with left:
        pictures.show("ahead")
    with right:
        st.latex(
            r"v_t = \mu v_{t-1} - \eta\,\nabla f(\theta_{t-1} + \mu v_{t-1}), \qquad \theta_t = \theta_{t-1} + v_t"
        )
        st.markdown(
            "The textbook takes the gradient where the velocity is about to lead, and keeps θ. torch, Keras and optax "
            "keep that look-ahead point itself. Written out both ways, with the same numbers:"
        )
        pictures.show("same")
        st.markdown(
            open_in_lab(
                look_ahead.SURFACE, [Lane("nesterov", {"lr": _LR, "momentum": momentum})], steps=LOOK_STEPS, time=step
            )
        )
    return pictures


def _both_ways(run: look_ahead.LookAhead, step: int) -> Words:
    """List the points of both forms at one step, and their largest difference over all steps."""
    points = {"stored by torch": run.stored.theta, "textbook θ + μv": run.ahead, "textbook θ": run.theta}
    rows = [[title, *map(float, path[step])] for title, path in points.items()]
    apart = (
        f"Largest difference over {LOOK_STEPS} steps: {number(run.from_ahead, 2)} from θ + μv, "
        f"{number(run.from_theta)} from θ."
    )
    return Words(Table((f"After step {step}", "x", "y"), rows), Prose(apart))


_CONSTANT = relatives.rates("constant", 1, 0.99)

SECTION = Section(
    number=9,
    slug="relatives",
    title="Relatives",
    answer="Adam differs from its relatives in what it divides by, and when: AdaGrad's sum makes its steps ever "
    f"shorter ({number(float(_CONSTANT['adagrad'][1][99]))} η at step 100 of a constant gradient, where Adam's is "
    f"{number(float(_CONSTANT['adam'][1][99]))} η), and RMSProp's momentum adds up gradients already divided, where "
    "Adam divides their mean.",
    try_this="let the gradient fall from 10 to 1 and see which rate recovers; then make the spike negative; then step "
    "through Nesterov's two points with the arrow keys.",
    sources=(
        "Duchi, Hazan and Singer (2011), figure 1",
        "Tieleman and Hinton (2012), lecture 6.5",
        "Graves (2013), [arXiv:1308.0850](https://arxiv.org/abs/1308.0850), section 4.2, for RMSProp with momentum",
        "Kingma and Ba (2015), section 5",
        "Sutskever, Martens, Dahl and Hinton (2013), equations (3) and (4)",
    ),
    show=show,
    symbols={
        "v": "Running mean of the squared gradients; in Nesterov's formula the velocity, how far the step before went.",
    },
)
