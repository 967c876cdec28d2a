"""The charts on screen, described for the browser, which keeps no list of its own: they follow from the diagnostics.

A diagnostic has one chart, a per-coordinate one two. Which curves a lane has in it, the lane says (`Channels.curves`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from optim_viz import diagnostics
from optim_viz.diagnostics import Diagnostic


def computed(plots: Sequence[str]) -> tuple[str, ...]:
    """Return the diagnostics that runs are worked out with: those chosen, and what stands in for one of them."""
    names = {name for each in map(diagnostics.get, plots) for name in (each.name, each.instead)}
    return tuple(name for name in diagnostics.names() if name in names)


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
    order = diagnostics.names()
    return tuple(sorted(set(shown), key=order.index))


def charts(names: Sequence[str]) -> list[dict[str, Any]]:
    """Describe the charts of diagnostics, in the order in which they stand."""
    return [chart for name in names for chart in _charts(diagnostics.get(name))]


def _charts(diagnostic: Diagnostic) -> list[dict[str, Any]]:
    axes = ("x", "y") if diagnostic.per_coordinate else ("",)
    return [
        {
            "id": f"{diagnostic.name}_{axis}" if axis else diagnostic.name,
            "diagnostic": diagnostic.name,
            "axis": axis,
            "title": diagnostic.title.replace("ᵢ", f"<sub>{axis}</sub>"),
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
    """Return all diagnostics for the plots menu, in its order."""
    return [
        {
            "name": each.name,
            "title": each.title,
            "help": each.help,
            "panel": each.panel,
            "default": each.default,
            "lacking": each.lacking,
            "section": each.section,
            "control": each.control,
        }
        for each in map(diagnostics.get, diagnostics.names())
    ]
