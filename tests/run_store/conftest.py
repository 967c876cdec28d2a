"""A store of its own for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from optim_viz import launchers
from optim_viz.run_store import RunStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "runs.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[RunStore]:
    opened = RunStore(path)
    yield opened
    opened.close()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Start no worker; collect the commands that would have been started."""
    commands: list[list[str]] = []

    def note(command: list[str], log: Path) -> str:
        del log
        commands.append(command)
        return "1 -1.0 nowhere"

    monkeypatch.setattr(launchers.get("local"), "start", note)
    return commands
