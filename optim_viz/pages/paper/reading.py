"""What a control makes of the text in a link, and which of the values that it offers that is: its stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

N = TypeVar("N", int, float)


def within(low: N, high: N) -> Callable[[str], N]:
    """Return what reads a number from `low` to `high`; it raises ValueError for anything else."""
    kind = type(low)

    def read(text: str) -> N:
        value = kind(text)
        if not low <= value <= high:
            raise ValueError(f"must be from {low} to {high}")
        return value

    return read


def among(stops: Sequence[float]) -> Callable[[str], float]:
    """Return what reads one of given stops; it raises ValueError for anything else."""

    def read(text: str) -> float:
        at = stop_of(stops, float(text))
        if at is None:
            raise ValueError(f"must be one of the slider's stops, {stops[0]} to {stops[-1]}")
        return stops[at]

    return read


def stop_of(offered: Sequence[Any], value: Any) -> int | None:
    """Return the index of a value among those offered; None for a number between two of them, which a link may hold."""
    at = nearest_stop(offered, value)
    return at if isinstance(value, str) or abs(offered[at] - value) <= 1e-9 * abs(offered[at]) else None


def nearest_stop(offered: Sequence[Any], value: Any) -> int:
    """Return the index of the offered value that is nearest."""
    if isinstance(value, str):
        return offered.index(value)
    return min(range(len(offered)), key=lambda at: abs(offered[at] - value))
