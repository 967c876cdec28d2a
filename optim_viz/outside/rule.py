"""An optimizer class as an update rule: what lanes, sliders and trajectories need to know of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from zlib import crc32

from optim_viz.outside.arguments import Arguments, hyperparameters, parts_of
from optim_viz.update_rules import Line, UpdateRule
from optim_viz.update_rules.looks import PALETTE

RANK = 1000
FIRST_MOMENTS = ("exp_avg", "momentum_buffer", "momentum", "moments")
SECOND_MOMENTS = ("exp_avg_sq", "square_avg")
"""Names under which torch optimizers keep what plots call the first and the second moment."""
ALSO: Mapping[str, str] = {"exp_avg": "m", "exp_avg_sq": "v"}
"""States that a run has under the name of the papers too."""


def _own_name(also: str) -> str:
    return next(name for name, other in ALSO.items() if other == also)


def _no_step(*_: Any) -> Any:
    raise TypeError("an outside optimizer keeps its own state: run it with optim_viz.rollout")


def _no_lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    del hyperparameters
    return ()


@dataclass(frozen=True)
class OutsideRule(UpdateRule):
    """A torch.optim.Optimizer class, to be run by autograd; its steps are its own, so there is nothing to write out.

    Attributes:
        kind: the class; None where only its name and its signature are known yet.
        arguments: what the class takes.
        options: arguments that no slider sets, as a call in Python gave them.
        package: the package that it comes from.
    """

    kind: type | None = None
    arguments: Arguments = field(default_factory=lambda: Arguments("", ()))
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    package: str = ""

    def with_options(self, given: Mapping[str, object]) -> tuple[OutsideRule, dict[str, object]]:
        """Split what a call gives into options, which the returned rule holds, and hyperparameters."""
        sliders = {each.name for each in self.hyperparameters}
        known = {each.name for each in self.arguments.rest if not parts_of(each)} - sliders
        options = {name: value for name, value in given.items() if name in known}
        if any(isinstance(value, type) for value in options.values()) and self.arguments.further:
            # A class that wraps another hands on to it what it does not know itself.
            options |= {name: value for name, value in given.items() if name not in sliders}
        return replace(self, options={**self.options, **options}), {
            name: value for name, value in given.items() if name not in options
        }

    def first_state(self, params: Any, hyperparameters: Mapping[str, Any]) -> Any:
        """Return no state: what an optimizer starts from stands in no signature."""
        del params, hyperparameters
        return ()

    @property
    def further_states(self) -> tuple[str, ...]:
        """Every state under torch's own name; `ALSO` says which of the others are the same once more."""
        return tuple(name for name in self.states if name not in ALSO.values() or _own_name(name) not in self.states)

    def with_states(self, names: tuple[str, ...], shared: Iterable[str] = ()) -> OutsideRule:
        """Return the rule with the states that a run has found.

        Args:
            names: of all.
            shared: of those that are one number.
        """
        first = tuple(name for name in FIRST_MOMENTS if name in names)[:1]
        second = tuple(name for name in SECOND_MOMENTS if name in names)[:1]
        return replace(self, states=names, first_moment=first, second_moment=second, shared=tuple(shared))


def make(
    name: str,
    title: str,
    arguments: Arguments,
    *,
    kind: type | None = None,
    words: str = "",
    options: Mapping[str, Any] | None = None,
) -> OutsideRule:
    """Return the rule of a class.

    Args:
        name: "package.module:Class".
        title: what lanes are called.
        arguments: what the class takes.
        kind: the class, where it is loaded.
        words: the first sentence of its docstring.
        options: arguments that no slider sets.
    """
    module = name.partition(":")[0]
    return OutsideRule(
        name=name,
        title=title,
        rank=RANK,
        latex=rf"\text{{{_plain(name)}}}",
        source=words or f"The class {title} of {module}.",
        hyperparameters=hyperparameters(arguments.rest),
        states=(),
        symbols={},
        first_moment=(),
        second_moment=(),
        prepare=_no_step,
        init=_no_step,
        update=_no_step,
        lines=_no_lines,
        look=PALETTE[crc32(name.encode()) % len(PALETTE)],
        kind=kind,
        arguments=arguments,
        options=dict(options or {}),
        package=module.partition(".")[0] if not module.startswith("torch.optim") else "torch.optim",
    )


def _plain(name: str) -> str:
    return name.replace("\\", "").replace("_", r"\_").replace("{", "").replace("}", "")
