"""Expressions as a graph in which equal parts are one node, so that all work on a formula is linear in its size.

A node is made from nodes that exist already, so nodes in the order of their numbers are in order of evaluation. Nothing
is simplified beyond what cannot change a value: parts without x and y are worked out, and 1, 0 and constant factors
are joined in the products of derivatives (:meth:`Graph.product`).

Besides the operators of a formula there are these:

- ``power``, a whole power from 2 on, evaluated by repeated squaring: exact for small integers;
- ``logaddexp``, log(exp(u) + exp(v)) without overflow, ``logistic``, its slope as a function of u - v, and ``logcosh``;
- ``chain`` and ``ratio``, the products and quotients of derivatives, in which a factor 0 wins over infinity and NaN;
- ``side``, ``step`` and ``share``, the derivatives of abs, max and hypot, which at a kink depend on the direction in
  which it is left. They and the two above are worked out by :mod:`surfaces.program`.
"""

import math
import time
from collections.abc import Callable, Iterable

import numpy as np

from .functions import DERIVED, VALUES
from .scan import ExpressionError

_COMMUTATIVE = {"+", "*", "chain", "logaddexp", "hypot"}
# A formula within the bounds of surfaces.expression stays far below all three: 3,300 nodes, 28,000 steps and 0.06 s are
# the most that some thousand random ones took. They hold whatever a rule of differentiation does.
MAX_NODES = 10_000
MAX_STEPS = 200_000  # questions for a node, and parts of terms looked at
MAX_SECONDS = 2.0  # of the processor, for one piece of work on a graph
_SECONDS_EVERY = 256  # steps between two looks at the clock
_TOO_MUCH = "the derivatives of this formula are too large; write it with fewer terms"

_pauses: list[Callable[[], None]] = []


def pause() -> None:
    """Calls what :func:`pause_with` was given."""
    for each in _pauses:
        each()


def pause_with(call: Callable[[], None] | None) -> Callable[[], None] | None:
    """Has long work on formulas call something now and then, such as what lets a server's other threads go first.

    Args:
        call: What is called, after each 256 steps of reading and each block of evaluating; None for nothing.

    Returns:
        What was called before, None for nothing.

    Example:
        >>> import time, surfaces
        >>> before = surfaces.pause_with(lambda: time.sleep(0))
        >>> surfaces.pause_with(before) is before
        False
    """
    before = _pauses[0] if _pauses else None
    _pauses[:] = [] if call is None else [call]
    return before


class Node:
    """One expression.

    Attributes:
        operator: What it is.
        arguments: The nodes it works on.
        value: Its value where it is constant, else None.
        number: Its place in the graph; larger than those of its arguments.
    """

    __slots__ = ("arguments", "number", "operator", "value")

    def __init__(self, operator: str, arguments: tuple["Node", ...], value: float | None, number: int) -> None:
        self.operator = operator
        self.arguments = arguments
        self.value = value
        self.number = number


class Graph:
    """Makes nodes, each only once.

    Attributes:
        x: The first variable.
        y: The second variable.
        zero: The constant 0.
        one: The constant 1.
        factors: By the number of a node ``power``, the two nodes whose product it is.
        directions: By the number of a node, its derivative along (dx, dy); kept by :mod:`surfaces.derivatives`.
    """

    def __init__(self) -> None:
        """Begins with the variables."""
        self._known: dict[tuple[object, ...], Node] = {}
        self.factors: dict[int, tuple[Node, Node]] = {}
        self.directions: dict[int, Node] = {}
        self.begin()
        self.x = self._made("x", ())
        self.y = self._made("y", ())
        self.zero = self.constant(0.0)
        self.one = self.constant(1.0)

    def begin(self) -> None:
        """Begins a piece of work, which has all of the steps and seconds that are allowed."""
        self._steps, self._until = 0, time.thread_time() + MAX_SECONDS

    def step(self) -> None:
        """Counts a step of the work.

        Raises:
            ExpressionError: There were too many, or they took too long.
        """
        self._steps += 1
        now = self._steps % _SECONDS_EVERY == 0
        if now:
            pause()
        late = now and time.thread_time() > self._until
        if late or self._steps > MAX_STEPS:
            raise ExpressionError(_TOO_MUCH, 0)

    def _made(self, operator: str, arguments: tuple[Node, ...], value: float | None = None) -> Node:
        self.step()
        # -0.0 equals 0.0 and NaN nothing, so a constant is known by how it is written.
        key = (operator, repr(value)) if operator == "number" else (operator, *(each.number for each in arguments))
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= MAX_NODES:
                raise ExpressionError(_TOO_MUCH, 0)
            found = self._known[key] = Node(operator, arguments, value, len(self._known))
        return found

    def constant(self, value: float) -> Node:
        """The node of a number."""
        return self._made("number", (), float(value))

    def variable(self, name: str) -> Node:
        """A further variable, such as a direction's coordinate."""
        return self._made(name, ())

    def node(self, operator: str, *arguments: Node) -> Node:
        """An operator or function of nodes, worked out at once when all of them are constant.

        Args:
            operator: One of :data:`surfaces.functions.VALUES`, or one of those named in this module's docstring.
            arguments: What it works on.

        Returns:
            The node; the same one for the same expression.
        """
        if operator == "where" and arguments[0].value is not None:
            return arguments[1] if arguments[0].value else arguments[2]
        if operator in _COMMUTATIVE:
            arguments = tuple(sorted(arguments, key=lambda each: (each.value is None, each.number)))
        if all(each.value is not None for each in arguments):
            value = VALUES.get(operator) or DERIVED[operator]
            with np.errstate(all="ignore"):
                return self.constant(float(value(*(np.float64(each.value) for each in arguments))))
        return self._made(operator, arguments)

    def power(self, base: Node, exponent: int) -> Node:
        """A whole power, from 0 on."""
        if exponent < 2:
            return base if exponent else self.one
        # The two factors that evaluate it, squares of squares and x**5 as x**4 * x, come first in the order.
        half = self.power(base, exponent // 2)
        factors = (self.power(base, exponent - 1), base) if exponent % 2 else (half, half)
        made = self.node("power", base, self.constant(exponent))
        if made.value is None:
            self.factors[made.number] = factors
        return made

    def negative(self, u: Node) -> Node:
        """Minus a derivative."""
        return self.product(self.constant(-1.0), u)

    def plus(self, u: Node | None, v: Node) -> Node:
        """A sum of derivatives."""
        if u is None or u.value == 0.0:
            return v
        if v.value == 0.0:
            return u
        if u is v:
            return self.product(self.constant(2.0), u)
        factor, rest = _split(v)
        if factor == -1.0 and rest is not None:
            return self.node("-", u, rest)
        return self.node("+", u, v)

    def product(self, u: Node, v: Node) -> Node:
        """A product of derivatives: constant factors are joined, and 0 is 0 whatever it multiplies."""
        if u.value == 0.0 or v.value == 0.0:
            return self.zero
        (a, rest), (b, other) = _split(u), _split(v)
        factor = a * b
        if rest is None and other is None:
            return self.constant(factor)
        if not math.isfinite(factor) or factor == 0.0:
            return self.node("chain", u, v)
        core = self.node("chain", rest, other) if rest and other else rest or other or self.one
        if factor == 1.0:
            return core
        return self.node("negative", core) if factor == -1.0 else self.node("*", self.constant(factor), core)

    def quotient(self, u: Node, v: Node) -> Node:
        """A quotient of derivatives: 0 is 0 whatever it is divided by."""
        if u.value == 0.0:
            return self.zero
        if v.value is not None:
            with np.errstate(all="ignore"):
                return self.product(u, self.constant(float(np.float64(1.0) / v.value)))
        factor, rest = _split(u)
        if rest is None or factor == 1.0:
            return self.node("ratio", u, v)
        return self.product(self.constant(factor), self.node("ratio", rest, v))


def _split(node: Node) -> tuple[float, Node | None]:
    """A node as a constant factor and the rest, which is None for a constant."""
    if node.value is not None:
        return node.value, None
    if node.operator == "negative":
        factor, rest = _split(node.arguments[0])
        return -factor, rest
    first = node.arguments[0].value if node.operator == "*" else None
    return (1.0, node) if first is None or not math.isfinite(first) else (first, node.arguments[1])


def reachable(outputs: Iterable[Node], arguments: Callable[[Node], Iterable[Node]] | None = None) -> list[Node]:
    """All nodes that some nodes are made of, in order of evaluation.

    Args:
        outputs: Where to begin.
        arguments: What a node is made of, where that is not all its arguments.

    Returns:
        The nodes, those outputs included, by number.
    """
    found: dict[int, Node] = {}
    waiting = list(outputs)
    while waiting:
        node = waiting.pop()
        if node.number not in found:
            found[node.number] = node
            waiting.extend(node.arguments if arguments is None else arguments(node))
    return [found[number] for number in sorted(found)]
