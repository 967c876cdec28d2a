"""Builds a store file as an older version of the program left it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from optim_viz.run_store import schema
from tests.run_store.fake_events import SPEC

OLD_VERSION = 1


def build(path: Path) -> None:
    """Write a store of version 1 that holds one finished run with losses, and nothing that later versions brought."""
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


def build_training(path: Path, began: float) -> None:
    """Write a store of version 2, in which a process of that version trains run 3 and last beat ten seconds later."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(schema.STEPS[0] + schema.STEPS[1])
    connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    connection.execute("PRAGMA user_version = 2")
    connection.execute(
        "INSERT INTO runs (id, name, spec, state, place, created, step, trained_since, heartbeat, owner, pid, process, "
        "machine, seconds) VALUES (3, 'old', ?, 'running', 1, 1.0, 40, ?, ?, 'me', 1, '1', 'here', 5.0)",
        (json.dumps(SPEC), began, began + 10.0),
    )
    connection.close()
