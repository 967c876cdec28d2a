"""The scripts of benchmarks/ can be started by their path, from any folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = sorted((Path(__file__).resolve().parent.parent / "benchmarks").glob("[!_]*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_finds_what_it_measures(script: Path, tmp_path: Path) -> None:
    code = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='only imported')"
    command = [sys.executable, "-c", code, str(script)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def test_there_is_one_for_each_claim() -> None:
    assert {path.stem for path in SCRIPTS} >= {"rollout", "drag", "run_store", "mnist", "paper"}
