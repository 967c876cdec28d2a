"""A formula as a tree, in the order in which it was written."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

Result = TypeVar("Result")


class Term(NamedTuple):
    """One node of a formula.

    Attributes:
        operator: "number", "x", "y", "pi", "e", "negative", "+", "-", "*", "/", "**", a comparison, "and", "or" or a
            function's name.
        arguments: The terms it works on, in the order written.
        value: What it is worth when neither x nor y is in it (NaN where it is not a real number), else None.
        text: How a number was written; empty for all others.
    """

    operator: str
    arguments: tuple["Term", ...]
    value: float | None
    text: str = ""


def fold(term: Term, join: Callable[[Term, Sequence[Result]], Result]) -> Result:
    """Works through a tree from its leaves, without recursion: a sum of 200 terms is 200 deep.

    Args:
        term: The tree.
        join: Makes a term's result from the term and its arguments' results.

    Returns:
        The whole tree's result.
    """
    waiting: list[tuple[Term, bool]] = [(term, False)]
    results: list[Result] = []
    while waiting:
        current, ready = waiting.pop()
        if not ready:
            waiting.append((current, True))
            waiting.extend((argument, False) for argument in reversed(current.arguments))
            continue
        first = len(results) - len(current.arguments)
        results[first:] = [join(current, results[first:])]
    return results[0]
