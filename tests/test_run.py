"""run.py says plainly what is wrong, and knows a finished set-up from a broken one."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def run(tmp_path: Path) -> ModuleType:
    """run.py as a module, its environment moved to an empty folder."""
    spec = importlib.util.spec_from_file_location("run", ROOT / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    venv = tmp_path / ".venv"
    for name, value in {"VENV": venv, "UNFINISHED": venv / "unfinished", "PYTHON": Path(sys.executable)}.items():
        setattr(module, name, value)
    venv.mkdir()
    return module


def start(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "run.py", *arguments], cwd=ROOT, capture_output=True, text=True)


@pytest.mark.parametrize("arguments", [(), ("dance",)])
def test_an_unknown_command_prints_the_commands(arguments: tuple[str, ...]) -> None:
    done = start(*arguments)
    assert done.returncode == 1
    assert "python3 run.py app" in done.stderr
    assert "python3 run.py test" in done.stderr


def test_an_interrupted_set_up_does_not_count_as_working(run: ModuleType) -> None:
    assert run.works()
    run.UNFINISHED.touch()
    assert not run.works()


def test_a_vanished_interpreter_does_not_count_as_working(
    run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "PYTHON", tmp_path / "gone" / "python")
    assert not run.works()


def test_a_set_up_is_ready_until_the_requirements_change(
    run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "ROOT", tmp_path)
    for name in run.RUNTIME:
        (tmp_path / name).write_text("numpy\n")
    assert not run.is_ready(run.RUNTIME)
    (run.VENV / "ready-requirements.txt").write_text(run.fingerprint(run.RUNTIME))
    assert run.is_ready(run.RUNTIME)
    for name in run.RUNTIME:
        (tmp_path / name).write_text("numpy\nsympy\n")
        assert not run.is_ready(run.RUNTIME)
        (tmp_path / name).write_text("numpy\n")
