"""Builds a store file as an older version of the program left it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from optim_viz.run_store import schema
from tests.run_store.fake_events import SPEC

OLD_VERSION = 1


def build(path: Path) -> None:
    """Write a store of version 1 that holds one finished run with losses, and nothing that version 2 brought."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(schema.STEPS[0])
    connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {OLD_VERSION}")
    connection.execute(
        "INSERT INTO runs (id, name, spec, state, place, created, step) VALUES (7, 'old', ?, 'finished', 1, 1.0, 3)",
        (json.dumps(SPEC),),
    )
    connection.executemany("INSERT INTO losses VALUES (7, 0, ?, 1, ?, 0.0)", [(1, 2.3), (2, 2.2), (3, 2.1)])
    connection.close()
