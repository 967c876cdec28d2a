"""The table of runs: a run as a value, and what can be done to one, each within the caller's transaction."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, cast

from optim_viz import outside
from optim_viz.comparison.lanes import run_name
from optim_viz.run_store import errors
from optim_viz.run_store.visitors import new_key

State = Literal["queued", "running", "finished", "cancelled", "failed", "lost", "unreadable"]
STATES: Final[tuple[State, ...]] = ("queued", "running", "finished", "cancelled", "failed", "lost", "unreadable")
RESUMABLE: Final[tuple[State, ...]] = ("cancelled", "failed", "lost")
LOST: Final = (
    "the training process ended without a word (killed, out of memory, or the computer was restarted); "
    "everything it logged is kept, and resume goes on from the last checkpoint"
)
RELEASE: Final = "ended = ?, seconds = seconds + trained, trained = 0, trained_since = NULL, owner = NULL, cancel = 0"
"""What changes in the row of a run that its process leaves, however it leaves; takes the time it ended."""
NOTES_LENGTH: Final = 2000
"""Characters of the notes on a run."""
_NEXT_PLACE: Final = "(SELECT coalesce(max(place), 0) + 1 FROM runs)"
_NEW: Final = (
    "INSERT INTO runs (name, spec, data, launcher, classes, folder, state, place, created, cores, visitor, link_key) "  # noqa: S608
    f"VALUES (?, ?, ?, ?, ?, ?, 'queued', {_NEXT_PLACE}, ?, ?, ?, ?)"
)
_OPTIONAL_NUMBER: Final = (int, float, type(None))
COLUMNS: Final[dict[str, tuple[type, ...]]] = {
    "id": (int,), "name": (str,), "spec": (str,), "data": (str, type(None)), "state": (str,), "message": (str,),
    "place": (int,), "cancel": (int,), "created": (int, float), "started": _OPTIONAL_NUMBER, "ended": _OPTIONAL_NUMBER,
    "step": (int,), "total_steps": (int, type(None)), "steps_per_epoch": (int, type(None)),
    "device": (str, type(None)), "layers": (str, type(None)), "n_parameters": (int, type(None)),
    "torch_version": (str, type(None)), "trained_since": _OPTIONAL_NUMBER, "trained_from": (int, type(None)),
    "seconds": (int, float), "trained": (int, float), "launcher": (str,), "handle": (str, type(None)),
    "heartbeat": _OPTIONAL_NUMBER, "classes": (str,), "folder": (str,), "notes": (str,),
    "imported": _OPTIONAL_NUMBER,
    "cores": (int, type(None)),
}  # fmt: skip
"""What is read of a run, and what may stand there."""


@dataclass(frozen=True)
class Run:
    """A run.

    Attributes:
        id: its number; never given twice.
        spec: what it trains, `TrainingSpec.to_dict()`.
        data: folder of the data files, None for the default one.
        state: "queued", "running", "finished", "cancelled", "failed" (see message), "lost" (its process died) or
            "unreadable" (its row is damaged; every other field but `id` is then at its default).
        message: why it failed or was lost, or what it is doing before the first step; may be "".
        place: where it stands in the queue: the lowest is next.
        cancel: it was asked to stop and has not stopped yet.
        created, started, ended: seconds since 1970.
        step: updates made, 0 to total_steps.
        total_steps, steps_per_epoch, device, layers, n_parameters, torch_version: known once training begins.
        trained_since, trained_from: when, and at which step, the present process began to train.
        seconds: trained by processes before the present one.
        trained: seconds trained by the present process, by a clock that is never set.
        launcher: which of `optim_viz.launchers` starts its process.
        handle: which process trains it or trained it last, for that launcher.
        heartbeat: when that process last wrote, by its own clock: only whether it changes says anything elsewhere.
        classes: outside classes of its lanes that the launching process was started with, with commas between.
        folder: where modules of those are found; "" without any.
        imported: when it was taken from an export, seconds since 1970; None where it was launched here.
        notes: what people wrote about it, at most `NOTES_LENGTH` characters on any number of lines.
        cores: of its machine that it trains with; None before its process has taken it, unless it was created so.
        own: whether whoever looks may change it; false where it is seen by its link alone (`own_runs`).
        key: the secret that a link to it needs; "" where everybody sees all runs.
    """

    id: int
    name: str = ""
    spec: Mapping[str, Any] = field(default_factory=dict[str, Any])
    data: str | None = None
    state: State = "unreadable"
    message: str = ""
    place: int = 0
    cancel: bool = False
    created: float = 0.0
    started: float | None = None
    ended: float | None = None
    step: int = 0
    total_steps: int | None = None
    steps_per_epoch: int | None = None
    device: str | None = None
    layers: tuple[str, ...] = ()
    n_parameters: int | None = None
    torch_version: str | None = None
    trained_since: float | None = None
    trained_from: int | None = None
    seconds: float = 0.0
    trained: float = 0.0
    launcher: str = "local"
    handle: str | None = None
    heartbeat: float | None = None
    classes: str = ""
    folder: str = ""
    notes: str = ""
    imported: float | None = None
    cores: int | None = None
    own: bool = True
    key: str = ""

    @property
    def lanes(self) -> tuple[str, ...]:
        """The lanes as text, e.g. ("adam,lr=0.001", "sgd,lr=0.01")."""
        lanes: object = self.spec.get("lanes", ())
        return tuple(map(str, cast("list[object]", lanes))) if isinstance(lanes, list | tuple) else ()

    @property
    def active(self) -> bool:
        """Whether it is still to change by itself: waiting or training."""
        return self.state in ("queued", "running")

    @property
    def resumable(self) -> bool:
        """Whether it can go on: it ended early, and its checkpoint may be here."""
        return self.state in RESUMABLE and self.imported is None

    @property
    def progress(self) -> float:
        """Share of the steps made, 0 to 1."""
        return self.step / self.total_steps if self.total_steps else 0.0

    def seconds_left(self) -> float | None:
        """Return how long the rest will take at the pace so far; None while that is unknown or it does not train."""
        made = self.step - (self.trained_from or 0)
        if self.state != "running" or not self.total_steps or made <= 0 or self.trained <= 0:
            return None
        return (self.total_steps - self.step) * self.trained / made

    def seconds_trained(self) -> float:
        """Return how long it has trained, waiting and loading not counted."""
        return self.seconds + self.trained


def run_link(runs: Sequence[Run]) -> str:
    """Return the address of the page that shows a run, or several side by side, with the keys that it needs."""
    numbers = ",".join(str(run.id) for run in runs)
    keys = "".join(f"&key={key}" for key in dict.fromkeys(run.key for run in runs if run.key))
    return f"./train?{'compare' if len(runs) > 1 else 'run'}={numbers}{keys}"


def read(connection: sqlite3.Connection, condition: str = "ORDER BY id DESC", bound: tuple[Any, ...] = ()) -> list[Run]:
    """Return the runs that meet a condition written in SQL by us."""
    query = f"SELECT {', '.join(COLUMNS)} FROM runs {condition}"  # noqa: S608
    return [_from_row(*row) for row in connection.execute(query, bound)]


def read_one(connection: sqlite3.Connection, run_id: int) -> Run:
    """Return one run, even if it was deleted a moment ago; UnknownRun where there is none of that number."""
    found = read(connection, "WHERE id = ?", (run_id,)) if 0 <= run_id < 2**62 else []
    if not found:
        raise errors.UnknownRun(f"there is no run {run_id}")
    return found[0]


def read_kept(connection: sqlite3.Connection, run_id: int) -> Run:
    """Return one run; UnknownRun where there is none of that number, or it was deleted."""
    run = read_one(connection, run_id)
    if connection.execute("SELECT EXISTS (SELECT 1 FROM deletions WHERE run = ?)", (run_id,)).fetchone()[0]:
        raise errors.UnknownRun(
            f"run {run_id} was deleted; for 30 seconds it can be brought back: Undo in the list of runs, or "
            f"optim-viz runs restore {run_id}"
        )
    return run


@lru_cache(4096, typed=True)
def _from_row(*row: Any) -> Run:
    """Return the run of a row; one whose row is damaged says so, and hides no other.

    A row that has not changed gives the same run: with a thousand in the queue a list takes a fifth of the time.
    """
    values: dict[str, Any] = dict(zip(COLUMNS, row, strict=True))
    try:
        for name, kinds in COLUMNS.items():
            if not isinstance(values[name], kinds):
                raise ValueError(f"{name} is {str(values[name])[:40]!r}")
        if values["state"] not in STATES:
            raise ValueError(f"state is {values['state'][:40]!r}")
        values["spec"], layers = json.loads(values["spec"]), json.loads(values["layers"] or "[]")
        if not isinstance(values["spec"], dict) or not isinstance(layers, list):
            raise ValueError("spec or layers is of another kind")
        values["layers"] = tuple(map(str, cast("list[object]", layers)))
    except (ValueError, RecursionError) as error:
        run_id = values["id"] if isinstance(values["id"], int) else -1
        return Run(run_id, name=f"run {run_id}", message=f"its row in the store is damaged: {error}")
    values["cancel"] = bool(values["cancel"])
    return Run(**values)


def create(
    connection: sqlite3.Connection,
    spec: Mapping[str, Any],
    name: str,
    data: str | None,
    launcher: str = "local",
    cores: int | None = None,
    visitor: str = "",
    key: str = "",
) -> int:
    """Put a new run at the end of the queue and return its number; without a key it is given one."""
    lanes = tuple(map(str, spec.get("lanes", ())))
    tidy, classes = tidy_name(name, lanes), outside.named_in(lanes)
    folder = str(Path.cwd()) if classes else ""
    text, whose = json.dumps(dict(spec), allow_nan=False), (visitor, key or new_key())
    cursor = connection.execute(
        _NEW, (tidy, text, data, launcher, ",".join(classes), folder, time.time(), cores, *whose)
    )
    return int(cursor.lastrowid or 0)


def rename(connection: sqlite3.Connection, run_id: int, name: str) -> None:
    """Give a run another name; an empty one gives it its first name back."""
    run = read_kept(connection, run_id)
    connection.execute("UPDATE runs SET name = ? WHERE id = ?", (tidy_name(name, run.lanes), run_id))


def write_notes(connection: sqlite3.Connection, run_id: int, notes: str) -> None:
    """Replace the notes on a run; ValueError where they are too long."""
    read_kept(connection, run_id)
    connection.execute("UPDATE runs SET notes = ? WHERE id = ?", (tidy_notes(notes), run_id))


def cancel(connection: sqlite3.Connection, run_id: int) -> None:
    """Ask a run to stop, or take it out of the queue; StoreError where it is over."""
    run = read_kept(connection, run_id)
    if not run.active:
        raise errors.StoreError(f"run {run_id} is {run.state} already")
    change = "state = 'cancelled', ended = ?, message = ''" if run.state == "queued" else "cancel = 1 + 0 * ?"
    connection.execute(f"UPDATE runs SET {change} WHERE id = ?", (time.time(), run_id))  # noqa: S608


def cancel_all(connection: sqlite3.Connection, run_ids: Collection[int] | None) -> int:
    """Ask many runs to stop, or take them out of the queue; None means all. Those that are over stay as they are."""
    which, meant = ("", [()]) if run_ids is None else (" AND id = ?", [(run_id,) for run_id in run_ids])
    waiting = f"UPDATE runs SET state = 'cancelled', ended = ?, message = '' WHERE state = 'queued'{which}"  # noqa: S608
    training = f"UPDATE runs SET cancel = 1 WHERE state = 'running' AND cancel = 0{which}"  # noqa: S608
    now = time.time()
    changed = connection.executemany(waiting, [(now, *each) for each in meant]).rowcount
    return changed + connection.executemany(training, meant).rowcount


def resume(connection: sqlite3.Connection, run_id: int) -> None:
    """Put a run that did not finish at the end of the queue again; StoreError where there is nothing to resume."""
    run = read_kept(connection, run_id)
    if run.imported is not None:
        raise errors.StoreError(f"run {run_id} was imported, without a checkpoint: launch a new one with its lanes")
    if run.state not in RESUMABLE:
        raise errors.StoreError(f"run {run_id} is {run.state}: only a {', '.join(RESUMABLE)} run can be resumed")
    connection.execute(
        f"UPDATE runs SET state = 'queued', message = '', cancel = 0, ended = NULL, place = {_NEXT_PLACE} WHERE id = ?",  # noqa: S608
        (run_id,),
    )


def link_key(connection: sqlite3.Connection, run_id: int) -> str:
    """Return the secret of a run's links; one of an older version is given one."""
    read_kept(connection, run_id)
    change = "UPDATE runs SET link_key = ? WHERE id = ? AND link_key = ''"
    connection.execute(change, (new_key(), run_id))
    return str(connection.execute("SELECT link_key FROM runs WHERE id = ?", (run_id,)).fetchone()[0])


def renew_link(connection: sqlite3.Connection, run_id: int) -> str:
    """Give a run, and those that share its key (its sweep's), another secret; links with the old one show nothing."""
    key, old = new_key(), link_key(connection, run_id)
    connection.execute("UPDATE runs SET link_key = ? WHERE link_key = ?", (key, old))
    return key


def latest_epochs(connection: sqlite3.Connection, run_ids: Collection[int] | None) -> list[tuple[Any, ...]]:
    """Return (run, lane, epoch, test_loss, test_accuracy, examples_per_second) of lanes' last epochs; None: of all."""
    query = "SELECT run, lane, max(epoch), test_loss, test_accuracy, examples_per_second FROM epochs"
    if run_ids is None:
        return connection.execute(f"{query} GROUP BY run, lane").fetchall()
    wanted = f"{query} WHERE run = ? GROUP BY run, lane"
    return [row for run_id in run_ids for row in connection.execute(wanted, (run_id,))]


def tidy_notes(notes: str) -> str:
    """Return text without control characters but for the ends of its lines; ValueError where it is too long."""
    lines = notes.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ").split("\n")
    text = "\n".join("".join(each if each.isprintable() else " " for each in line).rstrip() for line in lines).strip()
    if len(text) > NOTES_LENGTH:
        raise ValueError(f"notes have at most {NOTES_LENGTH:,} characters, not {len(text):,}")
    return text


def tidy_name(name: str, lanes: tuple[str, ...]) -> str:
    """Return one printable line of at most 120 characters; the lanes where nothing was given."""
    text = " ".join("".join(each if each.isprintable() else " " for each in name).split())
    text = text or run_name(lanes) or "run"
    return text if len(text) <= 120 else text[:119] + "…"
