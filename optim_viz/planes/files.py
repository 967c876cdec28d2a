"""A loss plane's folder: what is asked for, the rows that are done, and in the end what was found.

    settings.json   what is asked for
    rows            finished rows, float64, one after the other; a row that was being written is not counted
    result.json     what was found
    process         the handle of the process that works on it
    cancel          there while it is to stop
    error           why it failed
    log             what the process printed

What replaces a file does so in one step. Nothing here is code, and nothing is unpickled.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from optim_viz.planes.result import PlaneResult
from optim_viz.planes.settings import PlaneSettings

_MOST_BYTES = 20_000_000  # of a file that is read: the largest grid has 40,401 numbers


@dataclass(frozen=True)
class PlaneFolder:
    """The folder of one plane."""

    path: Path

    def settings(self) -> PlaneSettings:
        """Return what is asked for.

        Raises:
            ValueError: it cannot be read.
        """
        return PlaneSettings.from_dict(self._read("settings.json"))

    def write_settings(self, settings: PlaneSettings) -> None:
        """Put down what is asked for."""
        self._write("settings.json", json.dumps(settings.to_dict()))

    def rows(self, resolution: int) -> NDArray[np.float64]:
        """Return the finished rows, (done, resolution)."""
        try:
            values = np.frombuffer((self.path / "rows").read_bytes()[: 8 * resolution**2], dtype=np.uint8)
        except FileNotFoundError:
            values = np.empty(0, dtype=np.uint8)
        whole = len(values) // (8 * resolution)
        return values[: whole * 8 * resolution].view("<f8").reshape(whole, resolution).astype(np.float64)

    def done(self, resolution: int) -> int:
        """Return how many rows are finished."""
        with contextlib.suppress(OSError):
            return min(resolution, (self.path / "rows").stat().st_size // (8 * resolution))
        return 0

    def append(self, row: NDArray[np.float64], resolution: int) -> None:
        """Add a finished row after the last whole one.

        Raises:
            OSError: it cannot be written.
        """
        path = self.path / "rows"
        with path.open("r+b" if path.exists() else "w+b") as file:
            file.seek(8 * resolution * self.done(resolution))
            file.write(np.asarray(row, dtype="<f8").tobytes())
            file.truncate()
            file.flush()
            os.fsync(file.fileno())

    def result(self) -> PlaneResult | None:
        """Return what was found; None while it is not done.

        Raises:
            ValueError: it cannot be read.
        """
        return PlaneResult.from_dict(self._read("result.json")) if (self.path / "result.json").exists() else None

    def write_result(self, result: PlaneResult) -> None:
        """Put down what was found."""
        self._write("result.json", json.dumps(result.to_dict(), allow_nan=False))

    def note(self, name: str) -> str | None:
        """Return the text of "process", "cancel" or "error"; None where there is none."""
        try:
            return (self.path / name).read_text("utf-8")[:2000]
        except (OSError, UnicodeDecodeError):
            return None

    def write_note(self, name: str, text: str) -> None:
        """Put down "process", "cancel" or "error"."""
        self._write(name, text)

    def remove_note(self, name: str) -> None:
        """Take "process", "cancel" or "error" away."""
        (self.path / name).unlink(missing_ok=True)

    def _read(self, name: str) -> dict[str, Any]:
        path = self.path / name
        try:
            if path.stat().st_size > _MOST_BYTES:
                raise ValueError(f"{path} is larger than any loss plane")
            found = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise ValueError(f"the loss plane's file {path} cannot be read: {error}") from error
        if not isinstance(found, dict):
            raise ValueError(f"the loss plane's file {path} holds something else")
        return cast("dict[str, Any]", found)

    def _write(self, name: str, text: str) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        partial = self.path / f"{name}.partial"
        with partial.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.path / name)
