"""Section 4: gradient sequences, and the signal-to-noise ratio that a step is."""

from __future__ import annotations

import numpy as np
import streamlit as st

from optim_viz.experiments import moments as adam
from optim_viz.experiments import sequences
from optim_viz.experiments.moments import Moments
from optim_viz.figures.paper import stack
from optim_viz.figures.paper.stack import BLUE, GREEN, GREY, ORANGE, PURPLE, Row, Trace, coloured
from optim_viz.pages.paper.controls import Controls
from optim_viz.pages.paper.pictures import Picture, Pictures, follow_controls
from optim_viz.pages.paper.section import Section, number
from optim_viz.pages.paper.words import Facts, Prose, Table, Words
from optim_viz.trajectory import Array

_KINDS = {
    "alternating": "30, −30, …",
    "constant": "30, 30, …",
    "small": "0.2, 0.2, …",
    "lopsided": "5, −4, …",
    "spike": "zeros, then 1",
    "random": "random",
    "typed": "type your own",
}
_TYPED = "5, -4, 1"
_MEAN, _MOST = 0.5, 3.0
_SEEDS = 99
_SCALES = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)


def _ask(controls: Controls) -> None:
    """Create the controls: a sequence, and the factor that it is multiplied by."""
    controls.choice("sequence", "Gradients g₁, g₂, …", options=_KINDS, default="alternating")
    left, right = st.columns(2)
    with left:
        controls.slider("length", "How many", low=1, high=sequences.MAX_LENGTH, default=100, step=1)
    with right:
        controls.stops("scale", "All of them times", stops=_SCALES, default=1.0, shown=lambda by: f"× {by:g}")
    with controls.only_for("sequence", "typed"):
        help_text = f"Up to {sequences.MAX_LENGTH} finite numbers; they are repeated up to the length chosen above."
        controls.text("typed", "Numbers, repeated", default=_TYPED, read=_read, help=help_text)
    with controls.only_for("sequence", "random"):
        left, right = st.columns(2)
        with left:
            controls.slider("mean", "Mean (the spread is 1)", low=0.0, high=_MOST, default=_MEAN, step=0.1)
        with right:
            controls.slider("seed", "Seed", low=0, high=_SEEDS, default=0, step=1)


def _read(text: str) -> tuple[float, ...]:
    return tuple(float(each) for each in sequences.read(text))


def _gradients(sequence: str, length: int, typed: tuple[float, ...], mean: float, seed: int) -> Array:
    """Return the chosen sequence."""
    if sequence == "typed":
        return sequences.repeated(np.array(typed), length)
    if sequence == "random":
        return sequences.random(length, mean=mean, seed=seed)
    return sequences.WORKED[sequence](length)


def _rows(run: Moments) -> list[Row]:
    m, v = coloured("m̂", BLUE), coloured("v̂", ORANGE)
    return [
        Row("gradient g", (Trace("g", run.grad, GREY, points=True),)),
        Row(f"{m} (solid) and m (dotted)", (Trace("m", run.m, BLUE, dotted=True), Trace("m̂", run.m_hat, BLUE))),
        Row(
            f"{v} (solid) and v (dotted)",
            (Trace("v", run.v, ORANGE, dotted=True), Trace("v̂", run.v_hat, ORANGE)),
        ),
        Row(f"{coloured('m̂/√v̂', PURPLE)}, signal to noise", (Trace("m̂/√v̂", run.ratio, PURPLE),)),
        Row(f"{coloured('step', GREEN)} Δθ/lr", (Trace("Δθ/lr", run.step_over_lr, GREEN),)),
    ]


def _exact(value: float, digits: int = 6) -> str:
    """Write a number, and the simple fraction that it is if it is one: "−0.0526316 = −1/19"."""
    simple = adam.fraction(value)
    if simple is None or simple.denominator == 1:
        return number(value, digits)
    return f"{number(value, digits)} = {str(simple).replace('-', '−')}"


def _table(run: Moments) -> Table:
    """List every quantity of the last step."""
    last = {
        "g": run.grad,
        "m": run.m,
        "v": run.v,
        "m̂": run.m_hat,
        "v̂": run.v_hat,
        "m/√v (no correction)": run.raw_ratio,
        "m̂/√v̂": run.ratio,
        "step Δθ/lr": run.step_over_lr,
        "all steps together, θ/lr": run.theta / run.lr,
    }
    rows = [[name, _exact(float(values[-1]), 7)] for name, values in last.items()]
    return Table([f"after {len(run.grad)} steps", "value"], rows)


def _show() -> None:
    controls = Controls("s4")
    _ask(controls)
    pictures = Pictures(controls, _draw)
    pictures.show("plot")
    pictures.show("numbers")
    follow_controls(controls, pictures)


def _draw(
    sequence: str, length: int, scale: float, typed: tuple[float, ...], mean: float, seed: int
) -> dict[str, Picture | Words]:
    gradients = _gradients(sequence, length, typed, mean, seed)
    run = adam.moments(scale * gradients)
    # Times 1 changes nothing, and a family has many stops: two runs less at each of them.
    change = adam.scale_effect(gradients, scale) if scale != 1.0 else 0.0
    rows = _rows(run)
    figure = stack.stack(run.steps, rows, x_title="step t")
    label = f"Gradients, m, v, their ratio and the steps over {len(gradients)} steps"
    return {
        "plot": Picture(figure, stack.height(rows), label),
        "numbers": _numbers(run, gradients, change),
    }


def _numbers(run: Moments, gradients: Array, change: float) -> Words:
    """State the last step, and what the factor changes."""
    facts = {
        "m̂/√v̂ at the last step": _exact(float(run.ratio[-1])),
        "mean(g)/√mean(g²) of them": _exact(adam.signal_to_noise(gradients)),
        "Largest change of a step by the factor": f"{number(change, 2)} lr",
    }
    return Words(Facts(facts), Prose(_reading(run, change)), _table(run))


def _reading(run: Moments, change: float) -> str:
    """State what the numbers mean."""
    ratio = float(run.ratio[-1])
    size = f"a step of {number(abs(ratio))} lr" if ratio == ratio else "no step at all"
    moved = (
        f"no step by more than {number(change, 2)} lr, and that only because ε stays" if change else "no step at all"
    )
    return (
        "m̂ is the signal, a mean in which opposite gradients cancel; √v̂ is the size of the gradients whatever their "
        f"sign. Their ratio is near ±1 while gradients agree and near 0 while they contradict each other; here it "
        f"makes {size}. A common factor is in both and drops out: m and m̂ change by it, v and v̂ by its square, "
        f"{moved}."
    )


def _answer() -> str:
    """Open the section, with the worked examples' numbers."""
    quarrel, agree = (
        adam.fraction(float(adam.moments(sequences.WORKED[name](100)).ratio[-1]))
        for name in ("alternating", "constant")
    )
    return (
        "Adam's step is the learning rate times a signal-to-noise ratio, whatever the gradients' size: 30, 30, … and "
        f"0.2, 0.2, … both give {agree}, while 30, −30, … gives {str(quarrel).replace('-', '−')} after any even number "
        "of steps."
    )


SECTION = Section(
    number=4,
    slug="sequences",
    title="Gradient sequences",
    answer=_answer(),
    try_this="move the factor to × 1000: g, m and v change their scales, the two plots at the bottom do not move.",
    sources=("Kingma and Ba, section 2.1 (signal-to-noise ratio, invariance to the scale of the gradients)",),
    show=_show,
)
