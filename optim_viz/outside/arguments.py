"""From the signature of an optimizer class to hyperparameters with sliders, ranges and defaults."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple, cast

from optim_viz.update_rules.hyperparameter import (
    BETA1,
    BETA2,
    EPS,
    FRACTION,
    POSITIVE,
    UNIT,
    WEIGHT_DECAY,
    Hyperparameter,
    Interval,
)

USUAL_LR = 0.01
"""The learning rate of a class that has none by default."""

MEANINGS: Mapping[str, Callable[[int, int], int]] = {
    "num_iterations": lambda steps, examples: steps,
    "num_steps": lambda steps, examples: steps,
    "total_steps": lambda steps, examples: steps,
    "max_steps": lambda steps, examples: steps,
    "num_training_steps": lambda steps, examples: steps,
    "num_data": lambda steps, examples: examples,
}
"""Arguments without a default that every run here can give: how many steps there are, of how many examples."""

_ANY = Interval(-math.inf, math.inf, open_low=True, open_high=True)
_HOW = ("foreach", "fused", "capturable", "differentiable", "maximize")
"""Arguments that choose how torch computes a step, or its sign, and not what is to be compared here."""


class Missing:
    """Stands for the default of an argument that has none."""

    def __repr__(self) -> str:
        """Return its name."""
        return "MISSING"


MISSING = Missing()


class Argument(NamedTuple):
    """One argument of a class after the parameters it trains.

    Attributes:
        name: as the class has it.
        default: its default; MISSING where it must be given, None where it is None or no plain value.
        annotation: its type as text, "" where none is given.
    """

    name: str
    default: object
    annotation: str = ""


class Arguments(NamedTuple):
    """What a class takes.

    Attributes:
        first: name of the first argument: what is trained ("params", or "model" where it wants an nn.Module).
        rest: the others, in order.
        further: whether it takes any other name too (**kwargs).
    """

    first: str
    rest: tuple[Argument, ...]
    further: bool = False


def of_class(kind: type) -> Arguments:
    """Read the arguments of a class that is loaded."""
    parameters = list(inspect.signature(cast("Any", kind).__init__).parameters.values())[1:]
    named = [each for each in parameters if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)]
    rest = tuple(
        Argument(each.name, _plain(each.default), "" if each.annotation is each.empty else _text(each.annotation))
        for each in named[1:]
    )
    return Arguments(named[0].name if named else "", rest, any(each.kind is each.VAR_KEYWORD for each in parameters))


def _text(annotation: Any) -> str:
    if isinstance(annotation, str):
        return annotation
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


def _plain(default: object) -> object:
    """Return a default that is a number, a bool, a text, or a tuple of such; None for any other."""
    if default is inspect.Parameter.empty:
        return MISSING
    return default if is_plain(default) else None


def is_plain(value: object) -> bool:
    """Tell whether a value is a number, a bool, a text, or a tuple of such."""
    if isinstance(value, tuple):
        return all(map(is_plain, cast("tuple[object, ...]", value)))
    return isinstance(value, bool | int | float | str)


def parts_of(argument: Argument) -> tuple[str, ...]:
    """Name the numbers of an argument that is a tuple of them: betas are beta1 and beta2; () for any other argument."""
    default = argument.default
    values = cast("tuple[object, ...]", default) if isinstance(default, tuple) else ()
    if not values or not all(isinstance(each, float) for each in values):
        return ()
    stem = argument.name.removesuffix("s") or argument.name
    return tuple(f"{stem}{number}" for number in range(1, len(values) + 1))


def hyperparameters(arguments: Iterable[Argument]) -> tuple[Hyperparameter, ...]:
    """Return what sliders can set: numbers, the numbers of a tuple apart, and switches; the learning rate first.

    Whole numbers (how often, how many) and everything else are options, which only a call in Python sets.
    """
    found: list[Hyperparameter] = []
    for argument in arguments:
        if argument.name in _HOW:
            continue
        names = parts_of(argument)
        defaults = dict(zip(names, cast("tuple[float, ...]", argument.default), strict=True)) if names else {}
        single = _single(argument)
        if single is not None:
            defaults = {argument.name: single}
        taken = {each.name for each in found}
        found += [_slider(name, default) for name, default in defaults.items() if name not in taken]
    return tuple(sorted(found, key=lambda each: (each.name != "lr", not each.primary)))


def _single(argument: Argument) -> float | bool | None:
    """Return the default of an argument that is one number or a switch, None for any other."""
    default = argument.default
    if argument.name == "lr" and not isinstance(default, int | float):
        return USUAL_LR
    if isinstance(default, bool):
        return default
    if isinstance(default, int) and (argument.name in _KNOWN or "float" in argument.annotation):
        return float(default)
    return default if isinstance(default, float) and math.isfinite(default) else None


_LR = Hyperparameter("lr", "η", 1e-3, 1e-4, 10.0, "log", "Learning rate.", POSITIVE, primary=True)
_MOMENTUM = Hyperparameter(
    *("momentum", "μ", 0.9, 0.0, 0.999, "log", "Share of the last step kept in the next.", FRACTION),
    complement=True,
    primary=True,
    meaning="remembers about {memory} steps",
)
_KNOWN: Mapping[str, Hyperparameter] = {
    each.name: each
    for each in (
        replace(_LR, label="learning rate"),
        replace(BETA1, help="First decay rate of the class.", section=""),
        replace(BETA2, help="Second decay rate of the class.", section=""),
        replace(BETA2, name="beta3", symbol="β₃", help="Third decay rate of the class.", section=""),
        _MOMENTUM,
        replace(EPS, section=""),
        replace(WEIGHT_DECAY, help="Weight decay, as the class defines it.", meaning=""),
    )
}


def _slider(name: str, default: float | bool) -> Hyperparameter:
    """Give a number its range: the usual one of its name, or one around its default."""
    if isinstance(default, bool):
        return Hyperparameter(name, name, default, 0, 1, "choice", f"The class's own switch {name}.", UNIT)
    known = _KNOWN.get(name)
    if known is not None and known.allowed.contains(default):
        if known.complement and default <= known.high:
            return replace(known, default=default)
        if not known.complement:
            low = min(known.low, default) if default else known.low
            return replace(
                known, default=default, low=low, high=max(known.high, default), zero=known.zero or not default
            )
    words = f"The class's own number {name}."
    if name.rstrip("0123456789").endswith(("beta", "momentum", "alpha", "rho", "gamma")) and 0 <= default < 1:
        high = max(0.999, default)
        return Hyperparameter(name, name, default, 0.0, high, "log", words, _ANY, complement=True)
    if default > 0:
        return Hyperparameter(name, name, default, default / 1000, default * 1000, "log", words, _ANY)
    if default == 0:
        return Hyperparameter(name, name, default, 1e-5, 1.0, "log", words, _ANY, zero=True)
    return Hyperparameter(name, name, default, 10 * default, -10 * default, "linear", words, _ANY)


def as_given(arguments: Iterable[Argument], values: Mapping[str, float | bool]) -> dict[str, object]:
    """Return the class's own arguments for values of its hyperparameters; those at their defaults are left out."""
    found: dict[str, object] = {}
    for argument in arguments:
        names = parts_of(argument)
        if names:
            before = cast("tuple[float, ...]", argument.default)
            chosen = tuple(values.get(name, old) for name, old in zip(names, before, strict=True))
            if chosen != before:
                found[argument.name] = chosen
        elif argument.name in values and (argument.name == "lr" or values[argument.name] != argument.default):
            found[argument.name] = values[argument.name]
    return found
