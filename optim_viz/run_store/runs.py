"""The table of runs: everything that can be done to a run as a whole, each within the caller's transaction."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping
from typing import Any, Final

from optim_viz.run_store import errors
from optim_viz.run_store.run import COLUMNS, RESUMABLE, Run, from_row, tidy_name

LET_GO: Final = (
    "ended = ?, seconds = seconds + max(0.0, coalesce(heartbeat - trained_since, 0.0)), trained_since = NULL, "
    "owner = NULL, cancel = 0"
)
"""What changes in the row of a run that its process leaves, however it leaves; takes the time it ended."""
_NEXT_PLACE: Final = "(SELECT coalesce(max(place), 0) + 1 FROM runs)"


def read(connection: sqlite3.Connection, condition: str = "ORDER BY id DESC", bound: tuple[Any, ...] = ()) -> list[Run]:
    """Return the runs that meet a condition written in SQL by us."""
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    return [from_row(row) for row in cursor.execute(f"SELECT {COLUMNS} FROM runs {condition}", bound)]  # noqa: S608


def read_one(connection: sqlite3.Connection, run_id: int) -> Run:
    """Return one run; UnknownRun where there is none of that number."""
    found = read(connection, "WHERE id = ?", (run_id,)) if 0 <= run_id < 2**62 else []
    if not found:
        raise errors.UnknownRun(f"there is no run {run_id}")
    return found[0]


def create(connection: sqlite3.Connection, spec: Mapping[str, Any], name: str, data: str | None) -> int:
    """Put a new run at the end of the queue and return its number."""
    lanes = spec.get("lanes", ())
    tidy = tidy_name(name, tuple(map(str, lanes)))
    cursor = connection.execute(
        f"INSERT INTO runs (name, spec, data, state, place, created) VALUES (?, ?, ?, 'queued', {_NEXT_PLACE}, ?)",  # noqa: S608
        (tidy, json.dumps(dict(spec), allow_nan=False), data, time.time()),
    )
    return int(cursor.lastrowid or 0)


def rename(connection: sqlite3.Connection, run_id: int, name: str) -> None:
    """Give a run another name; an empty one gives it its first name back."""
    run = read_one(connection, run_id)
    connection.execute("UPDATE runs SET name = ? WHERE id = ?", (tidy_name(name, run.lanes), run_id))


def delete(connection: sqlite3.Connection, run_id: int) -> None:
    """Remove a run and all its points; StoreError while it trains."""
    if read_one(connection, run_id).state == "running":
        raise errors.StoreError(f"run {run_id} is training: cancel it first")
    connection.execute("DELETE FROM runs WHERE id = ?", (run_id,))


def cancel(connection: sqlite3.Connection, run_id: int) -> None:
    """Ask a run to stop, or take it out of the queue; StoreError where it is over."""
    run = read_one(connection, run_id)
    if not run.active:
        raise errors.StoreError(f"run {run_id} is {run.state} already")
    change = "state = 'cancelled', ended = ?" if run.state == "queued" else "cancel = 1 + 0 * ?"
    connection.execute(f"UPDATE runs SET {change} WHERE id = ?", (time.time(), run_id))  # noqa: S608


def resume(connection: sqlite3.Connection, run_id: int) -> None:
    """Put a run that did not finish at the end of the queue again; StoreError where there is nothing to resume."""
    run = read_one(connection, run_id)
    if run.state not in RESUMABLE:
        raise errors.StoreError(f"run {run_id} is {run.state}: only a {', '.join(RESUMABLE)} run can be resumed")
    connection.execute(
        f"UPDATE runs SET state = 'queued', message = '', cancel = 0, ended = NULL, place = {_NEXT_PLACE} WHERE id = ?",  # noqa: S608
        (run_id,),
    )


def latest_epochs(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
    """Return (run, lane, epoch, test_loss, test_accuracy, examples_per_second) of every lane's last epoch."""
    return connection.execute(
        "SELECT run, lane, max(epoch), test_loss, test_accuracy, examples_per_second FROM epochs GROUP BY run, lane"
    ).fetchall()
