"""Loss planes in the background: each is worked out by a process of its own, that goes on when the page is closed.

A page asks for a plane, looks how far it is, cancels it, and lets it go on: finished rows are kept.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from optim_viz import launchers
from optim_viz.planes.files import PlaneFolder
from optim_viz.planes.result import PlaneResult
from optim_viz.planes.settings import PlaneSettings
from optim_viz.run_store.folders import planes_folder

State = Literal["running", "done", "cancelled", "failed", "stopped"]
"""Of a plane; "stopped": its process ended without a word (killed, or the computer was restarted)."""
_LAUNCHER = "local"


@dataclass(frozen=True)
class PlaneJob:
    """A plane as it stands.

    Attributes:
        number: among those of its run.
        settings: what is asked for.
        state: how it stands.
        rows: that are finished.
        error: why it failed; "" where it did not.
        result: once it is done.
    """

    number: int
    settings: PlaneSettings
    state: State
    rows: int
    error: str = ""
    result: PlaneResult | None = None

    @property
    def progress(self) -> float:
        """Share of the rows that are finished, 0 to 1."""
        return self.rows / self.settings.resolution


def folder(store: Path, run_id: int, number: int) -> PlaneFolder:
    """Return the folder of a plane."""
    return PlaneFolder(planes_folder(store, run_id) / str(number))


def numbers(store: Path, run_id: int) -> list[int]:
    """Return the numbers of a run's planes, the newest last."""
    path = planes_folder(store, run_id)
    names = [each.name for each in path.iterdir()] if path.is_dir() else []
    return sorted(int(name) for name in names if name.isascii() and name.isdigit() and len(name) < 6)


def begin(store: Path, run_id: int, settings: PlaneSettings) -> int:
    """Ask for a plane and return its number.

    Raises:
        OSError: its folder cannot be written, or no process started.
    """
    number = max(numbers(store, run_id), default=0) + 1
    while True:
        try:
            folder(store, run_id, number).path.mkdir(parents=True)
            break
        except FileExistsError:  # somebody else asked at the same moment
            number += 1
    folder(store, run_id, number).write_settings(settings)
    resume(store, run_id, number)
    return number


def resume(store: Path, run_id: int, number: int) -> None:
    """Let a plane go on from its last finished row, unless it is done or being worked on.

    Raises:
        OSError: no process started.
    """
    own = folder(store, run_id, number)
    if look(store, run_id, number).state in ("running", "done"):
        return
    own.remove_note("cancel")
    own.remove_note("error")
    command = [sys.executable, "-P", "-m", "optim_viz.training.plane_worker", "--store", str(store)]
    command += ["--run", str(run_id), "--plane", str(number)]
    own.write_note("process", launchers.get(_LAUNCHER).start(command, own.path / "log"))


def cancel(store: Path, run_id: int, number: int) -> None:
    """Ask for a plane's work to stop; it does after the row that it is at."""
    folder(store, run_id, number).write_note("cancel", "")


def look(store: Path, run_id: int, number: int) -> PlaneJob:
    """Return how a plane stands.

    Raises:
        ValueError: its files cannot be read.
    """
    own = folder(store, run_id, number)
    process = own.note("process")
    works = process is not None and launchers.get(_LAUNCHER).alive(process) is not False
    settings = own.settings()
    result = own.result()
    if result is not None:
        return PlaneJob(number, settings, "done", settings.resolution, result=result)
    rows, error = own.done(settings.resolution), own.note("error")
    if works:
        return PlaneJob(number, settings, "running", rows)
    if error is not None:
        return PlaneJob(number, settings, "failed", rows, error)
    return PlaneJob(number, settings, "stopped" if own.note("cancel") is None else "cancelled", rows)
