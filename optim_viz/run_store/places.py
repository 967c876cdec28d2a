"""Where things lie: the store itself, and beside it a folder for what does not belong in a database."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

FILE_NAME: Final = "runs.sqlite3"


def default_path() -> Path:
    """Return $OPTIM_VIZ_HOME/runs.sqlite3, or the same in the platform's folder for a program's data."""
    home = os.environ.get("OPTIM_VIZ_HOME")
    if home:
        return Path(home).expanduser().absolute() / FILE_NAME
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library/Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")
    return base / "optim_viz" / FILE_NAME


def files_folder(store: Path) -> Path:
    """Folder of checkpoints and logs, beside the store."""
    return store.with_name(store.name + ".files")


def checkpoint_path(store: Path, run_id: int) -> Path:
    """Where the last checkpoint of a run lies."""
    return files_folder(store) / f"run-{run_id}.checkpoint"


def log_path(store: Path, run_id: int | None = None) -> Path:
    """What a run's process printed; without a run, what a process printed before it took one."""
    return files_folder(store) / ("worker.log" if run_id is None else f"run-{run_id}.log")
