"""The example of docs/adding.md is a diagnostic: put into the folder as it stands, it reaches the screen."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TRY = """
import sys
from optim_viz import diagnostics
name, folder = sys.argv[1:]
diagnostics.__path__.append(folder)  # as if the file had stood in the package's own folder
diagnostics._diagnostics.cache_clear()
import numpy as np
import optim_viz
from optim_viz.stage.answer import answer, opened
from tests.stage.decoder import channels, decode
assert name in diagnostics.names()
message, kept = answer(None, opened(f"surface=booth&start=0,0&steps=3&lane=sgd,lr=0.01&plots={name}"))
assert kept.scenario.plots == (name,) and not kept.problems
header, arrays = decode(message)
assert [chart["diagnostic"] for chart in header["charts"]] == [name]
(curve,) = header["lanes"][0]["curves"][name]
drop = channels(header, arrays, header["lanes"][0]["key"])[curve["channel"]]
# Booth's function is 74 at the origin, where its gradient is (-34, -38): the step is to (0.34, 0.38).
x, y = 0.34, 0.38
after = (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2
np.testing.assert_allclose(drop[1], 74 - after, rtol=1e-12)
assert np.isnan(drop[0])
"""


def test_the_example_reaches_the_screen(tmp_path: Path) -> None:
    section = (ROOT / "docs/adding.md").read_text(encoding="utf-8").split("## A diagnostic")[1].split("\n## ")[0]
    (code,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    (name,) = re.findall(r'name="(\w+)"', code)
    (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", TRY, name, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
