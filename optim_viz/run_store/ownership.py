"""What a worker may do with the run it has taken, and only for as long as the run is its own.

Every write names the owner. A worker that was taken for dead (its computer slept, say) finds that its run has gone to
another one, and stops; so two processes never write one run.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from typing import Any

from optim_viz.run_store import errors, log
from optim_viz.run_store.queue import Claim
from optim_viz.run_store.run import State
from optim_viz.run_store.runs import LET_GO
from optim_viz.run_store.store_file import StoreFile


class NotOurs(errors.StoreError):
    """The run was taken for lost, deleted, or given to another process."""


def beat(file: StoreFile, claim: Claim, events: Sequence[Any] = (), message: str | None = None) -> None:
    """Write events and a heartbeat in one transaction; NotOurs where the run is no longer this worker's."""
    with file.writing() as connection:
        _require(connection, claim)
        change = "UPDATE runs SET heartbeat = ?, message = coalesce(?, message) WHERE id = ?"
        connection.execute(change, (time.time(), message, claim.run.id))
        log.append(connection, claim.run.id, events)


def finish(file: StoreFile, claim: Claim, state: State, message: str, events: Sequence[Any] = ()) -> None:
    """Write the last events and how the run ended; NotOurs where the run is no longer this worker's."""
    with file.writing() as connection:
        _require(connection, claim)
        now = time.time()
        connection.execute("UPDATE runs SET heartbeat = ? WHERE id = ?", (now, claim.run.id))
        log.append(connection, claim.run.id, events)
        connection.execute(
            f"UPDATE runs SET state = ?, message = ?, {LET_GO} WHERE id = ?",  # noqa: S608 - a constant
            (state, message, now, claim.run.id),
        )


def note_data(file: StoreFile, claim: Claim, folder: str) -> None:
    """Write down where the data files lie, for whoever reproduces the run."""
    with file.writing() as connection:
        _require(connection, claim)
        connection.execute("UPDATE runs SET data = ? WHERE id = ?", (folder, claim.run.id))


def cancel_is_asked(file: StoreFile, claim: Claim) -> bool:
    """Whether somebody asked for this run to stop."""
    with file.reading() as connection:
        row = connection.execute("SELECT cancel FROM runs WHERE id = ?", (claim.run.id,)).fetchone()
    return bool(row and row[0])


def _require(connection: sqlite3.Connection, claim: Claim) -> None:
    row = connection.execute("SELECT owner FROM runs WHERE id = ?", (claim.run.id,)).fetchone()
    if row is None or row[0] != claim.owner:
        raise NotOurs(f"run {claim.run.id} no longer belongs to this process")
