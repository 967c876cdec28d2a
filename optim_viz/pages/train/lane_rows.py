"""The editable list of lanes: an optimizer and its learning rate in a row, the rest of its numbers behind a button.

The sliders of the learning rates have one range for all optimizers: the same place is the same rate in every row.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from html import escape
from typing import Final, cast

import streamlit as st

from optim_viz import update_rules
from optim_viz.comparison.lanes import (
    every_name,
    name_in_menus,
    new_lane,
    read_lane,
    torch_choices,
    trainable_names,
    values_text,
)
from optim_viz.figures.theme import COLOUR_NAMES
from optim_viz.pages.fill import fill
from optim_viz.pages.train import schedule_fields
from optim_viz.pages.train.look import swatch
from optim_viz.pages.train.rows import Row, append, beside, find, lanes, remove, rows
from optim_viz.scenario import MAX_LANES, Lane, format_lane, numbered
from optim_viz.update_rules import Hyperparameter

_ROUND: Final = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
"""Where the stops of a row's slider stand in every decade."""


@cache
def common_stops(name: str) -> tuple[float, ...]:
    """Return round values over the range that a hyperparameter has on the log sliders of all optimizers of ours.

    () where none of them has it in its row.
    """
    found = [
        each
        for rule in map(update_rules.get, trainable_names())
        for each in rule.hyperparameters[:1]
        if each.name == name and each.scale == "log"
    ]
    if not found:
        return ()
    low, high = min(each.low for each in found), max(each.high for each in found)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    values = [float(f"{digit}e{decade}") for decade in decades for digit in _ROUND]
    return tuple(value for value in values if low * (1 - 1e-9) <= value <= high * (1 + 1e-9))


def show() -> None:
    """Draw the rows and the button that adds one."""
    titles = numbered(lane.rule.title for lane in lanes())  # a control keeps its name while its value changes
    for row, title in zip(list(rows()), titles, strict=True):
        with st.container(key=f"train-row-{row.number}", horizontal=True, vertical_alignment="center", gap="small"):
            _show_row(row, title)
    st.button(
        "Add an optimizer",
        key="train-add",
        on_click=_add,
        disabled=len(rows()) >= MAX_LANES,
        help=f"Up to {MAX_LANES} train side by side.",
    )


def _show_row(row: Row, title: str) -> None:
    picture = swatch(row.lane.colour, row.lane.marker, f"{COLOUR_NAMES[row.lane.colour]} {row.lane.marker}")
    st.html(picture, width="content")
    key = f"train-optimizer-{row.number}"
    fill(key, row.lane.optimizer)
    st.selectbox(
        f"Optimizer {rows().index(row) + 1}",
        every_name(),
        key=key,
        format_func=name_in_menus,
        on_change=_choose,
        args=(row.number,),
        label_visibility="collapsed",
        width=176,
    )
    first, others = row.lane.rule.hyperparameters[:1], row.lane.rule.hyperparameters[1:]
    for each in first:
        st.html(f'<span class="tr-word" aria-hidden="true">{each.name}</span>', width="content")
        _slider(row, title, each, in_row=True)
        _number(row, title, each)
    with st.popover(f"{title}: {_summary(row.lane)}", key=f"train-more-{row.number}", width=304):
        for hyperparameter in others:
            if hyperparameter.scale == "choice":
                _switch(row, title, hyperparameter)
            else:
                _slider(row, title, hyperparameter)
        schedule_fields.show(row, title)
        _text(row, title)
    words = f"Remove {title}"
    st.button(words, key=f"train-remove-{row.number}", type="tertiary", on_click=remove, args=(row.number,))
    if row.typed_wrong:
        st.html(f'<p class="tr-problem" role="alert">{escape(row.typed_wrong)}</p>')


def _summary(lane: Lane) -> str:
    first = [each.name for each in lane.rule.hyperparameters[:1]]
    return values_text(lane, without=first) or "more"


def _slider(row: Row, title: str, hyperparameter: Hyperparameter, *, in_row: bool = False) -> None:
    """Draw a slider over the lab's stops (in a row over those of all optimizers), and over a value between them."""
    name = hyperparameter.name
    key = f"train-{row.number}-{row.lane.optimizer}-{name}"
    own = common_stops(name) if in_row and hyperparameter.scale == "log" else ()
    own = own or hyperparameter.stops()
    stops = {float(stop) for stop in own} | {row.typed.get(name, float(hyperparameter.default))}
    stops.add(float(row.lane.hyperparameters[name]))
    fill(key, float(row.lane.hyperparameters[name]))
    st.select_slider(
        f"{title} {name}",
        sorted(stops),
        key=key,
        format_func=_shown,
        help=None if in_row else f"{hyperparameter.symbol}: {hyperparameter.help}",
        label_visibility="collapsed" if in_row else "visible",
        width="stretch",
        on_change=_move,
        args=(row.number, name, key),
    )


def _number(row: Row, title: str, hyperparameter: Hyperparameter) -> None:
    """Draw the field beside a row's slider, for any value."""
    key = f"train-typed-{row.number}"
    if not row.typed_wrong:
        fill(key, f"{row.lane.hyperparameters[hyperparameter.name]:g}")
    st.text_input(
        f"{title} {hyperparameter.name}, typed",
        key=key,
        label_visibility="collapsed",
        max_chars=24,
        width=88,
        on_change=_type_number,
        args=(row.number, hyperparameter.name, key),
    )


def _switch(row: Row, title: str, hyperparameter: Hyperparameter) -> None:
    if len(torch_choices(row.lane, hyperparameter.name)) < 2:
        return  # torch.optim always does it, or never
    key = f"train-{row.number}-{row.lane.optimizer}-{hyperparameter.name}"
    fill(key, bool(row.lane.hyperparameters[hyperparameter.name]))
    st.checkbox(
        f"{title} {hyperparameter.name}",
        key=key,
        help=hyperparameter.help,
        on_change=_move,
        args=(row.number, hyperparameter.name, key),
    )


def _text(row: Row, title: str) -> None:
    key = f"train-text-{row.number}"
    if not row.problem:
        fill(key, format_lane(replace(row.lane, colour=-1, marker="")))
    st.text_input(
        f"{title} as text",
        key=key,
        help="As in a link and on the command line, for values between the stops: adam,lr=0.00123",
        on_change=_type,
        args=(row.number, key),
    )
    if row.problem:
        st.html(f'<p class="tr-problem" role="alert">{escape(row.problem)}</p>')


def _shown(value: float) -> str:
    return f"{value:.4g}" if value < 0.9 else f"{value:.6g}"


# ---- what the controls do ----


def _add() -> None:
    if len(rows()) < MAX_LANES:
        used = {lane.optimizer for lane in lanes()}
        free = next((name for name in trainable_names() if name not in used), trainable_names()[0])
        append(new_lane(free, lanes()))


def _choose(number: int) -> None:
    row = find(number)
    chosen = st.session_state.get(f"train-optimizer-{number}")
    if row is not None and isinstance(chosen, str):
        row.lane, row.typed = new_lane(chosen, beside(row)), {}
        row.problem = row.typed_wrong = row.schedule_wrong = ""


def _move(number: int, name: str, key: str) -> None:
    row = find(number)
    value = cast("float | bool | None", st.session_state.get(key))
    if row is not None and value is not None:
        row.lane = replace(row.lane, hyperparameters={**row.lane.hyperparameters, name: value})
        row.problem = row.typed_wrong = ""


def _type_number(number: int, name: str, key: str) -> None:
    row = find(number)
    if row is None:
        return
    text = str(st.session_state[key]).strip()
    try:
        value = as_number(name, text)
        row.lane = replace(row.lane, hyperparameters={**row.lane.hyperparameters, name: value})
    except ValueError as error:
        row.typed_wrong = str(error)
        return
    row.problem = row.typed_wrong = ""
    row.typed[name] = value


def as_number(name: str, text: str) -> float:
    """Read a number that a person typed.

    Raises:
        ValueError: it is none; the message names it.
    """
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise ValueError(f"{name} must be a number such as 0.001 or 1e-3, not {text[:40]!r}") from None


def _type(number: int, key: str) -> None:
    row = find(number)
    if row is None:
        return
    try:
        lane = read_lane(str(st.session_state[key]))
    except ValueError as error:
        row.problem = str(error)
        return
    look = row.lane if lane.optimizer == row.lane.optimizer else new_lane(lane.optimizer, beside(row))
    row.lane = replace(lane, colour=look.colour, marker=look.marker)
    row.problem = row.typed_wrong = row.schedule_wrong = ""
    row.add_stops()
