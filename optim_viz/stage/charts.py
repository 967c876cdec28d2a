"""The charts on screen, described for the browser, which keeps no list of its own: they follow from the diagnostics.

A diagnostic has one chart, a per-coordinate one two, but for a state that is one number in every lane that keeps it.
Which curves a lane has in it, the lane says (`Channels.curves`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from optim_viz import diagnostics
from optim_viz.diagnostics import Diagnostic
from optim_viz.trajectory import Trajectory


def computed(plots: Sequence[str]) -> tuple[str, ...]:
    """Return the diagnostics that runs are worked out with: those chosen, and what stands in for one of them."""
    names = {name for each in map(diagnostics.get, plots) for name in (each.name, each.instead)}
    return diagnostics.in_order(names)


def drawn(plots: Sequence[str], applies: Collection[str]) -> tuple[str, ...]:
    """Return the diagnostics that are drawn for those chosen.

    Args:
        plots: what is chosen, in menu order.
        applies: those, of all, that apply to one lane at least.

    Returns:
        `plots`, where one that applies to no lane gives way to the one that it names for this case.
    """
    found = [diagnostics.get(name) for name in plots]
    shown = [each.instead if each.name not in applies and each.instead in applies else each.name for each in found]
    return diagnostics.in_order(shown)


def charts(names: Sequence[str], paired: Collection[str] = ()) -> list[dict[str, Any]]:
    """Describe the charts of diagnostics, in the order in which they stand.

    Args:
        names: of the diagnostics.
        paired: those states of which a lane keeps two numbers, one for each coordinate.
    """
    return [chart for name in names for chart in _charts(diagnostics.get(name), alone=name not in paired)]


def _charts(diagnostic: Diagnostic, *, alone: bool) -> list[dict[str, Any]]:
    one_number = diagnostics.is_state(diagnostic.name) and alone
    axes = ("x", "y") if diagnostic.per_coordinate and not one_number else ("",)
    return [
        {
            "id": f"{diagnostic.name}_{axis}" if axis else f"{diagnostic.name}_xy" if one_number else diagnostic.name,
            "diagnostic": diagnostic.name,
            "axis": axis,
            "end": "_x" if one_number else f"_{axis}" if axis else "",
            "title": diagnostic.title.replace("ᵢ", f"<sub>{axis}</sub>") if axis else _of_one_number(diagnostic.title),
            "note": diagnostic.note if axis != "x" else "",
            "scale": diagnostic.scale,
            "reference": list(diagnostic.reference),
            "wide": diagnostic.wide,
            "beside": diagnostic.name in beside(),
            "lacking": diagnostic.lacking,
        }
        for axis in axes
    ]


@cache
def beside() -> frozenset[str]:
    """Return the diagnostics that stand beside the landscape: the usual ones, and what stands in for one of them."""
    return frozenset(
        name for each in map(diagnostics.get, diagnostics.defaults()) for name in (each.name, each.instead)
    )


def menu() -> list[dict[str, Any]]:
    """Return all diagnostics that a file declares for the plots menu, in its order."""
    return [_entry(diagnostics.get(name), diagnostics.get(name).help) for name in diagnostics.names()]


def states_menu(lanes: Iterable[KeptStates], plots: Sequence[str]) -> list[dict[str, Any]]:
    """Return the states that the lanes on screen keep for the plots menu, and those chosen that no lane keeps.

    Args:
        lanes: what each keeps.
        plots: what is chosen.
    """
    words: dict[str, dict[str, None]] = {name: {} for name in plots if diagnostics.is_state(name)}
    paired = set[str]()
    for lane in lanes:
        paired |= lane.paired
        for name, meaning in lane.meanings:
            words.setdefault(name, {})[f"{lane.title}: {meaning}" if meaning else f"Kept by {lane.title}."] = None
    entries = [
        _entry(diagnostics.get(name), " ".join(words[name]) or "No lane on screen keeps it.")
        for name in diagnostics.in_order(words)
    ]
    return [each if each["name"] in paired else each | {"title": _of_one_number(each["title"])} for each in entries]


class KeptStates(NamedTuple):
    """The states that a lane's rule keeps beside its moments.

    Attributes:
        title: the rule's.
        meanings: the name of each diagnostic, and what it is, in a sentence; "" where only its class knows.
        paired: the diagnostics of those that are two numbers, one for each coordinate.
    """

    title: str
    meanings: tuple[tuple[str, str], ...]
    paired: frozenset[str]


def kept_states(trajectory: Trajectory) -> KeptStates:
    """Return what a run keeps."""
    rule = trajectory.rule
    names = {name: name.removeprefix(diagnostics.STATE) for name in diagnostics.state_names(trajectory)}
    return KeptStates(
        rule.title,
        tuple((name, rule.meanings.get(state, "")) for name, state in names.items()),
        frozenset(diagnostics.STATE + state for state in trajectory.state if state not in rule.shared),
    )


def _of_one_number(title: str) -> str:
    return title.replace("ᵢ", "")


def _entry(diagnostic: Diagnostic, words: str) -> dict[str, Any]:
    return {
        "name": diagnostic.name,
        "title": diagnostic.title,
        "help": words,
        "panel": diagnostic.panel,
        "default": diagnostic.default,
        "lacking": diagnostic.lacking,
        "section": diagnostic.section,
        "control": diagnostic.control,
    }
