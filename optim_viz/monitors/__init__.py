"""What is read off a network while it learns: one monitor a file, each exposing MONITOR. Adding a file here adds it.

Importing this package needs no torch: a monitor's title, sentence and place are plain data, and only measuring imports
torch. Every module of the folder but those of `_CONTRACT` must expose MONITOR, and a file that fails to import stops
the program rather than vanish from the menu.

Quantiles of m̂, √v̂, m̂/√v̂ and of the step are no monitors: they share their sorting (`training.recorder`).
"""

from __future__ import annotations

from functools import cache

from optim_viz.monitors.monitor import Monitor
from optim_viz.registry import discover, look_up

__all__ = ["Monitor", "get", "names"]

_CONTRACT = ("hessian", "lanczos", "monitor", "sample")


@cache
def _monitors() -> dict[str, Monitor]:
    """Import every monitor of this folder, in the order that they declare."""
    return discover(__name__, "MONITOR", Monitor, _CONTRACT, lambda monitor: monitor.order)


def names() -> tuple[str, ...]:
    """Name every monitor, in the order in which menus list them."""
    return tuple(_monitors())


def get(name: str) -> Monitor:
    """Look up a monitor.

    Raises:
        ValueError: no such monitor; the message names the one that comes close, and the known ones.
    """
    return look_up(name, _monitors(), "monitor")
