"""Diagnostics: one quantity a file, each exposing DIAGNOSTIC, read off a finished run.

The folder is the list, as it is for update rules: charts, the plots menu of the lab and links follow from it.
`stability` holds what is known in advance about a setting, and says why a run diverged; `minima` measures distances.
"""

from __future__ import annotations

from functools import cache

from optim_viz.diagnostics.diagnostic import Curve, Diagnostic
from optim_viz.diagnostics.stability import divergence_text, stability_limit
from optim_viz.registry import discover, look_up

__all__ = ["Curve", "Diagnostic", "defaults", "divergence_text", "get", "names", "stability_limit"]

_NO_QUANTITY = ("diagnostic", "minima", "stability")


@cache
def _diagnostics() -> dict[str, Diagnostic]:
    """Import every quantity of this folder, in the order that they declare."""
    return discover(__name__, "DIAGNOSTIC", Diagnostic, _NO_QUANTITY, lambda diagnostic: diagnostic.order)


def names() -> tuple[str, ...]:
    """Name every diagnostic, in menu order."""
    return tuple(_diagnostics())


def defaults() -> tuple[str, ...]:
    """Name the diagnostics that the lab shows unless somebody chooses others, in menu order."""
    return tuple(name for name, diagnostic in _diagnostics().items() if diagnostic.default)


def get(name: str) -> Diagnostic:
    """Look up a diagnostic.

    Raises:
        ValueError: no such diagnostic; the message names the one that comes close, and the known ones.
    """
    return look_up(name, _diagnostics(), "diagnostic")
