"""The run store's runs: adding them, looking at them, changing, cancelling and deleting them."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optim_viz import launchers
from optim_viz.run_store import alerts, deletion, importing, runs
from optim_viz.run_store.alerts import Alert
from optim_viz.run_store.deletion import Deletion
from optim_viz.run_store.folders import (
    make_reserve,
)
from optim_viz.run_store.runs import Run
from optim_viz.run_store.store_points import PointStore


@dataclass(frozen=True)
class Result:
    """Where a lane stands: its last epoch (from 1), test loss, test accuracy (0 to 1), examples a second."""

    lane: int
    epoch: int
    test_loss: float | None
    test_accuracy: float | None
    examples_per_second: float | None


class SingleRunStore(PointStore):
    """Runs as a whole, and the keys of their links."""

    def create(
        self,
        spec: Mapping[str, Any],
        name: str = "",
        data: str | None = None,
        launcher: str | None = None,
        cores: int | None = None,
    ) -> int:
        """Put a run at the end of the queue and return its number; `launch` also starts it.

        Args:
            spec: what to train, `TrainingSpec.to_dict()`.
            name: for people; empty for one made of the lanes.
            data: folder of the data files; None is that of now ($OPTIM_VIZ_DATA), wherever the process is started.
            launcher: which of `optim_viz.launchers` is to start its process; None for what the environment asks for,
                else this machine's processes.
            cores: at most so many of its machine's cores are used for it, and the curves are those of so many threads
                to the bit; None for as many as it makes use of. With 1 most runs train at once: right for a sweep.

        Raises:
            StoreError: the store cannot be written.
        """
        self._require_work([spec])
        data, way = data_folder(data), launcher or launchers.default()

        def add(connection: sqlite3.Connection) -> int:
            self._require_room(connection, 1, trained=True)
            return runs.create(connection, spec, name, data, way, cores, self.visitor)

        run_id = self._write(add)
        self._remove_files(run_id)  # of a store that lay here before and was removed
        make_reserve(self.path)
        return run_id

    def launch(
        self,
        spec: Mapping[str, Any],
        name: str = "",
        data: str | None = None,
        launcher: str | None = None,
        cores: int | None = None,
    ) -> int:
        """Put a run at the end of the queue, start its process if its turn is now, and return its number.

        Args and errors as for `create`. A process that cannot be started leaves the run in the queue, and its message
        says why.
        """
        run_id = self.create(spec, name, data, launcher, cores)
        self.advance()
        return run_id

    def get(self, run_id: int) -> Run:
        """Return a run.

        Raises:
            UnknownRun: there is none of that number, or it was deleted.
        """
        return self._now(self._read(lambda connection: runs.read_kept(connection, run_id)))

    def list_runs(self) -> list[Run]:
        """Return all runs, the newest first. One whose row is damaged has the state "unreadable"."""
        return [self._now(run) for run in self._read(lambda connection: runs.read(connection, deletion.KEPT))]

    def results(self, run_ids: Collection[int] | None = None) -> dict[int, list[Result]]:
        """Return where every lane stands that has finished an epoch, by run; None: of all runs."""
        found: dict[int, list[Result]] = {}
        for run_id, lane, epoch, *numbers in self._read(lambda connection: runs.latest_epochs(connection, run_ids)):
            sound = [None if isinstance(each, str | bytes) else each for each in numbers]
            found.setdefault(run_id, []).append(Result(lane, epoch, *sound))
        return found

    def rename(self, run_id: int, name: str) -> None:
        """Give a run another name.

        Args:
            run_id: which run.
            name: one line is made of it, of at most 120 characters; empty gives the run its first name back.

        Raises:
            UnknownRun: there is none of that number.
        """
        self._write(lambda connection: runs.rename(connection, run_id, name))

    def import_run(self, content: bytes) -> int:
        """Take in a run's JSON export (`export.write_json`) as a run of this store, and return its number.

        Args:
            content: the file. It is foreign: everything is checked before anything is written.

        Raises:
            ImportProblem: it cannot be imported; the message says what is wrong where. Nothing was changed.
        """
        found = importing.read(content)

        def add(connection: sqlite3.Connection) -> int:
            self._require_room(connection, 1, trained=False)
            return importing.write(connection, found, self.visitor)

        run_id = self._write(add)
        self._remove_files(run_id)  # of a store that lay here before and was removed
        return run_id

    def write_notes(self, run_id: int, notes: str) -> None:
        """Replace the notes on a run.

        Args:
            run_id: which run.
            notes: plain text of any number of lines, at most `NOTES_LENGTH` characters; control characters go.

        Raises:
            UnknownRun: there is none of that number.
            ValueError: they are too long; the message says by how much.
        """
        self._write(lambda connection: runs.write_notes(connection, run_id, notes))

    def alerts(self, of: Sequence[Run]) -> dict[int, tuple[Alert, ...]]:
        """Return what of these runs wants looking after, by number; a run that is well is left out.

        That a run stands still is seen by the same process looking again and again.
        """
        return self._read(lambda connection: alerts.find(connection, self.watch, of))

    def delete(self, *run_ids: int) -> None:
        """Delete runs: they are hidden at once, can be brought back for 30 seconds, and then go with all they logged.

        One that trains is asked to stop, one that waits leaves the queue. Whoever looks next after the 30 seconds
        removes the points, checkpoints and logs, on a full disk as well.

        Raises:
            UnknownRun: there is none of one of the numbers; no run is deleted then.
        """
        self._mark_lost()
        self._write(lambda connection: deletion.delete(connection, run_ids))
        self.advance()

    def restore(self, *run_ids: int) -> None:
        """Bring deleted runs back as they were; one that was training stays cancelled, and resume goes on with it.

        Raises:
            StoreError: one was not deleted, or is gone for good; no run is brought back then.
        """
        self._write(lambda connection: deletion.restore(connection, run_ids))

    def deletions(self) -> list[Deletion]:
        """Return what was deleted and can be brought back, the newest first."""
        return self._read(lambda connection: deletion.recent(connection, self.watch))

    def request_cancel(self, run_id: int) -> None:
        """Ask a run to stop (it does within a second), or take it out of the queue.

        Raises:
            UnknownRun: there is none of that number.
            StoreError: it is over.
        """
        self._mark_lost()
        self._write(lambda connection: runs.cancel(connection, run_id))
        self.advance()

    def cancel_all(self, run_ids: Collection[int] | None = None) -> int:
        """Ask many runs to stop, in one transaction, and take those that wait out of the queue.

        Args:
            run_ids: which; None for all that wait or train. Those that are over, or not there, are left as they are.

        Returns:
            How many were waiting or training, and not asked to stop before.
        """
        meant = None if run_ids is None else list(run_ids)
        self._mark_lost()
        count = self._write(lambda connection: runs.cancel_all(connection, meant))
        self.advance()
        return count

    def resume(self, run_id: int) -> None:
        """Let a cancelled, failed or lost run go on from its last checkpoint when its turn comes.

        Raises:
            UnknownRun: there is none of that number.
            StoreError: it is in another state.
        """
        self.advance()
        self._write(lambda connection: runs.resume(connection, run_id))
        self.advance()

    def link_key(self, run_id: int) -> str:
        """Return the secret that a link to a run needs where visitors see their own runs alone; makes a missing one.

        Raises:
            UnknownRun: there is none of that number, or it was deleted.
        """
        return self._write(lambda connection: runs.link_key(connection, run_id))

    def renew_link(self, run_id: int) -> str:
        """Return another secret for a run's link, and for its whole sweep's: links with the old one show nothing now.

        Errors as for `link_key`.
        """
        return self._write(lambda connection: runs.renew_link(connection, run_id))

    def link_keys(self, run_ids: Iterable[int]) -> list[str]:
        """Return what a link to these runs has to carry: nothing where everybody sees all runs."""
        del run_ids
        return []


def data_folder(data: str | None) -> str | None:
    """Return the folder that a process will read its data from, wherever it is started; None for the default one."""
    data = data or os.environ.get("OPTIM_VIZ_DATA")
    return str(Path(data).expanduser().absolute()) if data else None
