"""Deleting runs, and bringing them back: each within the caller's transaction.

A deleted run is hidden at once and keeps everything for `UNDO_SECONDS`. After that whoever looks next removes it in
three steps: it is marked as going (from where `restore` refuses), its files go, its rows go. A process that dies in
between leaves the mark, and the next one that looks goes on from there.

A run that waits leaves the queue, and takes its old place where it is brought back; one that trains is asked to stop,
and is removed only when it has.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from optim_viz import launchers
from optim_viz.run_store import errors
from optim_viz.run_store.queue import Watch
from optim_viz.run_store.runs import Run, read, read_kept

UNDO_SECONDS: Final = 30.0
KEPT: Final = "WHERE id NOT IN (SELECT run FROM deletions) ORDER BY id DESC"
"""The condition of runs that were not deleted, the newest first."""


@dataclass(frozen=True)
class Deletion:
    """Runs that were deleted together and can be brought back.

    Attributes:
        runs: which, the newest first.
        seconds_left: for how long at least, 0 to `UNDO_SECONDS`.
    """

    runs: tuple[Run, ...]
    seconds_left: float


def delete(connection: sqlite3.Connection, run_ids: Sequence[int]) -> None:
    """Hide runs; UnknownRun where there is none of a number, and then nothing is deleted."""
    now, here = time.time(), launchers.machine()
    for run_id in dict.fromkeys(run_ids):
        run = read_kept(connection, run_id)
        connection.execute(
            "INSERT INTO deletions (run, time, machine, was) VALUES (?, ?, ?, ?)", (run_id, now, here, run.state)
        )
        if run.state == "queued":
            connection.execute("UPDATE runs SET state = 'cancelled', ended = ? WHERE id = ?", (now, run_id))
        elif run.state == "running":
            connection.execute("UPDATE runs SET cancel = 1 WHERE id = ?", (run_id,))


def restore(connection: sqlite3.Connection, run_ids: Sequence[int]) -> None:
    """Bring runs back; StoreError where one was not deleted or is gone, and then none is."""
    for run_id in dict.fromkeys(run_ids):
        row = connection.execute("SELECT was, going FROM deletions WHERE run = ?", (run_id,)).fetchone()
        if row is None:
            there = connection.execute("SELECT EXISTS (SELECT 1 FROM runs WHERE id = ?)", (run_id,)).fetchone()[0]
            why = "it was not deleted" if there else "there is none, or it has been removed for good"
            raise errors.StoreError(f"run {run_id} cannot be brought back: {why}")
        if row[1]:
            raise errors.StoreError(f"run {run_id} cannot be brought back: its files have been removed already")
        connection.execute("DELETE FROM deletions WHERE run = ?", (run_id,))
        if row[0] == "queued":
            change = "UPDATE runs SET state = 'queued', ended = NULL WHERE id = ? AND state = 'cancelled'"
            connection.execute(change, (run_id,))


def waited(connection: sqlite3.Connection, run_ids: Sequence[int]) -> bool:
    """Whether one of these deleted runs would go back into the queue."""
    was = dict(connection.execute("SELECT run, was FROM deletions").fetchall())
    return any(was.get(run_id) == "queued" for run_id in run_ids)


def recent(connection: sqlite3.Connection, watch: Watch) -> list[Deletion]:
    """Return what can be brought back, the newest deletion first."""
    left: dict[tuple[float, str], float] = {}
    together: dict[tuple[float, str], list[int]] = {}
    for run_id, *key in connection.execute(
        "SELECT run, time, machine FROM deletions WHERE going = 0 ORDER BY run DESC"
    ):
        when, machine = key
        left[when, machine] = UNDO_SECONDS - _age(watch, run_id, when, machine)
        together.setdefault((when, machine), []).append(run_id)
    if not any(seconds > 0 for seconds in left.values()):
        return []
    found = {run.id: run for run in read(connection, "WHERE id IN (SELECT run FROM deletions)")}
    return [
        Deletion(tuple(found[run_id] for run_id in together[key]), min(UNDO_SECONDS, left[key]))
        for key in sorted(together, reverse=True)
        if left[key] > 0
    ]


def due(connection: sqlite3.Connection, watch: Watch) -> list[int]:
    """Return the runs that are to be removed now."""
    rows = connection.execute(
        "SELECT run, time, machine, going FROM deletions WHERE run IN (SELECT id FROM runs WHERE state != 'running')"
    ).fetchall()
    return [run for run, when, machine, going in rows if going or _age(watch, run, when, machine) >= UNDO_SECONDS]


def start_removing(connection: sqlite3.Connection, run_id: int) -> bool:
    """Mark a run as going; False where it was brought back meanwhile."""
    return connection.execute("UPDATE deletions SET going = 1 WHERE run = ?", (run_id,)).rowcount == 1


def _age(watch: Watch, run_id: int, when: float, machine: str) -> float:
    """Return for how long a run has been deleted; by our own clock, for another computer's is not compared with it."""
    seen = watch.unchanged(("deleted", run_id), when)
    return max(seen, time.time() - when) if machine == launchers.machine() else seen
