"""Finds the surfaces: every module of :mod:`surfaces.catalog` has one as SURFACE; packages and programs add more."""

import pkgutil
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from importlib import import_module

from . import catalog
from .additions import Installed, check_addition, installed
from .expression import read
from .naming import UnknownName, hint, shown
from .scan import ExpressionError
from .surface import Surface

Finder = Callable[[str], Surface | None]

_registered: dict[str, Surface] = {}
_finders: list[Finder] = []


@cache
def _shipped() -> dict[str, Surface]:
    """The catalog by name, in the order of the surfaces' ranks."""
    modules = [import_module(f"{catalog.__name__}.{found.name}") for found in pkgutil.iter_modules(catalog.__path__)]
    found = sorted((module.SURFACE for module in modules), key=lambda surface: (surface.rank, surface.name))
    by_name = {surface.name: surface for surface in found}
    if len(by_name) < len(found):
        raise ValueError(f"two surfaces share a name: {[surface.name for surface in found]}")
    return by_name


@cache
def _installed() -> Installed:
    """Those of installed packages, looked for once."""
    return installed(_shipped())


def _all() -> dict[str, Surface]:
    return {**_shipped(), **_installed().surfaces, **_registered}


def names() -> tuple[str, ...]:
    """The names of all listed surfaces, in the order in which lists show them: the catalog, then what was added to it.

    Installed packages add those that they name as entry points of the group "optim_viz.surfaces".
    """
    return tuple(name for name, surface in _all().items() if surface.listed)


def left_out() -> Mapping[str, str]:
    """The entry points of installed packages that gave no surface, by name, with the reason; each was logged too."""
    return _installed().left_out


def register(surface: Surface) -> Surface:
    """Adds a surface to this program's: to :func:`names`, and to the menu and the links of a lab that it serves.

    Args:
        surface: The surface; its name is its own.

    Returns:
        The surface.

    Raises:
        ValueError: Its name is taken or cannot stand in a link, or its loss at the start is not finite.
    """
    check_addition(surface, names())
    _registered[surface.name] = surface
    return surface


def find_with(finder: Finder) -> Finder:
    """Lets names be found that are in no list, such as those of saved surfaces, of which there may be many.

    Args:
        finder: Takes a name that no list has, and returns its surface or None. What it finds is registered.

    Returns:
        The finder.
    """
    if finder not in _finders:
        _finders.append(finder)
    return finder


def known(name: str) -> bool:
    """Tells whether :func:`get` finds a surface of this name.

    Args:
        name: The name.

    Returns:
        Whether it does.
    """
    return name in _all() or _found(name)


def _found(name: str) -> bool:
    for finder in _finders:
        surface = finder(name)
        if surface is not None:
            _registered.setdefault(name, surface)  # two threads may look at once
            return True
    return False


def get(name: str, **parameters: float) -> Surface:
    """Finds a surface.

    Args:
        name: One of :func:`names`.
        **parameters: Values for its adjustable parameters; those left out keep their defaults.

    Returns:
        The surface; the same object for the same arguments.

    Raises:
        ValueError: The name is unknown or no name at all, or a parameter is unknown or out of range; the message says
            what is allowed and what to write.
    """
    surface = _named(name)
    values = surface.complete(parameters)
    defaults = {parameter.name: parameter.default for parameter in surface.parameters}
    changed = tuple((given, value) for given, value in values.items() if value != defaults[given])
    return _rebuilt(name, changed) if changed else surface


def _named(given: object) -> Surface:
    """Looks a name up; says what to write instead of anything else."""
    if isinstance(given, str) and known(given):
        return _all()[given]
    if isinstance(given, Surface):
        raise ValueError(f"surface = {given.name!r} is a Surface already; use it as it is")
    if callable(given):
        name = getattr(given, "__name__", "loss")
        raise ValueError(f"surface = {shown(given)}: write surfaces.from_function({name}, domain=...)")
    if not isinstance(given, str):
        raise ValueError(f"surface = {shown(given)} is no name; write {names()[0]!r}, for example")
    if not given.isidentifier() and (any(sign in given for sign in "+-*/^()=") or _reads_as_formula(given)):
        raise ValueError(f"surface = {shown(given)} is no name; for a formula write surfaces.parse({shown(given)})")
    raise UnknownName(f"unknown surface {shown(given)}{hint(given, names())}")


@lru_cache(maxsize=64)
def _rebuilt(name: str, values: tuple[tuple[str, float], ...]) -> Surface:
    """A surface with parameters that differ from their defaults."""
    return _all()[name].rebuild(**dict(values))


def _reads_as_formula(text: str) -> bool:
    try:
        read(text)
    except ExpressionError:
        return False
    return True
