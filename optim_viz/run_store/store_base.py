"""The run store's foundation: reading and writing in one file, and removing what was deleted."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from optim_viz.run_store import checkpoint_file, deletion, last_word, points, queue, room_again
from optim_viz.run_store.errors import StoreBusy, StoreError, StoreFull, said
from optim_viz.run_store.folders import (
    checkpoint_path,
    default_path,
    log_path,
    make_reserve,
    planes_folder,
    release_reserve,
    snapshots_folder,
)
from optim_viz.run_store.queue import Watch
from optim_viz.run_store.runs import Run
from optim_viz.run_store.store_file import StoreFile

T = TypeVar("T")
_DELETED_AT_ONCE: Final = 2000  # rows a transaction, where there is hardly room on the disk
_REMOVING_SECONDS: Final = 0.2  # of a look, for runs that were deleted; the next look goes on


class StoreBase:
    """A store's file, and what every part of the store does with it.

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

    def _mark_lost(self) -> None:
        """Mark lost runs, before runs are asked to stop: none is started that may be meant. Errors as for `advance`."""
        queue.advance(self.file, self.watch, start=False)

    def _require_work(self, specs: Sequence[Mapping[str, Any]]) -> None:
        """Raise where these runs are too much to train together; who has the whole store may train anything."""

    def _require_room(self, connection: sqlite3.Connection, runs: int, *, trained: bool) -> None:
        """Raise, in the transaction that adds so many runs, where no more may be added; here there is always room."""

    def _now(self, run: Run) -> Run:
        """Return the run as it is: lost where its process is gone, even if that could not be written down yet."""
        if run.state == "running" and self.watch.is_lost(run):
            state, message = last_word.end_of(self.path, run)
            return dataclasses.replace(run, state=state, message=message, ended=run.heartbeat, cancel=False)
        return run

    def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self.file.reading() as connection:
            try:
                return work(connection)
            except (ValueError, TypeError) as error:  # no program wrote that: a damaged page that SQLite cannot tell
                raise StoreError(
                    f"a part of the run store {self.path} is damaged and cannot be read: {said(error)}"
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
        last_word.forget(self.path, run_id)
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
