"""As many runs at once as the machine has room for (`pool`), in order, with no process in charge.

Every process that looks (a page, the command line, a worker that has taken a run or finished one) calls `advance`: it
marks runs whose process died as lost and, when there is room and something waits, starts a worker. The worker itself
takes the next run, in one transaction with its own handle; so no run is ever marked running without a process, whatever
is killed when. A worker too many does no harm: it finds no room and leaves. So the first worker starts the second, and
the pool fills itself, one process after the other.

A launcher knows at once that a process is dead, and does not take one whose computer slept for dead. Where it cannot
tell (another computer or container on the same store), a heartbeat that stands still decides, timed by our own clock
from when we saw it move: the times that another computer writes are never compared with ours.
"""

from __future__ import annotations

import sqlite3
import sys
import threading
import time
import uuid
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from optim_viz import launchers
from optim_viz.run_store import last_word
from optim_viz.run_store.errors import StoreBusy, StoreFull
from optim_viz.run_store.folders import log_path
from optim_viz.run_store.pool import pool
from optim_viz.run_store.runs import RELEASE, Run, read, read_one
from optim_viz.run_store.store_file import StoreFile

START_SECONDS: Final = 10.0  # how long a started worker may take to take its run before another one is started
START_ATTEMPTS: Final = 3
FORGET_SECONDS: Final = 60.0  # failed starts this long ago say nothing about the next one
SILENT_SECONDS: Final = 8.0  # the worker's heart beats every second
_SETTLING_SECONDS: Final = 0.25
HUNG_SECONDS: Final = 60.0  # a process that is there, but writes nothing: stopped, or stuck in a driver
_TRAINING: Final = "WHERE state = 'running'"
_FIRST: Final = "ORDER BY place LIMIT 1"
_PATIENCE_SECONDS: Final = 0.25  # with a store that others hold: the next process that looks does it


@dataclass(frozen=True)
class Claim:
    """A worker's right to write a run: `owner` is in the run's row for as long as the run is that worker's."""

    run: Run
    owner: str


class Watch:
    """Remembers when each run's heartbeat, or another value in the store, was last seen to change."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[Hashable, tuple[object, float]] = {}

    def is_lost(self, run: Run) -> bool:
        """Whether a run that the store calls running has no process any more."""
        silent = self.unchanged(run.id, run.heartbeat)
        alive = _alive(run)
        if alive is None:
            return silent > SILENT_SECONDS
        return not alive or silent > HUNG_SECONDS

    def unchanged(self, key: Hashable, value: object) -> float:
        """Return for how many seconds of our own clock `value` has been the same; 0 where it is new to us."""
        now = time.monotonic()
        with self._lock:
            before, since = self._seen.get(key, (None, now))
            if key not in self._seen or before != value:
                since = now
                self._seen[key] = (value, now)
        return now - since

    def forget(self) -> None:
        """Count silence from now on: for a while no process could write."""
        with self._lock:
            self._seen.clear()


def advance(file: StoreFile, watch: Watch, *, start: bool = True) -> None:
    """Mark what was lost and, unless `start` is false, start a worker where one is due.

    Left for the next time where the store cannot be written just now: read-only, held by another process, full.

    Raises:
        StoreError: the store cannot be read.
    """
    with file.reading() as connection:
        active = [*read(connection, _TRAINING), *_next(connection)]
    if file.read_only:
        return
    try:
        with file.patience(_PATIENCE_SECONDS):
            for run in active:
                if run.state == "unreadable" or (run.state == "running" and watch.is_lost(run)):
                    _give_up(file, run)
            if start and any(run.state != "running" for run in active):
                _start_next(file, watch)
    except StoreBusy:
        watch.forget()
    except StoreFull:
        return


def settle(file: StoreFile, watch: Watch) -> None:
    """Wait until it is known of each run that trains on another computer or in another container whether it still does.

    A program that looks once cannot tell: only a heartbeat that stands still for `SILENT_SECONDS` says that it is over,
    for example when a container was started anew. Returns at once where no run trains elsewhere.

    Raises:
        StoreError: the store cannot be read.
    """
    first: dict[int, float | None] | None = None
    deadline = time.monotonic() + SILENT_SECONDS + 1
    while time.monotonic() < deadline:
        advance(file, watch)
        with file.reading() as connection:
            unknown = {run.id: run.heartbeat for run in read(connection, _TRAINING) if _is_unknown(run)}
        if first is None:
            first = unknown
        if not any(run in unknown and unknown[run] == beaten for run, beaten in first.items()):
            return
        time.sleep(_SETTLING_SECONDS)


def _is_unknown(run: Run) -> bool:
    return run.state == "running" and _alive(run) is None


def _give_up(file: StoreFile, run: Run) -> None:
    """Mark a run as lost, and end its process if it hangs, so that nothing is left behind."""
    with file.writing() as connection:
        mark_lost(connection, file.path, run)
        gone = read_one(connection, run.id).state != "running"
    if gone and run.handle and run.launcher in launchers.names():
        launchers.get(run.launcher).stop(run.handle)


def mark_lost(connection: sqlite3.Connection, store: Path, run: Run) -> None:
    """Mark as lost, unless it has been heard of since `run` was read; a damaged row cannot be trained either.

    A process that could not write how the run ended left it beside the store at `store`, perhaps: then it failed so.
    """
    if run.state == "unreadable":
        change = f"UPDATE runs SET state = 'failed', {RELEASE} WHERE id = ?"  # noqa: S608 - a constant
        connection.execute(change, (time.time(), run.id))
        return
    connection.execute(
        f"UPDATE runs SET state = ?, message = ?, {RELEASE} "  # noqa: S608 - a constant
        "WHERE id = ? AND state = 'running' AND heartbeat IS ? AND handle IS ?",
        (*last_word.end_of(store, run), run.heartbeat or time.time(), run.id, run.heartbeat, run.handle),
    )


def _far() -> tuple[str, ...]:
    """Name the launchers whose runs take no cores of this machine."""
    return tuple(name for name in launchers.names() if launchers.get(name).elsewhere)


def _next(connection: sqlite3.Connection) -> list[Run]:
    """Return the run whose turn is next on this machine and that of each launcher to other ones, the oldest first."""
    heads = [run for launcher in ("local", *_far()) for run in _next_of(connection, launcher)]
    return sorted(heads, key=lambda run: run.place)


def _next_of(connection: sqlite3.Connection, launcher: str) -> list[Run]:
    """Return the run, if any, that is next for a process that this launcher started."""
    far = _far()
    if launcher in far:
        return read(connection, f"WHERE state = 'queued' AND launcher = ? {_FIRST}", (launcher,))
    others = ", ".join("?" * len(far))
    return read(connection, f"WHERE state = 'queued' AND launcher NOT IN ({others}) {_FIRST}", far)


def _has_room(running: list[Run], run: Run) -> bool:
    """Whether a process is due for a run: on other machines one process takes all runs of its launcher."""
    far = _far()
    if run.launcher in far:
        return all(each.launcher != run.launcher for each in running)
    return pool().has_room([each for each in running if each.launcher not in far], run)


def _start_next(file: StoreFile, watch: Watch) -> None:
    """Start a worker where one is due. One that cannot be started leaves the run in its place, with the reason."""
    due = next_to_start(file, watch)
    if due is None:
        return
    try:
        if problem := launchers.get(due.launcher).problem():
            raise ValueError(problem)
        launchers.get(due.launcher).start(worker_command(file.path, due.launcher), log_path(file.path))
    except (OSError, ValueError) as error:
        reason = error.strerror or str(error) if isinstance(error, OSError) else str(error)
        with file.writing() as connection:
            connection.execute(
                "UPDATE runs SET message = ? WHERE id = ? AND state = 'queued'",
                (f"its process cannot be started yet: {reason}", due.id),
            )


def next_to_start(file: StoreFile, watch: Watch) -> Run | None:
    """Return the run whose worker it is on us to start, if any, and note that we do.

    Workers that never come up fail the run they were for, after some tries.
    """
    now, here = time.time(), launchers.machine()
    with file.writing() as connection:
        last, count, machine = connection.execute("SELECT last, count, machine FROM starts").fetchone()
        running = [run for run in read(connection, _TRAINING) if run.state == "running"]
        waiting = [run for run in _next(connection) if _has_room(running, run)]
        if not waiting:
            return None
        # abs: the clock may have been set back. Another computer's clock is not compared with ours.
        since = abs(now - last) if machine == here else watch.unchanged("start", (last, count, machine))
        if count and since < START_SECONDS:
            return None
        if count >= START_ATTEMPTS and since < FORGET_SECONDS:
            reason = f" ({waiting[0].message})" if waiting[0].message else ""
            message = f"no training process came up{reason}; what they printed is in {log_path(file.path)}"
            change = "UPDATE runs SET state = 'failed', message = ?, ended = ? WHERE id = ?"
            connection.execute(change, (message, now, waiting[0].id))
            connection.execute("UPDATE starts SET count = 0")
            return None
        tries = count + 1 if since < FORGET_SECONDS else 1
        connection.execute("UPDATE starts SET last = ?, count = ?, machine = ?", (now, tries, here))
    return waiting[0]


def worker_command(store: Path, launcher: str) -> list[str]:
    """Return the command of a process that trains the next run in the queue. -P: no stray file shadows a module."""
    worker = [sys.executable, "-P", "-m", launchers.get(launcher).worker]
    return [*worker, "--launcher", launcher, "--store", str(store)]


def claim_next(
    file: StoreFile, watch: Watch, launcher: str = "local", fits: Callable[[Run], bool] | None = None
) -> Claim | None:
    """Take the next run for this process; None when nothing waits or there is no room beside those that train.

    Args:
        file: the store's.
        watch: of the store, which knows what was lost.
        launcher: the one that started this process.
        fits: whether this process can train a run; the next one is left where it cannot. None: it can train any.
    """
    owner, now, handle = uuid.uuid4().hex, time.time(), launchers.get(launcher).own_handle()
    with file.writing() as connection:
        running: list[Run] = []
        for run in read(connection, _TRAINING):
            if run.state == "running" and not watch.is_lost(run):
                running.append(run)
            else:
                mark_lost(connection, file.path, run)
        while (waiting := _next_of(connection, launcher)) and waiting[0].state == "unreadable":
            mark_lost(connection, file.path, waiting[0])
        if waiting and fits is not None and not fits(waiting[0]):
            return None
        handed_on = launchers.get(launcher).elsewhere  # by a process that knows where there is room
        if not waiting or not (handed_on or _has_room(running, waiting[0])):
            # we came up, so no start failed; where others see room and we do not, the next one is not due at once
            connection.execute("UPDATE starts SET count = min(count, ?)", (len(waiting),))
            return None
        run_id = waiting[0].id
        connection.execute(
            "UPDATE runs SET state = 'running', message = 'starting', owner = ?, launcher = ?, handle = ?, "
            "heartbeat = ?, started = coalesce(started, ?), ended = NULL, trained_since = NULL, cancel = 0, cores = ? "
            "WHERE id = ?",
            (owner, launcher, handle, now, now, pool().cores_for(waiting[0]), run_id),
        )
        connection.execute("UPDATE starts SET count = 0")
        return Claim(read_one(connection, run_id), owner)


def _alive(run: Run) -> bool | None:
    if run.handle is None or run.launcher not in launchers.names():
        return None
    return launchers.get(run.launcher).alive(run.handle)
