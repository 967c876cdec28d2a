"""The run store: what pages, the command line and the worker see of it."""

from __future__ import annotations

import dataclasses
import os
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from optim_viz.run_store import checkpoint_file, curves, log, queue, runs
from optim_viz.run_store.curves import Bands, Histogram, Series
from optim_viz.run_store.liveness import Watch
from optim_viz.run_store.places import checkpoint_path, default_path, log_path
from optim_viz.run_store.run import LOST, Run
from optim_viz.run_store.store_file import StoreFile

T = TypeVar("T")


@dataclass(frozen=True)
class Result:
    """Where a lane stands: its last epoch (from 1), test loss, test accuracy (0 to 1), examples a second."""

    lane: int
    epoch: int
    test_loss: float | None
    test_accuracy: float | None
    examples_per_second: float | None


class RunStore:
    """All runs, in one SQLite file that any number of processes and threads share.

    Attributes:
        file: the open file, with its path.
        watch: which runs' processes are still there.

    Raises:
        StoreError: the store cannot be used; the message says why and names the file.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        """Open the store at `path`, making it where there is none; None is the default place."""
        self.file = StoreFile(Path(path).expanduser() if path is not None else default_path())
        self.watch = Watch()

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

    # ---- runs as a whole ----

    def create(self, spec: Mapping[str, Any], name: str = "", data: str | None = None) -> int:
        """Put a run at the end of the queue and return its number; `launch` also starts it.

        `data` is the folder of the data files; None is ours of now ($OPTIM_VIZ_DATA), whoever starts the process later.
        """
        data = data or os.environ.get("OPTIM_VIZ_DATA")
        data = str(Path(data).expanduser().absolute()) if data else None
        run_id = self._write(lambda connection: runs.create(connection, spec, name, data))
        checkpoint_file.remove(checkpoint_path(self.path, run_id))  # of a store that lay here before and was removed
        return run_id

    def launch(self, spec: Mapping[str, Any], name: str = "", data: str | None = None) -> int:
        """Put a run at the end of the queue, start its process if its turn is now, and return its number."""
        run_id = self.create(spec, name, data)
        self.advance()
        return run_id

    def advance(self) -> None:
        """Mark lost runs and start the next one where that is due. Call it whenever looking, about once a second."""
        queue.advance(self.file, self.watch)

    def get(self, run_id: int) -> Run:
        """Return a run; UnknownRun where there is none of that number."""
        return self._seen(self._read(lambda connection: runs.read_one(connection, run_id)))

    def list_runs(self) -> list[Run]:
        """Return all runs, the newest first."""
        return [self._seen(run) for run in self._read(runs.read)]

    def results(self) -> dict[int, list[Result]]:
        """Return where every lane stands that has finished an epoch, by run."""
        found: dict[int, list[Result]] = {}
        for run_id, *rest in self._read(runs.latest_epochs):
            found.setdefault(run_id, []).append(Result(*rest))
        return found

    def rename(self, run_id: int, name: str) -> None:
        """Give a run another name; an empty one gives it its first name back."""
        self._write(lambda connection: runs.rename(connection, run_id, name))

    def delete(self, run_id: int) -> None:
        """Remove a run, its points, its checkpoint and its log; StoreError while it trains."""
        self.advance()
        self._write(lambda connection: runs.delete(connection, run_id))
        checkpoint_file.remove(checkpoint_path(self.path, run_id))
        log_path(self.path, run_id).unlink(missing_ok=True)

    def request_cancel(self, run_id: int) -> None:
        """Ask a run to stop (it does within a second), or take it out of the queue; StoreError where it is over."""
        self.advance()
        self._write(lambda connection: runs.cancel(connection, run_id))

    def resume(self, run_id: int) -> None:
        """Let a cancelled, failed or lost run go on from its last checkpoint when its turn comes."""
        self.advance()
        self._write(lambda connection: runs.resume(connection, run_id))
        self.advance()

    # ---- points ----

    def append(self, run_id: int, events: Iterable[Any]) -> None:
        """Write events in one transaction, all or none."""
        self._write(lambda connection: log.append(connection, run_id, events))

    def series(self, run_id: int, lane: int, quantity: str, max_points: int = 2000) -> Series:
        """Return a curve of at most `max_points` points, with both ends and every peak; see `curves.SERIES`."""
        return self._read(lambda connection: curves.series(connection, run_id, lane, quantity, max_points))

    def quantiles(self, run_id: int, lane: int, quantity: str, layer: str, max_points: int = 1000) -> Bands:
        """Return quantiles of "m_hat", "sqrt_v_hat", "ratio", "step" or "step_over_lr" in one of `Run.layers`."""
        return self._read(lambda connection: curves.bands(connection, run_id, lane, quantity, layer, max_points))

    def histogram(self, run_id: int, lane: int, step: int | None = None) -> Histogram | None:
        """Return the last histogram of m̂/√v̂ up to `step`; None where there is none."""
        return self._read(lambda connection: curves.histogram(connection, run_id, lane, step))

    def rows(self, kind: str, run_id: int, after: int = 0, upto: int = 2**62) -> list[dict[str, Any]]:
        """Return events of one kind (a key of `log.TABLES`) with after < step <= upto, ordered by step and lane."""
        return self._read(lambda connection: log.read_back(connection, kind, run_id, after, upto))

    # ---- within ----

    def _seen(self, run: Run) -> Run:
        """Return the run as it is: lost where its process is gone, even if nobody could write that down yet."""
        if run.state == "running" and self.watch.is_lost(run):
            return dataclasses.replace(run, state="lost", message=LOST, ended=run.heartbeat, cancel=False)
        return run

    def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self.file.reading() as connection:
            return work(connection)

    def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self.file.writing() as connection:
            return work(connection)
