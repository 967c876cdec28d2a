"""Values that write down what is done with them, so that a step's calls of NumPy can be made again at the next.

What cannot be written down is refused: whatever looks at a value to decide what to do next, or asks more of an array
than arithmetic.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, cast

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from optim_viz.trajectory import Array

_VIEWS: Final[dict[Any, bool]] = {np.where: False, np.clip: False, np.broadcast_to: True}
"""Functions besides ufuncs that are recorded, and whether what they return is a view."""
_FILLED: Final = (np.empty_like, np.zeros_like, np.ones_like, np.full_like)


class Unrecordable(Exception):
    """The calls that a function makes do not tell what it does at another step."""


class Node(NamedTuple):
    """An operand that differs from step to step: an input by its place, or a call's result, numbered after those."""

    number: int


class Call(NamedTuple):
    """One call.

    Attributes:
        function: what is called.
        operands: nodes, and constants as they are.
        result: what it returned while it was recorded.
        view: it returned a view of its first operand.
    """

    function: Any
    operands: tuple[Any, ...]
    result: Any
    view: bool = False


Guard = tuple[Callable[[Any, Any], bool], Any, bool]
"""A comparison of the step with a number, and how it came out: where it comes out otherwise, other calls are made."""


class Recording:
    """The calls of one step.

    Attributes:
        inputs: how many arrays go in.
        calls: in their order.
        guards: what was asked about the step.
    """

    def __init__(self, inputs: int) -> None:
        self.inputs = inputs
        self.calls: list[Call] = []
        self.guards: list[Guard] = []

    def call(self, function: Any, given: Sequence[Any], *, view: bool = False) -> Value:
        """Make a call and write it down; what does not depend on the inputs is worked out for good."""
        if any(isinstance(each, Step | Table) for each in given):
            raise Unrecordable("a number that follows from the step")
        operands = tuple(each.operand if isinstance(each, Value) else each for each in given)
        result = function(*(each.result if isinstance(each, Value) else each for each in given))
        if not any(isinstance(each, Node) for each in operands):
            return Value(self, result, result)
        same = _unchanged(function, operands)
        if same is not None and given[same].shape == result.shape:
            return Value(self, operands[same], given[same].result, shared=given[same].shared)
        return self.add(Call(function, operands, result, view))

    def add(self, call: Call) -> Value:
        """Write a call down."""
        self.calls.append(call)
        return Value(self, Node(self.inputs + len(self.calls) - 1), call.result, shared=call.view)


def _unchanged(function: Any, operands: Sequence[Any]) -> int | None:
    """Return which operand a call by ones leaves as it is, bit for bit."""
    if function is not np.multiply and function is not np.divide:
        return None
    first, second = operands
    if isinstance(first, Node) and not isinstance(second, Node) and np.all(second == 1.0):
        return 0
    if function is np.multiply and isinstance(second, Node) and not isinstance(first, Node) and np.all(first == 1.0):
        return 1
    return None


class Value(NDArrayOperatorsMixin):
    """An array of a step that is being recorded.

    Attributes:
        operand: the node that it is, or the array itself where it stays the same at every step.
        result: the array.
        shared: another value looks at the same memory, so that neither may be written over.
    """

    def __init__(self, recording: Recording, operand: Any, result: Any, *, shared: bool = False) -> None:
        self._recording, self.operand, self.result, self.shared = recording, operand, result, shared

    @property
    def shape(self) -> tuple[int, ...]:
        """That of the array."""
        return self.result.shape

    @property
    def ndim(self) -> int:
        """That of the array."""
        return self.result.ndim

    @property
    def size(self) -> int:
        """That of the array."""
        return self.result.size

    def copy(self) -> Value:
        """Return the same numbers as a value of its own."""
        return Value(self._recording, self.operand, self.result)

    def astype(self, dtype: type) -> Value:
        """Return the numbers as another type."""
        return self._recording.call(np.array, (self, dtype))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *given: Any, out: Any = None, **options: Any) -> Value:
        """Record a ufunc's call; one that writes over a value makes it another one from here on."""
        if method != "__call__" or options or ufunc.nout != 1:
            raise Unrecordable(f"{ufunc.__name__}.{method}")
        found = self._recording.call(ufunc, given)
        if out is None:
            return found
        (target,) = out
        if not isinstance(target, Value) or target.shared or target.shape != found.shape:
            raise Unrecordable("an array is written over that is none of the step's own")
        target.operand, target.result = found.operand, found.result
        return target

    def __array_function__(self, function: Any, types: Any, given: tuple[Any, ...], options: dict[str, Any]) -> Value:
        """Record the call of one of a few other functions."""
        del types
        if options or (function not in _FILLED and function not in _VIEWS):
            raise Unrecordable(function.__name__)
        if function in _FILLED:
            made = function(*(each.result if isinstance(each, Value) else each for each in given))
            return Value(self._recording, made, made)
        self.shared |= _VIEWS[function]
        return self._recording.call(function, given, view=_VIEWS[function])

    def __getitem__(self, place: Any) -> Value:
        """Take a part: a view."""
        if place == ():
            return self
        self.shared = True
        return self._recording.call(operator.getitem, (self, place), view=True)

    def __bool__(self) -> bool:
        """Refuse: the next step's value may be another one."""
        raise Unrecordable("a decision that depends on a value")


class Step:
    """The number of the step while one is recorded: it can be compared, and be looked up in tables."""

    def __init__(self, recording: Recording, number: int) -> None:
        self._recording, self.number = recording, number

    def _is(self, how: Callable[[Any, Any], bool], other: object) -> bool:
        if not isinstance(other, int | float):
            raise Unrecordable("the step is compared with what is no number")
        found = how(self.number, other)
        self._recording.guards.append((how, other, found))
        return found

    def __eq__(self, other: object) -> bool:
        return self._is(operator.eq, other)

    def __ne__(self, other: object) -> bool:
        return self._is(operator.ne, other)

    def __lt__(self, other: object) -> bool:
        return self._is(operator.lt, other)

    def __le__(self, other: object) -> bool:
        return self._is(operator.le, other)

    def __gt__(self, other: object) -> bool:
        return self._is(operator.gt, other)

    def __ge__(self, other: object) -> bool:
        return self._is(operator.ge, other)

    __hash__ = object.__hash__


class Table:
    """What a rule works out in advance for each step."""

    def __init__(self, recording: Recording, rows: Sequence[Array]) -> None:
        self._recording, self._rows = recording, rows

    def __getitem__(self, step: object) -> Value:
        """Look the step's own row up; any other would be told by its number alone."""
        if not isinstance(step, Step):
            raise Unrecordable("a row of another step")
        row = self._rows[step.number]
        if isinstance(self._rows, list) and all(each is row for each in self._rows):
            return Value(self._recording, row, row)
        return self._recording.add(Call(operator.getitem, (self._rows, step), row))


def watched(recording: Recording, settings: Any) -> Any:
    """Return a rule's settings with values and tables in place of arrays and sequences of them."""
    if isinstance(settings, np.ndarray):
        return Value(recording, settings, settings)
    if isinstance(settings, tuple):
        group = cast("tuple[Any, ...]", settings)
        parts = [watched(recording, each) for each in group]
        return type(group)(*parts) if hasattr(group, "_fields") else tuple(parts)
    if settings is None or isinstance(settings, bool | int | float | str):
        return settings
    if isinstance(settings, Sequence):
        return Table(recording, cast("Sequence[Array]", settings))
    raise Unrecordable(type(settings).__name__)
