"""Where outside optimizers may come from, and their names: "package.module:Class".

A class is known if its package is in the declared list below and installed, if an entry point of the group
`optim_viz.optimizers` names it, or if the app was started with `--optimizer package.module:Class`. Nothing else is ever
imported: a name that comes from a link or a browser is looked up here, and refused where it is not known.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from optim_viz.outside import source_code
from optim_viz.outside.arguments import of_class
from optim_viz.outside.refusal import Refused, said
from optim_viz.outside.rule import OutsideRule, make
from optim_viz.surfaces import hint, shown

PACKAGES = (
    "torch.optim",
    "pytorch_optimizer",
    "torch_optimizer",
    "schedulefree",
    "prodigyopt",
    "dadaptation",
    "lion_pytorch",
    "heavyball",
    "timm.optim",
    "transformers.optimization",
    "bitsandbytes.optim",
)
"""Modules whose optimizers are known where they are installed."""

GROUP = "optim_viz.optimizers"
"""The group of entry points with which a package makes its optimizers known."""

VARIABLE = "OPTIM_VIZ_OPTIMIZERS"
"""Classes named at the app's start, with commas between them; `--optimizer` sets it for the processes of the app."""

_in_hand: dict[str, OutsideRule] = {}
"""Rules of classes that this program has in hand, which no other process can import, by name."""

_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", re.ASCII)


def is_name(name: object) -> bool:
    """Tell whether a text has the form "package.module:Class"."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


@lru_cache(maxsize=64)
def named_at_start(variable: str) -> tuple[str, ...]:
    """Read the classes that the app was started with.

    Raises:
        ValueError: a text of another form; the message names it.
    """
    names = tuple(dict.fromkeys(part.strip() for part in variable.split(",") if part.strip()))
    for name in names:
        if not is_name(name):
            raise ValueError(f"optimizer = {shown(name)} is not of the form package.module:Class")
    return names


def make_known(names: Iterable[str], folder: str) -> None:
    """Make classes known to this process and to those that it starts; nothing is imported.

    Args:
        names: each "package.module:Class".
        folder: where modules that are installed nowhere are found.

    Raises:
        ValueError: a name of another form, or one whose source is not found.
    """
    added = tuple(names)
    if not added:
        return
    os.environ[VARIABLE] = ",".join(filter(None, [os.environ.get(VARIABLE, ""), *added]))
    if folder not in sys.path:
        sys.path.append(folder)
        source_code.forget()  # what was not found yet may be there
    for name in added:
        get(name)


def named_in(lanes: Iterable[str]) -> tuple[str, ...]:
    """Name the classes that this process was started with and that lanes, written as text, run."""
    optimizers = {lane.partition(",")[0].strip() for lane in lanes}
    return tuple(name for name in named_at_start(os.environ.get(VARIABLE, "")) if name in optimizers)


@cache
def entry_point_titles() -> Mapping[str, str]:
    """Return the classes that installed packages name, each with the title that it has there."""
    return {point.value.replace(" ", ""): point.name for point in entry_points(group=GROUP) if is_name(point.value)}


def _declared() -> Iterator[str]:
    yield from named_at_start(os.environ.get(VARIABLE, ""))
    yield from entry_point_titles()


@cache
def _of_packages() -> tuple[str, ...]:
    return tuple(f"{package}:{name}" for package in PACKAGES for name in source_code.optimizers(package))


def names() -> tuple[str, ...]:
    """Name every class that is known, without importing one: those named at the start first, packages last."""
    return tuple(dict.fromkeys([*_declared(), *_of_packages()]))


def known(name: str) -> bool:
    """Tell whether a class may be imported."""
    module, _, title = name.partition(":")
    return name in _declared() or (module in PACKAGES and title in source_code.optimizers(module))


def get(name: str) -> OutsideRule:
    """Return the rule of a known class, from its source: nothing is imported. One in hand is as it was given.

    Raises:
        ValueError: it is not known, or its source cannot be found; the message says what to do.
    """
    if name in _in_hand:
        return _in_hand[name]
    if not known(name):
        here = [each for each in names() if each.partition(":")[2].lower() == name.partition(":")[2].lower()]
        raise ValueError(
            f"unknown optimizer {shown(name)}{hint(name, here) if here else ''}: an outside class must be installed, "
            "named by an entry point, or given to the app with --optimizer package.module:Class"
        )
    module, _, kind = name.partition(":")
    place = source_code.find(module, kind)
    if place is None:
        raise Refused(name, f"no class {kind} is found in the source of {module}; is it installed?")
    return _rule(name, entry_point_titles().get(name, ""), place)


@lru_cache(maxsize=512)
def _rule(name: str, title: str, place: source_code.Place) -> OutsideRule:
    """Make a rule once for each reading of the source: the place of a file written anew is another one."""
    kind = name.partition(":")[2]
    return make(name, title or kind, source_code.arguments(place), words=source_code.words(place))


def hold(rule: OutsideRule) -> OutsideRule:
    """Let a rule be found by its name in this program: that of a class which stands in a notebook, say.

    Args:
        rule: of a class that is loaded.

    Returns:
        The rule, under another name where a class that is not the same has its own.

    Raises:
        ValueError: the rule has no class.
    """
    kind = rule.kind
    if kind is None:
        raise ValueError(f"the rule {rule.name!r} has no class in hand")
    base = f"{rule.name.partition(':')[0]}:{kind.__name__}"
    count, name = 1, base
    while name in _in_hand and not _same(_in_hand[name], rule):
        count += 1
        name = f"{base}_{count}"
    return _in_hand.setdefault(name, replace(rule, name=name))


def _same(one: OutsideRule, other: OutsideRule) -> bool:
    return one.kind is other.kind and one.options == other.options


def load(name: str) -> type:
    """Import a known class.

    Raises:
        Refused: it is not known, cannot be imported, or is no torch optimizer.
    """
    if not known(name):
        raise Refused(name, "it is not among the known classes")
    module, _, title = name.partition(":")
    try:
        kind = getattr(import_module(module), title)
    except Exception as error:  # whatever a third party's import raises is the reason
        raise Refused(name, f"importing it fails: {said(error)}") from error
    return checked(name, kind)


def checked(name: str, kind: Any) -> type:
    """Return a class after checking that it is a torch optimizer.

    Raises:
        Refused: it is not.
    """
    torch: Any = import_module("torch")
    if not isinstance(kind, type) or not issubclass(kind, torch.optim.Optimizer):
        raise Refused(name, "it is not a torch.optim.Optimizer class")
    return kind


def of_kind(kind: type) -> OutsideRule:
    """Return the rule of a class that a program has in hand."""
    homes = [each for each in PACKAGES if _has(each, kind)]
    module = (*homes, kind.__module__)[0]
    return make(f"{module}:{kind.__qualname__}", kind.__name__, of_class(kind), kind=kind)


def _has(module: str, kind: type) -> bool:
    """Tell whether a module that is loaded gives a class out."""
    return getattr(sys.modules.get(module), kind.__qualname__, None) is kind
