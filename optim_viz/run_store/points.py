"""The points of a run: what training logs becomes rows, and rows become curves short enough to draw.

Events are known here by their names and fields, not by their classes. A curve keeps both its ends and every peak.
"""

from __future__ import annotations

import json
import math
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from optim_viz.comparison.events import QUANTITIES

TABLES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "step": ("losses", ("lane", "step", "epoch", "loss", "smoothed")),
    "epoch": (
        "epochs",
        ("lane", "epoch", "step", "train_loss", "test_loss", "test_accuracy", "examples_per_second", "penalty"),
    ),
    "test": ("tests", ("lane", "epoch", "step", "test_loss", "test_accuracy")),
    "clock": ("clocks", ("lane", "step", "seconds")),
    "quantiles": ("quantiles", ("lane", "quantity", "layer", "step", "q01", "q10", "q50", "q90", "q99")),
    "gradient_norm": ("gradient_norms", ("lane", "step", "norm")),
    "monitor": ("monitors", ("lane", "monitor", "layer", "step", "value", "bound")),
    "monitor_report": ("monitor_reports", ("lane", "monitor", "step", "samples", "seconds", "problem")),
    "memory": ("memory", ("step", "used", "peak")),
    "system": ("system", ("step", "seconds", "cpu", "memory", "gpu_memory", "gpu_utilisation")),
    "histogram": ("histograms", ("lane", "step", "edges", "counts")),
    "learning_rate": ("learning_rates", ("lane", "step", "lr")),
    "diverged": ("divergences", ("lane", "step", "loss")),
    "note": ("notes", ("lane", "step", "kind", "text")),
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
            rows.setdefault(kind, []).append((run_id, *[stored(name, getattr(event, name)) for name in fields]))
        reached = max(reached, getattr(event, "step", 0))
    for kind, values in rows.items():
        table, fields = TABLES[kind]
        places = ", ".join("?" * (len(fields) + 1))
        statement = f"INSERT OR REPLACE INTO {table} (run, {', '.join(fields)}) VALUES ({places})"  # noqa: S608
        connection.executemany(statement, values)
    if reached:
        connection.execute("UPDATE runs SET step = max(step, ?) WHERE id = ?", (reached, run_id))


def stored(name: str, value: Any) -> Any:
    """Return a field of an event as the store keeps it."""
    if name in _BINARY:
        return np.asarray(value, dtype=_BINARY[name]).tobytes()
    return None if isinstance(value, float) and math.isnan(value) else value


def _start(connection: sqlite3.Connection, run_id: int, event: Any) -> None:
    """Note what is known once training begins. The step goes back to that of a checkpoint; the points past it stay.

    What was said of lanes is said anew.
    """
    connection.execute("DELETE FROM notes WHERE run = ?", (run_id,))
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
    query += "".join(f", {name}" for name in ("lane", "seconds") if name in fields)
    found: list[dict[str, Any]] = []
    for row in connection.execute(query, (run_id, after, upto)):
        values: dict[str, Any] = dict(zip(fields, row, strict=True))
        for name, kind_of_number in _BINARY.items():
            if name in values:
                values[name] = np.frombuffer(values[name], kind_of_number).tolist()
        found.append(values)
    return found


# ---- curves ----

SERIES: Final[dict[str, tuple[str, str]]] = {
    "loss": ("losses", "loss"),
    "smoothed": ("losses", "smoothed"),
    "gradient_norm": ("gradient_norms", "norm"),
    "learning_rate": ("learning_rates", "lr"),
    "train_loss": ("epochs", "train_loss"),
    "test_loss": ("all_tests", "test_loss"),
    "test_accuracy": ("all_tests", "test_accuracy"),
    "seconds": ("clocks", "seconds"),
    "examples_per_second": ("epochs", "examples_per_second"),
    "penalty": ("epochs", "penalty"),
    "memory": ("memory", "used"),
    "memory_peak": ("memory", "peak"),
}
"""Quantity -> table and column. The memory is the whole run's, whatever lane is asked for."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Series:
    """A curve: steps (N,) int64, increasing, and values (N,) float64, NaN where they were."""

    steps: Ints
    values: Floats


@dataclass(frozen=True, eq=False)
class Bands:
    """Quantiles of one quantity in one layer: steps (N,) int64 and values (N, 5) float64 for 1, 10, 50, 90, 99 %."""

    steps: Ints
    values: Floats


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts (N,) int64 between edges (N+1,) float64, as they were after `step`."""

    step: int
    edges: Floats
    counts: Ints


def require_series(quantity: str) -> None:
    """Raise ValueError unless there is a curve of this name."""
    if quantity not in SERIES:
        raise ValueError(f"unknown quantity {quantity!r}; known: {', '.join(SERIES)}")


def series(connection: sqlite3.Connection, run_id: int, lane: int, quantity: str, max_points: int) -> Series:
    """Read one curve, thinned to at most `max_points` (at least 8) points.

    The steps are cut into buckets of equal length; each keeps its lowest and its highest value and its first NaN, so
    that no peak disappears and a gap stays a gap. The first and the last point stay. SQLite does this, so that Python
    never holds the points that are left out.

    `quantity` is a key of `SERIES`; see `require_series`.
    """
    table, column = SERIES[quantity]
    where, bound = ("run = ?", (run_id,)) if table == "memory" else ("run = ? AND lane = ?", (run_id, lane))
    return _thinned(connection, table, column, where, bound, max_points)


def monitor(
    connection: sqlite3.Connection, run_id: int, lane: int, name: str, layer: str, column: str, max_points: int
) -> Series:
    """Read what a monitor logged, its "value" or its "bound", thinned as `series` does.

    A column that is NaN throughout, as of a quantity that is compared with nothing, is an empty curve.
    """
    where = "run = ? AND lane = ? AND monitor = ? AND layer = ?"
    found = _thinned(connection, "all_monitors", column, where, (run_id, lane, name, layer), max_points)
    known = np.isfinite(found.values).any()
    return found if known or column == "value" else Series(found.steps[:0], found.values[:0])


def _thinned(
    connection: sqlite3.Connection, table: str, column: str, where: str, bound: tuple[Any, ...], max_points: int
) -> Series:
    source = f"FROM {table} WHERE {where}"
    facts = f"SELECT min(step), max(step), count(*), count({column}) {source}"
    first, last, count, numbers = connection.execute(facts, bound).fetchone()
    most = max(8, max_points)
    if count <= most:
        query = f"SELECT step, {column} {source} ORDER BY step"
        found = _table(connection.execute(query, bound).fetchall(), 2)
    else:
        buckets = (most - 2) // (2 if numbers == count else 3)
        # A plain column beside min() or max() is that of the row that holds it: so SQLite defines it.
        group = f"GROUP BY (step - {first}) * {buckets} / {last - first + 1}"
        parts = [
            f"SELECT step, min({column}) {source} {group}",
            f"SELECT step, max({column}) {source} {group}",
            f"SELECT min(step), NULL {source} AND {column} IS NULL {group}",
            f"SELECT step, {column} {source} AND step IN ({first}, {last})",
        ]
        found = _table(connection.execute(" UNION ALL ".join(parts), bound * len(parts)).fetchall(), 2)
        found = found[np.unique(found[:, 0], return_index=True)[1]]
    return Series(found[:, 0].astype(np.int64), found[:, 1])


def bands(connection: sqlite3.Connection, run_id: int, lane: int, quantity: str, layer: str, max_points: int) -> Bands:
    """Read the quantiles of a quantity; where there are too many, evenly chosen ones with both ends."""
    query = (
        "SELECT step, q01, q10, q50, q90, q99 FROM quantiles "
        "WHERE run = ? AND lane = ? AND quantity = ? AND layer = ? ORDER BY step"
    )
    found = _table(connection.execute(query, (run_id, lane, quantity, layer)).fetchall(), 6)
    if len(found) > max_points:
        found = found[np.unique(np.linspace(0, len(found) - 1, max(2, max_points)).round().astype(int))]
    return Bands(found[:, 0].astype(np.int64), found[:, 1:])


def recorded(connection: sqlite3.Connection, run_id: int, lane: int) -> tuple[str, ...]:
    """Name the quantities of a lane that have quantiles."""
    query = "SELECT EXISTS (SELECT 1 FROM quantiles WHERE run = ? AND lane = ? AND quantity = ?)"
    return tuple(name for name in QUANTITIES if connection.execute(query, (run_id, lane, name)).fetchone()[0])


def histogram(connection: sqlite3.Connection, run_id: int, lane: int, step: int | None) -> Histogram | None:
    """Read the last histogram up to `step` (None: the last of all); None where there is none."""
    row = connection.execute(
        "SELECT step, edges, counts FROM histograms WHERE run = ? AND lane = ? AND step <= ? "
        "ORDER BY step DESC LIMIT 1",
        (run_id, lane, 2**62 if step is None else step),
    ).fetchone()
    if row is None:
        return None
    return Histogram(int(row[0]), np.frombuffer(row[1], "<f8"), np.frombuffer(row[2], "<i8"))


def _table(rows: list[Any], columns: int) -> Floats:
    """Return rows as (N, columns) float64; NULL becomes NaN."""
    return np.array(rows, dtype=np.float64).reshape(len(rows), columns)
