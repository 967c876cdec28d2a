"""Sweeps in the store: which runs belong together, what was asked for, and where each of them stands.

Functions work within the caller's transaction. A run that is deleted leaves its place in the sweep empty, and comes
back to it. A sweep all of whose runs are deleted is not there, and is forgotten once these are gone for good.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from optim_viz import launchers
from optim_viz.run_store import errors, runs
from optim_viz.run_store.runs import Run
from optim_viz.run_store.visitors import new_key

_KEPT: Final = "run NOT IN (SELECT run FROM deletions)"


@dataclass(frozen=True)
class StoredSweep:
    """A sweep as it is kept.

    Attributes:
        id: its number; never given twice.
        name: for people.
        plan: what was asked for; {} where that is damaged.
        created: seconds since 1970.
        runs: numbers of its runs by their place in the plan.
    """

    id: int
    name: str
    plan: Mapping[str, Any]
    created: float
    runs: Mapping[int, int] = field(default_factory=dict[int, int])


@dataclass(frozen=True)
class Standing:
    """Where the first lane of a run stands.

    Attributes:
        run: the run.
        test_loss: its last one; None before the first test, NaN where it is not finite.
        test_accuracy: likewise, 0 to 1.
        epoch: in which that test was, from 1; 0 before the first.
        diverged_at: the step from which its loss is not finite; None where it is.
        stopped: why it ended early, "" where it did not.
    """

    run: Run
    test_loss: float | None = None
    test_accuracy: float | None = None
    epoch: int = 0
    diverged_at: int | None = None
    stopped: str = ""


def create(
    connection: sqlite3.Connection,
    name: str,
    plan: Mapping[str, Any],
    specs: Sequence[tuple[str, Mapping[str, Any]]],
    data: str | None,
    visitor: str = "",
) -> tuple[int, list[int]]:
    """Put a sweep's runs at the end of the queue, in their order; return its number and theirs.

    Args:
        connection: the store's.
        name: for people.
        plan: what was asked for.
        specs: name and spec of every run.
        data: folder of the data files.
        visitor: whose its runs are. One key opens them all, so that a link to the sweep needs no more than one.

    A run of one lane is given one core of the CPU: most of them train at once then.
    """
    connection.execute("DELETE FROM sweeps WHERE id NOT IN (SELECT sweep FROM sweep_runs)")
    cursor = connection.execute(
        "INSERT INTO sweeps (name, plan, created) VALUES (?, ?, ?)",
        (runs.tidy_name(name, ()), json.dumps(dict(plan), allow_nan=False), time.time()),
    )
    sweep = int(cursor.lastrowid or 0)
    way, key = launchers.default(), new_key()
    numbers = [
        runs.create(connection, spec, title, data, way, 1 if len(spec["lanes"]) == 1 else None, visitor, key)
        for title, spec in specs
    ]
    connection.executemany(
        "INSERT INTO sweep_runs (sweep, cell, run) VALUES (?, ?, ?)",
        [(sweep, cell, run) for cell, run in enumerate(numbers)],
    )
    return sweep, numbers


def read(connection: sqlite3.Connection, sweep: int | None = None) -> list[StoredSweep]:
    """Return all sweeps, the newest first; or one alone."""
    condition, bound = ("", ()) if sweep is None else (" WHERE id = ?", (sweep,))
    found: list[StoredSweep] = []
    for number, name, plan, created in connection.execute(
        f"SELECT id, name, plan, created FROM sweeps{condition} ORDER BY id DESC",  # noqa: S608 - our own condition
        bound,
    ).fetchall():
        cells = connection.execute(
            f"SELECT cell, run FROM sweep_runs WHERE sweep = ? AND {_KEPT} ORDER BY cell",  # noqa: S608 - a constant
            (number,),
        ).fetchall()
        if cells:
            found.append(StoredSweep(number, str(name), _plan(plan), float(created), dict(cells)))
    return found


def states(connection: sqlite3.Connection) -> dict[int, dict[str, int]]:
    """Return how many runs of each sweep are in which state."""
    found: dict[int, dict[str, int]] = {}
    for sweep, state, count in connection.execute(
        f"SELECT sweep, state, count(*) FROM sweep_runs JOIN runs ON runs.id = run WHERE {_KEPT} GROUP BY sweep, state"  # noqa: S608 - a constant
    ):
        found.setdefault(sweep, {})[str(state)] = count
    return found


def read_one(connection: sqlite3.Connection, sweep: int) -> StoredSweep:
    """Return one sweep; UnknownRun where there is none of that number."""
    found = read(connection, sweep) if 0 <= sweep < 2**62 else []
    if not found:
        raise errors.UnknownRun(f"there is no sweep {sweep}")
    return found[0]


def standings(connection: sqlite3.Connection, sweep: int) -> dict[int, Standing]:
    """Return where every run of a sweep stands, by its place in the plan."""
    within = f"(SELECT run FROM sweep_runs WHERE sweep = ? AND {_KEPT})"  # noqa: S608 - a constant
    tests = {
        run: (loss, accuracy, epoch)
        for run, loss, accuracy, epoch in connection.execute(
            "SELECT run, test_loss, test_accuracy, epoch FROM ("  # noqa: S608 - our own text
            f"SELECT run, step, epoch, test_loss, test_accuracy FROM epochs WHERE lane = 0 AND run IN {within} "
            f"UNION ALL SELECT run, step, epoch, test_loss, test_accuracy FROM tests WHERE lane = 0 AND run IN {within}"
            ") ORDER BY step",
            (sweep, sweep),
        )
    }
    diverged = dict(
        connection.execute(f"SELECT run, step FROM divergences WHERE lane = 0 AND run IN {within}", (sweep,)).fetchall()  # noqa: S608
    )
    stopped = dict(
        connection.execute(
            f"SELECT run, text FROM notes WHERE lane = 0 AND kind = 'stopped' AND run IN {within}",  # noqa: S608
            (sweep,),
        ).fetchall()
    )
    cells = {run: cell for cell, run in read_one(connection, sweep).runs.items()}
    found: dict[int, Standing] = {}
    for run in runs.read(connection, f"WHERE id IN {within}", (sweep,)):
        loss, accuracy, epoch = tests.get(run.id, (None, None, 0))
        if epoch and loss is None:  # SQLite keeps no NaN
            loss = float("nan")
        found[cells[run.id]] = Standing(run, loss, accuracy, epoch, diverged.get(run.id), stopped.get(run.id, ""))
    return dict(sorted(found.items()))


def resume(connection: sqlite3.Connection, sweep: int) -> int:
    """Put all runs of a sweep that can go on at the end of the queue, and return how many."""
    over = [each.run.id for each in standings(connection, sweep).values() if each.run.state in runs.RESUMABLE]
    for run in over:
        runs.resume(connection, run)
    return len(over)


def _plan(text: object) -> Mapping[str, Any]:
    try:
        plan = json.loads(str(text))
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", plan) if isinstance(plan, dict) else {}
