"""Reads single values out of what a stranger typed: a bad one is reported, and the old value stays."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import cast

from optim_viz.scenario.problem import MAX_CLOUD, MAX_COORDINATE, MAX_FIELD, MAX_PROBLEMS, Problem, shown
from optim_viz.surfaces import close_names

Point = tuple[float, float]
Window = tuple[tuple[float, float], tuple[float, float]]
Camera = tuple[float, float, float]
Span = tuple[int, int]
Cloud = tuple[int, float]
"""How many starts, and the radius of their disc in parts of the shorter side of the domain."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_LONGEST_NUMBER = 400
_TRUTH = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


def as_float(raw: object) -> float | None:
    """Return a JSON number or the text of one as a float (infinite where it overflows), None for anything else.

    Only plain ASCII decimals count: "1_000", "infinity", "nan" and digits of other scripts, which float() would take,
    are refused.
    """
    if isinstance(raw, bool):
        return None
    if isinstance(raw, str):
        text = raw.strip(" ")
        return float(text) if len(text) <= _LONGEST_NUMBER and _NUMBER.fullmatch(text) else None
    if isinstance(raw, int | float):
        try:
            return float(raw)
        except OverflowError:
            return math.inf
    return None


def number_text(value: float) -> str:
    """Return the shortest text whose float is exactly `value`: repr without a trailing ".0" or a "+"."""
    return repr(value).removesuffix(".0").replace("+", "")


class Reader:
    """Collects problems while fields are read; their number is bounded, whatever is read."""

    def __init__(self) -> None:
        """Start with no problem."""
        self._problems: list[Problem] = []
        self._more = 0

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong so far, in reading order; the last one counts those that are not listed."""
        if not self._more:
            return tuple(self._problems)
        count = self._more + 1
        more = Problem("scenario", f"{count} more values could not be used either", count)
        return (*self._problems[:-1], more)

    def report(self, field: str, message: str) -> None:
        """Remember one problem."""
        if len(self._problems) < MAX_PROBLEMS:
            self._problems.append(Problem(field[:MAX_FIELD], message))
        else:
            self._more += 1

    def move_lanes(self, places: Mapping[int, int | None]) -> None:
        """Let problems of lanes stand at the places where the lanes are now; of one that is not there, at "lanes"."""
        for i, problem in enumerate(self._problems):
            first, _, rest = problem.field.removeprefix("lanes.").partition(".")
            if problem.field.startswith("lanes.") and first.isdigit() and int(first) in places:
                place = places[int(first)]
                field = "lanes" if place is None else ".".join(filter(None, ("lanes", str(place), rest)))
                self._problems[i] = replace(problem, field=field)

    def number(self, field: str, raw: object, old: float, low: float, high: float) -> float:
        """Return `raw` as a float within [low, high], else report it and return `old`."""
        value = as_float(raw)
        if value is not None and low <= value <= high:
            return value
        self.report(
            field, f"{_last(field)} must be a number from {number_text(low)} to {number_text(high)}, not {shown(raw)}"
        )
        return old

    def whole(self, field: str, raw: object, old: int, low: int, high: int, called: str = "") -> int:
        """Return `raw` as an int within [low, high], else report it, by its field or as what it is `called`."""
        value = as_float(raw)
        if value is not None and low <= value <= high and value == int(value):
            return int(value)
        wanted = f"a whole number from {low} to {high}" if high > low else low
        self.report(field, f"{called or _last(field)} must be {wanted}, not {shown(raw)}")
        return old

    def choice(self, field: str, raw: object, old: str, options: Sequence[str]) -> str:
        """Return `raw` if it is one of `options`, else report it and return `old`."""
        if isinstance(raw, str) and raw in options:
            return raw
        self.report(field, f"{_last(field)} must be one of {', '.join(options)}, not {shown(raw)}")
        return old

    def truth(self, field: str, raw: object, old: bool) -> bool:
        """Return `raw` as a bool ("true", "1", "false", "0", ...), else report it and return `old`."""
        value = _TRUTH.get(raw.lower()) if isinstance(raw, str) else raw
        if isinstance(value, bool):
            return value
        self.report(field, f"{_last(field)} must be true or false, not {shown(raw)}")
        return old

    def point(self, field: str, raw: object, old: Point) -> Point:
        """Return `raw` ([x, y] or "x,y") as a point no farther out than MAX_COORDINATE, else report it."""
        values = _numbers(raw, 2)
        if values is not None and all(abs(value) <= MAX_COORDINATE for value in values):
            return values[0], values[1]
        limit = number_text(MAX_COORDINATE)
        self.report(field, f"{field} must be two numbers x,y from -{limit} to {limit}, not {_as_typed(raw)}")
        return old

    def camera(self, field: str, raw: object, old: Camera | None) -> Camera | None:
        """Return `raw` ([x, y, z] or "x,y,z") as a place of the eye, 0.1 to 50 from the middle, else report it."""
        values = _numbers(raw, 3)
        if values is not None and 0.1 <= math.hypot(*values) <= 50:
            return values[0], values[1], values[2]
        self.report(field, f"{field} must be three numbers x,y,z from 0.1 to 50 away from 0,0,0, not {_as_typed(raw)}")
        return old

    def span(self, field: str, raw: object, old: Span | None, last: int) -> Span | None:
        """Return `raw` ([a, b] or "a,b") as two steps with 0 <= a < b <= `last`, else report it and return `old`."""
        values = _numbers(raw, 2)
        if values is not None and all(value == int(value) for value in values) and 0 <= values[0] < values[1] <= last:
            return int(values[0]), int(values[1])
        self.report(field, f"{field} must be two steps a,b with 0 <= a < b <= {last}, not {_as_typed(raw)}")
        return old

    def cloud(self, field: str, raw: object, old: Cloud | None) -> Cloud | None:
        """Return `raw` ([starts, spread] or "starts,spread") as a cloud, else report it and return `old`."""
        values = _numbers(raw, 2)
        if (
            values is not None
            and values[0] == int(values[0])
            and 2 <= values[0] <= MAX_CLOUD
            and 1e-6 <= values[1] <= 1
        ):
            return int(values[0]), values[1]
        self.report(
            field,
            f"{field} must be two numbers starts,spread: 2 to {MAX_CLOUD} starts over a disc whose radius is 1e-6 to 1 "
            f"times the domain's shorter side, not {_as_typed(raw)}",
        )
        return old

    def window(self, field: str, raw: object, old: Window | None) -> Window | None:
        """Return `raw` ([[x0, x1], [y0, y1]] or "x0,x1,y0,y1") with x0 < x1 and y0 < y1, else report it."""
        values = _numbers(raw, 4)
        if values is not None and all(abs(value) <= MAX_COORDINATE for value in values):
            x0, x1, y0, y1 = values
            if _wide(x0, x1) and _wide(y0, y1):
                return (x0, x1), (y0, y1)
        limit = number_text(MAX_COORDINATE)
        self.report(
            field,
            f"{field} must be x0,x1,y0,y1 with x0 < x1 and y0 < y1, each from -{limit} to {limit}, "
            f"not {_as_typed(raw)}",
        )
        return old

    def known(
        self,
        field: str,
        raw: Mapping[str, object],
        names: Iterable[str],
        message: Callable[[str], str] | None = None,
        beside: Iterable[str] = (),
    ) -> None:
        """Report each key of `raw` that is not one of `names`.

        Args:
            field: where the keys stand, such as "parameters"; "" at the top.
            raw: what was asked for.
            names: the keys that are read.
            message: what to say of a key; by default that it is left out, and which name comes close.
            beside: names from elsewhere that may have been meant, for the default message.
        """
        known = dict.fromkeys(names)
        unknown = [key for key in raw if key not in known]
        room = MAX_PROBLEMS - len(self._problems)
        for key in unknown[: max(room, 0)]:  # a message takes long to make beside a key that is only counted
            text = key if isinstance(key, str) else shown(key)  # pyright: ignore[reportUnnecessaryIsInstance]
            self.report(f"{field}.{text}" if field else text, (message or _left_out((*known, *beside)))(text))
        self._more += max(len(unknown) - max(room, 0), 0)


def _left_out(names: Sequence[str]) -> Callable[[str], str]:
    def message(key: str) -> str:
        close = close_names(key, names)
        return f"unknown name {shown(key)} is left out" + (f"; did you mean {' or '.join(close)}?" if close else "")

    return message


def _wide(low: float, high: float) -> bool:
    """Tell whether low < high with room to draw between: more than the rounding of the two numbers."""
    return high - low > 1e-9 * (abs(low) + abs(high)) + 1e-12


def _last(field: str) -> str:
    return field.rsplit(".", 1)[-1]


def _as_typed(raw: object) -> str:
    """Return what stands in the place of several numbers: a list as a person types it, "1e400, 0"."""
    parts = _flat(raw, 8)
    if not parts or not all(isinstance(part, str | int | float) for part in parts):
        return shown(raw)
    return shown(", ".join(part[:20] if isinstance(part, str) else shown(part, 20) for part in parts))


def _flat(raw: object, count: int) -> list[object]:
    """Return the first few items of a list, and of lists in it; nothing of what is no list."""
    parts: list[object] = []
    if isinstance(raw, list | tuple):
        for item in cast("Sequence[object]", raw)[: count + 1]:
            parts += cast("Sequence[object]", item)[: count + 1] if isinstance(item, list | tuple) else [item]
    return parts


def _numbers(raw: object, count: int) -> list[float] | None:
    """Return exactly `count` finite numbers from text with commas or from (nested) lists, None when it is not that."""
    parts = list[object](raw.split(",", count)) if isinstance(raw, str) else _flat(raw, count)
    values = [as_float(part) for part in parts]
    if len(values) != count or any(value is None or not math.isfinite(value) for value in values):
        return None
    return cast("list[float]", values)
