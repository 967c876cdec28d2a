"""Update rules: one optimizer a file, each exposing RULE. Adding a file here adds the optimizer everywhere.

The folder is the list: every module in it but those that hold the contract must expose RULE, and a file that fails
to import stops the program rather than vanish from the menu.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from optim_viz.registry import discover
from optim_viz.surfaces import UnknownName, close_names, hint, shown
from optim_viz.update_rules.hyperparameter import Hyperparameter, Interval
from optim_viz.update_rules.looks import COLOURS, MARKERS, PALETTE, Look, assign
from optim_viz.update_rules.marks import Ellipse, Point
from optim_viz.update_rules.torch_state import TorchMoment, TorchState
from optim_viz.update_rules.update_rule import Convention, Line, Optimum, StabilityLimit, UpdateRule

__all__ = [
    "COLOURS",
    "MARKERS",
    "Convention",
    "Ellipse",
    "Hyperparameter",
    "Interval",
    "Line",
    "Look",
    "Optimum",
    "Point",
    "StabilityLimit",
    "TorchMoment",
    "TorchState",
    "UpdateRule",
    "get",
    "look",
    "look_further",
    "names",
]

Elsewhere = Callable[[object], UpdateRule | None]
_elsewhere: list[Elsewhere] = []


def look_further(find: Elsewhere) -> None:
    """Let `get` ask for what is no file of this folder: outside optimizers have rules, and stand in no menu here.

    Args:
        find: (name or class) -> its rule, None for what is of another form; ValueError where it has the form and is not
            known.
    """
    _elsewhere.append(find)


_CONTRACT = (
    *("eps_places", "facts", "hyperparameter", "looks", "marks", "matrix", "means"),
    *("step_tables", "torch_state", "twins", "update_rule"),
)


@cache
def _rules() -> dict[str, UpdateRule]:
    """Import every rule of this folder, ordered by rank, then name."""
    return discover(__name__, "RULE", UpdateRule, _CONTRACT, lambda rule: rule.rank)


def names() -> tuple[str, ...]:
    """Name every optimizer, in the order in which menus list them."""
    return tuple(_rules())


def get(name: str | UpdateRule | type) -> UpdateRule:
    """Look up an optimizer.

    Args:
        name: one of `names()`, "package.module:Class" of an outside one, or a torch.optim.Optimizer class; an
            UpdateRule is returned as it is.

    Returns:
        The rule; the same object for the same name.

    Raises:
        ValueError: no such optimizer; the message names the one that comes close, and the known ones.

    Example:
        >>> optim_viz.optimizer("adam").title
        'Adam'
    """
    return name if isinstance(name, UpdateRule) else _named(name)


def _named(name: object) -> UpdateRule:
    """Look a name up; say what to write instead of anything else."""
    rules = _rules()
    if isinstance(name, str) and name in rules:
        return rules[name]
    found = next((rule for find in _elsewhere if (rule := find(name)) is not None), None)
    if found is not None:
        return found
    if isinstance(name, str):
        raise UnknownName(f"unknown optimizer {shown(name)}{hint(name, rules)}")
    kind = name if isinstance(name, type) else type(name)
    example = (*close_names(kind.__name__, rules), *rules)[0]
    raise ValueError(f"optimizer = {shown(name)} is neither a name nor an UpdateRule; write {example!r}, for example")


@cache
def _looks() -> dict[str, Look]:
    return assign({name: rule.look for name, rule in _rules().items()})


def look(name: str) -> Look:
    """Return the colour and the marker of an optimizer's lanes.

    Raises:
        ValueError: no such optimizer; the message lists the known ones.
    """
    rule = get(name)
    return _looks()[rule.name] if rule.name in _looks() else rule.look or PALETTE[0]
