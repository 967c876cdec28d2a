"""The SQLite file: opening it whatever state it is in, and transactions whose errors a person can read.

One connection serves all threads of a process, one at a time. WAL lets other processes read while one writes, and with
synchronous=NORMAL a committed transaction survives the death of the process (a power cut may take the last ones).
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from optim_viz.run_store import errors, schema
from optim_viz.run_store.folders import FILE_NAME, files_folder, make_reserve, release_reserve

WAIT_SECONDS: Final = 10.0  # for another process's transaction; ours take milliseconds
_ID_OFFSET: Final = 68  # of the application id in an SQLite file's header


class StoreFile:
    """An open store.

    Attributes:
        path: of the file, absolute.
        read_only: True where it could only be opened for reading.

    Raises:
        StoreError: it cannot be opened; StoreDamaged where its content is broken (it is then moved aside).
    """

    def __init__(self, path: Path, *, make_folder: bool = True) -> None:
        """Open the file, making it where there is none; its folder too, unless `make_folder` is false."""
        self.path = path.absolute()
        self.read_only = False
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        if not make_folder and not self.path.parent.is_dir():
            raise errors.StoreError(f"there is no folder {self.path.parent}: make it, or check the store's path")
        with self._lock, self._errors_in_words():
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise errors.StoreError(f"the folder {self.path.parent} cannot be made: {error.strerror}") from error
            self._current()

    @contextmanager
    def patience(self, seconds: float) -> Generator[None]:
        """Wait so long only, within the body, for what other processes hold."""
        with self._lock:
            with self._errors_in_words():
                self._current().execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")
            try:
                yield
            finally:
                if self._connection is not None:
                    self._connection.execute(f"PRAGMA busy_timeout = {round(WAIT_SECONDS * 1000)}")

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """Yield the connection in one consistent view of the store."""
        with self._lock, self._errors_in_words():
            connection = self._current()
            if connection.in_transaction:
                yield connection
                return
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """Yield the connection in a transaction that is kept whole, or not at all where the body raises."""
        with self._lock, self._errors_in_words():
            connection = self._current()
            if self.read_only:
                raise errors.read_only(self.path)
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def empty_journal(self) -> None:
        """Move what the journal holds into the database and cut the journal to nothing, where no process reads it."""
        with self._lock, self._errors_in_words():
            self._current().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = self._identity = None

    def _current(self) -> sqlite3.Connection:
        """Return the connection, to the file that lies at the path now (it may have been moved or replaced)."""
        if self._connection is None or self._identity != _identity(self.path):
            self.close()
            try:
                self._open()
            except sqlite3.Error as error:
                if not isinstance(errors.translated(error, self.path), errors.StoreFull):
                    raise
                if not release_reserve(self.path):
                    raise
                self.close()
                self._open()
                make_reserve(self.path)
        assert self._connection is not None  # noqa: S101 - _open sets it or raises
        return self._connection

    def _open(self) -> None:
        if not self.path.parent.is_dir():  # removed since, so it is not made again
            raise errors.StoreError(f"the folder {self.path.parent} is gone, and the run store with it")
        exists = self.path.exists()
        self.read_only = not os.access(self.path.parent, os.W_OK) or (exists and not os.access(self.path, os.W_OK))
        if self.read_only and not exists:
            raise errors.StoreReadOnly(f"the run store {self.path} cannot be made: its folder is read-only")
        connection = self._connect_read_only() if self.read_only else self._sqlite(str(self.path))
        self._connection, self._identity = connection, _identity(self.path)
        connection.execute("BEGIN")  # one view of the file, for another process may be making it just now
        problem = self._refusal(connection)  # before anything is written: it may be another program's
        connection.execute("ROLLBACK")
        if problem is not None:
            self.close()
            raise problem
        if not self.read_only:
            self._use_wal(connection)
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            if schema.version(connection) < schema.VERSION:
                schema.migrate(connection)

    def _refusal(self, connection: sqlite3.Connection) -> errors.StoreError | None:
        """Return why this file must be left as it is, if so."""
        if not schema.is_ours(connection):
            return errors.StoreError(f"{self.path} is another program's database; nothing in it was changed")
        found = schema.version(connection)
        if found > schema.VERSION:
            return errors.StoreError(f"the run store {self.path} was written by a newer version of optim_viz ({found})")
        if found < schema.VERSION and self.read_only:
            return errors.StoreReadOnly(f"the run store {self.path} is of an older version and cannot be written")
        return None

    def _use_wal(self, connection: sqlite3.Connection) -> None:
        """Switch to WAL. Where two processes open a new store at once SQLite does not wait for this, so we do."""
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL").fetchone()
                return
            except sqlite3.OperationalError as error:
                if not isinstance(errors.translated(error, self.path), errors.StoreBusy) or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def _connect_read_only(self) -> sqlite3.Connection:
        """Open without writing a byte; `immutable` where SQLite could not even make its shared memory file."""
        wal = self.path.with_name(self.path.name + "-wal")
        pending = wal.exists() and wal.stat().st_size > 0
        for mode in ("mode=ro",) if pending else ("mode=ro", "mode=ro&immutable=1"):
            connection = self._sqlite(f"{self.path.as_uri()}?{mode}", uri=True)
            try:
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
                return connection
            except sqlite3.OperationalError:
                connection.close()
        raise errors.StoreReadOnly(f"the run store {self.path} is read-only and was not closed: it cannot be read here")

    def _sqlite(self, name: str, **more: Any) -> sqlite3.Connection:
        found = sqlite3.connect(name, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False, **more)
        found.text_factory = _decoded
        return found

    @contextmanager
    def _errors_in_words(self) -> Generator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if errors.is_damage(error):
                raise self._moved_aside(error) from error
            raise errors.translated(error, self.path) from error
        except UnicodeDecodeError as error:  # SQLite quotes what is damaged, and Python cannot read its words
            raise self._moved_aside("its table of contents is no text") from error

    def _moved_aside(self, error: sqlite3.Error | str) -> errors.StoreError:
        """Move a damaged store away, unless it may be another program's file or has been replaced meanwhile."""
        opened, words = self._identity, errors.said(error)
        self.close()
        if opened is not None and opened != _identity(self.path):
            return errors.StoreBusy(f"the run store {self.path} was replaced; try again in a moment")
        if self.path.name != FILE_NAME and not _has_our_id(self.path):
            return errors.StoreDamaged(f"{self.path} is no run store ({words}); it was left alone", self.path, None)
        target = self.path.with_name(f"{self.path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}")
        try:
            for tail in ("", "-wal", "-shm", files_folder(self.path).name[len(self.path.name) :]):
                part = self.path.with_name(self.path.name + tail)
                if part.exists():
                    part.rename(target.with_name(target.name + tail))
        except OSError as problem:
            text = f"the run store {self.path} is damaged ({words}) and cannot be moved aside: {problem.strerror}"
            return errors.StoreDamaged(text, self.path, None)
        text = f"the run store {self.path} is damaged ({words}); it was moved to {target}, and a new one starts empty"
        return errors.StoreDamaged(text, self.path, target)


def _decoded(content: bytes) -> str:
    """Return a text; a damaged one hides no other row."""
    return content.decode(errors="replace")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _has_our_id(path: Path) -> bool:
    with path.open("rb") as file:
        header = file.read(_ID_OFFSET + 4)
    return header[_ID_OFFSET:] == schema.APPLICATION_ID.to_bytes(4, "big")
