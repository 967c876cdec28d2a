"""The lanes that the form edits, kept in the session so that they outlive a look at a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

import streamlit as st

from optim_viz.scenario import Lane

_ROWS = "train_rows"
_COUNT = "train_row_count"


@dataclass
class Row:
    """One lane being edited.

    Attributes:
        number: names its controls, and never comes again in a session.
        lane: as it is now.
        typed: values that are no stops of their slider and get a stop of their own, by hyperparameter.
        problem: what was wrong with the text typed last.
        typed_wrong: what was wrong with the number typed last beside the slider.
        schedule_wrong: what was wrong with the number of the schedule typed last.
    """

    number: int
    lane: Lane
    typed: dict[str, float] = field(default_factory=dict[str, float])
    problem: str = ""
    typed_wrong: str = ""
    schedule_wrong: str = ""

    def add_stops(self) -> None:
        """Give every value of the lane a stop on its slider."""
        for each in self.lane.rule.hyperparameters:
            value = self.lane.hyperparameters[each.name]
            if each.scale != "choice" and value not in each.stops():
                self.typed[each.name] = float(value)


def rows() -> list[Row]:
    """Return the rows of this session's form."""
    return cast("list[Row]", st.session_state.setdefault(_ROWS, list[Row]()))


def lanes() -> tuple[Lane, ...]:
    """Return what the rows hold."""
    return tuple(row.lane for row in rows())


def find(number: int) -> Row | None:
    """Return the row of a number, None when it was removed since."""
    return next((row for row in rows() if row.number == number), None)


def beside(row: Row) -> list[Lane]:
    """Return the lanes of all other rows."""
    return [other.lane for other in rows() if other is not row]


def append(lane: Lane) -> None:
    """Add a row."""
    number = cast("int", st.session_state.get(_COUNT, 0))
    st.session_state[_COUNT] = number + 1
    row = Row(number, lane)
    row.add_stops()
    rows().append(row)


def remove(number: int) -> None:
    """Take a row away."""
    st.session_state[_ROWS] = [row for row in rows() if row.number != number]


def replace_all(new: tuple[Lane, ...]) -> None:
    """Start again with these lanes."""
    st.session_state[_ROWS] = list[Row]()
    for lane in new:
        append(lane)
