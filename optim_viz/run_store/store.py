"""The run store: what pages, the command line and the worker see of it."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from optim_viz import launchers
from optim_viz.run_store import alerts, checkpoint_file, deletion, groups, importing, points, queue, room_again, runs
from optim_viz.run_store.alerts import Alert
from optim_viz.run_store.deletion import Deletion
from optim_viz.run_store.errors import StoreBusy, StoreError, StoreFull
from optim_viz.run_store.folders import (
    checkpoint_path,
    default_path,
    log_path,
    make_reserve,
    planes_folder,
    release_reserve,
    snapshots_folder,
)
from optim_viz.run_store.groups import Standing, StoredSweep
from optim_viz.run_store.points import Bands, Histogram, Series
from optim_viz.run_store.queue import Watch
from optim_viz.run_store.runs import LOST, Run
from optim_viz.run_store.store_file import StoreFile

T = TypeVar("T")
_DELETED_AT_ONCE: Final = 2000  # rows a transaction, where there is hardly room on the disk
_REMOVING_SECONDS: Final = 0.2  # of a look, for runs that were deleted; the next look goes on


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
        visitor: whose the runs are that are added; "" for nobody's.
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
        self.visitor = ""

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

    def create(
        self,
        spec: Mapping[str, Any],
        name: str = "",
        data: str | None = None,
        launcher: str | None = None,
        cores: int | None = None,
    ) -> int:
        """Put a run at the end of the queue and return its number; `launch` also starts it.

        Args:
            spec: what to train, `TrainingSpec.to_dict()`.
            name: for people; empty for one made of the lanes.
            data: folder of the data files; None is that of now ($OPTIM_VIZ_DATA), wherever the process is started.
            launcher: which of `optim_viz.launchers` is to start its process; None for what the environment asks for,
                else this machine's processes.
            cores: at most so many of its machine's cores are used for it, and the curves are those of so many threads
                to the bit; None for as many as it makes use of. With 1 most runs train at once: right for a sweep.

        Raises:
            StoreError: the store cannot be written.
        """
        self._require_work([spec])
        data, way = _data_folder(data), launcher or launchers.default()

        def add(connection: sqlite3.Connection) -> int:
            self._require_room(connection, 1, trained=True)
            return runs.create(connection, spec, name, data, way, cores, self.visitor)

        run_id = self._write(add)
        self._remove_files(run_id)  # of a store that lay here before and was removed
        make_reserve(self.path)
        return run_id

    def launch(
        self,
        spec: Mapping[str, Any],
        name: str = "",
        data: str | None = None,
        launcher: str | None = None,
        cores: int | None = None,
    ) -> int:
        """Put a run at the end of the queue, start its process if its turn is now, and return its number.

        Args and errors as for `create`. A process that cannot be started leaves the run in the queue, and its message
        says why.
        """
        run_id = self.create(spec, name, data, launcher, cores)
        self.advance()
        return run_id

    def advance(self) -> None:
        """Mark lost runs, start the next ones and those that had no room, and remove deleted ones where that is due.

        Call it about once a second while looking. Where the store cannot be written just now this is left for the next
        time.

        Raises:
            StoreError: the store cannot be read.
        """
        with contextlib.suppress(StoreBusy, StoreFull):
            room_again.go_on(self.file)
        queue.advance(self.file, self.watch)
        if not self.read_only:
            with contextlib.suppress(StoreBusy, StoreFull):
                self._remove_deleted()

    def get(self, run_id: int) -> Run:
        """Return a run.

        Raises:
            UnknownRun: there is none of that number, or it was deleted.
        """
        return self._now(self._read(lambda connection: runs.read_kept(connection, run_id)))

    def list_runs(self) -> list[Run]:
        """Return all runs, the newest first. One whose row is damaged has the state "unreadable"."""
        return [self._now(run) for run in self._read(lambda connection: runs.read(connection, deletion.KEPT))]

    def results(self, run_ids: Collection[int] | None = None) -> dict[int, list[Result]]:
        """Return where every lane stands that has finished an epoch, by run; None: of all runs."""
        found: dict[int, list[Result]] = {}
        for run_id, lane, epoch, *numbers in self._read(lambda connection: runs.latest_epochs(connection, run_ids)):
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

    def import_run(self, content: bytes) -> int:
        """Take in a run's JSON export (`export.write_json`) as a run of this store, and return its number.

        Args:
            content: the file. It is foreign: everything is checked before anything is written.

        Raises:
            ImportProblem: it cannot be imported; the message says what is wrong where. Nothing was changed.
        """
        found = importing.read(content)

        def add(connection: sqlite3.Connection) -> int:
            self._require_room(connection, 1, trained=False)
            return importing.write(connection, found, self.visitor)

        run_id = self._write(add)
        self._remove_files(run_id)  # of a store that lay here before and was removed
        return run_id

    def write_notes(self, run_id: int, notes: str) -> None:
        """Replace the notes on a run.

        Args:
            run_id: which run.
            notes: plain text of any number of lines, at most `NOTES_LENGTH` characters; control characters go.

        Raises:
            UnknownRun: there is none of that number.
            ValueError: they are too long; the message says by how much.
        """
        self._write(lambda connection: runs.write_notes(connection, run_id, notes))

    def alerts(self, of: Sequence[Run]) -> dict[int, tuple[Alert, ...]]:
        """Return what of these runs wants looking after, by number; a run that is well is left out.

        That a run stands still is seen by the same process looking again and again.
        """
        return self._read(lambda connection: alerts.find(connection, self.watch, of))

    def delete(self, *run_ids: int) -> None:
        """Delete runs: they are hidden at once, can be brought back for 30 seconds, and then go with all they logged.

        One that trains is asked to stop, one that waits leaves the queue. Whoever looks next after the 30 seconds
        removes the points, checkpoints and logs, on a full disk as well.

        Raises:
            UnknownRun: there is none of one of the numbers; no run is deleted then.
        """
        self.advance()
        self._write(lambda connection: deletion.delete(connection, run_ids))

    def restore(self, *run_ids: int) -> None:
        """Bring deleted runs back as they were; one that was training stays cancelled, and resume goes on with it.

        Raises:
            StoreError: one was not deleted, or is gone for good; no run is brought back then.
        """
        self._write(lambda connection: deletion.restore(connection, run_ids))

    def deletions(self) -> list[Deletion]:
        """Return what was deleted and can be brought back, the newest first."""
        return self._read(lambda connection: deletion.recent(connection, self.watch))

    def request_cancel(self, run_id: int) -> None:
        """Ask a run to stop (it does within a second), or take it out of the queue.

        Raises:
            UnknownRun: there is none of that number.
            StoreError: it is over.
        """
        self.advance()
        self._write(lambda connection: runs.cancel(connection, run_id))

    def cancel_all(self, run_ids: Collection[int] | None = None) -> int:
        """Ask many runs to stop, in one transaction, and take those that wait out of the queue.

        Args:
            run_ids: which; None for all that wait or train. Those that are over, or not there, are left as they are.

        Returns:
            How many were waiting or training, and not asked to stop before.
        """
        meant = None if run_ids is None else list(run_ids)
        self.advance()
        return self._write(lambda connection: runs.cancel_all(connection, meant))

    def resume(self, run_id: int) -> None:
        """Let a cancelled, failed or lost run go on from its last checkpoint when its turn comes.

        Raises:
            UnknownRun: there is none of that number.
            StoreError: it is in another state.
        """
        self.advance()
        self._write(lambda connection: runs.resume(connection, run_id))
        self.advance()

    # ---- sweeps: groups of runs ----

    def launch_sweep(
        self,
        name: str,
        plan: Mapping[str, Any],
        specs: Sequence[tuple[str, Mapping[str, Any]]],
        data: str | None = None,
    ) -> int:
        """Put the runs of a sweep at the end of the queue, all or none, start the first, and return the sweep's number.

        Args:
            name: for people.
            plan: what was asked for, plain JSON values.
            specs: name and spec of every run, in the order in which they are trained.
            data: as for `create`. A run of one lane is given one core.

        Raises:
            StoreError: the store cannot be written.
        """
        self._require_work([spec for _, spec in specs])
        folder = _data_folder(data)

        def add(connection: sqlite3.Connection) -> tuple[int, list[int]]:
            self._require_room(connection, len(specs), trained=True)
            return groups.create(connection, name, plan, specs, folder, self.visitor)

        sweep, numbers = self._write(add)
        for run_id in numbers:
            self._remove_files(run_id)
        make_reserve(self.path)
        self.advance()
        return sweep

    def list_sweeps(self) -> list[StoredSweep]:
        """Return all sweeps, the newest first."""
        return self._read(groups.read)

    def sweep_states(self) -> dict[int, dict[str, int]]:
        """Return how many runs of each sweep are in which state."""
        return self._read(groups.states)

    def get_sweep(self, sweep: int) -> StoredSweep:
        """Return a sweep; UnknownRun where there is none of that number."""
        return self._read(lambda connection: groups.read_one(connection, sweep))

    def standings(self, sweep: int) -> dict[int, Standing]:
        """Return where every run of a sweep stands, by its place in the plan; errors as for `get_sweep`."""
        found = self._read(lambda connection: groups.standings(connection, sweep))
        return {cell: dataclasses.replace(each, run=self._now(each.run)) for cell, each in found.items()}

    def cancel_sweep(self, sweep: int) -> int:
        """Ask all runs of a sweep to stop that are not over, and return how many; errors as for `get_sweep`."""
        return self.cancel_all(list(self.get_sweep(sweep).runs.values()))

    def resume_sweep(self, sweep: int) -> int:
        """Let all runs of a sweep go on that were cancelled, failed or lost, and return how many; errors likewise."""
        self.advance()
        count = self._write(lambda connection: groups.resume(connection, sweep))
        self.advance()
        return count

    def delete_sweep(self, sweep: int) -> None:
        """Delete all runs of a sweep, as `delete` does; with any of them the sweep comes back. Errors likewise."""
        self.delete(*self.get_sweep(sweep).runs.values())

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

    # ---- links ----

    def link_key(self, run_id: int) -> str:
        """Return the secret that a link to a run needs where visitors see their own runs alone; makes a missing one.

        Raises:
            UnknownRun: there is none of that number, or it was deleted.
        """
        return self._write(lambda connection: runs.link_key(connection, run_id))

    def link_keys(self, run_ids: Iterable[int]) -> list[str]:
        """Return what a link to these runs has to carry: nothing where everybody sees all runs."""
        del run_ids
        return []

    # ---- within ----

    def _require_work(self, specs: Sequence[Mapping[str, Any]]) -> None:
        """Raise where these runs are too much to train together; who has the whole store may train anything."""

    def _require_room(self, connection: sqlite3.Connection, runs: int, *, trained: bool) -> None:
        """Raise, in the transaction that adds so many runs, where no more may be added; here there is always room."""

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

    def _remove_deleted(self) -> None:
        """Remove what was deleted long enough ago, and what a process that died meanwhile left half removed."""
        until = time.monotonic() + _REMOVING_SECONDS
        for run_id in self._read(lambda connection: deletion.due(connection, self.watch)):
            if self._write(lambda connection, run_id=run_id: deletion.start_removing(connection, run_id)):
                self._remove(run_id)
            if time.monotonic() > until:
                return

    def _remove(self, run_id: int) -> None:
        """Remove a run's files, and then its rows: as long as there is a row, what is left can be found."""
        self._remove_files(run_id)
        try:
            self._write(lambda connection: _delete(connection, run_id))
        except StoreFull:
            self._delete_in_parts(run_id)
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


def _data_folder(data: str | None) -> str | None:
    """Return the folder that a process will read its data from, wherever it is started; None for the default one."""
    data = data or os.environ.get("OPTIM_VIZ_DATA")
    return str(Path(data).expanduser().absolute()) if data else None


def _delete(connection: sqlite3.Connection, run_id: int) -> None:
    """Remove a run, and by the foreign keys all its points."""
    connection.execute("DELETE FROM runs WHERE id = ?", (run_id,))
