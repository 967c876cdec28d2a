"""Ctrl-C in the first moments, while a command is still loading: quiet, with exit code 130."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Python runs sitecustomize.py before anything else. It sends Ctrl-C's signal when a module of the given name is looked
# for, and writes down the names of all that are. A shell that starts something in the background has it ignore the
# signal; these commands are to be as one is that a person types.
SITE = """
import os, signal, sys

signal.signal(signal.SIGINT, signal.default_int_handler)

class Watch:
    def find_spec(self, name, path, target=None):
        if name == os.environ.get("INTERRUPT_AT"):
            signal.raise_signal(signal.SIGINT)
        if "NAMES" in os.environ:
            with open(os.environ["NAMES"], "a") as file:
                file.write(name + "\\n")

sys.meta_path.insert(0, Watch())
"""
COMMANDS = ("runs", "surfaces", "app extra", "train --lane nope")
CATCHES = ("optim_viz", "optim_viz.interrupt")  # before them comes Python's own start


def start(command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "sitecustomize.py").write_text(SITE)
    path = os.pathsep.join((str(folder), str(ROOT)))
    variables = {**os.environ, "PYTHONPATH": path, "OPTIM_VIZ_HOME": str(folder / "home"), **environment}
    line = [sys.executable, "-m", "optim_viz", *command.split()]
    return subprocess.run(line, cwd=folder, env=variables, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("command", COMMANDS)
def test_ctrl_c_is_quiet_whatever_is_just_being_loaded(command: str, tmp_path: Path) -> None:
    names = tmp_path / "names"
    start(command, tmp_path, NAMES=str(names))
    loaded = names.read_text().splitlines()
    begin = next(at for at, name in enumerate(loaded) if name.startswith("optim_viz") and name not in CATCHES)
    loaded = [name for name in loaded[begin:] if name not in loaded[:begin]]
    ours = [name for name in loaded if name.startswith("optim_viz")]
    others = [name for name in loaded if not name.startswith("optim_viz")]
    assert len(ours) > 10
    assert "numpy" in others
    for name in {"numpy", *ours[:: len(ours) // 4], *others[:: len(others) // 5]}:
        done = start(command, tmp_path, INTERRUPT_AT=name)
        assert (done.returncode, done.stdout, done.stderr) == (130, "", ""), name
