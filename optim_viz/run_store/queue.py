"""One run at a time, in order, with nobody in charge.

Whoever looks (a page, the command line, a worker that has finished) calls `advance`: it marks runs whose process died
as lost and, when nothing trains and something waits, starts a worker. The worker itself takes the next run, in one
transaction with its own process number; so no run is ever marked running without a process, whoever is killed when.
Two workers started at once do no harm: the second finds the first at work and leaves.
"""

from __future__ import annotations

import os
import sqlite3
import time
import uuid
from dataclasses import dataclass
from typing import Final

from optim_viz.run_store import processes
from optim_viz.run_store.liveness import Watch
from optim_viz.run_store.places import log_path
from optim_viz.run_store.run import LOST, Run
from optim_viz.run_store.runs import LET_GO, read, read_one
from optim_viz.run_store.store_file import StoreFile

START_SECONDS: Final = 10.0  # how long a started worker may take to take its run before another one is started
START_ATTEMPTS: Final = 3
FORGET_SECONDS: Final = 60.0  # failed starts this long ago say nothing about the next one


@dataclass(frozen=True)
class Claim:
    """A worker's right to write a run: `owner` is in the run's row for as long as the run is that worker's."""

    run: Run
    owner: str


def advance(file: StoreFile, watch: Watch) -> int | None:
    """Mark what was lost and start a worker where one is due; return the number of the process started, if any."""
    if file.read_only:
        return None
    with file.reading() as connection:
        active = read(connection, "WHERE state IN ('queued', 'running')")
    for run in active:
        if run.state == "running" and watch.is_lost(run):
            watch.end_hung(run)
            with file.writing() as connection:
                mark_lost(connection, run)
    if not any(run.state == "queued" for run in active) or not start_is_due(file):
        return None
    return processes.start_detached(processes.worker_command(file.path), log_path(file.path))


def mark_lost(connection: sqlite3.Connection, run: Run) -> None:
    """Mark as lost, unless it has been heard of since `run` was read."""
    connection.execute(
        f"UPDATE runs SET state = 'lost', message = ?, {LET_GO} "  # noqa: S608 - a constant
        "WHERE id = ? AND state = 'running' AND heartbeat IS ? AND process IS ? AND pid IS ?",
        (LOST, run.heartbeat or time.time(), run.id, run.heartbeat, run.process, run.pid),
    )


def start_is_due(file: StoreFile) -> bool:
    """Whether it is on us to start a worker. Those that never come up fail the run they were for, after some tries."""
    now = time.time()
    with file.writing() as connection:
        one = connection.execute(
            "SELECT last, count, EXISTS (SELECT 1 FROM runs WHERE state = 'running'), "
            "(SELECT id FROM runs WHERE state = 'queued' ORDER BY place LIMIT 1) FROM starts"
        ).fetchone()
        since, count, busy, run_id = abs(now - one[0]), one[1], one[2], one[3]  # abs: the clock may have been set back
        if busy or run_id is None or (count and since < START_SECONDS):
            return False
        if count >= START_ATTEMPTS and since < FORGET_SECONDS:
            message = f"no training process came up; what they printed is in {log_path(file.path)}"
            change = "UPDATE runs SET state = 'failed', message = ?, ended = ? WHERE id = ?"
            connection.execute(change, (message, now, run_id))
            connection.execute("UPDATE starts SET count = 0")
            return False
        tries = count + 1 if since < FORGET_SECONDS else 1
        connection.execute("UPDATE starts SET last = ?, count = ?", (now, tries))
    return True


def claim_next(file: StoreFile, watch: Watch) -> Claim | None:
    """Take the next run for this process; None when nothing waits or another one trains."""
    owner, now = uuid.uuid4().hex, time.time()
    with file.writing() as connection:
        for run in read(connection, "WHERE state = 'running'"):
            if not watch.is_lost(run):
                return None
            mark_lost(connection, run)
        waiting = read(connection, "WHERE state = 'queued' ORDER BY place LIMIT 1")
        if not waiting:
            return None
        run_id = waiting[0].id
        connection.execute(
            "UPDATE runs SET state = 'running', message = 'starting', owner = ?, pid = ?, process = ?, machine = ?, "
            "heartbeat = ?, started = coalesce(started, ?), ended = NULL, trained_since = NULL, cancel = 0 "
            "WHERE id = ?",
            (owner, os.getpid(), processes.start_of(os.getpid()), processes.machine(), now, now, run_id),
        )
        connection.execute("UPDATE starts SET count = 0")
        return Claim(read_one(connection, run_id), owner)
