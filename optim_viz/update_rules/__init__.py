"""Update rules: one optimizer a file, each exposing RULE. Adding a file here adds the optimizer everywhere.

The folder is the list: every module in it but those that hold the contract must expose RULE, and a file that fails
to import stops the program rather than vanish from the menu.
"""

from __future__ import annotations

from functools import cache

from optim_viz.registry import discover
from optim_viz.surfaces import close_names, hint, shown
from optim_viz.update_rules.hyperparameter import Hyperparameter, Interval
from optim_viz.update_rules.looks import COLOURS, MARKERS, Look, assign
from optim_viz.update_rules.torch_state import TorchMoment, TorchState
from optim_viz.update_rules.update_rule import Line, StabilityLimit, UpdateRule

__all__ = [
    "COLOURS",
    "MARKERS",
    "Hyperparameter",
    "Interval",
    "Line",
    "Look",
    "StabilityLimit",
    "TorchMoment",
    "TorchState",
    "UpdateRule",
    "get",
    "look",
    "names",
]

_CONTRACT = ("hyperparameter", "looks", "torch_state", "update_rule")


@cache
def _rules() -> dict[str, UpdateRule]:
    """Import every rule of this folder, ordered by rank, then name."""
    return discover(__name__, "RULE", UpdateRule, _CONTRACT, lambda rule: rule.rank)


def names() -> tuple[str, ...]:
    """Name every optimizer, in the order in which menus list them."""
    return tuple(_rules())


def get(name: str | UpdateRule) -> UpdateRule:
    """Look up an optimizer.

    Args:
        name: one of `names()`; an UpdateRule is returned as it is.

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
    if isinstance(name, str):
        if name not in rules:
            raise ValueError(f"unknown optimizer {shown(name)}{hint(name, rules)}")
        return rules[name]
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
    return _looks()[get(name).name]
