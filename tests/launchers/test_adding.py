"""The example of docs/adding.md is a launcher: put into the folder as it stands, it starts what it is told to."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TRY = """
import os, sys, time
from pathlib import Path
from optim_viz import launchers
name, folder = sys.argv[1:]
launchers.__path__.append(folder)  # as if the file stood in the package's own folder
assert name in launchers.names()
launcher, log = launchers.get(name), Path(folder) / "log"
handle = launcher.start([sys.executable, "-c", "import os, time; print(os.nice(0), flush=True); time.sleep(100)"], log)
while not log.exists() or not log.read_text().endswith("\\n"):
    time.sleep(0.02)
assert int(log.read_text()) == min(19, os.nice(0) + 19)
assert launcher.alive(handle) is True
launcher.stop(handle)
while launcher.alive(handle):
    time.sleep(0.02)
"""


def test_the_example_starts_and_stops_a_process(tmp_path: Path) -> None:
    section = (ROOT / "docs/adding.md").read_text(encoding="utf-8").split("## A launcher")[1].split("\n## ")[0]
    (code,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    (name,) = re.findall(r'name = "(\w+)"', code)
    (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")
    command = [sys.executable, "-c", TRY, name, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
