"""Outside optimizers: any torch.optim.Optimizer class, run by autograd on a surface.

    import optim_viz, pytorch_optimizer

    run = optim_viz.rollout("rosenbrock", pytorch_optimizer.Lion, lr=0.01)
    run.state["exp_avg"], run.state["m"]

Listing classes and reading their signatures needs no torch; running one does, and imports it only then.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from optim_viz.outside.arguments import as_given
from optim_viz.outside.refusal import Refused
from optim_viz.outside.rule import ALSO, FIRST_MOMENTS, SECOND_MOMENTS, OutsideRule
from optim_viz.outside.sources import (
    GROUP,
    PACKAGES,
    VARIABLE,
    get,
    hold,
    is_name,
    known,
    load,
    make_known,
    named_in,
    names,
    of_kind,
)
from optim_viz.update_rules import look_further

if TYPE_CHECKING:
    from optim_viz.outside.loop import Path
    from optim_viz.surfaces import Surface

__all__ = [
    "ALSO",
    "FIRST_MOMENTS",
    "GROUP",
    "PACKAGES",
    "SECOND_MOMENTS",
    "VARIABLE",
    "OutsideRule",
    "Refused",
    "get",
    "hold",
    "is_class",
    "known",
    "load",
    "make_known",
    "named_in",
    "names",
    "of_kind",
    "run_one",
]


def is_class(value: object) -> bool:
    """Tell whether a value is a torch optimizer class; nothing is one while torch is not imported."""
    torch: Any = sys.modules.get("torch")
    return isinstance(value, type) and torch is not None and issubclass(value, torch.optim.Optimizer)


def run_one(
    rule: OutsideRule,
    values: Mapping[str, float | bool],
    surface: Surface,
    start: tuple[float, float],
    steps: int,
    **seen: Any,
) -> Path:
    """Run a rule's class once.

    Args:
        rule: of the class; it is imported where the rule has only its name.
        values: every hyperparameter.
        surface: where.
        start: (x, y).
        steps: T.
        **seen: `draws`, `noise`, `seed` and `factors`, as in `optim_viz.outside.loop.run`.

    Returns:
        The run.

    Raises:
        Refused: it cannot run; the message says why.
    """
    kind = rule.kind or load(rule.name)
    from optim_viz.outside.loop import run

    arguments = {**as_given(rule.arguments.rest, values), **rule.options}
    return run(kind, arguments, surface, start, steps, name=rule.name, **seen)


def _find(what: object) -> OutsideRule | None:
    if isinstance(what, type):
        return of_kind(what) if is_class(what) else None
    return get(what) if isinstance(what, str) and is_name(what) else None


look_further(_find)
