"""A store of its own for every test, and no process left behind by any."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from optim_viz import launchers
from optim_viz.run_store import RunStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    """A store; when the test is over, whatever still trains is ended."""
    opened = RunStore(tmp_path / "home" / "runs.sqlite3")
    yield opened
    with opened.file.writing() as connection:
        connection.execute("UPDATE runs SET state = 'cancelled' WHERE state = 'queued'")
    for run in opened.list_runs():
        if run.state == "running" and run.handle:
            launchers.get("local").stop(run.handle)
    opened.close()


@pytest.fixture
def soon() -> Callable[[Callable[[], bool], float], None]:
    """Wait until something is so; fail when it takes too long."""

    def wait(met: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not met():
            assert time.monotonic() < deadline, f"not within {seconds} s"
            time.sleep(0.02)

    return wait
