"""The example of docs/adding.md is a schedule: put into the folder as it stands, it reaches links and the screen."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TRY = """
import sys
from optim_viz import schedules
name, folder = sys.argv[1:]
schedules.__path__.append(folder)  # as if the file stood in the package's own folder
import numpy as np
from optim_viz.stage.answer import answer, opened
from tests.stage.decoder import channels, decode
assert name in schedules.names()
lane = f"sgd,lr=0.01,schedule={name}:power=2"
message, kept = answer(None, opened(f"surface=booth&start=0,0&steps=4&lane={lane}"))
assert not kept.problems and kept.scenario.to_url().count(lane) == 1
header, arrays = decode(message)
assert name in [each["name"] for each in header["catalog"]["schedules"]]
rows = channels(header, arrays, header["lanes"][0]["key"])
np.testing.assert_allclose(rows["lr"][1:], [0.01, 0.01 * 9 / 16, 0.01 / 4, 0.01 / 16], rtol=1e-12)
# Booth's gradient at the origin is (-34, -38).
np.testing.assert_allclose([rows["theta_x"][1], rows["theta_y"][1]], [0.34, 0.38], rtol=1e-12)
"""


def test_the_example_reaches_the_screen(tmp_path: Path) -> None:
    section = (ROOT / "docs/adding.md").read_text(encoding="utf-8").split("## A schedule")[1].split("\n## ")[0]
    (code,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    (name,) = re.findall(r'name="(\w+)"', code)
    (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", TRY, name, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
