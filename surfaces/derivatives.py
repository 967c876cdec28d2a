r"""Derivatives of a graph, as more of the same graph.

:func:`gradient` goes backward through a formula (reverse mode: few operations), :func:`tangents` forward; each makes a
few nodes for each node, so loss, gradient and Hessian together are linear in the size of the formula.

Where a derivative does not exist:

- ``abs``, ``max``, ``min`` and ``hypot`` have kinks. At one, their slopes are those of the piece that is met when the
  point is left along a direction (dx, dy): the sign of u is the sign of its change, the larger of two equal values is
  the one that grows faster. So all kinks of a formula agree on one piece, and what comes out is a limit of gradients
  at points nearby. :mod:`surfaces.kinks` takes the mean of two opposite ones. (Khan and Barton, Evaluating an
  element of the Clarke generalized Jacobian of a composite piecewise differentiable function, TOMS 39 (2013).)
- A factor 0 makes a product 0 even where the other is infinite: ``sqrt(max(x, 0))`` does not change where x < 0, and
  ``(x**2)**0.75`` has slope 0 at 0.
- ``sign``, ``floor`` and ``ceil`` have slope 0, ``where`` that of the value it picks.
"""

import math
from collections.abc import Callable, Sequence

from .functions import COMPARISONS, LOGIC
from .graph import Graph, Node, reachable

Partials = Callable[[Graph, Node], Sequence[Node]]


def _of_one(slope: Callable[[Graph, Node, Node], Node]) -> Partials:
    """The rule of a function of one value, from its slope given (graph, u, f(u))."""
    return lambda graph, node: (slope(graph, node.arguments[0], node),)


def _reciprocal_of_one_plus(graph: Graph, u: Node) -> Node:
    return graph.quotient(graph.one, graph.node("+", graph.one, u))


def _tanh(graph: Graph, u: Node, node: Node) -> Node:
    """1/cosh(u)**2, which keeps its digits where 1 - tanh(u)**2 loses them."""
    del node
    return graph.power(graph.quotient(graph.one, graph.node("cosh", u)), 2)


def _erf(graph: Graph, u: Node, node: Node) -> Node:
    del node
    bell = graph.node("exp", graph.node("negative", graph.power(u, 2)))
    return graph.product(graph.constant(2.0 / math.sqrt(math.pi)), bell)


def _product(graph: Graph, node: Node) -> Sequence[Node]:
    u, v = node.arguments
    return v, u


def _quotient(graph: Graph, node: Node) -> Sequence[Node]:
    _, v = node.arguments
    return graph.quotient(graph.one, v), graph.negative(graph.quotient(node, v))


def _power(graph: Graph, node: Node) -> Sequence[Node]:
    u, exponent = node.arguments
    n = int(exponent.value or 0)
    return graph.product(graph.constant(n), graph.power(u, n - 1)), graph.zero


def _real_power(graph: Graph, node: Node) -> Sequence[Node]:
    u, v = node.arguments
    slope = graph.product(v, graph.node("**", u, graph.node("-", v, graph.one)))
    # The logarithm of a constant base of 0 is no formula's own, so it is not refused.
    return slope, graph.zero if v.value is not None else graph.product(node, graph.node("log", u))


def _atan2(graph: Graph, node: Node) -> Sequence[Node]:
    u, v = node.arguments
    h = graph.node("hypot", u, v)
    return graph.quotient(graph.quotient(v, h), h), graph.negative(graph.quotient(graph.quotient(u, h), h))


def _logaddexp(graph: Graph, node: Node) -> Sequence[Node]:
    u, v = node.arguments
    return graph.node("logistic", graph.node("-", u, v)), graph.node("logistic", graph.node("-", v, u))


def _logistic(graph: Graph, u: Node, node: Node) -> Node:
    """1 - logistic(u) loses its digits; logistic(-u) keeps them."""
    return graph.product(node, graph.node("logistic", graph.node("negative", u)))


def _abs(graph: Graph, node: Node) -> Sequence[Node]:
    (u,) = node.arguments
    return (graph.node("side", u, node, direction(graph, u)),)


def _hypot(graph: Graph, node: Node) -> Sequence[Node]:
    u, v = node.arguments
    du, dv = direction(graph, u), direction(graph, v)
    dh = graph.node("hypot", du, dv)
    return graph.node("share", u, node, du, dh), graph.node("share", v, node, dv, dh)


def _share(graph: Graph, node: Node) -> Sequence[Node]:
    """Of u/h; beside the tip it is a plain quotient."""
    _, h, *rest = node.arguments
    return graph.quotient(graph.one, h), graph.negative(graph.quotient(node, h)), *(graph.zero for _ in rest)


def _larger(graph: Graph, u: Node, v: Node) -> Node:
    """1 where u is the larger, 0 where v is."""
    return graph.node("step", u, v, direction(graph, u), direction(graph, v))


def _max(graph: Graph, node: Node) -> Sequence[Node]:
    first = _larger(graph, *node.arguments)
    return first, graph.node("-", graph.one, first)


def _min(graph: Graph, node: Node) -> Sequence[Node]:
    second = _larger(graph, *node.arguments)
    return graph.node("-", graph.one, second), second


def _where(graph: Graph, node: Node) -> Sequence[Node]:
    condition = node.arguments[0]
    picks = [graph.node("where", condition, *pair) for pair in ((graph.one, graph.zero), (graph.zero, graph.one))]
    return graph.zero, *picks


def _flat(graph: Graph, node: Node) -> Sequence[Node]:
    return [graph.zero] * len(node.arguments)


_FLAT = ("sign", "floor", "ceil", "side", "step", *COMPARISONS, *LOGIC)  # constant but for jumps
_RULES: dict[str, Partials] = {
    "negative": lambda graph, node: (graph.constant(-1.0),),
    "+": lambda graph, node: (graph.one, graph.one),
    "-": lambda graph, node: (graph.one, graph.constant(-1.0)),
    "*": _product,
    "chain": _product,
    "/": _quotient,
    "ratio": _quotient,
    "power": _power,
    "**": _real_power,
    "sin": _of_one(lambda graph, u, node: graph.node("cos", u)),
    "cos": _of_one(lambda graph, u, node: graph.negative(graph.node("sin", u))),
    "tan": _of_one(lambda graph, u, node: graph.node("+", graph.one, graph.power(node, 2))),
    "exp": _of_one(lambda graph, u, node: node),
    "log": _of_one(lambda graph, u, node: graph.quotient(graph.one, u)),
    "sqrt": _of_one(lambda graph, u, node: graph.quotient(graph.constant(0.5), node)),
    "tanh": _of_one(_tanh),
    "atan": _of_one(lambda graph, u, node: _reciprocal_of_one_plus(graph, graph.power(u, 2))),
    "atan2": _atan2,
    "sinh": _of_one(lambda graph, u, node: graph.node("cosh", u)),
    "cosh": _of_one(lambda graph, u, node: graph.node("sinh", u)),
    "erf": _of_one(_erf),
    "log1p": _of_one(lambda graph, u, node: _reciprocal_of_one_plus(graph, u)),
    "logaddexp": _logaddexp,
    "logistic": _of_one(_logistic),
    "logcosh": _of_one(lambda graph, u, node: graph.node("tanh", u)),
    "abs": _abs,
    "hypot": _hypot,
    "share": _share,
    "max": _max,
    "min": _min,
    "where": _where,
    **dict.fromkeys(_FLAT, _flat),
}


def gradient(graph: Graph, output: Node) -> tuple[Node, Node]:
    """The two partial derivatives of a node, in reverse mode.

    Args:
        graph: Where to add them.
        output: What to differentiate.

    Returns:
        Its derivatives along x and y.
    """
    if output.value is not None and math.isnan(output.value):
        return output, output
    slopes: dict[int, Node] = {output.number: graph.one}
    for node in reversed(_varying(output)):
        slope = slopes.get(node.number)
        if slope is None or not node.arguments:
            continue
        for argument, partial in zip(node.arguments, _RULES[node.operator](graph, node), strict=True):
            part = graph.product(slope, partial)
            if argument.value is None and part.value != 0.0:
                slopes[argument.number] = graph.plus(slopes.get(argument.number), part)
    return slopes.get(graph.x.number, graph.zero), slopes.get(graph.y.number, graph.zero)


def tangents(graph: Graph, outputs: Sequence[Node], along: tuple[Node, Node], known: dict[int, Node]) -> list[Node]:
    """The derivatives of nodes along a direction, in forward mode.

    Args:
        graph: Where to add them.
        outputs: What to differentiate.
        along: The direction.
        known: Tangents along the same direction that were worked out before; added to.

    Returns:
        One derivative for each output.
    """
    known.setdefault(graph.x.number, along[0])
    known.setdefault(graph.y.number, along[1])

    def moves(node: Node) -> tuple[Node, ...]:
        if node.number in known or node.operator in _FLAT:
            return ()
        return node.arguments[:2] if node.operator == "share" else node.arguments

    for node in reachable(outputs, moves):
        if node.number in known:
            continue
        total: Node | None = None
        moving = [known.get(argument.number, graph.zero) for argument in node.arguments]
        if any(tangent.value != 0.0 for tangent in moving):
            for tangent, partial in zip(moving, _RULES[node.operator](graph, node), strict=True):
                if tangent.value != 0.0:
                    total = graph.plus(total, graph.product(partial, tangent))
        known[node.number] = graph.zero if total is None else total
    return [known[output.number] for output in outputs]


def direction(graph: Graph, node: Node) -> Node:
    """How a node changes along the direction (dx, dy) in which a kink is left."""
    along = graph.variable("dx"), graph.variable("dy")
    return tangents(graph, [node], along, graph.directions)[0]


def _varying(output: Node) -> list[Node]:
    return [node for node in reachable([output]) if node.value is None]
