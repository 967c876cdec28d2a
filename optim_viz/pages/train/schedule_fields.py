"""A lane's schedule in the form: which one, and its numbers."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import streamlit as st

from optim_viz import schedules
from optim_viz.comparison.lanes import short_value
from optim_viz.pages.fill import fill
from optim_viz.pages.plain_text import plain
from optim_viz.pages.train.rows import Row, find
from optim_viz.schedules import Parameter, Schedule


def show(row: Row, title: str) -> None:
    """Draw the menu of schedules and a field for each number of the chosen one; nothing for a lane without lr."""
    if "lr" not in row.lane.hyperparameters:
        return
    plan = row.lane.schedule
    key = f"train-schedule-{row.number}"
    none = schedules.names()[0]
    fill(key, none if plan is None else plan.name)
    st.selectbox(
        f"{title} schedule",
        schedules.names(),
        key=key,
        format_func=lambda name: schedules.get(name).title,
        help="What lr is multiplied by over the run: " + plain((plan or schedules.get(none)).sentence),
        on_change=_choose,
        args=(row.number, key),
    )
    for parameter in plan.parameters if plan is not None else ():
        _field(row, title, plan, parameter)
    if row.schedule_wrong:
        st.html(f'<p class="tr-problem" role="alert">{escape(row.schedule_wrong)}</p>')


def _field(row: Row, title: str, plan: Schedule | None, parameter: Parameter) -> None:
    key = f"train-schedule-{row.number}-{parameter.name}"
    if plan is not None and not row.schedule_wrong:
        fill(key, short_value(plan.values[parameter.name]))
    st.text_input(
        f"{title} schedule {parameter.name}",
        key=key,
        max_chars=24,
        help=f"{parameter.symbol}: {parameter.help}",
        on_change=_type,
        args=(row.number, parameter.name, key),
    )


def _choose(number: int, key: str) -> None:
    row = find(number)
    chosen = st.session_state.get(key)
    if row is not None and isinstance(chosen, str):
        plan = None if chosen == schedules.names()[0] else schedules.get(chosen)
        row.lane, row.schedule_wrong, row.problem = replace(row.lane, schedule=plan), "", ""


def _type(number: int, name: str, key: str) -> None:
    row = find(number)
    plan = None if row is None else row.lane.schedule
    if row is None or plan is None:
        return
    text = str(st.session_state[key]).strip()
    try:
        new = schedules.parse(f"{plan.with_values(**{name: _default(plan, name)})}:{name}={text}")
    except ValueError as error:
        row.schedule_wrong = str(error)
        return
    row.lane, row.schedule_wrong, row.problem = replace(row.lane, schedule=new), "", ""


def _default(plan: Schedule, name: str) -> float:
    return next(each.default for each in plan.parameters if each.name == name)
