"""Section 1: what turning a valley costs."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st

from optim_viz.experiments import angle as experiment
from optim_viz.experiments.valley import valley
from optim_viz.figures.paper import after_plots, chart, ground
from optim_viz.figures.paper.chart import title_of
from optim_viz.pages.paper.controls import Controls
from optim_viz.pages.paper.open_in_lab import open_formula_in_lab
from optim_viz.pages.paper.pictures import Picture, Pictures, follow_controls
from optim_viz.pages.paper.section import Section, number
from optim_viz.pages.paper.words import Prose, Table, Words
from optim_viz.scenario import Lane
from optim_viz.trajectory import Array, Trajectory

KAPPAS = (10.0, 30.0, 100.0, 300.0)
SHOWN = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 300.0)
ANGLES = tuple(float(degrees) for degrees in range(0, 91, 15))
_REACH = 1.6


def show() -> None:
    """Show the section's body."""
    controls = Controls("a1")
    left, middle, right = st.columns(3)
    with left:
        degrees = controls.slider("angle", "Angle of the valley, degrees", low=0, high=90, default=30, step=5)
    with middle:
        kappa = controls.stops("kappa", "How narrow: κ", stops=KAPPAS, default=100.0, shown=number)
    with right:
        controls.stops("step", "Step of the ellipse", stops=SHOWN, default=20.0, shown=number)
    pictures = Pictures(controls, _draw)
    left, right = st.columns(2)
    with left:
        pictures.show("paths")
    with right:
        pictures.show("dial")
    pictures.show("losses")
    st.markdown(
        "Adam and AdaGrad divide each **coordinate** by the size of its own gradients. In the straight valley that "
        "undoes "
        "κ. Turned, both coordinates see both curvatures, and there is nothing left to tell them apart by. Full-matrix "
        "AdaGrad keeps all of $L = \\sum g g^{\\mathsf T}$ and steps by $L^{-1/2} g$; SOAP runs Adam along the "
        "eigenvectors "
        "of the mean of $g g^{\\mathsf T}$. Both turn with the valley. The price is the matrix: n parameters need n² "
        "numbers, "
        "and so Shampoo and SOAP keep one matrix for the rows and one for the columns of each weight. In the lab the "
        "ellipse is drawn at the particle at every step."
    )
    lanes = [Lane(rule, dict(given)) for rule, given in experiment.RULES.items()]
    st.markdown(open_formula_in_lab(valley(kappa, degrees), lanes, steps=experiment.STEPS))
    follow_controls(controls, pictures)


def _draw(angle: int, kappa: float, step: float) -> dict[str, Picture | Words]:
    runs, at = _runs(kappa, angle), int(step)
    full = runs["full_adagrad"]
    longer, direction = experiment.axes_of(full, at)
    paths = after_plots.turned_paths(runs, experiment.ellipse(full, at, _REACH), f"Turned by {angle}°, κ = {kappa:g}")
    losses = after_plots.dial(ANGLES, _dial(kappa), angle, experiment.STEPS)
    straight = _runs(kappa, 0)
    rows = [
        [
            title_of(rule),
            float(straight[rule].loss[-1]),
            float(run.loss[-1]),
            _times(run, straight[rule]),
        ]
        for rule, run in runs.items()
    ]
    said = (
        f"After step {at} the ellipse of L^(−1/2) is {number(longer, 3)} times as long as it is wide, and its longer "
        f"axis "
        f"points at {number(direction, 3)}°; the valley's floor lies at {angle}°."
    )
    heads = (f"Loss after {experiment.STEPS} steps", "straight", f"at {angle}°", "ratio")
    return {
        "paths": Picture(paths, ground.HEIGHT, "Paths of four rules through the turned valley, with an ellipse"),
        "dial": Picture(losses, chart.HEIGHT, "Loss at the end against the angle, for four rules"),
        "losses": Words(Table(heads, rows), Prose(said)),
    }


def _times(turned: Trajectory, straight: Trajectory) -> str:
    return f"{number(float(turned.loss[-1] / straight.loss[-1]), 3)} ×"


@lru_cache(maxsize=96)
def _runs(kappa: float, degrees: float) -> dict[str, Trajectory]:
    return experiment.runs(kappa, degrees)


@lru_cache(maxsize=len(KAPPAS))
def _dial(kappa: float) -> dict[str, Array]:
    return experiment.dial(kappa, ANGLES)


_USUAL = {degrees: _runs(100.0, degrees) for degrees in (0.0, 45.0)}


def _ratio(rule: str) -> float:
    return float(_USUAL[45.0][rule].loss[-1] / _USUAL[0.0][rule].loss[-1])


def _off(kappa: float) -> float:
    """Return by how many degrees, at most, the ellipse's longer axis points off the floor of a valley, at any step."""
    full = _runs(kappa, 45.0)["full_adagrad"]
    off = [(experiment.axes_of(full, at)[1] - 45.0) % 180.0 for at in range(1, experiment.STEPS + 1)]
    return max(min(each, 180.0 - each) for each in off)


SECTION = Section(
    letter="a",
    number=1,
    slug="angle",
    title="The angle dial",
    answer=f"A valley with κ = 100 turned by 45° costs Adam a factor of {number(_ratio('adam'), 2)} in the loss after "
    f"{experiment.STEPS} steps and AdaGrad {number(_ratio('adagrad'), 2)}, because they divide along the axes; SOAP "
    f"and "
    f"full-matrix AdaGrad, which turn their axes with the valley, lose nothing (factors of "
    f"{number(_ratio('soap'), 3)} and "
    f"{number(_ratio('full_adagrad'), 3)}).",
    try_this="turn the valley from 0° to 45° and read the ratios; then move the step: with κ = 100 the ellipse never "
    f"points more than {number(_off(100.0), 2)}° off the valley's floor, with κ = 10 up to {number(_off(10.0), 2)}°.",
    sources=(
        "Duchi, Hazan and Singer (2011), section 1.1",
        "Gupta, Koren and Singer (2018), [arXiv:1802.09568](https://arxiv.org/abs/1802.09568)",
        "Vyas et al. (2025), [arXiv:2409.11321](https://arxiv.org/abs/2409.11321), algorithm 3",
    ),
    show=show,
    symbols={
        "κ": "How many times more the valley is curved across than along.",
        "L": "Sum of g gᵀ over all steps: a matrix of two rows and two columns.",
        "n": "Number of parameters.",
    },
)
