"""What the Train page says of a store that is of a newer version, or goes while somebody looks."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from optim_viz.run_store import RunStore
from tests.pages.test_train import checked, ended, labels, opened, press, said

# fixtures of that file
from tests.pages.test_train import started as started
from tests.pages.test_train import store as store


def test_a_store_of_a_newer_version_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite3"
    RunStore(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()
    app = opened()
    assert "was written by a newer version of optim_viz (99)" in said(app)
    assert "Try again" in labels(app)
    assert path.read_bytes() == before
    path.unlink()  # the person has put it elsewhere
    press(app, "Try again")
    assert "No run yet" in said(app)


def test_a_store_that_is_deleted_while_somebody_looks_starts_anew(store: RunStore) -> None:
    app = opened(f"run={ended(store)}")
    for file in store.path.parent.glob("runs.sqlite3*"):
        shutil.rmtree(file) if file.is_dir() else file.unlink()
    checked(app.run())
    assert "There is no run 1" in said(app)
    assert "No run yet" in said(opened())
