"""One file each: the example of docs/adding.md is a surface, and taking half of the catalog away breaks no test."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import surfaces

ROOT = Path(__file__).resolve().parent.parent.parent
# The tests that run over every entry, and those that hold numbers for some.
CONTRACT = ["test_catalog.py", "test_derivatives.py", "test_registry.py", "test_finite_sum.py"]


def _example() -> tuple[str, str]:
    section = (ROOT / "docs/adding.md").read_text(encoding="utf-8").split("## A surface")[1].split("\n## ")[0]
    (code,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    (name,) = re.findall(r'name="(\w+)"', code)
    return name, code


@pytest.mark.parametrize("kept", [0, 1], ids=["first half", "second half"])
def test_one_more_file_and_half_of_the_others(tmp_path: Path, kept: int) -> None:
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "surfaces", tmp_path / "surfaces", ignore=ignored)
    shutil.copytree(ROOT / "tests" / "truths", tmp_path / "tests" / "truths")
    (tmp_path / "tests" / "surfaces").mkdir()
    for file in ("conftest.py", *CONTRACT):
        shutil.copy(ROOT / "tests" / "surfaces" / file, tmp_path / "tests" / "surfaces")
    for taken in surfaces.names()[1 - kept :: 2]:
        (tmp_path / "surfaces" / "catalog" / f"{taken}.py").unlink()
    name, code = _example()
    (tmp_path / "surfaces" / "catalog" / f"{name}.py").write_text(code, encoding="utf-8")
    command = ["-m", "pytest", "-v", "-W", "error", "-p", "no:cacheprovider", "--import-mode=importlib", "tests"]
    done = subprocess.run([sys.executable, *command], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert f"test_declared_minima[{name}] PASSED" in done.stdout
    assert not any(f"test_facts_are_complete[{taken}]" in done.stdout for taken in surfaces.names()[1 - kept :: 2])
