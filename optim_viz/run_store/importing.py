"""A run's JSON export, taken into a store as a run of its own.

The file is foreign: its size is bounded before it is read, every key, type and range is checked before anything is
written, and what is written is one transaction. So a file with a fault changes nothing, and the sentence about it names
the place and the value. Nothing in the file is ever executed: it is JSON, and texts stay texts.

Every number is the same to the last digit: JSON's numbers are written by `repr` and read to the same float64; NaN is
null and an infinite value the text "inf" or "-inf", as `export.write_json` writes them.
"""

from __future__ import annotations

import itertools
import json
import math
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from optim_viz.comparison import TrainingSpec
from optim_viz.comparison.events import QUANTITIES
from optim_viz.run_store import points, runs
from optim_viz.run_store.errors import StoreError
from optim_viz.run_store.visitors import new_key
from optim_viz.scenario.problem import shown

MAX_BYTES: Final = 128 << 20
MAX_ROWS: Final = 2_000_000
MAX_TEXT: Final = 20_000
"""Characters of a text of the file, but for what a run trains."""
MAX_STEP: Final = 2**53
"""Of whole numbers: the largest that JSON readers agree on."""
_BINS: Final = 4096
_LAYERS: Final = 2000
ENDED: Final = ("finished", "cancelled", "failed", "lost")


class ImportProblem(StoreError):
    """The file cannot be imported; the message says what is wrong where, and nothing was changed."""


@dataclass(frozen=True)
class _Rows:
    """Rows of one kind, checked and as the store keeps them."""

    kind: str
    table: str
    columns: tuple[str, ...]
    values: list[tuple[Any, ...]]


@dataclass(frozen=True)
class Export:
    """A checked export: columns of the table of runs, and rows of the tables of points."""

    facts: Mapping[str, Any]
    rows: tuple[_Rows, ...]


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
    return Export(_columns(facts, given), _events(given["events"], len(facts["spec"].lanes), facts["layers"], last))


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


def _conflict(connection: sqlite3.Connection, rows: _Rows) -> str:
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

_Check = Callable[[str, Any], Any]


def _facts(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the run's own fields, checked; other keys are refused, so that nothing is lost silently."""
    checks: dict[str, tuple[_Check, bool]] = {
        "run": (_whole, True), "name": (_text, True), "notes": (_notes, False), "state": (_state, True),
        "message": (_text, True), "spec": (_spec, True), "layers": (_layers, True), "device": (_text_or_none, True),
        "torch_version": (_text_or_none, True), "n_parameters": (_whole_or_none, False), "step": (_whole, False),
        "total_steps": (_whole_or_none, False), "steps_per_epoch": (_whole_or_none, False), "created": (_moment, False),
        "started": (_moment, False), "ended": (_moment, False), "seconds": (_duration, False), "events": (_any, True),
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


# ---- the points ----


def _events(given: object, lanes: int, layers: tuple[str, ...], last: int) -> tuple[_Rows, ...]:
    if not isinstance(given, dict):
        raise ImportProblem(f"events must be an object with a list for each kind, not {_kind(given)}")
    events = cast("dict[str, object]", given)
    for kind, rows in events.items():
        if kind not in points.TABLES:
            raise ImportProblem(f"events has an unknown kind {shown(kind)}; known: {', '.join(points.TABLES)}")
        if not isinstance(rows, list):
            raise ImportProblem(f"events.{kind} must be a list, not {_kind(rows)}")
    count = sum(len(cast("list[object]", rows)) for rows in events.values())
    if count > MAX_ROWS:
        raise ImportProblem(f"the file has {count:,} rows: at most {MAX_ROWS:,} can be imported")
    checks = _field_checks(lanes, layers, last)
    return tuple(_table(kind, cast("list[object]", rows), checks) for kind, rows in events.items())


def _field_checks(lanes: int, layers: tuple[str, ...], last: int) -> dict[str, _Check]:
    """Return how each field of an event is checked; they are named alike in all kinds."""

    def lane(name: str, value: Any) -> int:
        if _whole(name, value) >= lanes:
            raise ImportProblem(f"{name} must be 0 to {lanes - 1}, a lane of the run, not {shown(value)}")
        return value

    def step(name: str, value: Any) -> int:
        if _whole(name, value) > last:
            raise ImportProblem(f"{name} must be 0 to {last:,}, the run's last step, not {shown(value)}")
        return value

    def layer(name: str, value: Any) -> str:
        if not isinstance(value, str) or (value and value not in layers):
            raise ImportProblem(f"{name} must be a layer of the run, not {shown(value)}")
        return value

    def quantity(name: str, value: Any) -> str:
        if not isinstance(value, str) or value not in QUANTITIES:
            raise ImportProblem(f"{name} must be one of {', '.join(QUANTITIES)}, not {shown(value)}")
        return value

    whole = ("epoch", "samples")
    optional = ("used", "peak", "memory", "gpu_memory")
    texts = ("monitor", "problem", "kind", "text")
    special: dict[str, _Check] = {
        "lane": lane, "step": step, "layer": layer, "quantity": quantity, "edges": _edges, "counts": _counts,
    }  # fmt: skip
    return (
        special
        | dict.fromkeys(whole, cast("_Check", _whole))
        | dict.fromkeys(optional, cast("_Check", _whole_or_none))
        | dict.fromkeys(texts, cast("_Check", _text))
    )


def _table(kind: str, rows: list[object], checks: Mapping[str, _Check]) -> _Rows:
    table, columns = points.TABLES[kind]
    used = [(name, checks.get(name, _number)) for name in columns]
    values: list[tuple[Any, ...]] = []
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            raise ImportProblem(f"events.{kind}[{index}] must be an object, not {_kind(row)}")
        fields = cast("dict[str, Any]", row)
        if fields.keys() != set(columns):
            wrong = sorted(fields.keys() ^ set(columns))[0]
            what = "has no" if wrong in columns else "has an unknown field"
            raise ImportProblem(f"events.{kind}[{index}] {what} {shown(wrong)}")
        try:
            found = tuple(points.stored(name, check(name, fields[name])) for name, check in used)
            if kind == "histogram" and len(fields["edges"]) != len(fields["counts"]) + 1:
                raise ImportProblem(
                    f"edges must be one more than counts, not {len(fields['edges'])}: they are its ends"
                )
        except ImportProblem as problem:
            raise ImportProblem(f"events.{kind}[{index}]: {problem}") from problem
        values.append(found)
    return _Rows(kind, table, columns, values)


# ---- values ----


def _kind(value: object) -> str:
    for kind, words in ((dict, "an object"), (list, "a list"), (str, "a text"), (bool, "true or false")):
        if isinstance(value, cast("type[object]", kind)):
            return words
    return "null" if value is None else f"the number {shown(value)}"


def _refuse(word: str) -> float:
    raise ValueError(f"{word} is no number of JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object has a key twice")
    return found


def _any(name: str, value: Any) -> Any:
    del name
    return value


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_STEP:
        raise ImportProblem(f"{name} must be a whole number from 0 to {MAX_STEP}, not {_told(value)}")
    return value


def _whole_or_none(name: str, value: Any) -> int | None:
    return None if value is None else _whole(name, value)


def _number(name: str, value: Any) -> float | None:
    """Read a value of a curve: null is NaN, "inf" and "-inf" are infinite."""
    if value is None:
        return None
    if isinstance(value, str) and value in ("inf", "-inf"):
        return float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < math.inf:
        raise ImportProblem(f'{name} must be a number, null, "inf" or "-inf", not {_told(value)}')
    if isinstance(value, int) and abs(value) > MAX_STEP:
        raise ImportProblem(f"{name} must be at most {MAX_STEP} where it is a whole number, not {shown(value)}")
    return value


def _moment(name: str, value: Any) -> float | None:
    return None if value is None else _duration(name, value)


def _duration(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1e12:
        raise ImportProblem(f"{name} must be seconds from 0 to 1e12, not {_told(value)}")
    return float(value)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ImportProblem(f"{name} must be a text, not {_kind(value)}")
    if len(value) > MAX_TEXT:
        raise ImportProblem(f"{name} must have at most {MAX_TEXT:,} characters, not {len(value):,}")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ImportProblem(f"{name} must be Unicode text; it has half a character at {error.start}") from error
    return value


def _text_or_none(name: str, value: Any) -> str | None:
    return None if value is None else _text(name, value)


def _notes(name: str, value: Any) -> str:
    try:
        return runs.tidy_notes(_text(name, value))
    except ValueError as error:
        raise ImportProblem(str(error)) from error


def _state(name: str, value: Any) -> str:
    if not isinstance(value, str) or value not in ENDED:
        raise ImportProblem(f"{name} must be one of {', '.join(ENDED)}: a run that is over, not {_told(value)}")
    return value


def _spec(name: str, value: Any) -> TrainingSpec:
    if not isinstance(value, dict):
        raise ImportProblem(f"{name} must be an object, not {_kind(value)}")
    try:
        return TrainingSpec.from_dict(cast("dict[str, Any]", value))
    except (ValueError, TypeError, OverflowError) as error:
        raise ImportProblem(f"{name}: {error}") from error


def _layers(name: str, value: Any) -> tuple[str, ...]:
    return tuple(_text(name, each) for each in _list(name, value, 0, _LAYERS))


def _edges(name: str, value: Any) -> list[float]:
    found = [_number(name, each) for each in _list(name, value, 2, _BINS + 1)]
    known = [each for each in found if each is not None and math.isfinite(each)]
    if len(known) < len(found) or any(low >= high for low, high in itertools.pairwise(known)):
        raise ImportProblem(f"{name} must increase, and be finite")
    return known


def _counts(name: str, value: Any) -> list[int]:
    return [_whole(name, each) for each in _list(name, value, 1, _BINS)]


def _list(name: str, value: object, least: int, most: int) -> list[object]:
    if not isinstance(value, list):
        raise ImportProblem(f"{name} must be a list, not {_kind(value)}")
    found = cast("list[object]", value)
    if not least <= len(found) <= most:
        raise ImportProblem(f"{name} must be a list of {least} to {most:,}, not of {len(found):,}")
    return found


def _told(value: Any) -> str:
    return shown(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else _kind(value)
