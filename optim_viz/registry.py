"""A folder is a registry: every module in it exposes one entry, and adding a file adds the entry everywhere."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Collection, Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, Protocol, TypeVar

from optim_viz.surfaces import UnknownName, hint, shown

_LOG = logging.getLogger("optim_viz")


class Named(Protocol):
    """What an entry has at least."""

    @property
    def name(self) -> str:
        """The name of the entry's file, without ".py"."""
        ...


Entry = TypeVar("Entry", bound=Named)


def discover(
    package: str,
    constant: str,
    kind: type[Entry],
    helpers: Collection[str],
    order: Callable[[Entry], Any],
    load: Callable[[str], ModuleType | None] = import_module,
) -> dict[str, Entry]:
    """Import every entry of a folder.

    A file that fails to import stops the program rather than vanish from the menu.

    Args:
        package: the folder's dotted name; the package is imported already.
        constant: what each module calls its entry, such as "RULE".
        kind: the class of the entries.
        helpers: modules of the folder that hold no entry.
        order: what entries are sorted by; ties are ordered by name.
        load: imports a module; `load_if_whole` where entries rest on those of other registries.

    Returns:
        The entries by name, in order.

    Raises:
        TypeError: a module lacks the constant, or it is of another class or name; the message names the file.
    """
    found: list[Entry] = []
    for module in iter_modules(sys.modules[package].__path__):
        if module.name in helpers:
            continue
        loaded = load(f"{package}.{module.name}")
        if loaded is None:
            continue
        entry = getattr(loaded, constant, None)
        if not isinstance(entry, kind) or entry.name != module.name:
            file = f"{package.rpartition('.')[2]}/{module.name}.py"
            raise TypeError(f"{file} must expose {constant}, of class {kind.__name__} and named {module.name!r}")
        found.append(entry)
    return {entry.name: entry for entry in sorted(found, key=lambda entry: (order(entry), entry.name))}


def load_if_whole(module: str) -> ModuleType | None:
    """Import a file that rests on entries of other registries, such as a story on its optimizers.

    Returns:
        The module; None where one of those entries is not there (its file was taken away), which the log says: what
        cannot be shown is left out, and everything else goes on.
    """
    try:
        return import_module(module)
    except UnknownName as error:
        _LOG.warning("%s is left out: %s", module, error)
        return None


def look_up(name: object, entries: Mapping[str, Entry], what: str) -> Entry:
    """Return the entry of this name.

    Args:
        name: what was asked for.
        entries: the entries by name.
        what: what an entry is called in a message, such as "data set".

    Returns:
        The entry.

    Raises:
        UnknownName: no such entry, a ValueError; the message names the one that comes close, and the known ones.
    """
    if not isinstance(name, str) or name not in entries:
        raise UnknownName(f"unknown {what} {shown(name)}{hint(name, entries)}")
    return entries[name]
