"""The contract of a schedule: what the learning rate is multiplied by at each step, and what that depends on.

A step counts from 1, as in an update rule. torch.optim.lr_scheduler counts from 0: the rate of step t is the one that
stands in the optimizer after t - 1 calls of the scheduler's `step`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optim_viz.surfaces import hint, shown

Array = NDArray[np.float64]
Values = Mapping[str, float]


@dataclass(frozen=True)
class Parameter:
    """One number of a schedule.

    Attributes:
        name: torch's name for it, where torch has it.
        symbol: how the formula writes it.
        default: the value where none is given.
        low: smallest value allowed.
        high: largest value allowed.
        help: one sentence: what it does.
        whole: only whole numbers are allowed.
    """

    name: str
    symbol: str
    default: float
    low: float
    high: float
    help: str
    whole: bool = False

    def check(self, value: object) -> float:
        """Return the value as a float.

        Raises:
            ValueError: not a number, outside the range, or not whole where it must be.
        """
        given = np.asarray(value)
        number = float(given) if given.ndim == 0 and given.dtype.kind in "fiu" else np.nan
        if not self.low <= number <= self.high or (self.whole and number != int(number)):
            kind = "a whole number" if self.whole else "a number"
            raise ValueError(f"{self.name} = {shown(value)} is not {kind} from {self.low:g} to {self.high:g}")
        return number


@dataclass(frozen=True, eq=False)
class Schedule:
    """A learning rate over time: the rate of step t is `lr` times `factor(t, steps)`.

    Attributes:
        name: key in links and the Python API.
        title: name on screen.
        rank: place in lists; ties are ordered by name.
        sentence: what it does and what it is for, for a reader.
        latex: the factor f_t, for KaTeX; T is the number of steps.
        source: where it was published or is used.
        parameters: the numbers that it depends on.
        shape: (t as float64 array, steps, value of every parameter) -> the factors, shaped as t.
        torch_twin: name of the class of torch.optim.lr_scheduler that does the same.
        torch_kwargs: (lr, steps, value of every parameter) -> that class's arguments.
        values: the value of every parameter; those not given are at their defaults.

    Raises:
        ValueError: an unknown parameter, or a value outside its range.
    """

    name: str
    title: str
    rank: int
    sentence: str
    latex: str
    source: str
    parameters: tuple[Parameter, ...]
    shape: Callable[[Array, int, Values], Array]
    torch_twin: str
    torch_kwargs: Callable[[float, int, Values], dict[str, Any]]
    values: Values = field(default_factory=dict[str, float])

    def __post_init__(self) -> None:
        """Check the values and complete them."""
        known = {each.name: each for each in self.parameters}
        for name in self.values:
            if name not in known:
                raise ValueError(f"schedule {self.name!r} has no parameter {shown(name)}{hint(name, known, 'it has')}")
        complete = {name: each.check(self.values.get(name, each.default)) for name, each in known.items()}
        object.__setattr__(self, "values", MappingProxyType(complete))

    def factor(self, t: ArrayLike, steps: int) -> Array:
        """Return what `lr` is multiplied by.

        Args:
            t: a step or an array of steps, 1 to `steps`.
            steps: T, the length of the run.

        Returns:
            float64, shaped as t.

        Raises:
            ValueError: a t outside 1 to `steps`.
        """
        times = np.asarray(t, dtype=np.float64)
        if not ((times >= 1) & (times <= steps)).all():
            raise ValueError(f"t = {shown(t)} is not a step from 1 to {steps}")
        return np.asarray(self.shape(times, steps, self.values), dtype=np.float64).reshape(times.shape)

    def factors(self, steps: int) -> Array:
        """Return the factors of all steps: (T,), entry t - 1 belongs to step t."""
        return self.factor(np.arange(1, steps + 1), steps)

    def with_values(self, **values: object) -> Schedule:
        """Return the same schedule with other values.

        Raises:
            ValueError: as for the class.
        """
        return replace(self, values={**self.values, **values})

    def __str__(self) -> str:
        """Return what `schedules.parse` reads back: the name, and the values that are not the defaults."""
        given = [
            f"{each.name}={_number(self.values[each.name])}"
            for each in self.parameters
            if self.values[each.name] != each.default
        ]
        return ":".join([self.name, *given])

    def __eq__(self, other: object) -> bool:
        """Whether name and values are the same."""
        if not isinstance(other, Schedule):
            return NotImplemented
        return (self.name, dict(self.values)) == (other.name, dict(other.values))

    def __hash__(self) -> int:
        """Return a number that equal schedules share."""
        return hash((self.name, tuple(self.values.items())))

    def __repr__(self) -> str:
        """Return one line."""
        given = "".join(f", {name}={value!r}" for name, value in self.values.items())
        return f"<Schedule {self.name}{given}>"

    def __getstate__(self) -> dict[str, Any]:
        """Return what a pickle or a copy holds."""
        return {each.name: getattr(self, each.name) for each in fields(self)} | {"values": dict(self.values)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take it back, read-only again."""
        for name, value in state.items():
            object.__setattr__(self, name, MappingProxyType(value) if name == "values" else value)


def _number(value: float) -> str:
    """Write the shortest text whose float is exactly `value`."""
    return repr(value).removesuffix(".0").replace("+", "")
