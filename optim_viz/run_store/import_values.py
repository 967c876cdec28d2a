"""How a value of an import is read: each function returns it, or raises with a sentence that names its place."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any, Final, cast

from optim_viz.comparison import TrainingSpec
from optim_viz.run_store import runs
from optim_viz.run_store.errors import StoreError
from optim_viz.scenario.problem import shown

MAX_TEXT: Final = 20_000
"""Characters of a text of the file, but for what a run trains."""
MAX_STEP: Final = 2**53
"""Of whole numbers: the largest that JSON readers agree on."""
_BINS: Final = 4096
_LAYERS: Final = 2000
ENDED: Final = ("finished", "cancelled", "failed", "lost")


class ImportProblem(StoreError):
    """The file cannot be imported; the message says what is wrong where, and nothing was changed."""


Check = Callable[[str, Any], Any]


def kind_of(value: object) -> str:
    """Say what a value is, in words."""
    for kind, words in ((dict, "an object"), (list, "a list"), (str, "a text"), (bool, "true or false")):
        if isinstance(value, cast("type[object]", kind)):
            return words
    return "null" if value is None else f"the number {shown(value)}"


def anything(name: str, value: Any) -> Any:
    """Return what is checked elsewhere."""
    del name
    return value


def read_whole(name: str, value: Any) -> int:
    """Read a whole number."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_STEP:
        raise ImportProblem(f"{name} must be a whole number from 0 to {MAX_STEP}, not {told(value)}")
    return value


def read_whole_or_none(name: str, value: Any) -> int | None:
    """Read a whole number, or null."""
    return None if value is None else read_whole(name, value)


def read_number(name: str, value: Any) -> float | None:
    """Read a value of a curve: null is NaN, "inf" and "-inf" are infinite."""
    if value is None:
        return None
    if isinstance(value, str) and value in ("inf", "-inf"):
        return float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < math.inf:
        raise ImportProblem(f'{name} must be a number, null, "inf" or "-inf", not {told(value)}')
    if isinstance(value, int) and abs(value) > MAX_STEP:
        raise ImportProblem(f"{name} must be at most {MAX_STEP} where it is a whole number, not {shown(value)}")
    return value


def read_moment(name: str, value: Any) -> float | None:
    """Read a moment, seconds since 1970, or null."""
    return None if value is None else read_duration(name, value)


def read_duration(name: str, value: Any) -> float:
    """Read seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1e12:
        raise ImportProblem(f"{name} must be seconds from 0 to 1e12, not {told(value)}")
    return float(value)


def read_text(name: str, value: Any) -> str:
    """Read a text."""
    if not isinstance(value, str):
        raise ImportProblem(f"{name} must be a text, not {kind_of(value)}")
    if len(value) > MAX_TEXT:
        raise ImportProblem(f"{name} must have at most {MAX_TEXT:,} characters, not {len(value):,}")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ImportProblem(f"{name} must be Unicode text; it has half a character at {error.start}") from error
    return value


def read_text_or_none(name: str, value: Any) -> str | None:
    """Read a text, or null."""
    return None if value is None else read_text(name, value)


def read_notes(name: str, value: Any) -> str:
    """Read notes, tidied as those that people write."""
    try:
        return runs.tidy_notes(read_text(name, value))
    except ValueError as error:
        raise ImportProblem(str(error)) from error


def read_state(name: str, value: Any) -> str:
    """Read the state of a run that is over."""
    if not isinstance(value, str) or value not in ENDED:
        raise ImportProblem(f"{name} must be one of {', '.join(ENDED)}: a run that is over, not {told(value)}")
    return value


def read_spec(name: str, value: Any) -> TrainingSpec:
    """Read what a run trains."""
    if not isinstance(value, dict):
        raise ImportProblem(f"{name} must be an object, not {kind_of(value)}")
    try:
        return TrainingSpec.from_dict(cast("dict[str, Any]", value))
    except (ValueError, TypeError, OverflowError) as error:
        raise ImportProblem(f"{name}: {error}") from error


def read_layers(name: str, value: Any) -> tuple[str, ...]:
    """Read the names of layers."""
    return tuple(read_text(name, each) for each in read_list(name, value, 0, _LAYERS))


def read_edges(name: str, value: Any) -> list[float]:
    """Read a histogram's edges."""
    found = [read_number(name, each) for each in read_list(name, value, 2, _BINS + 1)]
    known = [each for each in found if each is not None and math.isfinite(each)]
    if len(known) < len(found) or any(low >= high for low, high in itertools.pairwise(known)):
        raise ImportProblem(f"{name} must increase, and be finite")
    return known


def read_counts(name: str, value: Any) -> list[int]:
    """Read a histogram's counts."""
    return [read_whole(name, each) for each in read_list(name, value, 1, _BINS)]


def read_list(name: str, value: object, least: int, most: int) -> list[object]:
    """Return a list of a sound length."""
    if not isinstance(value, list):
        raise ImportProblem(f"{name} must be a list, not {kind_of(value)}")
    found = cast("list[object]", value)
    if not least <= len(found) <= most:
        raise ImportProblem(f"{name} must be a list of {least} to {most:,}, not of {len(found):,}")
    return found


def told(value: Any) -> str:
    """Write a value as a message shows it."""
    return shown(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else kind_of(value)
