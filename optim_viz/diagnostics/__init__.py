"""Diagnostics: one quantity a file, each exposing DIAGNOSTIC, read off a finished run.

The folder is the list, as it is for update rules: charts, the plots menu of the lab and links follow from it.
`stability` holds what is known in advance about a setting, and says why a run diverged; `minima` measures distances.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from optim_viz.diagnostics.diagnostic import Curve, Diagnostic
from optim_viz.diagnostics.stability import divergence_text, stability_limit
from optim_viz.surfaces import hint, shown

__all__ = ["Curve", "Diagnostic", "defaults", "divergence_text", "get", "names", "stability_limit"]

_NO_QUANTITY = ("diagnostic", "minima", "stability")


@cache
def _diagnostics() -> dict[str, Diagnostic]:
    """Import every quantity of this folder, in the order that they declare."""
    found: list[Diagnostic] = []
    for module in iter_modules(__path__):
        if module.name in _NO_QUANTITY:
            continue
        diagnostic = import_module(f"{__name__}.{module.name}").DIAGNOSTIC
        if not isinstance(diagnostic, Diagnostic) or diagnostic.name != module.name:
            raise TypeError(f"diagnostics/{module.name}.py must expose DIAGNOSTIC, named {module.name!r}")
        found.append(diagnostic)
    return {each.name: each for each in sorted(found, key=lambda each: (each.order, each.name))}


def names() -> tuple[str, ...]:
    """Name every diagnostic, in menu order."""
    return tuple(_diagnostics())


def defaults() -> tuple[str, ...]:
    """Name the diagnostics that the lab shows unless somebody chooses others, in menu order."""
    return tuple(name for name, diagnostic in _diagnostics().items() if diagnostic.default)


def get(name: str) -> Diagnostic:
    """Look up a diagnostic.

    Raises:
        ValueError: no such diagnostic; the message lists the known ones.
    """
    return _named(name)


def _named(name: object) -> Diagnostic:
    found = _diagnostics()
    if not isinstance(name, str) or name not in found:
        raise ValueError(f"unknown diagnostic {shown(name)}{hint(name, found)}")
    return found[name]
