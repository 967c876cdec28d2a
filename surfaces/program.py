"""Works a graph out in NumPy: one line of Python for each node, as fast as written by hand.

Nothing that a person typed is in those lines. They are made of this module's own names (``v3 = v1*c0``); numbers are
passed in as values, and functions come from a table.

Two ways to work out the derivatives differ only in their last bits of care:

- bare: as fast as possible. At a kink, and where 0 meets infinity, the result is NaN: the sign of u is u/abs(u);
- careful: a factor 0 wins over infinity and NaN, and kinks are left along a direction given with x and y.

Arrays that are too large go through in blocks, so that no more than :data:`MAX_VALUES` intermediate numbers are held at
a time, whatever the formula and the grid.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .functions import DERIVED, VALUES
from .graph import Graph, Node, pause, reachable
from .kernels import Array, filled

MAX_VALUES = 4_000_000
MAX_DEPTH = 20  # brackets inside brackets in one line
_INFIX = {"+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!="}


def _step(u: Array, v: Array) -> Array:
    """1 where u > v, 0 where u < v, NaN at a tie."""
    return np.heaviside(u - v, np.nan)


def _chain(u: Array, v: Array) -> Array:
    return np.where((u == 0.0) | (v == 0.0), 0.0, u * v)[()]


def _ratio(u: Array, v: Array) -> Array:
    return np.where(u == 0.0, 0.0, u / v)[()]


def _side_at_kink(u: Array, size: Array, du: Array) -> Array:
    """The sign of u, or that of its change."""
    del size
    return np.where(u == 0.0, np.sign(du), np.sign(u))[()]


def _step_at_kink(u: Array, v: Array, du: Array, dv: Array) -> Array:
    """1 where u is the larger or grows faster, 0 where v, and 1/2 where neither."""
    faster = np.where(du > dv, 1.0, np.where(du < dv, 0.0, 0.5))
    return np.where(u > v, 1.0, np.where(u < v, 0.0, np.where(u == v, faster, np.nan)))[()]


def _share_at_kink(u: Array, h: Array, du: Array, dh: Array) -> Array:
    """u/h, or du/dh at the tip; 0 where the tip does not move either."""
    return np.where(h == 0.0, np.where(dh == 0.0, 0.0, du / dh), u / h)[()]


# How many arguments are read, and the sign or function that works them out; all others are in VALUES.
_Table = dict[str, tuple[int, str | Callable[..., Any]]]
_COMMON: _Table = {
    "power": (2, "*"),
    "negative": (1, "-"),
    **{name: (count, DERIVED[name]) for name, count in (("logaddexp", 2), ("logistic", 1), ("logcosh", 1))},
    **{sign: (2, sign) for sign in _INFIX},
}
_BARE: _Table = _COMMON | {
    "chain": (2, "*"),
    "ratio": (2, "/"),
    "side": (2, "/"),
    "step": (2, _step),
    "share": (2, "/"),
}
_CAREFUL: _Table = _COMMON | {
    "chain": (2, _chain),
    "ratio": (2, _ratio),
    "side": (3, _side_at_kink),
    "step": (4, _step_at_kink),
    "share": (4, _share_at_kink),
}


def program(graph: Graph, outputs: Sequence[Node], *, careful: bool = False) -> Callable[..., Any]:
    """Compiles some nodes of a graph.

    Args:
        graph: Their graph.
        outputs: What to work out.
        careful: Which of the two ways.

    Returns:
        ``(x, y) -> outputs``, or careful ``(x, y, dx, dy) -> outputs``: x and y as :mod:`surfaces.kernels` says, the
        direction as numbers; a single output bare, several as a tuple; each of the shape of x, an array of its own.
    """
    space: dict[str, Any] = {"filled": filled, "copied": np.positive}
    lines, results = _lines(graph, outputs, _CAREFUL if careful else _BARE, space)
    block = MAX_VALUES // (len(lines) + MAX_DEPTH)

    def in_blocks(*given: Any) -> Any:
        return _in_blocks(space["work"], len(outputs), block, *given)

    space["in_blocks"] = in_blocks
    inputs = "x, y, dx, dy" if careful else "x, y"
    text = [
        f"def work({inputs}):",
        f"if x.size > {block}: return in_blocks({inputs})",
        *lines,
        f"return {', '.join(results)}",
    ]
    # Nothing a person supplied is in this text: see the module's docstring.
    exec(compile("\n    ".join(text), "<formula>", "exec"), space)  # noqa: S102
    return space["work"]


def written_out(graph: Graph, outputs: Sequence[Node]) -> tuple[list[str], list[str], set[str]]:
    """What the bare way does, as lines of Python for another program: the same operations in the same order.

    Args:
        graph: Their graph.
        outputs: What to work out.

    Returns:
        The lines, which take x and y as ``np.float64`` and give the values that have names; the outputs; and the names
        of the functions that are called, those of the keys of :data:`surfaces.functions.VALUES` and of this module.
    """
    space: dict[str, Any] = {}
    lines, results = _lines(graph, outputs, _BARE, space, _number)
    return lines, results, set(space)


def _number(node: Node) -> str:
    """A constant as Python writes it, in brackets: it may be negative."""
    text = repr(node.value)
    return f"({text})" if math.isfinite(node.value or 0.0) else f"np.float64({text!r})"


def _lines(
    graph: Graph,
    outputs: Sequence[Node],
    table: _Table,
    space: dict[str, Any],
    constant: Callable[[Node], str] | None = None,
) -> tuple[list[str], list[str]]:
    """One line for each value that has a name, and the outputs; constants and functions are added to the space.

    A constant is a name in the space, or what `constant` writes; then the outputs are what they are, without the shape
    of x.
    """

    def taken(node: Node) -> tuple[Node, ...]:
        if node.operator == "power":
            return graph.factors[node.number]
        return node.arguments[: table[node.operator][0]] if node.operator in table else node.arguments

    ordered = reachable(outputs, taken)
    readers = Counter(argument.number for node in ordered for argument in taken(node))
    readers.update(node.number for node in outputs for _ in range(2))  # an output keeps a name of its own
    shown: dict[int, tuple[str, int]] = {}  # each node's text and how deep it is nested
    lines: list[str] = []
    for node in ordered:
        name, depth = node.operator, 0
        if node.value is not None and constant is not None:
            name = constant(node)
        elif node.value is not None:
            name = f"c{node.number}"
            space[name] = node.value
        elif node.arguments:
            way = table[node.operator][1] if node.operator in table else VALUES[node.operator]
            read = [shown[argument.number] for argument in taken(node)]
            name, depth = _call(way, node.operator, [part for part, _ in read], space), 1 + max(d for _, d in read)
            # What is read once stands where it is read: NumPy then writes over it instead of taking new memory.
            if readers[node.number] > 1 or depth > MAX_DEPTH:
                lines.append(f"v{node.number} = {name}")
                name, depth = f"v{node.number}", 0
        shown[node.number] = name, depth
    results: list[str] = []
    for node in outputs:
        name, _ = shown[node.number]
        if constant is not None:
            results.append(name)
            continue
        # An output that is a variable, or the same as another, is copied: no result shares its array with anything.
        fresh = name if node.arguments and name not in results else f"copied({name})"
        results.append(f"filled({name}, x)" if node.value is not None else fresh)
    return lines, results


def _call(way: str | Callable[..., Any], operator: str, read: Sequence[str], space: dict[str, Any]) -> str:
    """One operation as Python."""
    if isinstance(way, str):
        return f"({way}{read[0]})" if len(read) == 1 else f"({read[0]} {way} {read[1]})"
    name = "real_power" if operator == "**" else f"f_{operator}"
    space[name] = way
    return f"{name}({', '.join(read)})"


def _in_blocks(work: Callable[..., Any], outputs: int, block: int, x: Array, y: Array, *along: float) -> Any:
    """Calls a function part by part, and joins what it returns."""
    found = [np.empty(x.shape) for _ in range(outputs)]
    flat_x, flat_y = x.ravel(), y.ravel()
    for begin in range(0, x.size, block):
        part = slice(begin, begin + block)
        pieces = work(flat_x[part], flat_y[part], *along)
        for whole, piece in zip(found, pieces if outputs > 1 else (pieces,), strict=True):
            whole.reshape(-1)[part] = piece
        pause()
    return tuple(found) if outputs > 1 else found[0]
