"""A megabyte kept back, so that on a full disk there is still room to write down that it is full."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from optim_viz.run_store.places import files_folder

_BYTES: Final = 1 << 20


def make(store: Path) -> None:
    """Take the megabyte (once; one left by a killed worker serves the next). No room for it: then none is kept."""
    path = _path(store)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.stat().st_size < _BYTES:
            with path.open("wb") as file:
                file.write(
                    os.urandom(_BYTES)
                )  # a file system that compresses or leaves out zeros keeps nothing of them
    except OSError:
        release(store)


def release(store: Path) -> None:
    """Give the megabyte back."""
    try:
        _path(store).unlink(missing_ok=True)
    except OSError:
        return


def _path(store: Path) -> Path:
    return files_folder(store) / "reserve"
