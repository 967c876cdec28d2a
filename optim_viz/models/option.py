"""One setting of a model: its type, its range, its default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast

from optim_viz.surfaces import shown


@dataclass(frozen=True)
class Option:
    """What a form, a link and the command line need to know of a setting.

    Attributes:
        name: key in specs and links.
        title: name on screen.
        help: one sentence.
        kind: "whole": an int; "number": a float; "choice": one of `choices`; "wholes": a tuple of ints.
        default: the value where none is given.
        low: least allowed number, or least of each in a list.
        high: greatest, likewise.
        most: greatest length of a list; it may be empty.
        choices: the allowed words of a choice.
        beside: another setting, a number; where that is 0 a form does not ask for this one. "" where it always does.
    """

    name: str
    title: str
    help: str
    kind: Literal["whole", "number", "choice", "wholes"]
    default: Any
    low: float = 0.0
    high: float = 0.0
    most: int = 0
    choices: tuple[str, ...] = ()
    beside: str = ""

    def check(self, value: object) -> Any:
        """Return the value in its type (a list becomes a tuple).

        Raises:
            ValueError: of another type or out of range; the message names the option and the value.
        """
        if self.kind == "choice":
            if value not in self.choices:
                raise ValueError(f"{self.name} must be one of {', '.join(self.choices)}, not {shown(value)}")
            return value
        if self.kind != "wholes":
            return self._number(value)
        if not isinstance(value, list | tuple):
            raise ValueError(f"{self.name} must be a list of whole numbers, not {shown(value)}")
        items = cast("list[object]", value)
        if len(items) > self.most:
            raise ValueError(f"{self.name} may have at most {self.most} entries, not {len(items)}")
        return tuple(self._number(item) for item in items)

    def parse(self, text: str) -> Any:
        """Read what a person typed: a list is written "256,256", an empty one "none".

        Raises:
            ValueError: see `check`.
        """
        words = text.replace(",", " ").split()
        if self.kind == "wholes":
            return self.check([] if words in ([], ["none"]) else [_number_or_text(word) for word in words])
        return self.check(text if self.kind == "choice" else _number_or_text(text.strip()))

    def text(self, value: Any) -> str:
        """Write a value as `parse` reads it."""
        if self.kind == "wholes":
            return ",".join(map(str, value)) or "none"
        return repr(float(value)).removesuffix(".0") if self.kind == "number" else str(value)

    def _number(self, value: object) -> float | int:
        whole = self.kind != "number"
        sound = isinstance(value, int | float) and not isinstance(value, bool) and self.low <= value <= self.high
        if not sound or (whole and value != int(cast("float", value))):
            kind = "a whole number" if whole else "a number"
            low, high = (int(end) if whole else end for end in (self.low, self.high))
            raise ValueError(f"{self.name} must be {kind} from {low:.10g} to {high:.10g}, not {shown(value)}")
        return int(cast("float", value)) if whole else float(cast("float", value))


def _number_or_text(word: str) -> object:
    """Return the number that a word stands for, else the word itself, for `check` to refuse."""
    try:
        return float(word)
    except ValueError:
        return word
