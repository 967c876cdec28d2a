"""Ways to start a training process: one launcher a file, each exposing LAUNCHER. Adding a file here adds the launcher.

A run names its launcher, so that a process that looks later asks the right one whether the run's process is alive.
Every module of the folder but `launcher` must expose LAUNCHER, and a file that fails to import stops the program.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from optim_viz.launchers.launcher import Launcher, environment, machine

__all__ = ["Launcher", "environment", "get", "machine", "names"]

_CONTRACT = ("launcher",)


@cache
def _launchers() -> dict[str, Launcher]:
    """Import every launcher of this folder, ordered by name."""
    found: dict[str, Launcher] = {}
    for module in iter_modules(__path__):
        if module.name in _CONTRACT:
            continue
        launcher = import_module(f"{__name__}.{module.name}").LAUNCHER
        if not isinstance(launcher, Launcher) or launcher.name != module.name:
            raise TypeError(f"launchers/{module.name}.py must expose LAUNCHER, a Launcher named {module.name!r}")
        found[launcher.name] = launcher
    return found


def names() -> tuple[str, ...]:
    """Name every launcher."""
    return tuple(_launchers())


def get(name: str) -> Launcher:
    """Look up a launcher.

    Raises:
        ValueError: no such launcher; the message lists the known ones.
    """
    launchers = _launchers()
    if name not in launchers:
        raise ValueError(f"unknown launcher {name!r}; known: {', '.join(launchers)}")
    return launchers[name]
