"""Writing what a run tells: events become rows. The store knows events by their names and fields, not their classes."""

from __future__ import annotations

import json
import math
import sqlite3
import time
from collections.abc import Iterable
from typing import Any, Final

import numpy as np

TABLES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "step": ("losses", ("lane", "step", "epoch", "loss", "smoothed")),
    "epoch": (
        "epochs",
        ("lane", "epoch", "step", "train_loss", "test_loss", "test_accuracy", "examples_per_second", "penalty"),
    ),
    "quantiles": ("quantiles", ("lane", "quantity", "layer", "step", "q01", "q10", "q50", "q90", "q99")),
    "gradient_norm": ("gradient_norms", ("lane", "step", "norm")),
    "memory": ("memory", ("step", "used", "peak")),
    "histogram": ("histograms", ("lane", "step", "edges", "counts")),
    "diverged": ("divergences", ("lane", "step", "loss")),
}
"""Kind of event -> its table, and the fields kept there, in both under the same name."""
_BINARY: Final = {"edges": "<f8", "counts": "<i8"}


def append(connection: sqlite3.Connection, run_id: int, events: Iterable[Any]) -> None:
    """Write events within the caller's transaction, one statement a kind; what is logged again replaces the old."""
    rows: dict[str, list[tuple[Any, ...]]] = {}
    reached = 0
    for event in events:
        kind: str = event.event
        if kind == "start":
            _start(connection, run_id, event)
        elif kind in TABLES:
            fields = TABLES[kind][1]
            rows.setdefault(kind, []).append((run_id, *[_stored(name, getattr(event, name)) for name in fields]))
        reached = max(reached, getattr(event, "step", 0))
    for kind, values in rows.items():
        table, fields = TABLES[kind]
        places = ", ".join("?" * (len(fields) + 1))
        statement = f"INSERT OR REPLACE INTO {table} (run, {', '.join(fields)}) VALUES ({places})"  # noqa: S608
        connection.executemany(statement, values)
    if reached:
        connection.execute("UPDATE runs SET step = max(step, ?) WHERE id = ?", (reached, run_id))


def _stored(name: str, value: Any) -> Any:
    if name in _BINARY:
        return np.asarray(value, dtype=_BINARY[name]).tobytes()
    return None if isinstance(value, float) and math.isnan(value) else value


def _start(connection: sqlite3.Connection, run_id: int, event: Any) -> None:
    """Note what is known once training begins. The step goes back to that of a checkpoint; the points past it stay."""
    connection.execute(
        "UPDATE runs SET message = '', step = ?, trained_from = ?, trained_since = ?, total_steps = ?, "
        "steps_per_epoch = ?, device = ?, layers = ?, n_parameters = ?, torch_version = ? WHERE id = ?",
        (
            event.step,
            event.step,
            time.time(),
            event.total_steps,
            event.steps_per_epoch,
            event.device,
            json.dumps(list(event.layers)),
            event.n_parameters,
            event.torch_version,
            run_id,
        ),
    )


def read_back(connection: sqlite3.Connection, kind: str, run_id: int, after: int, upto: int) -> list[dict[str, Any]]:
    """Return the events of one kind with after < step <= upto as dictionaries, ordered by step and lane."""
    table, fields = TABLES[kind]
    query = f"SELECT {', '.join(fields)} FROM {table} WHERE run = ? AND step > ? AND step <= ? ORDER BY step"  # noqa: S608
    if "lane" in fields:
        query += ", lane"
    found: list[dict[str, Any]] = []
    for row in connection.execute(query, (run_id, after, upto)):
        values: dict[str, Any] = dict(zip(fields, row, strict=True))
        for name, kind_of_number in _BINARY.items():
            if name in values:
                values[name] = np.frombuffer(values[name], kind_of_number).tolist()
        found.append(values)
    return found
