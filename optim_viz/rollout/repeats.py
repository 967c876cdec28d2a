"""A function of arrays whose calls of NumPy are recorded once, and then repeated without taking new memory.

The same calls in the same order give the same bits. They write into arrays that are taken once and begin where a line
of the cache does: NumPy's own begin at any multiple of 16 bytes, and to add those takes up to twice as long.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from types import CodeType
from typing import Any, Final, NamedTuple

import numpy as np

from optim_viz.rollout.recording import Call, Guard, Node, Recording, Step, Unrecordable, Value, watched
from optim_viz.trajectory import Array

_LINE: Final = 64
_MOST: Final = 8
"""Ways that a function may go by the number of the step, before it is called as it is."""


def aligned(shape: tuple[int, ...]) -> Array:
    """Return an array of float64, not filled, that begins where a line of the cache does."""
    size = int(np.prod(shape)) * 8
    raw = np.empty(size + _LINE, dtype=np.uint8)
    first = -raw.ctypes.data % _LINE
    return raw[first : first + size].view(np.float64).reshape(shape)


class _Program(NamedTuple):
    """One way that a function goes."""

    shapes: tuple[tuple[int, ...], ...]  # of what goes in
    guards: tuple[Guard, ...]
    work: Callable[..., None]

    def fits(self, step: int, arrays: Sequence[Array]) -> bool:
        """Tell whether the function makes these calls at a step."""
        for how, other, found in self.guards:
            if how(step, other) is not found:
                return False
        return tuple([array.shape for array in arrays]) == self.shapes


class Repeats:
    """Calls a function, and from its second call on repeats what it did.

    Args:
        function: (t, settings, *arrays) -> arrays, each of the shape of the first that is given. Pure.
        settings: what it is given at every step: arrays, tables by t, bools, NamedTuples of them.

    Attributes:
        recorded: False once the function turned out to be of the kind that is called as it is.
    """

    def __init__(self, function: Callable[..., Sequence[Any]], settings: Any = None) -> None:
        self.recorded = True
        self._function, self._settings = function, settings
        self._programs: list[_Program] = []
        self._results: list[Array] = []

    def __call__(self, step: int, *arrays: Array) -> Iterable[Array]:
        """Return what the function does; where `recorded`, in one array that the call after the next writes over."""
        if not self.recorded:
            return self._function(step, self._settings, *arrays)
        for program in self._programs:
            if program.fits(step, arrays):
                break
        else:
            try:
                program = self._record(step, arrays)
            except (Unrecordable, TypeError, AttributeError):  # what else is wrong, the function itself will say
                self.recorded = False
                return self._function(step, self._settings, *arrays)
        self._results.reverse()
        program.work(step, arrays, self._results[0])
        return self._results[0]

    def _record(self, step: int, arrays: Sequence[Array]) -> _Program:
        if len(self._programs) == _MOST:
            raise Unrecordable("too many ways")
        tape = Recording(len(arrays))
        values = [Value(tape, Node(place), array) for place, array in enumerate(arrays)]
        found = self._function(Step(tape, step), watched(tape, self._settings), *values)
        outputs = [each.operand if isinstance(each, Value) else np.asarray(each) for each in found]
        if not self._results:
            self._results = [aligned((len(outputs), *arrays[0].shape)) for _ in range(2)]
        work = _Writer(tape, outputs, arrays[0].shape).work()
        made = _Program(tuple(array.shape for array in arrays), tuple(tape.guards), work)
        self._programs.append(made)
        return made


class _Writer:
    """Writes recorded calls as a function of Python, one line each, and says which array each line writes into."""

    def __init__(self, tape: Recording, outputs: Sequence[Any], shape: tuple[int, ...]) -> None:
        self._inputs, self._shape = tape.inputs, shape
        self._space: dict[str, Any] = {"copy": np.copyto}
        self._names = {place: f"i{place}" for place in range(tape.inputs)}
        self._free: list[str] = []
        self._lines: list[str] = []
        calls = self._needed(tape.calls, outputs)
        self._readers = Counter(
            each.number for call in calls.values() for each in call.operands if isinstance(each, Node)
        )
        kept = {call.operands[0].number for call in calls.values() if call.view and isinstance(call.operands[0], Node)}
        self._readers.update(dict.fromkeys(kept, 1))  # what a view looks at is not written over
        wanted: dict[int, int] = {}
        for place, each in enumerate(outputs):
            if isinstance(each, Node) and each.number in calls:
                wanted.setdefault(each.number, place)
        for number, call in calls.items():
            self._write(number, call, wanted.get(number))
        for place, each in enumerate(outputs):
            if not isinstance(each, Node) or self._names[each.number] != f"o{place}":
                self._lines.append(f"copy(o{place}, {self._name(each)})")
        self._outputs = len(outputs)

    def _needed(self, calls: Sequence[Call], outputs: Sequence[Any]) -> dict[int, Call]:
        """Return the calls that the outputs need, by number, in order."""
        wanted = {each.number for each in outputs if isinstance(each, Node)}
        found: dict[int, Call] = {}
        for place in reversed(range(len(calls))):
            if self._inputs + place in wanted:
                found[self._inputs + place] = calls[place]
                wanted.update(each.number for each in calls[place].operands if isinstance(each, Node))
        return dict(sorted(found.items()))

    def _name(self, operand: Any) -> str:
        """Return how a line reads an operand."""
        if isinstance(operand, Node):
            return self._names[operand.number]
        if isinstance(operand, Step):
            return "t"
        name = f"k{len(self._space)}"
        self._space[name] = operand
        return name

    def _write(self, number: int, call: Call, output: int | None) -> None:
        """Write one call, and give back the arrays that nobody reads any more."""
        read = ", ".join(self._name(each) for each in call.operands)
        for each in call.operands:
            if isinstance(each, Node):
                self._readers[each.number] -= 1
                name = self._names[each.number]
                if not self._readers[each.number] and name.startswith("b"):
                    self._free.append(name)
        function = self._name(call.function)
        ours = isinstance(call.function, np.ufunc) and call.result.dtype == np.float64
        if not ours or call.result.shape != self._shape:
            self._names[number] = f"v{number}"
            self._lines.append(f"v{number} = {function}({read})")
            return
        self._names[number] = self._array() if output is None else f"o{output}"
        self._lines.append(f"{function}({read}, out={self._names[number]})")

    def _array(self) -> str:
        """Return an array to write into."""
        if self._free:
            return self._free.pop()
        name = f"b{len(self._space)}"
        self._space[name] = aligned(self._shape)
        return name

    def work(self) -> Callable[..., None]:
        """Return the function: (t, arrays that go in, arrays that come out)."""
        given = "".join(f"i{place}, " for place in range(self._inputs))
        results = "".join(f"o{place}, " for place in range(self._outputs))
        lines = "\n    ".join([f"{given}= inputs", f"{results}= outputs", *self._lines])
        exec(_compiled(f"def work(t, inputs, outputs):\n    {lines}"), self._space)  # noqa: S102 - these names, no other
        return self._space["work"]


@lru_cache(maxsize=256)
def _compiled(text: str) -> CodeType:
    return compile(text, "<recorded step>", "exec")
