"""The run store: what pages, the command line and the worker see of it."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from optim_viz.run_store import checkpoint_file, points, queue, runs
from optim_viz.run_store.errors import StoreError, StoreFull
from optim_viz.run_store.folders import (
    checkpoint_path,
    default_path,
    log_path,
    make_reserve,
    planes_folder,
    release_reserve,
    snapshots_folder,
)
from optim_viz.run_store.points import Bands, Histogram, Series
from optim_viz.run_store.queue import Watch
from optim_viz.run_store.runs import LOST, Run
from optim_viz.run_store.store_file import StoreFile

T = TypeVar("T")
_DELETED_AT_ONCE: Final = 2000  # rows a transaction, where there is hardly room on the disk


@dataclass(frozen=True)
class Result:
    """Where a lane stands: its last epoch (from 1), test loss, test accuracy (0 to 1), examples a second."""

    lane: int
    epoch: int
    test_loss: float | None
    test_accuracy: float | None
    examples_per_second: float | None


class RunStore:
    """All runs, in one SQLite file that any number of processes and threads share.

    Every method may raise `StoreError`: its text is one sentence that names the file and says what to do.

    Attributes:
        file: the open file, with its path.
        watch: which runs' processes are still there.
    """

    def __init__(self, path: str | Path | None = None, *, make_folder: bool = True) -> None:
        """Open the store, making it where there is none.

        Args:
            path: its file; None for the default one.
            make_folder: whether a missing folder is made, too; if not, it is an error.

        Raises:
            StoreError: it cannot be opened; StoreDamaged where its content is broken (it is then moved aside).
        """
        file = Path(path).expanduser() if path is not None else default_path()
        self.file = StoreFile(file, make_folder=make_folder)
        self.watch = Watch()

    @property
    def path(self) -> Path:
        """The store's file."""
        return self.file.path

    @property
    def read_only(self) -> bool:
        """Whether runs can only be looked at."""
        return self.file.read_only

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        self.file.close()

    # ---- runs as a whole ----

    def create(self, spec: Mapping[str, Any], name: str = "", data: str | None = None, launcher: str = "local") -> int:
        """Put a run at the end of the queue and return its number; `launch` also starts it.

        Args:
            spec: what to train, `TrainingSpec.to_dict()`.
            name: for people; empty for one made of the lanes.
            data: folder of the data files; None is that of now ($OPTIM_VIZ_DATA), wherever the process is started.
            launcher: which of `optim_viz.launchers` is to start its process.

        Raises:
            StoreError: the store cannot be written.
        """
        data = data or os.environ.get("OPTIM_VIZ_DATA")
        data = str(Path(data).expanduser().absolute()) if data else None
        run_id = self._write(lambda connection: runs.create(connection, spec, name, data, launcher))
        self._remove_files(run_id)  # of a store that lay here before and was removed
        make_reserve(self.path)
        return run_id

    def launch(self, spec: Mapping[str, Any], name: str = "", data: str | None = None, launcher: str = "local") -> int:
        """Put a run at the end of the queue, start its process if its turn is now, and return its number.

        Args and errors as for `create`. A process that cannot be started leaves the run in the queue, and its message
        says why.
        """
        run_id = self.create(spec, name, data, launcher)
        self.advance()
        return run_id

    def advance(self) -> None:
        """Mark lost runs and start the next one where that is due; call it about once a second while looking.

        Where the store cannot be written just now this is left for the next time.

        Raises:
            StoreError: the store cannot be read.
        """
        queue.advance(self.file, self.watch)

    def get(self, run_id: int) -> Run:
        """Return a run.

        Raises:
            UnknownRun: there is none of that number.
        """
        return self._now(self._read(lambda connection: runs.read_one(connection, run_id)))

    def list_runs(self) -> list[Run]:
        """Return all runs, the newest first. One whose row is damaged has the state "unreadable"."""
        return [self._now(run) for run in self._read(runs.read)]

    def results(self) -> dict[int, list[Result]]:
        """Return where every lane stands that has finished an epoch, by run."""
        found: dict[int, list[Result]] = {}
        for run_id, lane, epoch, *numbers in self._read(runs.latest_epochs):
            sound = [None if isinstance(each, str | bytes) else each for each in numbers]
            found.setdefault(run_id, []).append(Result(lane, epoch, *sound))
        return found

    def rename(self, run_id: int, name: str) -> None:
        """Give a run another name.

        Args:
            run_id: which run.
            name: one line is made of it, of at most 120 characters; empty gives the run its first name back.

        Raises:
            UnknownRun: there is none of that number.
        """
        self._write(lambda connection: runs.rename(connection, run_id, name))

    def delete(self, run_id: int) -> None:
        """Remove a run, its points, its checkpoint and its log; that works on a full disk, too.

        Raises:
            UnknownRun: there is none of that number.
            StoreError: it trains.
        """
        self.advance()
        self._read(lambda connection: runs.require_deletable(connection, run_id))
        try:
            self._write(lambda connection: _delete(connection, run_id))
        except StoreFull:
            self._remove_files(run_id)
            self._delete_in_parts(run_id)
        self._remove_files(run_id)
        make_reserve(self.path)

    def request_cancel(self, run_id: int) -> None:
        """Ask a run to stop (it does within a second), or take it out of the queue.

        Raises:
            UnknownRun: there is none of that number.
            StoreError: it is over.
        """
        self.advance()
        self._write(lambda connection: runs.cancel(connection, run_id))

    def resume(self, run_id: int) -> None:
        """Let a cancelled, failed or lost run go on from its last checkpoint when its turn comes.

        Raises:
            UnknownRun: there is none of that number.
            StoreError: it is in another state.
        """
        self.advance()
        self._write(lambda connection: runs.resume(connection, run_id))
        self.advance()

    # ---- points ----

    def append(self, run_id: int, events: Iterable[Any]) -> None:
        """Write events of `optim_viz.comparison.events` in one transaction, all or none."""
        kept = list(events)  # they may be written twice, where the disk is full
        self._write(lambda connection: points.append(connection, run_id, kept))

    def series(self, run_id: int, lane: int, quantity: str, max_points: int = 2000) -> Series:
        """Return a curve with both its ends and every peak.

        Args:
            run_id: which run; one that is not there has no points.
            lane: position of the lane, from 0.
            quantity: a key of `points.SERIES`.
            max_points: at most so many points, at least 8.

        Raises:
            ValueError: an unknown quantity.
        """
        points.require_series(quantity)
        return self._read(lambda connection: points.series(connection, run_id, lane, quantity, max_points))

    def quantiles(self, run_id: int, lane: int, quantity: str, layer: str, max_points: int = 1000) -> Bands:
        """Return quantiles over one layer.

        Args:
            run_id: which run.
            lane: position of the lane, from 0.
            quantity: one of `optim_viz.comparison.events.QUANTITIES`.
            layer: one of `Run.layers`.
            max_points: at most so many steps, evenly chosen with both ends.
        """
        return self._read(lambda connection: points.bands(connection, run_id, lane, quantity, layer, max_points))

    def monitor(
        self, run_id: int, lane: int, monitor: str, layer: str = "", max_points: int = 2000
    ) -> tuple[Series, Series]:
        """Return what a monitor logged, and what that is compared with: empty where there is nothing.

        Args:
            run_id: which run.
            lane: position of the lane, from 0.
            monitor: a name of `optim_viz.monitors`; one that was not sampled has no points.
            layer: one of `Run.layers`; "" for all together.
            max_points: at most so many points of each, at least 8.
        """

        def read(column: str) -> Series:
            return self._read(
                lambda connection: points.monitor(connection, run_id, lane, monitor, layer, column, max_points)
            )

        return read("value"), read("bound")

    def recorded(self, run_id: int, lane: int) -> tuple[str, ...]:
        """Name the quantities of an optimizer's state that a lane has points of, in the order of their menu."""
        return self._read(lambda connection: points.recorded(connection, run_id, lane))

    def histogram(self, run_id: int, lane: int, step: int | None = None) -> Histogram | None:
        """Return the last histogram of m̂/√v̂ up to `step` (None: the last of all); None where there is none."""
        return self._read(lambda connection: points.histogram(connection, run_id, lane, step))

    def rows(self, kind: str, run_id: int, after: int = 0, upto: int = 2**62) -> list[dict[str, Any]]:
        """Return events of one kind as dictionaries, ordered by step and lane.

        Args:
            kind: a key of `points.TABLES`.
            run_id: which run.
            after: only events after this step.
            upto: only events up to this step.
        """
        return self._read(lambda connection: points.read_back(connection, kind, run_id, after, upto))

    # ---- within ----

    def _now(self, run: Run) -> Run:
        """Return the run as it is: lost where its process is gone, even if that could not be written down yet."""
        if run.state == "running" and self.watch.is_lost(run):
            return dataclasses.replace(run, state="lost", message=LOST, ended=run.heartbeat, cancel=False)
        return run

    def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self.file.reading() as connection:
            try:
                return work(connection)
            except (ValueError, TypeError) as error:  # no program wrote that: a damaged page that SQLite cannot tell
                raise StoreError(
                    f"a part of the run store {self.path} is damaged and cannot be read: {error}"
                ) from error

    def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Write; on a full disk the megabyte that is kept back makes room, once."""
        try:
            with self.file.writing() as connection:
                return work(connection)
        except StoreFull:
            if not release_reserve(self.path):
                raise
        try:
            with self.file.writing() as connection:
                return work(connection)
        finally:
            with contextlib.suppress(StoreError):
                self.file.empty_journal()
            make_reserve(self.path)

    def _remove_files(self, run_id: int) -> None:
        checkpoint_file.remove(checkpoint_path(self.path, run_id))
        checkpoint_file.remove(log_path(self.path, run_id))
        for folder in (snapshots_folder(self.path, run_id), planes_folder(self.path, run_id)):
            shutil.rmtree(folder, ignore_errors=True)

    def _delete_in_parts(self, run_id: int) -> None:
        """Delete little by little, so that the journal needs next to no room."""
        release_reserve(self.path)
        for table, _ in points.TABLES.values():
            part = f"DELETE FROM {table} WHERE run = ? AND step IN (SELECT step FROM {table} WHERE run = ? LIMIT ?)"  # noqa: S608
            while True:
                with self.file.writing() as connection:
                    deleted = connection.execute(part, (run_id, run_id, _DELETED_AT_ONCE)).rowcount
                self.file.empty_journal()
                if deleted == 0:
                    break
        with self.file.writing() as connection:
            _delete(connection, run_id)
        self.file.empty_journal()


def _delete(connection: sqlite3.Connection, run_id: int) -> None:
    """Remove a run, and by the foreign keys all its points."""
    connection.execute("DELETE FROM runs WHERE id = ?", (run_id,))
