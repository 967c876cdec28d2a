"""Section 5: what the bias correction does, and for how long."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import streamlit as st

from optim_viz import update_rules
from optim_viz.experiments import bias_correction as bias
from optim_viz.figures.paper import stack
from optim_viz.figures.paper.stack import BLUE, GREEN, ORANGE, PURPLE, Row, Trace, coloured
from optim_viz.pages.paper.controls import Controls
from optim_viz.pages.paper.open_in_lab import open_in_lab
from optim_viz.pages.paper.pictures import Picture, Pictures, follow_controls
from optim_viz.pages.paper.section import Section, number
from optim_viz.pages.paper.words import Facts, Prose, Table, Words
from optim_viz.scenario import Lane
from optim_viz.trajectory import Array

_LAST: Final = 10_000  # iterations in the picture
_RUN: Final = 1000  # iterations that the rules are run for
_TIMES: Final = (*(step * 10**power for power in range(4) for step in (1, 2, 3, 5, 7)), _LAST)
_DRAWN: Final = np.union1d(np.geomspace(1, _LAST, 300).round(), _TIMES).astype(int)
_CHANGES: Final = (0.01, 0.001)
_DEFAULTS: Final = {each.name: each for each in update_rules.get("adam").hyperparameters}


def _beta(controls: Controls, name: str) -> float:
    """Ask for a decay, from the lab's own stops."""
    facts = _DEFAULTS[name]
    return controls.stops(
        name, facts.symbol, stops=[float(stop) for stop in facts.stops()], default=float(facts.default), shown=_six
    )


def _six(value: float) -> str:
    return number(value, 6)


def _drawn(values: Array) -> Array:
    """Take the iterations that are drawn out of those of 1, 2, ...; a gap where there are none."""
    return np.append(values, np.full(_LAST - len(values), np.nan))[_DRAWN - 1]


def _adam(beta1: float, beta2: float, corrected: bool) -> Array:
    """Return the length of Adam's steps, whatever the gradient."""
    return bias.constant_gradient_steps("adam", _RUN, beta1=beta1, beta2=beta2, bias_correction=corrected)


def _rows(beta1: float, beta2: float, corrected: bool) -> list[Row]:
    shares = (
        Trace("1 − β₁ᵗ", _drawn(bias.remaining(beta1, _LAST)), BLUE),
        Trace("1 − β₂ᵗ", _drawn(bias.remaining(beta2, _LAST)), ORANGE),
    )
    steps = (
        Trace("AdaGrad", _drawn(bias.constant_gradient_steps("adagrad", _RUN)), GREEN),
        Trace("RMSProp", _drawn(bias.constant_gradient_steps("rmsprop", _RUN)), ORANGE),
        Trace("Adam", _drawn(_adam(beta1, beta2, corrected)), BLUE),
    )
    names = f"{coloured('Adam', BLUE)}, {coloured('RMSProp', ORANGE)}, {coloured('AdaGrad', GREEN)}"
    return [
        Row(f"{coloured('1 − β₁ᵗ', BLUE)} and {coloured('1 − β₂ᵗ', ORANGE)}", shares),
        Row(
            f"{coloured('(1 − β₁ᵗ)/√(1 − β₂ᵗ)', PURPLE)}, the factor",
            (Trace("factor", _drawn(bias.factor(beta1, beta2, _LAST)), PURPLE),),
            levels=((1.0, ""),),
        ),
        Row(f"step/lr: {names}", steps, log=True),
    ]


def _show() -> None:
    controls = Controls("s5")
    first, second, third = st.columns(3)
    with first:
        beta1 = _beta(controls, "beta1")
    with second:
        beta2 = _beta(controls, "beta2")
    with third:
        controls.stops("t", "Iteration t", stops=_TIMES, default=100, shown=lambda stop: f"{stop:g}")
    controls.toggle("corrected", "Adam corrects its bias", default=True)
    pictures, words = Pictures(controls, _draw), Pictures(controls, _say)
    pictures.show("plot")
    words.show("numbers")
    lanes = [Lane("adam", {"lr": 0.1, "beta1": beta1, "beta2": beta2, "bias_correction": on}) for on in (True, False)]
    st.markdown(open_in_lab("narrow_valley", lanes, steps=200))
    follow_controls(controls, pictures, words)


@lru_cache(maxsize=128)
def _settled(beta1: float, beta2: float) -> tuple[int, ...]:
    return tuple(bias.settled_from(beta1, beta2, change) for change in _CHANGES)


def _draw(beta1: float, beta2: float, t: float, corrected: bool) -> dict[str, Picture]:
    rows = _rows(beta1, beta2, corrected)
    settled = zip(_settled(beta1, beta2), _CHANGES, strict=True)
    figure = stack.stack(
        _DRAWN.astype(float),
        rows,
        x_title="iteration t (logarithmic)",
        mark=int(np.searchsorted(_DRAWN, t)),
        log_x=True,
        verticals=[(float(from_t), f"< {_percent(change)}") for from_t, change in settled],
    )
    label = "The weight both means have gathered, the factor left out with the correction, and first steps, against t"
    return {"plot": Picture(figure, stack.height(rows), label)}


def _percent(change: float) -> str:
    return f"{number(100 * change)} %"


def _say(beta1: float, beta2: float, t: float) -> dict[str, Words]:
    settled = _settled(beta1, beta2)
    factor = float(bias.factor(beta1, beta2, int(t))[-1])
    facts = {
        f"1 − β₁ᵗ at t = {t:g}": number(float(bias.remaining(beta1, int(t))[-1]), 5),
        f"1 − β₂ᵗ at t = {t:g}": number(float(bias.remaining(beta2, int(t))[-1]), 5),
        f"Factor at t = {t:g}": number(factor),
        **{f"Below {_percent(change)} from t": str(at) for change, at in zip(_CHANGES, settled, strict=True)},
    }
    text = (
        "Dividing m by 1 − β₁ᵗ and v by 1 − β₂ᵗ makes both what they would be had they not started at 0. Could one "
        f"stop correcting after a while? At t = {t:g} a step without correction is {number(factor)} times as long as "
        f"one with it. Leaving it out changes steps by less than {_percent(_CHANGES[0])} only from t = {settled[0]} "
        f"on, and by less than {_percent(_CHANGES[1])} from t = {settled[1]} on. The larger of the two β decides: its "
        "mean forgets its start last."
    )
    return {"numbers": Words(Facts(facts), Prose(text), _first_steps(beta1, beta2))}


def _first_steps(beta1: float, beta2: float) -> Table:
    """List the length of each rule's first steps, whatever the gradient."""
    defaults = update_rules.get("rmsprop").complete({})
    runs = {
        "Adam, corrected": _adam(beta1, beta2, True),
        "Adam, not corrected": _adam(beta1, beta2, False),
        f"RMSProp, α = {number(defaults['alpha'])}": bias.constant_gradient_steps("rmsprop", _RUN),
        "AdaGrad": bias.constant_gradient_steps("adagrad", _RUN),
    }
    shown = (1, 2, 10, 100, 1000)
    rows = [[title, *(float(lengths[t - 1]) for t in shown)] for title, lengths in runs.items()]
    return Table(["step/lr, equal gradients", *(f"t = {t}" for t in shown)], rows)


def _answer() -> str:
    """Open the section, with the paper's betas."""
    beta1, beta2 = (float(_DEFAULTS[name].default) for name in ("beta1", "beta2"))
    at_100 = float(bias.factor(beta1, beta2, 100)[-1])
    return (
        "Bias correction undoes the pull of m and v towards the 0 they start at, and with the usual betas it matters "
        f"for thousands of steps: without it a step would still be {number(at_100, 3)} times as long at t = 100, and "
        f"within {_percent(_CHANGES[0])} only from t = {bias.settled_from(beta1, beta2, _CHANGES[0])} on."
    )


SECTION = Section(
    number=5,
    slug="bias_correction",
    title="Bias correction",
    answer=_answer(),
    try_this=(
        "switch the correction off and read the lowest plot; then lower β₂ until t = 100 would have been late enough."
    ),
    sources=(
        "Kingma and Ba, section 3 (initialization bias correction) and section 6.4 (with and without it)",
        "Algorithm 1",
        "Tieleman and Hinton, lecture 6.5 (RMSProp)",
        "Duchi, Hazan and Singer, JMLR 12 (2011) (AdaGrad)",
    ),
    show=_show,
)
