"""Diagnostics: one quantity a file, each exposing DIAGNOSTIC, read off a finished run.

The folder is the list, as it is for update rules: charts, the plots menu of the lab and links follow from it. What an
optimizer keeps beside its moments is a diagnostic too, under its own name: "state.z" (see `states`).
`stability` holds what is known in advance about a setting, and says why a run diverged; `minima` measures distances.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TypeGuard

from optim_viz.diagnostics.diagnostic import Curve, Diagnostic
from optim_viz.diagnostics.stability import divergence_text, stability_limit
from optim_viz.diagnostics.states import STATE, is_state, state_diagnostic, state_names
from optim_viz.registry import discover, look_up

__all__ = [
    "STATE",
    "Curve",
    "Diagnostic",
    "defaults",
    "divergence_text",
    "get",
    "in_order",
    "is_known",
    "is_state",
    "names",
    "stability_limit",
    "state_names",
]

_NO_QUANTITY = ("diagnostic", "minima", "stability", "states")


@cache
def _diagnostics() -> dict[str, Diagnostic]:
    """Import every quantity of this folder, in the order that they declare."""
    return discover(__name__, "DIAGNOSTIC", Diagnostic, _NO_QUANTITY, lambda diagnostic: diagnostic.order)


def names() -> tuple[str, ...]:
    """Name every diagnostic that a file declares, in menu order."""
    return tuple(_diagnostics())


def is_known(name: object) -> TypeGuard[str]:
    """Tell whether `get` knows a name."""
    return isinstance(name, str) and (name in _diagnostics() or is_state(name))


def in_order(chosen: Iterable[str]) -> tuple[str, ...]:
    """Return names that `get` knows, each once, in menu order; states stand behind, ordered by name."""
    names = set(chosen)
    return (*(name for name in _diagnostics() if name in names), *sorted(filter(is_state, names)))


def defaults() -> tuple[str, ...]:
    """Name the diagnostics that the lab shows unless somebody chooses others, in menu order."""
    return tuple(name for name, diagnostic in _diagnostics().items() if diagnostic.default)


def get(name: str) -> Diagnostic:
    """Look up a diagnostic: one of `names()`, or "state." and the name of a state.

    Raises:
        ValueError: no such diagnostic; the message names the one that comes close, and the known ones.

    Example:
        >>> run = optim_viz.rollout("booth", "schedule_free", steps=5)
        >>> optim_viz.diagnostics.get("state.z").compute(run).shape
        (5, 2)
    """
    if is_state(name):
        return state_diagnostic(name)
    return look_up(name, _diagnostics(), "diagnostic")
