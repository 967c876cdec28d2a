"""The run store: what pages, the command line and the worker see of it."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from optim_viz.run_store import groups
from optim_viz.run_store.folders import (
    make_reserve,
)
from optim_viz.run_store.groups import Standing, StoredSweep
from optim_viz.run_store.store_runs import Result, SingleRunStore, data_folder

__all__ = ["Result", "RunStore"]


class RunStore(SingleRunStore):
    """All runs, in one SQLite file that any number of processes and threads share.

    Every method may raise `StoreError`: its text is one sentence that names the file and says what to do.

    Attributes:
        file: the open file, with its path.
        watch: which runs' processes are still there.
        visitor: whose the runs are that are added; "" for nobody's.
    """

    def launch_sweep(
        self,
        name: str,
        plan: Mapping[str, Any],
        specs: Sequence[tuple[str, Mapping[str, Any]]],
        data: str | None = None,
    ) -> int:
        """Put the runs of a sweep at the end of the queue, all or none, start the first, and return the sweep's number.

        Args:
            name: for people.
            plan: what was asked for, plain JSON values.
            specs: name and spec of every run, in the order in which they are trained.
            data: as for `create`. A run of one lane is given one core.

        Raises:
            StoreError: the store cannot be written.
        """
        self._require_work([spec for _, spec in specs])
        folder = data_folder(data)

        def add(connection: sqlite3.Connection) -> tuple[int, list[int]]:
            self._require_room(connection, len(specs), trained=True)
            return groups.create(connection, name, plan, specs, folder, self.visitor)

        sweep, numbers = self._write(add)
        for run_id in numbers:
            self._remove_files(run_id)
        make_reserve(self.path)
        self.advance()
        return sweep

    def list_sweeps(self) -> list[StoredSweep]:
        """Return all sweeps, the newest first."""
        return self._read(groups.read)

    def sweep_states(self) -> dict[int, dict[str, int]]:
        """Return how many runs of each sweep are in which state."""
        return self._read(groups.states)

    def get_sweep(self, sweep: int) -> StoredSweep:
        """Return a sweep; UnknownRun where there is none of that number."""
        return self._read(lambda connection: groups.read_one(connection, sweep))

    def standings(self, sweep: int) -> dict[int, Standing]:
        """Return where every run of a sweep stands, by its place in the plan; errors as for `get_sweep`."""
        found = self._read(lambda connection: groups.standings(connection, sweep))
        return {cell: dataclasses.replace(each, run=self._now(each.run)) for cell, each in found.items()}

    def cancel_sweep(self, sweep: int) -> int:
        """Ask all runs of a sweep to stop that are not over, and return how many; errors as for `get_sweep`."""
        return self.cancel_all(list(self.get_sweep(sweep).runs.values()))

    def resume_sweep(self, sweep: int) -> int:
        """Let all runs of a sweep go on that were cancelled, failed or lost, and return how many; errors likewise."""
        self.advance()
        count = self._write(lambda connection: groups.resume(connection, sweep))
        self.advance()
        return count

    def delete_sweep(self, sweep: int) -> None:
        """Delete all runs of a sweep, as `delete` does; with any of them the sweep comes back. Errors likewise."""
        self.delete(*self.get_sweep(sweep).runs.values())
