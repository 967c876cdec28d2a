"""The example of docs/adding.md is a story: put into the folder as it stands, it keeps the contract and opens."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TRY = """
import sys
from optim_viz import stories
name, folder = sys.argv[1:]
stories.__path__.append(folder)  # as if the file stood in the package's own folder
from optim_viz.stage.answer import answer, opened
from tests.stage.decoder import decode
from tests.stories.contract import CHECKS
story = stories.get(name)
for check in CHECKS:
    check(story)
kept = opened(story.link)
assert (kept.scenario, kept.problems) == (story.scenario, ())
header, _ = decode(answer(None, kept)[0])
# found by hand: 1 - 0.1 * 18 = -0.8 a step along (1, 1), 0.8 across it
assert header["story"]["sentence"].startswith("At lr 0.1 SGD arrives after ")
assert [move["label"] for move in header["story"]["moves"]] == ["A little more"]
"""


def test_the_example_opens(tmp_path: Path) -> None:
    section = (ROOT / "docs/adding.md").read_text(encoding="utf-8").split("## A story")[1].split("\n## ")[0]
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
