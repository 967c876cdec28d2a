"""Ways to start a training process: one launcher a file, each exposing LAUNCHER. Adding a file here adds the launcher.

A run names its launcher, so that a process that looks later asks the right one whether the run's process is alive.
Every module of the folder but `launcher` must expose LAUNCHER, and a file that fails to import stops the program.
"""

from __future__ import annotations

from functools import cache

from optim_viz.launchers.launcher import Launcher, environment, machine, stand_back
from optim_viz.registry import discover, look_up

__all__ = ["Launcher", "default", "environment", "get", "machine", "names", "stand_back"]

_CONTRACT = ("launcher",)


@cache
def _launchers() -> dict[str, Launcher]:
    """Import every launcher of this folder, ordered by name."""
    return discover(__name__, "LAUNCHER", Launcher, _CONTRACT, lambda launcher: launcher.name)


def names() -> tuple[str, ...]:
    """Name every launcher."""
    return tuple(_launchers())


def default() -> str:
    """Name the launcher of runs that name none: what the environment asks for, else this machine's processes."""
    return next((name for name in names() if get(name).wanted()), "local")


def get(name: str) -> Launcher:
    """Look up a launcher.

    Raises:
        ValueError: no such launcher; the message names the one that comes close, and the known ones.
    """
    return look_up(name, _launchers(), "launcher")
