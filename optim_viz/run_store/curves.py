"""Reading what was logged: curves short enough to draw, with both ends and every peak kept."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

SERIES: Final[dict[str, tuple[str, str]]] = {
    "loss": ("losses", "loss"),
    "smoothed": ("losses", "smoothed"),
    "gradient_norm": ("gradient_norms", "norm"),
    "train_loss": ("epochs", "train_loss"),
    "test_loss": ("epochs", "test_loss"),
    "test_accuracy": ("epochs", "test_accuracy"),
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


def series(connection: sqlite3.Connection, run_id: int, lane: int, quantity: str, max_points: int) -> Series:
    """Read one curve, thinned to at most `max_points` (at least 8) points.

    The steps are cut into buckets of equal length; each keeps its lowest and its highest value and its first NaN, so
    that no peak disappears and a gap stays a gap. The first and the last point stay. SQLite does this, so that Python
    never holds the points that are left out.

    Raises:
        ValueError: an unknown quantity.
    """
    if quantity not in SERIES:
        raise ValueError(f"unknown quantity {quantity!r}; known: {', '.join(SERIES)}")
    table, column = SERIES[quantity]
    where, bound = ("run = ?", (run_id,)) if table == "memory" else ("run = ? AND lane = ?", (run_id, lane))
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
