"""Store files: bytes overwritten, pages torn, files cut short or grown, and single values replaced behind our back."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

from optim_viz import launchers
from optim_viz.comparison.differences import named_apart
from optim_viz.run_store import STATES, RunStore, StoreError, folders
from optim_viz.sweeps import launching
from tests.fuzz.harness import Kind
from tests.fuzz.pieces import WORDS, told, value
from tests.run_store.fake_events import SPEC, stream

Damage = tuple[str, list[tuple[Any, ...]]]
_TABLES: dict[str, list[str]] = {}


def make(draw: Random) -> Damage:
    """Draw what is done to a store that is well."""
    if draw.random() < 0.6:
        return "values", [
            (draw.random(), draw.random(), draw.random(), _cell(draw)) for _ in range(draw.choice((1, 1, 2, 5)))
        ]
    kind = draw.choice(("bytes", "bytes", "page", "cut", "grown", "header"))
    many = draw.choice((1, 3, 40)) if kind == "bytes" else 1
    return kind, [(draw.random(), draw.randbytes(draw.choice((1, 4, 100)))) for _ in range(many)]


def _cell(draw: Random) -> Any:
    """Draw what a cell may hold: what JSON cannot, or not as SQLite keeps it, is written as text."""
    way = draw.random()
    if way < 0.2:
        return draw.randbytes(draw.randrange(30))
    if way < 0.3:
        return draw.choice((*STATES, "[]", "{}", '{"lanes": 5}', '{"lanes": [5, null]}', "[" * 5000, '["a"]', "null"))
    if way < 0.5:
        return draw.choice(WORDS).encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    found = value(draw, 2)
    if isinstance(found, int) and not -(2**63) <= found < 2**63:
        return float(found)
    return repr(found) if isinstance(found, list | dict | str) else found


def _damage(path: Path, damage: Damage) -> None:
    kind, places = damage
    if kind == "values":
        with contextlib.closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("PRAGMA foreign_keys = OFF")
            connection.execute("PRAGMA ignore_check_constraints = ON")
            for table, column, row, cell in places:
                name = _at(sorted(_TABLES), table)
                one = f"(SELECT rowid FROM {name} LIMIT 1 OFFSET {int(row * 5)})"  # noqa: S608 - our own names
                change = f"UPDATE {name} SET {_at(_TABLES[name], column)} = ? WHERE rowid = {one}"  # noqa: S608
                with contextlib.suppress(sqlite3.Error):  # not every column takes every value
                    connection.execute(change, (cell,))
        return
    content = bytearray(path.read_bytes())
    for place, new in places:
        at = int(place * len(content))
        match kind:
            case "bytes":
                content[at : at + len(new)] = new
            case "page":
                content[at // 4096 * 4096 : at // 4096 * 4096 + 4096] = new * (4096 // len(new))
            case "cut":
                del content[at:]
            case "grown":
                content += new * int(place * 100)
            case _:
                content[at % 100 : at % 100 + len(new)] = new
    path.write_bytes(content)


def _at(choices: list[str], share: float) -> str:
    return choices[int(share * len(choices))]


def look_at(store: RunStore) -> None:
    """Do with a store all that pages and the command line do, of each run what can be had."""
    runs = store.list_runs()
    store.results()
    store.alerts(runs)
    named_apart([run.name for run in runs], [run.spec for run in runs])
    for run in runs:
        for work in (
            lambda run=run: store.get(run.id).seconds_left(),
            lambda run=run: store.series(run.id, 0, "loss"),
            lambda run=run: store.quantiles(run.id, 0, "gradient", "layer 1"),
            lambda run=run: store.histogram(run.id, 0),
            lambda run=run: store.recorded(run.id, 0),
            lambda run=run: store.rename(run.id, "again"),
            lambda run=run: store.request_cancel(run.id),
        ):
            _told(work)
    for sweep in store.list_sweeps():
        with contextlib.suppress(ValueError):  # what a plan that cannot be read says
            launching.plan_of(sweep)
    if runs:
        _told(lambda: store.delete(runs[0].id))
    _told(lambda: store.create(SPEC))


def _told(work: Callable[[], object]) -> None:
    with contextlib.suppress(StoreError):
        work()


def ready(folder: Path) -> Callable[[Damage], str]:
    """Build the store that is damaged again and again."""
    well, path = folder / "well.sqlite3", folder / "home" / folders.FILE_NAME
    store = RunStore(well)
    first = store.create(SPEC, "first")
    store.append(first, stream(20))
    store.create(SPEC | {"lanes": ["rmsprop"]}, "second")
    store.file.empty_journal()
    store.close()
    with contextlib.closing(sqlite3.connect(well)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            _TABLES[name] = [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]

    def run(damage: Damage) -> str:
        shutil.rmtree(path.parent, ignore_errors=True)
        path.parent.mkdir()
        shutil.copy(well, path)
        _damage(path, damage)
        opened: RunStore | None = None
        try:
            with mock.patch.object(launchers.get("local"), "start", return_value="1 -1.0 nowhere"):
                opened = RunStore(path)
                look_at(opened)
        except StoreError as error:
            return told(error)
        finally:
            if opened is not None:
                opened.close()
        return "value"

    run(("values", []))
    return run


KIND = Kind("store files", 60, ready, make)
