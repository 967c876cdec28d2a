"""The example of docs/adding.md is an optimizer: put into the folder as it stands, it keeps the contract and plays."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TRY = """
import sys
from optim_viz import update_rules
name, folder = sys.argv[1:]
update_rules.__path__.append(folder)  # as if the file stood in the package's own folder
import numpy as np
import optim_viz
from optim_viz.stage.answer import answer, opened
from tests.stage.decoder import channels, decode
from tests.update_rules.contract import CHECKS
assert name in optim_viz.optimizers()
rule = optim_viz.optimizer(name)
for check in CHECKS:
    check(rule)
looks = [update_rules.look(other) for other in optim_viz.optimizers()]
assert looks.count(update_rules.look(name)) == 1
message, kept = answer(None, opened(f"surface=booth&start=0,0&steps=3&lane={name},lr=0.5&lane=adam"))
assert not kept.problems
header, arrays = decode(message)
assert [lane["title"] for lane in header["lanes"]] == [rule.title, "Adam"]
rows = channels(header, arrays, header["lanes"][0]["key"])
# Booth's gradient at the origin is (-34, -38), and its minimum (1, 3): three steps of exactly lr towards it.
np.testing.assert_array_equal(rows["theta_y"], [0, 0.5, 1.0, 1.5])
np.testing.assert_array_equal(rows["theta_x"][:3], [0, 0.5, 1.0])
np.testing.assert_allclose(rows["m_x"][1], 0.035 * -34, rtol=1e-12)
"""


def test_the_example_plays(tmp_path: Path) -> None:
    section = (ROOT / "docs/adding.md").read_text(encoding="utf-8").split("## An optimizer")[1].split("\n## ")[0]
    (code,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    (name,) = re.findall(r'name="(\w+)"', code)
    (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", TRY, name, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
