"""How a run ended, where the store's disk has no room for even that and another program takes all that is given back.

A file beside the store is written when the run begins, with room for one message. Writing over it needs no room. Who
finds that the run's process is gone reads it, and believes it where it is of that very process.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Final

from optim_viz.run_store.folders import files_folder
from optim_viz.run_store.runs import LOST, Run, State

_ROOM: Final = 4096  # bytes: a block of most file systems


def prepare(store: Path, run_id: int) -> None:
    """Make room for a message, where there is any; what was there is gone."""
    path = _path(store, run_id)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(_ROOM))  # zeros take no room where a file system leaves them out


def leave(store: Path, run: Run, message: str) -> bool:
    """Write the message into the room that was made, of a long one its beginning; return whether that was possible."""
    said = f"{run.handle}\n{message}".encode()[: _ROOM - 1]
    with contextlib.suppress(OSError), _path(store, run.id).open("r+b") as file:
        file.write(said.ljust(_ROOM, b"\0"))
        file.flush()
        os.fsync(file.fileno())
        return True
    return False


def end_of(store: Path, run: Run) -> tuple[State, str]:
    """Return how a run ended that the store calls running, but whose process is gone: its state and message."""
    try:
        handle, _, message = _path(store, run.id).read_bytes().rstrip(b"\0").partition(b"\n")
    except OSError:
        return "lost", LOST
    if handle != str(run.handle).encode() or not message:
        return "lost", LOST
    return "failed", message.decode(errors="ignore")


def forget(store: Path, run_id: int) -> None:
    """Remove what was said, and the room for it."""
    with contextlib.suppress(OSError):
        _path(store, run_id).unlink()


def _path(store: Path, run_id: int) -> Path:
    return files_folder(store) / f"run-{run_id}.end"
