"""The runs of one visitor: the only way in which the pages reach the store where several people share an instance.

Here stands every check of whose a run is, and of how much a visitor may have; pages and exports use the store that they
are handed and know of neither. A run that somebody else launched is not there, unless its link was opened: then it can
be looked at. Nobody's runs (launched from the command line, or before runs had owners) are seen by their links too.
"""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from optim_viz.run_store import deletion, visitors
from optim_viz.run_store.alerts import Alert
from optim_viz.run_store.deletion import Deletion
from optim_viz.run_store.errors import StoreError, UnknownRun
from optim_viz.run_store.groups import Standing, StoredSweep
from optim_viz.run_store.limits import Limits
from optim_viz.run_store.points import Bands, Histogram, Series
from optim_viz.run_store.runs import Run
from optim_viz.run_store.store import Result, RunStore
from optim_viz.run_store.visitors import Right, Visitor

_BY_ITS_LINK: Final = "; if somebody sent you its link, open the whole of it, up to the key at its end"


class OwnRuns(RunStore):
    """A store as one visitor sees it.

    Every method does what it does of `RunStore`, for runs that the visitor may see. Methods that change a run are for
    its owner.

    Attributes:
        limits: what a visitor may have.

    Raises:
        UnknownRun: by every method that is told a run or sweep, where it does not exist for the visitor.
        StoreError: by methods that change, where the visitor sees the run by its link alone; OverLimit where they would
            have more than they may.
    """

    def __init__(self, store: RunStore, visitor: Visitor, limits: Limits) -> None:
        """Look at an open store with a visitor's eyes."""
        self.file, self.watch = store.file, store.watch
        self.visitor = visitor.name
        self.limits = limits
        self._who = visitor

    # ---- runs as a whole ----

    def get(self, run_id: int) -> Run:
        """Return a run."""
        right = self._require(run_id)
        return _marked(super().get(run_id), right)

    def list_runs(self) -> list[Run]:
        """Return the runs that the visitor sees, the newest first."""
        rights = self._rights()
        return [_marked(run, rights[run.id]) for run in super().list_runs() if run.id in rights]

    def results(self, run_ids: Collection[int] | None = None) -> dict[int, list[Result]]:
        """Return where lanes stand; None: of all runs that the visitor sees."""
        rights = self._rights()
        for run_id in run_ids or ():
            _found(rights, run_id)
        return super().results(list(rights) if run_ids is None else run_ids)

    def alerts(self, of: Sequence[Run]) -> dict[int, tuple[Alert, ...]]:
        """Return what wants looking after."""
        rights = self._rights()
        return super().alerts([run for run in of if run.id in rights])

    def rename(self, run_id: int, name: str) -> None:
        """Give a run another name."""
        self._require_own(run_id)
        super().rename(run_id, name)

    def write_notes(self, run_id: int, notes: str) -> None:
        """Replace the notes on a run."""
        self._require_own(run_id)
        super().write_notes(run_id, notes)

    def delete(self, *run_ids: int) -> None:
        """Delete runs."""
        self._require_own(*run_ids)
        super().delete(*run_ids)

    def restore(self, *run_ids: int) -> None:
        """Bring deleted runs back."""
        self._require_own(*run_ids)
        if self._read(lambda connection: deletion.waited(connection, run_ids)):
            self._require_turn()
        super().restore(*run_ids)

    def deletions(self) -> list[Deletion]:
        """Return what the visitor deleted and can bring back."""
        rights, found = self._rights(), list[Deletion]()
        for each in super().deletions():
            own = tuple(_marked(run, rights[run.id]) for run in each.runs if run.id in rights and rights[run.id].own)
            if own:
                found.append(Deletion(own, each.seconds_left))
        return found

    def request_cancel(self, run_id: int) -> None:
        """Ask a run to stop."""
        self._require_own(run_id)
        super().request_cancel(run_id)

    def cancel_all(self, run_ids: Collection[int] | None = None) -> int:
        """Ask many runs to stop; None for all of the visitor's own."""
        if run_ids is None:
            return super().cancel_all([run_id for run_id, right in self._rights().items() if right.own])
        self._require_own(*run_ids)
        return super().cancel_all(run_ids)

    def resume(self, run_id: int) -> None:
        """Let a run go on."""
        self._require_own(run_id)
        self._require_turn()
        super().resume(run_id)

    def append(self, run_id: int, events: Iterable[Any]) -> None:
        """Refuse: a process that trains writes with a store of its own."""
        del events
        raise StoreError(f"run {run_id} is written by the process that trains it, not by a page")

    # ---- sweeps ----

    def list_sweeps(self) -> list[StoredSweep]:
        """Return the sweeps of which the visitor sees runs."""
        rights = self._rights()
        return [sweep for each in super().list_sweeps() if (sweep := _within(each, rights)).runs]

    def sweep_states(self) -> dict[int, dict[str, int]]:
        """Return how many runs of each such sweep are in which state."""
        seen = {sweep.id for sweep in self.list_sweeps()}
        return {sweep: states for sweep, states in super().sweep_states().items() if sweep in seen}

    def get_sweep(self, sweep: int) -> StoredSweep:
        """Return a sweep."""
        try:
            found = _within(super().get_sweep(sweep), self._rights())
        except UnknownRun:
            found = None
        if found is None or not found.runs:
            raise UnknownRun(f"there is no sweep {sweep} in your list{_BY_ITS_LINK}")
        return found

    def standings(self, sweep: int) -> dict[int, Standing]:
        """Return where every run of a sweep stands."""
        rights, own = self._rights(), self.get_sweep(sweep)
        return {
            cell: dataclasses.replace(each, run=_marked(each.run, rights[each.run.id]))
            for cell, each in super().standings(sweep).items()
            if cell in own.runs
        }

    def cancel_sweep(self, sweep: int) -> int:
        """Ask all runs of a sweep to stop."""
        return self.cancel_all(list(self.get_sweep(sweep).runs.values()))

    def resume_sweep(self, sweep: int) -> int:
        """Let all runs of a sweep go on."""
        self._require_own(*self.get_sweep(sweep).runs.values())
        self._require_turn()
        return super().resume_sweep(sweep)

    def delete_sweep(self, sweep: int) -> None:
        """Delete all runs of a sweep."""
        self.delete(*self.get_sweep(sweep).runs.values())

    # ---- points ----

    def series(self, run_id: int, lane: int, quantity: str, max_points: int = 2000) -> Series:
        """Return a curve."""
        self._require(run_id)
        return super().series(run_id, lane, quantity, max_points)

    def quantiles(self, run_id: int, lane: int, quantity: str, layer: str, max_points: int = 1000) -> Bands:
        """Return quantiles over one layer."""
        self._require(run_id)
        return super().quantiles(run_id, lane, quantity, layer, max_points)

    def monitor(
        self, run_id: int, lane: int, monitor: str, layer: str = "", max_points: int = 2000
    ) -> tuple[Series, Series]:
        """Return what a monitor logged."""
        self._require(run_id)
        return super().monitor(run_id, lane, monitor, layer, max_points)

    def recorded(self, run_id: int, lane: int) -> tuple[str, ...]:
        """Name the quantities of an optimizer's state that a lane has points of."""
        self._require(run_id)
        return super().recorded(run_id, lane)

    def histogram(self, run_id: int, lane: int, step: int | None = None) -> Histogram | None:
        """Return the last histogram up to a step."""
        self._require(run_id)
        return super().histogram(run_id, lane, step)

    def rows(self, kind: str, run_id: int, after: int = 0, upto: int = 2**62) -> list[dict[str, Any]]:
        """Return events of one kind."""
        self._require(run_id)
        return super().rows(kind, run_id, after, upto)

    # ---- links ----

    def link_key(self, run_id: int) -> str:
        """Return the secret that a link to a run needs."""
        return self._require(run_id).key

    def renew_link(self, run_id: int) -> str:
        """Give a run another key, so that its old link shows nothing any more."""
        self._require_own(run_id)
        return super().renew_link(run_id)

    def link_keys(self, run_ids: Iterable[int]) -> list[str]:
        """Return what a link to these runs has to carry; runs that the visitor does not see are left out."""
        rights = self._rights()
        return list(dict.fromkeys(rights[run_id].key for run_id in run_ids if run_id in rights))

    # ---- within ----

    def _rights(self) -> dict[int, Right]:
        return self._read(lambda connection: visitors.rights(connection, self._who))

    def _require(self, run_id: int) -> Right:
        found = self._read(lambda connection: visitors.right(connection, self._who, run_id))
        return _found({} if found is None else {run_id: found}, run_id)

    def _require_own(self, *run_ids: int) -> None:
        for run_id in run_ids:
            if not self._require(run_id).own:
                raise StoreError(f"run {run_id} is somebody else's: with its link you can look at it, not change it")

    def _require_turn(self) -> None:
        self._read(lambda connection: self.limits.require_turn(connection, self.visitor))

    def _require_work(self, specs: Sequence[Mapping[str, Any]]) -> None:
        self.limits.require_work(specs)

    def _require_room(self, connection: sqlite3.Connection, runs: int, *, trained: bool) -> None:
        self.limits.require_room(connection, self.visitor, runs, trained=trained)


def _found(rights: Mapping[int, Right], run_id: int) -> Right:
    """Return a right; the same words where there is no such run and where it is somebody else's."""
    if run_id not in rights:
        raise UnknownRun(f"there is no run {run_id} in your list{_BY_ITS_LINK}")
    return rights[run_id]


def _marked(run: Run, right: Right) -> Run:
    return dataclasses.replace(run, own=right.own, key=right.key)


def _within(sweep: StoredSweep, rights: Mapping[int, Right]) -> StoredSweep:
    return dataclasses.replace(sweep, runs={cell: run for cell, run in sweep.runs.items() if run in rights})
