"""Room for the parameters that runs keep: all runs of a store together stay within a bound, and the oldest give way."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from optim_viz.planes import jobs
from optim_viz.planes.snapshots import LET_GO, MOST_BYTES, MOST_STORE_BYTES
from optim_viz.run_store import RunStore, UnknownRun
from optim_viz.run_store.folders import files_folder


class Room:
    """Keeps all kept points of a store within a bound, as far as one process adds to them.

    The points of the run that was written to longest ago go first, all of a run at once; what was drawn from them, its
    finished planes, stays. Looked at again after every `MOST_BYTES` of new points: each process at work may for a while
    be above the bound by that much.

    Args:
        folders: where the runs' folders lie, run-NUMBER.snapshots each.
        may_go: told a run's folder, says whether its points may go: not those of a run that trains, or of one through
            whose points a plane is being worked out.
        most: bytes of all of them.
    """

    def __init__(self, folders: Path, may_go: Callable[[Path], bool], most: int = MOST_STORE_BYTES) -> None:
        self._folders, self._may_go, self._most = folders, may_go, most
        self._new = MOST_BYTES

    def make(self, size: int) -> None:
        """Make room for new points of `size` bytes."""
        self._new += size
        if self._new >= MOST_BYTES:
            self._new = 0
            self._clear()

    def _clear(self) -> None:
        found: list[tuple[float, int, Path]] = []
        for folder in self._folders.glob("run-*.snapshots"):
            with contextlib.suppress(OSError):  # its run is being deleted
                sizes = [path.stat().st_size for path in folder.glob("*.npy")]
                found.append((folder.stat().st_mtime, sum(sizes), folder))
        total = sum(size for _, size, _ in found) + MOST_BYTES
        for _, size, folder in sorted(found):
            if total <= self._most:
                return
            if size and self._may_go(folder):
                with contextlib.suppress(OSError):
                    (folder / LET_GO).touch()
                    for path in folder.glob("*.npy"):
                        path.unlink(missing_ok=True)
                    total -= size


def may_go(store: RunStore, folder: Path) -> bool:
    """Tell whether a run's kept parameters may make room for those of later runs.

    Not while it waits or trains, nor while a plane through them is being worked out.

    Args:
        store: of the run.
        folder: what `snapshots_folder` returned for it.
    """
    run_id = int(folder.name.removeprefix("run-").removesuffix(".snapshots"))
    with contextlib.suppress(UnknownRun):
        if store.get(run_id).active:
            return False
    for number in jobs.numbers(store.path, run_id):
        with contextlib.suppress(ValueError):  # a plane that cannot be read is not being worked out
            if jobs.look(store.path, run_id, number).state == "running":
                return False
    return True


@lru_cache(maxsize=4)
def of(store: RunStore) -> Room:
    """Return what makes room in a store, one for this process."""
    return Room(files_folder(store.path), lambda folder: may_go(store, folder))
