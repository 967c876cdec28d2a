"""Compiles a formula's tree: its loss, gradient and Hessian as functions of arrays."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from threading import Lock
from typing import Any

from .derivatives import gradient, tangents
from .graph import Graph, Node, reachable
from .kernels import Kernels
from .kinks import Choice, common_hessian, mean_gradient, mended
from .program import program
from .stable import build
from .term import Term

# Of finite values these make finite ones, or a loss that is not finite either.
_PLAIN = {"number", "x", "y", "+", "-", "*", "negative", "power", "sin", "cos", "erf"}


def compile_formula(term: Term) -> Kernels:
    """Differentiates and compiles a formula.

    Args:
        term: The formula's tree, from :func:`surfaces.expression.read`.

    Returns:
        Its kernels. Where the loss is finite the gradient is the formula's, at a kink the mean that
        :mod:`surfaces.kinks` describes; the Hessian is NaN where the formula has no second derivative. Where the loss
        is NaN whatever x and y are, so are the derivatives.

    Raises:
        ExpressionError: The work is more than :mod:`surfaces.graph` allows for one formula.
    """
    graph = Graph()
    loss = build(graph, term)
    grad = gradient(graph, loss)
    hxx, hxy = tangents(graph, grad, (graph.one, graph.zero), {})
    (hyy,) = tangents(graph, grad[1:], (graph.zero, graph.one), {})
    never = loss.value is not None and loss.value != loss.value
    hessian = (loss, loss, loss) if never else (hxx, hxy, hyy)
    nodes = reachable([loss])
    plain = all(node.operator in _PLAIN or _divides_by_constant(node) for node in nodes)
    values, lock = program(graph, [loss]), Lock()

    def function(outputs: Sequence[Node], choose: Choice) -> Callable[..., Any]:
        bare = program(graph, outputs)
        finite = all(node.value is None or math.isfinite(node.value) for node in reachable(outputs))
        return (
            bare
            if plain and finite
            else mended(bare, partial(_careful, graph, loss, len(outputs), lock), values, choose)
        )

    return Kernels(
        values, function(grad, mean_gradient), function(hessian, common_hessian), quadratic=_degree(nodes) <= 2.0
    )


def _careful(graph: Graph, loss: Node, outputs: int, lock: Lock) -> Callable[..., Any]:
    """The careful gradient (2 outputs) or Hessian (3), in forward mode.

    Forward, what is inside a root is added up before it is multiplied by an infinite slope: ``sqrt(x**2 - x)`` at 1 has
    slope inf*(2 - 1), not inf*2 - inf*1.
    """
    with lock:  # two threads may come here at once, and the graph grows
        graph.begin()
        along_x, along_y = (graph.one, graph.zero), (graph.zero, graph.one)
        gx, gy = (tangents(graph, [loss], along, {})[0] for along in (along_x, along_y))
        if outputs == 2:
            return program(graph, (gx, gy), careful=True)
        hxx, hxy = tangents(graph, (gx, gy), along_x, {})
        return program(graph, (hxx, hxy, *tangents(graph, [gy], along_y, {})), careful=True)


def _divides_by_constant(node: Node) -> bool:
    return node.operator == "/" and node.arguments[1].value is not None and abs(node.arguments[1].value) > 1e-300


def _degree(nodes: Sequence[Node]) -> float:
    """The degree of a polynomial as it is written, from its nodes in order; infinite for what is none."""
    degrees: dict[int, float] = {}
    for node in nodes:
        parts = [degrees[argument.number] for argument in node.arguments]
        match node.operator:
            case "x" | "y":
                found = 1.0
            case "number":
                found = 0.0
            case "+" | "-" | "negative":
                found = max(parts)
            case "*":
                found = sum(parts)
            case "power":
                found = parts[0] * (node.arguments[1].value or 0.0)
            case "/" if node.arguments[1].value is not None:
                found = parts[0]
            case _:
                found = float("inf")
        degrees[node.number] = found
    return degrees[nodes[-1].number]
