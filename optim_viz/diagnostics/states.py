"""A state that an optimizer keeps, as a diagnostic: "state.z" is the state `z` of every run that has one.

No file declares it: the names are the rules' own, or those under which a torch optimizer keeps its states.
"""

from __future__ import annotations

import re
from functools import lru_cache

from optim_viz.diagnostics.diagnostic import Array, Diagnostic
from optim_viz.trajectory import Trajectory

STATE = "state."
PANEL = "States of the lanes on screen"
_NAME = re.compile(rf"{re.escape(STATE)}[A-Za-z_]\w{{0,59}}", re.ASCII)
_ORDER = 1000
"""Behind every quantity that a file declares."""


def is_state(name: object) -> bool:
    """Tell whether a diagnostic's name is that of a state: "state." and a name of up to 60 letters, digits and _."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def state_names(trajectory: Trajectory) -> tuple[str, ...]:
    """Name the diagnostics of those states of a run that no chart of the moments shows, in the order of its states."""
    names = [STATE + state for state in trajectory.rule.further_states if state in trajectory.state]
    return tuple(name for name in names if is_state(name))


@lru_cache(maxsize=256)
def state_diagnostic(name: str) -> Diagnostic:
    """Return the diagnostic of a state.

    Args:
        name: such that `is_state`.

    Returns:
        One value for each step and coordinate, (*B, T, 2). A state of one number has it in both.
    """
    state = name.removeprefix(STATE)

    def applies(trajectory: Trajectory) -> bool:
        return state in trajectory.state

    def values(trajectory: Trajectory) -> Array:
        return trajectory.state[state]

    return Diagnostic(
        name=name,
        title=f"{state}ᵢ",
        help=f"What an optimizer keeps as {state}, after each step.",
        panel=PANEL,
        order=_ORDER,
        along="steps",
        per_coordinate=True,
        scale="linear",
        values=values,
        applies=applies,
        lacking=f"no {state}",
    )
