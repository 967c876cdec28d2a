"""What can be wrong with a run store: each error's text is one sentence a person can act on, naming the file."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Final

FULL: Final = "is full: free some space, and what trains goes on"
"""How the sentence about a disk without room ends."""

_MOST_WORDS: Final = 160  # characters


class StoreError(RuntimeError):
    """The run store cannot do what was asked; the message says what and why."""


class UnknownRun(StoreError):
    """No run has this number."""


class StoreBusy(StoreError):
    """Another process holds the store for longer than we wait; trying again later is right."""


class StoreReadOnly(StoreError):
    """The store can be read but not written."""


class StoreFull(StoreError):
    """There is no room left on the disk."""


class StoreDamaged(StoreError):
    """The file is damaged; it has been moved aside, never deleted.

    Attributes:
        path: where the store was.
        moved_to: where the damaged file lies now; None if it was left in place.
    """

    def __init__(self, message: str, path: Path, moved_to: Path | None) -> None:
        super().__init__(message)
        self.path = path
        self.moved_to = moved_to


def is_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite says that the file's content is broken."""
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def translated(error: sqlite3.Error, path: Path) -> StoreError:
    """Return the error that says in a sentence what SQLite said. `is_damage` is the caller's to handle."""
    code = _code(error)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy(f"the run store {path} is in use by another process; try again in a moment")
    if code == sqlite3.SQLITE_READONLY:
        return read_only(path)
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _no_room(path)):
        return full(path)
    if code == sqlite3.SQLITE_CANTOPEN:
        return StoreError(f"the run store {path} cannot be opened: check that its folder exists and can be written")
    return StoreError(f"the run store {path} cannot be used: {said(error)}")


def said(error: Exception | str) -> str:
    """Return an error's own words on one line, and their beginning alone where they repeat what a broken file holds."""
    words = " ".join(str(error).split())
    return words if len(words) <= _MOST_WORDS else f"{words[:_MOST_WORDS]}…"


def read_only(path: Path) -> StoreReadOnly:
    """Return the error for a write to a store that can only be read."""
    return StoreReadOnly(
        f"the run store {path} is read-only: runs can be looked at but not started or changed; "
        "make it writable, or name another place in OPTIM_VIZ_HOME (or --store)"
    )


def full(path: Path) -> StoreFull:
    """Return the error for a disk without room."""
    return StoreFull(f"the disk that holds {path} {FULL}")


def _no_room(path: Path) -> bool:
    """Whether not even SQLite's shared memory file, of 32 kB, fits beside the store."""
    try:
        return shutil.disk_usage(path.parent).free < 1 << 16
    except OSError:
        return False


def _code(error: sqlite3.Error) -> int | None:
    """Return the primary result code: the low byte, without the extension (SQLITE_IOERR_WRITE is an SQLITE_IOERR)."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF
