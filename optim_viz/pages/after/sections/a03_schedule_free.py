"""Section 3: three points in place of a schedule."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import streamlit as st

from optim_viz import surfaces
from optim_viz.figures.paper import after_plots, chart, ground
from optim_viz.pages.paper.controls import Controls
from optim_viz.pages.paper.open_in_lab import open_in_lab
from optim_viz.pages.paper.pictures import Picture, Pictures, follow_controls
from optim_viz.pages.paper.section import Section, number
from optim_viz.pages.paper.words import Table, Words
from optim_viz.rollout import rollout
from optim_viz.scenario import Lane
from optim_viz.trajectory import Array, Trajectory

SURFACE = "narrow_valley"
STEPS = 200
RATES = (0.005, 0.01, 0.015, 0.019, 0.021, 0.03, 0.05)
MOMENTA = (0.0, 0.5, 0.9, 0.95, 0.99)
SHOWN = (1, 2, 5, 10, 20, 50, 100, 200)
NOISE = {"0": "none", "5": "5", "20": "20"}


def show() -> None:
    """Show the section's body."""
    controls = Controls("a3")
    first, second, third, fourth = st.columns(4)
    with first:
        lr = controls.stops("lr", "Learning rate η", stops=RATES, default=0.019, shown=number)
    with second:
        momentum = controls.stops("momentum", "Momentum μ, from z to x", stops=MOMENTA, default=0.9, shown=number)
    with third:
        controls.stops("step", "Step", stops=SHOWN, default=50, shown=number)
    with fourth:
        controls.choice("noise", "Noise of the gradients", options=NOISE, default="20")
    pictures = Pictures(controls, _draw)
    left, right = st.columns(2)
    with left:
        pictures.show("points")
    with right:
        pictures.show("losses")
    pictures.show("table")
    st.markdown(
        "**z** takes gradient descent's steps, **x** is the average of all z so far, and the gradient is taken at "
        "**y**, μ of the "
        "way from z to x. The average settles although the rate never falls: that is what a schedule is for, and "
        "here it needs no "
        "end to be known. At μ = 0 gradients are taken at z and the average comes after the fact; near 1 the "
        "gradients are those of "
        "the average itself, and a larger rate than 2/L = 0.02 is still stable. The loss that counts is the one at x. "
        "In the lab the particle is y, and x and z are marked beside it at every step."
    )
    st.markdown(
        open_in_lab(
            SURFACE, [Lane("schedule_free", {"lr": lr, "momentum": momentum}), Lane("sgd", {"lr": lr})], steps=STEPS
        )
    )
    follow_controls(controls, pictures)


@lru_cache(maxsize=256)
def _runs(lr: float, momentum: float, noise: str) -> tuple[Trajectory, Trajectory]:
    level = float(noise)
    run = rollout(SURFACE, "schedule_free", lr=lr, momentum=momentum, steps=STEPS, noise=level)
    return run, rollout(SURFACE, "sgd", lr=lr, steps=STEPS, noise=level)


def losses(lr: float, momentum: float, noise: str) -> dict[str, Array]:
    """Return the loss at x, y and z, and of gradient descent at the same rate: (STEPS + 1,) each."""
    run, plain = _runs(lr, momentum, noise)
    ground_of = surfaces.get(SURFACE)
    found = {name: np.concatenate([run.loss[:1], ground_of.loss(*run.state[name].T)]) for name in ("x", "z")}
    return {"x": found["x"], "y": run.loss, "z": found["z"], "SGD": plain.loss}


def _draw(lr: float, momentum: float, step: int, noise: str) -> dict[str, Picture | Words]:
    run, plain = _runs(lr, momentum, noise)
    every, at = losses(lr, momentum, noise), int(step)
    titles = {
        "x": "x, the average to keep",
        "y": "y, where the gradient is taken",
        "z": "z, the fast point",
        "SGD": "SGD",
    }
    rows = [[titles[name], float(loss[at]), float(loss[-1])] for name, loss in every.items()]
    return {
        "points": Picture(after_plots.three_points(run, plain, at), ground.HEIGHT, "Paths of x, y, z and of SGD"),
        "losses": Picture(
            after_plots.three_losses(every, at), chart.HEIGHT, "Loss at x, y, z and of SGD against steps"
        ),
        "table": Words(Table(("Loss", f"after {at} steps", f"after {STEPS} steps"), rows)),
    }


_USUAL = losses(0.019, 0.9, "20")

SECTION = Section(
    letter="a",
    number=3,
    slug="schedule_free",
    title="Schedule-Free: three points",
    answer="Schedule-Free SGD averages instead of letting the learning rate fall: with noisy gradients and a "
    "constant rate its "
    f"average x has a loss of {number(float(_USUAL['x'][-1]), 2)} after {STEPS} steps in the narrow valley, where "
    f"plain gradient "
    f"descent at the same rate still jumps about at {number(float(_USUAL['SGD'][-1]), 2)}.",
    try_this="move the step and watch x follow in the middle; then raise the rate beyond 0.02, at μ = 0.9 and at μ = "
    "0.",
    sources=("Defazio et al. (2024), [arXiv:2405.15682](https://arxiv.org/abs/2405.15682), equations (2) to (4)",),
    show=show,
    symbols={
        "x": "The average of all z so far, the point to keep.",
        "y": "Where the gradient is taken, between z and x.",
        "z": "The fast point, which takes gradient descent's steps.",
        "L": "The largest curvature: gradient descent diverges where its learning rate is above 2/L.",
    },
)
