"""The files of a store: the database, and beside it a folder for checkpoints, logs, and a megabyte kept back."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Final

import platformdirs

FILE_NAME: Final = "runs.sqlite3"
_RESERVE_SIZES: Final = (1 << 20, 1 << 19, 1 << 18, 1 << 17)  # bytes; the first that fits


def default_path() -> Path:
    """Return $OPTIM_VIZ_HOME/runs.sqlite3, or the same in the platform's folder for a program's data."""
    home = os.environ.get("OPTIM_VIZ_HOME")
    if home:
        return Path(home).expanduser().absolute() / FILE_NAME
    path = platformdirs.user_data_path("optim_viz", appauthor=False) / FILE_NAME
    if sys.platform == "darwin":  # where it lay before XDG_DATA_HOME counted on macOS too
        older = Path.home() / "Library/Application Support/optim_viz" / FILE_NAME
        return older if older.exists() and not path.exists() else path
    return path


def files_folder(store: Path) -> Path:
    """Return the folder of checkpoints and logs, beside the store."""
    return store.with_name(store.name + ".files")


def checkpoint_path(store: Path, run_id: int) -> Path:
    """Return where the last checkpoint of a run lies."""
    return files_folder(store) / f"run-{run_id}.checkpoint"


def log_path(store: Path, run_id: int | None = None) -> Path:
    """Return the file of what a run's process printed; without a run, of what a process printed before it took one."""
    return files_folder(store) / ("worker.log" if run_id is None else f"run-{run_id}.log")


def snapshots_folder(store: Path, run_id: int) -> Path:
    """Return where the parameters that a run kept along its path lie."""
    return files_folder(store) / f"run-{run_id}.snapshots"


def planes_folder(store: Path, run_id: int) -> Path:
    """Return where the loss planes of a run lie, a folder each."""
    return files_folder(store) / f"run-{run_id}.planes"


def make_reserve(store: Path) -> None:
    """Keep up to a megabyte back, so that on a full disk there is still room to end a run and to delete one.

    It stays until it is needed. Where there is hardly any room it is smaller, and where there is none, none is kept.
    """
    path = _reserve_path(store)
    for size in _RESERVE_SIZES:
        try:
            if path.exists() and path.stat().st_size >= size:
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                file.write(os.urandom(size))  # zeros take no room where a file system leaves them out
            return
        except OSError:
            release_reserve(store)


def release_reserve(store: Path) -> bool:
    """Give the megabyte back; return whether there was one."""
    with contextlib.suppress(OSError):
        _reserve_path(store).unlink()
        return True
    return False


def _reserve_path(store: Path) -> Path:
    return files_folder(store) / "reserve"
