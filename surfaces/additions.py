"""Surfaces from outside the catalog: those of installed packages, and those that a program registers."""

import logging
import math
import re
from collections.abc import Collection, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any, NamedTuple

from .naming import shown
from .surface import Surface

GROUP = "optim_viz.surfaces"
"""The group of entry points in which a package names its surfaces."""
RESERVED = ("formula", "function")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_LOG = logging.getLogger("optim_viz.surfaces")


class Installed(NamedTuple):
    """What installed packages add.

    Attributes:
        surfaces: by name.
        left_out: entry points that gave no surface, by name, with the reason.
    """

    surfaces: Mapping[str, Surface]
    left_out: Mapping[str, str]


def installed(taken: Collection[str]) -> Installed:
    """Loads the entry points of the group; one that fails is logged as a warning and left out.

    Args:
        taken: Names that surfaces have already.

    Returns:
        The surfaces, and the reasons for those that are none.
    """
    found: dict[str, Surface] = {}
    left_out: dict[str, str] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        try:
            surface = _made(entry)
            check_addition(surface, (*taken, *found))
            found[entry.name] = surface
        except (Exception, SystemExit) as error:  # whatever a stranger's package raises
            why = f"{_package(entry)}{entry.value}: {type(error).__name__}: {error}"[:400]
            left_out[entry.name] = f"{left_out[entry.name]}; {why}" if entry.name in left_out else why
            _LOG.warning("the surface %r is left out: %s", entry.name, why)
    return Installed(found, left_out)


def _package(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}, " if entry.dist else ""


def _made(entry: EntryPoint) -> Surface:
    given: Any = entry.load()
    surface = given() if callable(given) else given
    if not isinstance(surface, Surface):
        raise TypeError(f"it is {shown(surface)}, no Surface: make one with surfaces.from_function")
    if surface.name != entry.name:
        raise ValueError(f"its name is {surface.name!r}: give it name={entry.name!r}")
    return surface


def check_addition(surface: Surface, taken: Collection[str]) -> None:
    """Checks that a surface can stand beside the others, in the menu and in links.

    Args:
        surface: The surface.
        taken: Names that others have.

    Raises:
        ValueError: Its name is taken or cannot stand in a link, or its loss at the start is not finite.
    """
    if not _NAME.fullmatch(surface.name):
        raise ValueError(
            f"name = {shown(surface.name)}: must be small letters, digits and _, a letter first, at most 40"
        )
    if surface.name in taken or surface.name in RESERVED:
        raise ValueError(f"another surface is named {surface.name!r} already")
    loss = float(surface.loss(*surface.start))
    if not math.isfinite(loss):
        raise ValueError(f"its loss at its start {surface.start} is {loss}: choose a start where it has a value")
