"""From a formula's tree to its graph, written so that it does not overflow on the way to a finite value.

``log(1 + exp(x))`` is 800 at x = 800, but exp(800) is infinite in float64. So what is positive because exponentials
made it so is carried by its logarithm: with L(exp(u)) = u, L(p + q) = logaddexp(L(p), L(q)), L(p*q) = L(p) + L(q),

    log(p) = L(p)        a/p = a exp(-L(p))        p**c = exp(c L(p))        (p of this kind, a anything)

and where a is made of exponentials too, it is divided part by part: exp(x)/(1 + exp(x)) = exp(x - L) = logistic(x).

Squares lose half of the range and, under a root, the slope at the tip: ``sqrt(x**2 + y**2)`` is read as hypot(x, y),
``sqrt(x**2)`` as abs(x), and ``(x**2)**0.75`` as abs(x)**1.5, which are the same real functions.
"""

import math
from collections.abc import Sequence
from functools import reduce

from .functions import COMPARISONS, LOGIC, VARIABLES
from .graph import Graph, Node
from .term import Term, fold


def build(graph: Graph, term: Term) -> Node:
    """Adds a formula to a graph.

    Args:
        graph: Where to add it.
        term: The formula.

    Returns:
        Its node; the constant NaN where a part of it is not a real number whatever x and y are.
    """
    return fold(term, _Builder(graph).join)


_MOST_WHOLE = (
    128  # of a power by repeated squaring; what is typed has at most 64, what follows from constants may be more
)
_HOLDS_NAN = {"where", *COMPARISONS, *LOGIC}  # what can be a number though a part of it is none


class _Builder:
    """Makes one formula's nodes."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._logarithms: dict[int, Node | None] = {}

    def join(self, term: Term, parts: Sequence[Node]) -> Node:
        """The node of one term, made from those of its arguments, and L of it, so that no later call goes deep."""
        made = self._join(term, parts)
        self._logarithm(made)
        return made

    def _join(self, term: Term, parts: Sequence[Node]) -> Node:
        graph, operator = self._graph, term.operator
        if term.value is not None:
            return graph.constant(term.value)
        if operator in VARIABLES:
            return graph.x if operator == "x" else graph.y
        if operator not in _HOLDS_NAN and any(part.value is not None and math.isnan(part.value) for part in parts):
            return graph.constant(math.nan)
        match operator, parts:
            case "/", (u, v):
                return self._quotient(u, v)
            case "*", (Node(operator="exp", arguments=(u,)), Node(operator="exp", arguments=(v,))):
                return graph.node("exp", graph.node("+", u, v))
            case "**", (u, v):
                return self._power(u, v)
            case "sqrt", (u,):
                return self._root(u)
            case "log", (u,):
                return self._logarithm(u) or graph.node("log", u)
            case "log1p", (u,):
                logarithm = self._logarithm(u)
                return graph.node("log1p", u) if logarithm is None else graph.node("logaddexp", graph.zero, logarithm)
            case (("min" | "max" | "hypot"), _):
                return reduce(lambda u, v: graph.node(operator, u, v), parts)
            case _:
                return graph.node(operator, *parts)

    def _power(self, base: Node, exponent: Node) -> Node:
        graph = self._graph
        if base.value == math.e:
            return graph.node("exp", exponent)
        if exponent.value is None:
            return graph.node("**", base, exponent)
        value = exponent.value
        if value.is_integer() and abs(value) <= _MOST_WHOLE:
            whole = graph.power(base, abs(int(value)))
            return whole if value >= 0 else self._quotient(graph.one, whole)
        return self._root(base) if value == 0.5 else self._real_power(base, value)

    def _real_power(self, base: Node, exponent: float) -> Node:
        """A power with a constant exponent that is not whole."""
        graph = self._graph
        logarithm = self._logarithm(base)
        if logarithm is not None:
            return graph.node("exp", graph.node("*", graph.constant(exponent), logarithm))
        length = self._length(base)
        if length is not None:
            return self._power(length, graph.constant(2.0 * exponent))
        return graph.node("**", base, graph.constant(exponent))

    def _root(self, u: Node) -> Node:
        graph = self._graph
        logarithm = self._logarithm(u)
        if logarithm is not None:
            return graph.node("exp", graph.node("*", graph.constant(0.5), logarithm))
        return self._length(u) or graph.node("sqrt", u)

    def _length(self, u: Node) -> Node | None:
        """The square root of a sum of squares, as a length; None for anything else."""
        found = self._squares(u)
        if found is None:
            return None
        scale, roots = found
        graph = self._graph
        first = graph.node("abs", roots[0]) if len(roots) == 1 else roots[0]
        length = reduce(lambda p, q: graph.node("hypot", p, q), roots[1:], first)
        return length if scale == 1.0 else graph.node("*", graph.constant(scale), length)

    def _squares(self, u: Node) -> tuple[float, list[Node]] | None:
        """A node as scale**2 * (r1**2 + r2**2 + ...): the scale and the roots."""
        graph = self._graph
        graph.step()
        match u:
            case Node(operator="power", arguments=(base, exponent)) if not (exponent.value or 1) % 2:
                return 1.0, [graph.power(base, int(exponent.value or 0) // 2)]
            case Node(operator="*", arguments=(p, q)) if p is q:
                return 1.0, [p]
            case Node(operator="*", arguments=(p, q)) if p.value is not None and 0.0 < p.value < math.inf:
                return self._scaled_squares(q, p.value)
            case Node(operator="*", arguments=(p, q)) if q.value is not None and 0.0 < q.value < math.inf:
                return self._scaled_squares(p, q.value)
            case Node(operator="/", arguments=(p, q)) if q.value is not None and 1e-300 < q.value < 1e300:
                return self._scaled_squares(p, 1.0 / q.value)
            case Node(operator="+", arguments=(p, q)):
                left, right = self._squares(p), self._squares(q)
                if left is None or right is None:
                    return None
                return 1.0, [*self._stretched(left), *self._stretched(right)]
            case _:
                return None

    def _scaled_squares(self, u: Node, factor: float) -> tuple[float, list[Node]] | None:
        found = self._squares(u)
        return None if found is None else (found[0] * math.sqrt(factor), found[1])

    def _stretched(self, found: tuple[float, list[Node]]) -> list[Node]:
        """The roots with the scale inside."""
        scale, roots = found
        graph = self._graph
        return roots if scale == 1.0 else [graph.node("*", graph.constant(scale), root) for root in roots]

    def _quotient(self, u: Node, v: Node) -> Node:
        if v.operator == "**" and v.arguments[0].value is not None:  # 2**-3 is exact, exp(-3 log(2)) is not
            base, exponent = v.arguments
            inverse = self._graph.node("**", base, self._graph.node("negative", exponent))
            return inverse if u.value == 1.0 else self._graph.node("*", u, inverse)
        logarithm = self._logarithm(v)
        return self._graph.node("/", u, v) if logarithm is None else self._over_exponential(u, logarithm)

    def _over_exponential(self, u: Node, power: Node) -> Node:
        """``u / exp(power)``, divided where u has exponentials of its own."""
        graph = self._graph
        graph.step()
        logarithm = graph.zero if u.value == 1.0 else self._logarithm(u)
        if logarithm is not None:
            return self._exponential(logarithm, power)
        match u:
            case Node(operator=("+" | "-") as sign, arguments=(p, q)) if self._has_logarithm(p, q):
                return graph.node(sign, self._over_exponential(p, power), self._over_exponential(q, power))
            case Node(operator="negative", arguments=(p,)):
                return graph.node("negative", self._over_exponential(p, power))
            case Node(operator="*", arguments=(p, q)) if self._has_logarithm(p):
                return graph.node("*", self._over_exponential(p, power), q)
            case Node(operator="*", arguments=(p, q)) if self._has_logarithm(q):
                return graph.node("*", p, self._over_exponential(q, power))
            case _:
                return graph.node("*", u, self._exponential(graph.zero, power))

    def _exponential(self, u: Node, v: Node) -> Node:
        """``exp(u - v)``; where v is log(exp(u) + exp(w)), the logistic function of u - w, which loses no digits."""
        graph = self._graph
        if v.operator == "logaddexp" and u in v.arguments:
            return graph.node("logistic", graph.node("-", u, v.arguments[v.arguments[0] is u]))
        difference = graph.node("-", u, v) if u.value != 0.0 else graph.node("negative", v)
        return graph.node("exp", difference)

    def _has_logarithm(self, *nodes: Node) -> bool:
        return any(self._logarithm(node) is not None for node in nodes)

    def _logarithm(self, u: Node) -> Node | None:
        """L(u), where u is positive because exponentials made it so; None for anything else, constants included."""
        if u.number not in self._logarithms:
            self._logarithms[u.number] = self._new_logarithm(u)
        return self._logarithms[u.number]

    def _new_logarithm(self, u: Node) -> Node | None:
        graph = self._graph
        match u:
            case Node(operator="exp", arguments=(power,)):
                return power
            case Node(operator="logistic", arguments=(v,)):
                return graph.node("negative", graph.node("logaddexp", graph.zero, graph.node("negative", v)))
            case Node(operator="cosh", arguments=(v,)):
                return graph.node("logcosh", v)
            case Node(operator="+" | "*", arguments=(p, q)):
                left, right = self._positive(p), self._positive(q)
                if left is None or right is None or not self._has_logarithm(p, q):
                    return None
                return graph.node("logaddexp" if u.operator == "+" else "+", left, right)
            case Node(operator="/", arguments=(p, q)) if self._has_logarithm(p) and q.value is not None:
                divisor, dividend = self._positive(q), self._positive(p)
                return None if divisor is None or dividend is None else graph.node("-", dividend, divisor)
            case Node(operator="power", arguments=(base, exponent)) if self._has_logarithm(base):
                return graph.node("*", exponent, self._positive(base) or graph.zero)
            case Node(operator="**", arguments=(base, exponent)) if base.value is not None and base.value > 0.0:
                return graph.node("*", exponent, graph.constant(math.log(base.value)))
            case _:
                return None

    def _positive(self, u: Node) -> Node | None:
        """The logarithm of what is positive: exponentials and positive constants."""
        if u.value is not None:
            return self._graph.constant(math.log(u.value)) if 0.0 < u.value < math.inf else None
        return self._logarithm(u)
