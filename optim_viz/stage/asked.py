"""What is read of a request. It comes from outside: nothing in it is trusted, and reading it raises nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import cast

from optim_viz.scenario.reader import as_float
from optim_viz.stage.lane_run import RunSpec

MAX_VALUES = 5_000
"""Values, nested ones too, of a scenario that is read; eight lanes with all their settings have about 200."""


def more_values_than(most: int, raw: object) -> bool:
    """Tell whether nested lists and mappings hold more values than `most`; counting ends there."""
    waiting: list[object] = [raw]
    count = 0
    while waiting and count <= most:
        item = waiting.pop()
        inner: Iterable[object] = ()
        if isinstance(item, Mapping):
            inner = cast("Mapping[object, object]", item).values()
        elif isinstance(item, list | tuple):
            inner = cast("Sequence[object]", item)
        waiting += islice(inner, most + 1 - count)
        count += 1
    return count > most


def read_aspect(raw: object) -> float | None:
    """Return the picture's width by height, rounded so that a window that is resized a little asks for nothing new."""
    value = as_float(raw)
    return round(value, 2) if value is not None and 0.05 <= value <= 20 else None


def read_sliders(raw: object, specs: Sequence[RunSpec], most: int) -> Iterable[tuple[int, str, bool]]:
    """Yield lane and hyperparameter of the sliders asked about, and whether finely; one that is gone is left out."""
    for item in read_items(raw)[:most]:
        if not isinstance(item, Mapping):
            continue
        asked = cast("Mapping[str, object]", item)
        lane, name = asked.get("lane"), asked.get("hyperparameter")
        if not isinstance(lane, int) or not isinstance(name, str) or not 0 <= lane < len(specs):
            continue
        if name in dict(specs[lane].hyperparameters):
            yield lane, name, asked.get("fine") is True


def read_items(raw: object) -> list[object]:
    """Return a list, [] for whatever else it is."""
    return cast("list[object]", raw) if isinstance(raw, list) else []
