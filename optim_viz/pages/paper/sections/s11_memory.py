"""Section 11: how long β₂ remembers."""

from __future__ import annotations

from typing import Final

import numpy as np
import streamlit as st

from optim_viz import update_rules
from optim_viz.experiments import memory
from optim_viz.experiments.memory import CHANGE_AT
from optim_viz.figures.paper import stack
from optim_viz.figures.paper.stack import BLUE, GREEN, GREY, ORANGE, Row, Trace, coloured
from optim_viz.pages.paper.controls import Controls
from optim_viz.pages.paper.open_in_lab import open_in_lab
from optim_viz.pages.paper.pictures import Picture, Pictures, follow_controls
from optim_viz.pages.paper.section import Section, number
from optim_viz.pages.paper.words import Facts, Prose, Table, Words
from optim_viz.scenario import Lane

STEPS: Final = 8000
"""Steps that are run: enough to see the longest memory on offer forget."""
_SHOWN: Final = 3000
_SIZES: Final = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
_BETAS: Final = (0.5, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999)
_LISTED: Final = (0.9, 0.99, 0.999)
_AROUND: Final = np.arange(CHANGE_AT - 10, CHANGE_AT + 60)
_AT: Final = np.unique(
    np.concatenate([np.arange(0, CHANGE_AT, 5), _AROUND, np.geomspace(CHANGE_AT + 60, _SHOWN, 120).astype(int)])
)
"""Indices of the steps that are drawn: every one around the change."""
_BETA1: Final = float(update_rules.get("adam").complete({})["beta1"])


def _show() -> None:
    controls = Controls("s11")
    left, right = st.columns(2)
    with left:
        beta2 = controls.stops("beta2", "Decay of v, β₂", stops=_BETAS, default=0.99, shown=number)
    with right:
        controls.stops(
            "size",
            "Size of the gradients from step 201 on",
            stops=_SIZES,
            default=0.1,
            shown=lambda s: f"× {number(s)}",
        )
    pictures = Pictures(controls, _draw)
    pictures.show("plot")
    pictures.show("numbers")
    st.markdown(open_in_lab("spiky_steps", [Lane("adam", {"lr": 0.02, "beta2": beta2})], steps=300))
    follow_controls(controls, pictures)


def _draw(beta2: float, size: float) -> dict[str, Picture | Words]:
    run = memory.run(beta2, size, STEPS)
    window = CHANGE_AT + memory.memory(beta2)
    rows = [
        Row(
            f"{coloured('gradient g', GREY)} and {coloured('√v̂', ORANGE)}, what v takes for its size",
            (Trace("g", run.grad[_AT], GREY), Trace("√v̂", np.sqrt(run.v_hat[_AT]), ORANGE)),
            log=True,
        ),
        Row(f"{coloured('m̂', BLUE)}", (Trace("m̂", run.m_hat[_AT], BLUE),), log=True),
        Row(
            f"{coloured('|step|/lr', GREEN)}",
            (Trace("|step|/lr", np.abs(run.step_over_lr[_AT]), GREEN),),
            levels=((1.0, "lr"),),
            log=True,
            share=1.6,
        ),
    ]
    figure = stack.stack(
        run.steps[_AT],
        rows,
        x_title="step t",
        verticals=[
            (float(CHANGE_AT), "the size changes"),
            (window, f"1/(1 − β₂) = {number(memory.memory(beta2))} later"),
        ],
    )
    label = f"Gradient, root of v̂, m̂ and Adam's steps; the gradient's size changes to {number(size)} after step 200"
    return {"plot": Picture(figure, stack.height(rows), label), "numbers": _numbers(beta2, size)}


def _numbers(beta2: float, size: float) -> Words:
    """State the memory, and what the change does to the steps."""
    step, when = memory.extreme_step(beta2, size, STEPS)
    facts = {
        "Memory of v, 1/(1 − β₂)": f"{number(memory.memory(beta2))} steps",
        "Half of a gradient's weight is gone after": f"{number(memory.half_life(beta2), 3)} steps",
        "Farthest step from lr": f"{number(step, 3)} lr",
        "Back within 10 % of lr": _back(beta2, size),
    }
    if size == 1.0:
        text = "Nothing changes at step 201, and every step is one learning rate long."
    else:
        text = (
            f"The gradients become {'smaller' if size < 1.0 else 'larger'}. m forgets the old ones within about "
            f"{number(memory.memory(_BETA1))} steps, v within about {number(memory.memory(beta2))}: the steps "
            f"{'shrink' if step < 1.0 else 'grow'} to {number(step, 3)} lr, {when} steps after the change, and "
            "come back as the slower of the two forgets."
        )
    return Words(Facts(facts), Prose(text), _table(size))


def _back(beta2: float, size: float) -> str:
    steps = memory.recovery(beta2, size, STEPS)
    return f"after {steps:,} steps" if steps is not None else f"not within {STEPS - CHANGE_AT:,} steps"


def _table(size: float) -> Table:
    """List how long three usual β₂ take to forget this change."""
    rows: list[list[str | float]] = [
        [number(beta2), memory.memory(beta2), memory.extreme_step(beta2, size, STEPS)[0], _back(beta2, size)]
        for beta2 in _LISTED
    ]
    return Table(("β₂", "1/(1 − β₂)", "farthest step, in lr", "within 10 % of lr"), rows)


def _answer() -> str:
    """Open the section, with the usual β₂ and a tenfold fall."""
    usual = float(update_rules.get("adam").complete({})["beta2"])
    step, _ = memory.extreme_step(usual, 0.1, STEPS)
    return (
        f"β₂ = {number(usual)} remembers about {number(memory.memory(usual))} steps: when gradients become ten times "
        f"smaller, Adam's steps fall to {number(step, 2)} lr and are within 10 % of lr again only "
        f"{memory.recovery(usual, 0.1, STEPS):,} steps later, while with β₂ = {number(_LISTED[0])} it takes "
        f"{memory.recovery(_LISTED[0], 0.1, STEPS)}."
    )


SECTION = Section(
    number=11,
    slug="memory",
    title="What β₂ remembers",
    answer=_answer(),
    try_this="raise β₂ to 0.999 and see how long the steps stay short; then let the gradients grow instead of fall.",
    sources=(
        "Kingma and Ba, sections 2.1 and 3, Algorithm 1",
        "our own: the closed form of √v̂ after the change, tested against the update rule",
    ),
    show=_show,
)
