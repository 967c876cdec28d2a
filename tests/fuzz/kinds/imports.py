"""Exports of runs that somebody imports: damaged in their values and in their text, and JSON of anything."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from optim_viz.run_store import RunStore, export
from optim_viz.run_store.importing import ImportProblem, read
from tests.fuzz.harness import Kind
from tests.fuzz.pieces import damaged, mutated, told, value
from tests.run_store.fake_events import SPEC, stream

_WELL: list[Any] = []


def _well() -> Any:
    """Return an export that is well, of a run with a few points."""
    if not _WELL:
        with tempfile.TemporaryDirectory() as folder:
            store = RunStore(Path(folder) / "runs.sqlite3")
            run = store.create(SPEC, "first")
            store.append(run, stream(4))
            text = io.StringIO()
            export.write_json(store, run, text)
            store.close()
        _WELL.append(json.loads(text.getvalue()) | {"state": "finished"})
    return _WELL[0]


def make(draw: Random) -> bytes:
    """Draw a file."""
    given = value(draw, 5) if draw.random() < 0.1 else _well()
    for _ in range(draw.randrange(5)):
        given = damaged(draw, given)
    text = json.dumps(given)
    if draw.random() < 0.3:
        text = mutated(draw, text, '{}[]":,0123456789eE.+-\\un \0')
    content = text.encode("utf-8", "surrogatepass")
    if draw.random() < 0.1:
        at = draw.randrange(len(content) + 1)
        content = content[:at] + draw.randbytes(3) + content[at:]
    return content


def ready(folder: Path) -> Callable[[bytes], str]:
    """Open a store, in which no case leaves anything."""
    store = RunStore(folder / "runs.sqlite3")

    def run(content: bytes) -> str:
        try:
            read(content)
            number = store.import_run(content)
        except ImportProblem as error:
            return told(error)
        assert store.get(number).state != "unreadable"
        store.series(number, 0, "loss")
        store._remove(number)  # pyright: ignore[reportPrivateUsage]
        return "value"

    run(json.dumps(_well()).encode())
    return run


KIND = Kind("imported runs", 60, ready, make)
