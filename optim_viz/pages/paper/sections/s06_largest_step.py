"""Section 6: how large one of Adam's steps can be."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import streamlit as st

from optim_viz.experiments import sequences
from optim_viz.experiments import step_size as size
from optim_viz.experiments.step_size import Largest
from optim_viz.figures.paper import stack
from optim_viz.figures.paper.stack import BLUE, GREEN, Row, Trace, coloured
from optim_viz.pages.paper.controls import Controls
from optim_viz.pages.paper.open_in_lab import open_in_lab
from optim_viz.pages.paper.pictures import Picture, Pictures, follow_controls
from optim_viz.pages.paper.section import Section, number
from optim_viz.pages.paper.step_search import Find, Search, better, search
from optim_viz.pages.paper.words import Facts, Prose, Table, Words
from optim_viz.scenario import Lane

_BETA1, _BETA2 = size.betas()
_EXTREME: Final = size.sparse_extreme(_BETA1, _BETA2)
_SUPREMUM: Final = size.supremum(_BETA1, _BETA2)
_SILENCES: Final = (0, 1, 2, 5, 9, 20, 50, 99, 200, 500, 999, 2000, 5000, 10_000, size.MAX_SILENCE)
_LONG: Final = size.MAX_SILENCE
_BEST: Final = "s6!best"
_TYPED: Final = "1, 1.1, 1.2, 1.3"


def _ask(controls: Controls) -> None:
    """Create the controls: the silence, and the gradients after it."""
    controls.stops(
        "silence",
        "Iterations of silence (g = 0) before",
        stops=_SILENCES,
        default=_LONG,
        shown=lambda stop: f"{stop:g}",
    )
    kinds = {"growing": "grow by a ratio", "typed": "type your own"}
    controls.choice("after", "Gradients after the silence", options=kinds, default="growing")
    with controls.only_for("after", "typed"):
        controls.text("typed", "Numbers", default=_TYPED, read=_read)
    with controls.only_for("after", "growing"):
        left, right = st.columns(2)
        with left:
            controls.slider("active", "How many", low=1, high=200, default=20, step=1)
        with right:
            controls.slider("ratio", "Each one times the one before", low=0.5, high=1.5, default=1.0, step=0.01)


def _read(text: str) -> tuple[float, ...]:
    return tuple(float(each) for each in sequences.read(text))


def _rows(run: Search) -> list[Row]:
    levels = (
        (1.0, "lr"),
        (_EXTREME, f"{number(_EXTREME)} lr"),
        (_SUPREMUM, f"{number(_SUPREMUM, 5)} lr, never reached"),
    )
    return [
        Row("gradients after the silence", (Trace("g", run.gradients, BLUE, points=True),)),
        Row(
            f"{coloured('|step|/lr', GREEN)}",
            (Trace("|step|/lr", run.lengths, GREEN, points=True),),
            levels,
            share=2.5,
        ),
    ]


def _remember(find: Find) -> Find:
    """Keep the best so far for as long as the page is open."""
    best = st.session_state.get(_BEST)
    best = st.session_state[_BEST] = better(best, find) if isinstance(best, Find) else find
    return best


def _forget() -> None:
    st.session_state.pop(_BEST, None)


def _show() -> None:
    controls = Controls("s6")
    _ask(controls)
    found = search(*(controls.values[name] for name in ("silence", "after", "typed", "active", "ratio"))).find
    # The words depend on the best so far as well, which is passed to them like the value of a control.
    controls.values["best"] = _remember(found)
    pictures, words = Pictures(controls, _draw), Pictures(controls, _say)
    pictures.show("plot")
    words.show("numbers")
    st.button("Forget the best", key="s6!forget", on_click=_forget)
    _landmarks(controls)
    st.markdown(open_in_lab("sparse_steps", [Lane("adam", {"lr": 0.01})], steps=1000))
    follow_controls(controls, pictures, words)


def _draw(silence: float, after: str, typed: tuple[float, ...], active: int, ratio: float) -> dict[str, Picture]:
    run = search(silence, after, typed, active, ratio)
    rows = _rows(run)
    figure = stack.stack(
        np.arange(1.0, len(run.gradients) + 1),
        rows,
        x_title="gradients since the silence",
        mark=run.find.largest.active - 1,
    )
    label = f"Gradients and the lengths of Adam's steps after {silence:g} quiet iterations"
    return {"plot": Picture(figure, stack.height(rows), label)}


def _say(
    silence: float, after: str, typed: tuple[float, ...], active: int, ratio: float, best: Find
) -> dict[str, Words]:
    run = search(silence, after, typed, active, ratio)
    found, best = run.find.largest, better(best, run.find)
    facts = {
        "First step": float(run.lengths[0]),
        "Largest step": found.step,
        "Best you have found": best.largest.step,
        "No step reaches": _SUPREMUM,
    }
    text = (
        f"The largest step is that of gradient {found.active} after the silence, at t = {found.t}. Your best so far: "
        f"gradient {best.largest.active} of {best.how}."
    )
    return {"numbers": Words(Facts({label: f"{number(step, 5)} lr" for label, step in facts.items()}), Prose(text))}


@cache
def _landmark(silence: int, ratio: float, active: int) -> Largest:
    return size.largest(silence, size.growing(ratio, active))


def _draw_landmarks() -> dict[str, Words]:
    agree, early, late = _landmark(0, 1.0, 200), _landmark(9, 1.0, 1), _landmark(10_000, 1.0, 1)
    ones, grown = _landmark(_LONG, 1.0, 50), _landmark(_LONG, _BETA2 / _BETA1, 200)
    rows = [
        ["all the same, from the start", number(agree.step, 5), "every t"],
        ["one, after 9 quiet iterations", number(early.step, 3), f"t = {early.t}"],
        ["one, after 10⁴ quiet iterations: the paper's sparse extreme", number(late.step, 4), f"t = {late.t}"],
        ["all the same, after a long silence", number(ones.step, 5), f"gradient {ones.active}"],
        [
            f"each × β₂/β₁ = {number(_BETA2 / _BETA1)}, after a long silence",
            number(grown.step, 5),
            f"gradient {grown.active}",
        ],
    ]
    return {"landmarks": Words(Table(["gradients", "largest step in lr", "at"], rows))}


def _landmarks(controls: Controls) -> None:
    """Show the steps that the section speaks of, each computed, and say what bounds them."""
    agree = _landmark(0, 1.0, 200)
    Pictures(controls, _draw_landmarks).show("landmarks")
    st.markdown(
        "The paper gives (1 − β₁)/√(1 − β₂) as the bound for the sparsest case, a single gradient after many zeros. "
        "After a silence √v is small for longer than m: a few gradients that agree raise m faster than √v, so the "
        "steps that follow the first are longer still. What does bound them, by Cauchy and Schwarz, is"
    )
    st.latex(
        r"\frac{|\Delta\theta_t|}{\eta} < \frac{1-\beta_1}{\sqrt{1-\beta_2}}\,\frac{1}{\sqrt{1-\beta_1^2/\beta_2}}"
        rf" = {_SUPREMUM:.5g}"
    )
    st.markdown(
        "which holds for the usual betas and is approached, never reached, by gradients that grow by β₂/β₁ a step "
        f"after a long silence. Gradients that agree from the start give steps of {number(agree.step)} lr."
    )


def _answer() -> str:
    """Open the section, with the paper's betas."""
    ones = _landmark(_LONG, 1.0, 50)
    return (
        f"The learning rate does not bound Adam's step, and neither does the paper's sparse extreme of "
        f"{number(_EXTREME)} lr: equal gradients after a long silence give {number(ones.step, 5)} lr at the "
        f"{ones.active}th; the betas bound it, at {number(_SUPREMUM, 5)} lr for β₁ = {number(_BETA1)} and "
        f"β₂ = {number(_BETA2)}."
    )


SECTION = Section(
    number=6,
    slug="largest_step",
    title="How large can a step be?",
    answer=_answer(),
    try_this="look for the ratio and the number of gradients that give a still longer step; then shorten the silence.",
    sources=(
        "Kingma and Ba, section 2.1 (the bounds lr and lr (1 − β₁)/√(1 − β₂))",
        "our own: the bound by Cauchy and Schwarz, tested against the update rule",
    ),
    show=_show,
)
