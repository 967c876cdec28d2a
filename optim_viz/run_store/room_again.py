"""Runs that failed for want of room on the store's disk go on by themselves once there is room again.

Whoever looks puts them back into the queue. Free space alone is not believed: where a quota is what is full, the disk
has plenty. So a file of `ROOM` is made beside the store, and removed, before a process is started for nothing.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Final

from optim_viz.run_store import errors, runs
from optim_viz.run_store.store_file import StoreFile

ROOM = 64 << 20
"""Bytes that must be free: some minutes of points, and checkpoints, of a usual run."""
AGAIN_SECONDS: Final = 10.0
"""Between two tries whether there is room."""

_FAILED: Final = (
    "SELECT id FROM runs WHERE state = 'failed' AND imported IS NULL AND instr(message, ?) AND instr(message, ?)"
    " AND id NOT IN (SELECT run FROM deletions) ORDER BY place"
)
_tried: dict[Path, float] = {}


def go_on(file: StoreFile) -> None:
    """Put the runs that failed for want of room back into the queue, where there is room now.

    Raises:
        StoreError: the store cannot be read, or not be written just now.
    """
    with file.reading() as connection:
        waiting = _failed(connection, file.path)
    if file.read_only or not waiting or not _is_room(file.path):
        return
    with file.writing() as connection:
        for run_id in _failed(connection, file.path):
            runs.resume(connection, run_id)


def _failed(connection: sqlite3.Connection, path: Path) -> list[int]:
    """Return the runs that failed so and were not deleted."""
    return [row[0] for row in connection.execute(_FAILED, (f"the disk that holds {path}", errors.FULL))]


def _is_room(path: Path) -> bool:
    """Whether a file of `ROOM` can be made beside the store."""
    now = time.monotonic()
    if now - _tried.get(path, -AGAIN_SECONDS) < AGAIN_SECONDS:
        return False
    try:
        if shutil.disk_usage(path.parent).free < ROOM:
            return False
        _tried[path] = now
        with tempfile.TemporaryFile(dir=path.parent) as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, ROOM)
    except OSError:
        return False
    _tried.pop(path, None)
    return True
