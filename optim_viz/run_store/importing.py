"""A run's JSON export, taken into a store as a run of its own.

The file is foreign: its size is bounded before it is read, every key, type and range is checked before anything is
written, and what is written is one transaction. So a file with a fault changes nothing, and the sentence about it names
the place and the value. Nothing in the file is ever executed: it is JSON, and texts stay texts.

Every number is the same to the last digit: JSON's numbers are written by `repr` and read to the same float64; NaN is
null and an infinite value the text "inf" or "-inf", as `export.write_json` writes them.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from optim_viz.comparison import TrainingSpec
from optim_viz.run_store import runs
from optim_viz.run_store.import_points import Rows, read_events
from optim_viz.run_store.import_values import (
    MAX_STEP,
    Check,
    ImportProblem,
    anything,
    read_duration,
    read_layers,
    read_moment,
    read_notes,
    read_spec,
    read_state,
    read_text,
    read_text_or_none,
    read_whole,
    read_whole_or_none,
)
from optim_viz.run_store.visitors import new_key
from optim_viz.scenario.problem import shown

MAX_BYTES: Final = 128 << 20


@dataclass(frozen=True)
class Export:
    """A checked export: columns of the table of runs, and rows of the tables of points."""

    facts: Mapping[str, Any]
    rows: tuple[Rows, ...]


def read(content: bytes) -> Export:
    """Check an export.

    Args:
        content: the file that `write_json` wrote, UTF-8.

    Raises:
        ImportProblem: it is not one; the message says why.
    """
    if len(content) > MAX_BYTES:
        raise ImportProblem(f"the file has {len(content):,} bytes: at most {MAX_BYTES:,} can be imported")
    try:
        found = json.loads(content.decode(), parse_constant=_refuse, object_pairs_hook=_unique)
    except UnicodeDecodeError as error:
        raise ImportProblem(f"the file is no UTF-8 text: {error.reason} at byte {error.start:,}") from error
    except RecursionError as error:
        raise ImportProblem("the file is nested too deeply to be an export of a run") from error
    except ValueError as error:
        raise ImportProblem(f"the file is no JSON: {shown(str(error), 120)}") from error
    if not isinstance(found, dict):
        raise ImportProblem("the file is no export of a run: it holds no JSON object")
    given = cast("dict[str, Any]", found)
    facts = _facts(given)
    last = max(facts["step"], facts["total_steps"] or 0)
    return Export(_columns(facts, given), read_events(given["events"], len(facts["spec"].lanes), facts["layers"], last))


def write(connection: sqlite3.Connection, export: Export, visitor: str = "") -> int:
    """Write a checked export within the caller's transaction, as a run of that visitor; return the run's number."""
    values = dict(export.facts) | {"imported": time.time(), "visitor": visitor, "link_key": new_key()}
    names = ", ".join(values)
    cursor = connection.execute(
        f"INSERT INTO runs ({names}, place) VALUES ({', '.join('?' * len(values))}, "  # noqa: S608 - our own names
        "(SELECT coalesce(max(place), 0) + 1 FROM runs))",
        tuple(values.values()),
    )
    run_id = int(cursor.lastrowid or 0)
    for each in export.rows:
        places = ", ".join("?" * (len(each.columns) + 1))
        statement = f"INSERT INTO {each.table} (run, {', '.join(each.columns)}) VALUES ({places})"  # noqa: S608
        try:
            connection.executemany(statement, ((run_id, *row) for row in each.values))
        except sqlite3.IntegrityError as error:
            raise ImportProblem(_conflict(connection, each)) from error
    return run_id


def _conflict(connection: sqlite3.Connection, rows: Rows) -> str:
    """Say which row cannot be kept beside the others: one without a part of its key, or with that of another."""
    key = [name for _, name, _, _, _, part in connection.execute(f"PRAGMA table_info({rows.table})") if part]
    places = [rows.columns.index(name) for name in key if name != "run"]
    seen: set[tuple[Any, ...]] = set()
    for index, row in enumerate(rows.values):
        own = tuple(row[place] for place in places)
        said = ", ".join(f"{rows.columns[place]} {shown(row[place])}" for place in places)
        if own in seen:
            return f"events.{rows.kind}[{index}] is there twice: {said}"
        if None in own:
            return f"events.{rows.kind}[{index}] must have a number where it is null: {said}"
        seen.add(own)
    raise AssertionError(f"every row of {rows.table} has a key of its own")


# ---- the run ----


def _facts(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the run's own fields, checked; other keys are refused, so that nothing is lost silently."""
    checks: dict[str, tuple[Check, bool]] = {
        "run": (read_whole, True), "name": (read_text, True), "notes": (read_notes, False),
        "state": (read_state, True), "message": (read_text, True), "spec": (read_spec, True),
        "layers": (read_layers, True), "device": (read_text_or_none, True), "torch_version": (read_text_or_none, True),
        "n_parameters": (read_whole_or_none, False), "step": (read_whole, False),
        "total_steps": (read_whole_or_none, False), "steps_per_epoch": (read_whole_or_none, False),
        "created": (read_moment, False), "started": (read_moment, False), "ended": (read_moment, False),
        "seconds": (read_duration, False), "events": (anything, True),
    }  # fmt: skip
    for name in given:
        if name not in checks:
            raise ImportProblem(f"the file is no export of a run: unknown key {shown(name)}")
    facts: dict[str, Any] = {}
    for name, (check, required) in checks.items():
        if name in given:
            facts[name] = check(name, given[name])
        elif required:
            raise ImportProblem(f"the file is no export of a run: it has no {name!r}")
    return _completed(facts, given)


def _completed(facts: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in what exports of older versions did not have, from what they did."""
    spec: TrainingSpec = facts["spec"]
    facts.setdefault("notes", "")
    facts.setdefault("n_parameters", spec.n_parameters)
    facts.setdefault("total_steps", spec.total_steps)
    facts.setdefault("steps_per_epoch", spec.steps_per_epoch)
    if "step" not in facts:
        facts["step"] = _last_step(given.get("events"))
    for name in ("created", "started", "ended"):
        facts.setdefault(name, None)
    facts["created"] = time.time() if facts["created"] is None else facts["created"]
    facts.setdefault("seconds", 0.0)
    return facts


def _last_step(events: object) -> int:
    rows = cast("dict[str, Any]", events).get("step") if isinstance(events, dict) else None
    found = 0
    for row in cast("list[Any]", rows) if isinstance(rows, list) else []:
        step = cast("dict[str, Any]", row).get("step") if isinstance(row, dict) else None
        found = max(found, step if isinstance(step, int) and 0 <= step <= MAX_STEP else 0)
    return found


def _columns(facts: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the run as columns of its table. What it trains is kept as it was written, now that it is known good."""
    names = ("notes", "state", "message", "device", "torch_version", "n_parameters", "step", "total_steps")
    more = ("steps_per_epoch", "created", "started", "ended", "seconds")
    kept = {name: facts[name] for name in (*names, *more)}
    lanes = tuple(map(str, given["spec"]["lanes"]))
    return kept | {
        "name": runs.tidy_name(facts["name"], lanes),
        "spec": json.dumps(given["spec"], allow_nan=False),
        "layers": json.dumps(list(facts["layers"])),
    }


def _refuse(word: str) -> float:
    raise ValueError(f"{word} is no number of JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object has a key twice")
    return found
