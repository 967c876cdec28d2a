"""The points of an import: every row is checked, and becomes what the store keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from optim_viz.comparison.events import QUANTITIES
from optim_viz.run_store import points
from optim_viz.run_store.import_values import (
    Check,
    ImportProblem,
    kind_of,
    read_counts,
    read_edges,
    read_number,
    read_text,
    read_whole,
    read_whole_or_none,
)
from optim_viz.scenario.problem import shown

MAX_ROWS: Final = 2_000_000


@dataclass(frozen=True)
class Rows:
    """Rows of one kind, checked and as the store keeps them."""

    kind: str
    table: str
    columns: tuple[str, ...]
    values: list[tuple[Any, ...]]


def read_events(given: object, lanes: int, layers: tuple[str, ...], last: int) -> tuple[Rows, ...]:
    """Return the rows of every kind, checked; an unknown kind, or too many rows, is refused."""
    if not isinstance(given, dict):
        raise ImportProblem(f"events must be an object with a list for each kind, not {kind_of(given)}")
    events = cast("dict[str, object]", given)
    for kind, rows in events.items():
        if kind not in points.TABLES:
            raise ImportProblem(f"events has an unknown kind {shown(kind)}; known: {', '.join(points.TABLES)}")
        if not isinstance(rows, list):
            raise ImportProblem(f"events.{kind} must be a list, not {kind_of(rows)}")
    count = sum(len(cast("list[object]", rows)) for rows in events.values())
    if count > MAX_ROWS:
        raise ImportProblem(f"the file has {count:,} rows: at most {MAX_ROWS:,} can be imported")
    checks = _field_checks(lanes, layers, last)
    return tuple(_table(kind, cast("list[object]", rows), checks) for kind, rows in events.items())


def _field_checks(lanes: int, layers: tuple[str, ...], last: int) -> dict[str, Check]:
    """Return how each field of an event is checked; they are named alike in all kinds."""

    def lane(name: str, value: Any) -> int:
        if read_whole(name, value) >= lanes:
            raise ImportProblem(f"{name} must be 0 to {lanes - 1}, a lane of the run, not {shown(value)}")
        return value

    def step(name: str, value: Any) -> int:
        if read_whole(name, value) > last:
            raise ImportProblem(f"{name} must be 0 to {last:,}, the run's last step, not {shown(value)}")
        return value

    def layer(name: str, value: Any) -> str:
        if not isinstance(value, str) or (value and value not in layers):
            raise ImportProblem(f"{name} must be a layer of the run, not {shown(value)}")
        return value

    def quantity(name: str, value: Any) -> str:
        if not isinstance(value, str) or value not in QUANTITIES:
            raise ImportProblem(f"{name} must be one of {', '.join(QUANTITIES)}, not {shown(value)}")
        return value

    whole = ("epoch", "samples")
    optional = ("used", "peak", "memory", "gpu_memory")
    texts = ("monitor", "problem", "kind", "text")
    special: dict[str, Check] = {
        "lane": lane, "step": step, "layer": layer, "quantity": quantity, "edges": read_edges, "counts": read_counts,
    }  # fmt: skip
    return (
        special
        | dict.fromkeys(whole, cast("Check", read_whole))
        | dict.fromkeys(optional, cast("Check", read_whole_or_none))
        | dict.fromkeys(texts, cast("Check", read_text))
    )


def _table(kind: str, rows: list[object], checks: Mapping[str, Check]) -> Rows:
    table, columns = points.TABLES[kind]
    used = [(name, checks.get(name, read_number)) for name in columns]
    values: list[tuple[Any, ...]] = []
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            raise ImportProblem(f"events.{kind}[{index}] must be an object, not {kind_of(row)}")
        fields = cast("dict[str, Any]", row)
        if fields.keys() != set(columns):
            wrong = sorted(fields.keys() ^ set(columns))[0]
            what = "has no" if wrong in columns else "has an unknown field"
            raise ImportProblem(f"events.{kind}[{index}] {what} {shown(wrong)}")
        try:
            found = tuple(points.stored(name, check(name, fields[name])) for name, check in used)
            if kind == "histogram" and len(fields["edges"]) != len(fields["counts"]) + 1:
                raise ImportProblem(
                    f"edges must be one more than counts, not {len(fields['edges'])}: they are its ends"
                )
        except ImportProblem as problem:
            raise ImportProblem(f"events.{kind}[{index}]: {problem}") from problem
        values.append(found)
    return Rows(kind, table, columns, values)
