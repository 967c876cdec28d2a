"""A file taken away from a registry breaks nothing but the tests that are about it, and these say so."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from optim_viz import stories
from optim_viz.pages.after.sections import sections as after
from optim_viz.pages.paper.sections import sections as paper
from optim_viz.scenario import Scenario
from tests import removed

ROOT = Path(__file__).resolve().parent.parent
DATA = {"animals": ("alpaca",)}


def helper() -> str:
    return "Goldstein-Price, or llama"


@pytest.fixture
def prepared() -> str:
    return "lane=vicuna,lr=0.1"


@pytest.mark.parametrize("given", ["guanaco"])
def test_what_a_test_is_about_is_found_in_all_that_it_is_made_of(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, prepared: str, given: str
) -> None:
    used = [helper(), prepared, given, DATA]
    about = ["al|paca", "vi|cuna", "gua|naco", "gold|stein_price", "s09_lla|ma"]  # apart, so as not to stand here
    for name in [*about, "price_gold|stein", "lla|mas", "dro|medary"]:
        gone = {name.replace("|", ""): "optim_viz/update_rules"}
        monkeypatch.setattr(removed, "removed", lambda gone=gone: gone)
        assert (removed.reason(request.node) is not None) is (name in about), (name, used)


@pytest.mark.parametrize(
    ("message", "about"),
    [
        ("ValueError: unknown optimizer 'llama'; known: sgd", True),
        ("ModuleNotFoundError: No module named 'optim_viz.update_rules.llama'", True),
        ("AssertionError: optim_viz/update_rules/llama.py", True),
        ("AssertionError: llama", False),
        ("ValueError: unknown surface 'llama'; known: booth", False),
    ],
)
def test_a_message_is_about_what_is_gone_where_it_is_asked_for_by_name(
    message: str, about: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removed, "removed", lambda: {"llama": "optim_viz/update_rules"})
    report = pytest.CollectReport("tests/x.py", "failed", message, [])
    assert (removed.reason_of_file(report) is not None) is about


def test_nothing_is_left_out_while_every_file_is_there() -> None:
    """A story or a section that asks for an unknown name would vanish quietly, were it not for this."""
    entries = {"optim_viz/stories": stories.names()} | {
        f"optim_viz/pages/{page}/sections": [f"{each.letter}{each.number:02}_{each.slug}" for each in found]
        for page, found in (("paper", paper()), ("after", after()))
    }
    for folder, names in entries.items():
        texts = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / folder).glob("*.py")}
        files = {name for name, text in texts.items() if re.search("^(STORY|SECTION) =", text, re.MULTILINE)}
        assert len(files) > 1
        assert files == set(names) or removed.removed(), f"left out: {files - set(names)}"


USED_EVERYWHERE = """
import logging, sys
from optim_viz import diagnostics, optimizers, stories, surfaces
from optim_viz.comparison import settings
from optim_viz.comparison.lanes import PRESETS, read_lanes
from optim_viz.pages.after.sections import sections as after
from optim_viz.pages.maps.settings import read
from optim_viz.pages.paper.sections import sections as paper
from optim_viz.stage.answer import answer, opened
from optim_viz.stories import trajectories
logging.disable(logging.WARNING)
message, kept = answer(None, opened(""))
assert kept.problems == (), kept.problems
assert [lane.optimizer for lane in kept.scenario.lanes] == sys.argv[1:]
assert all(len(run.loss) == 301 for run in trajectories(kept.scenario))
assert all(len(read_lanes(preset.lanes)[0]) == len(preset.lanes) for preset in PRESETS)
settings.defaults()
assert read({})[1] == []
assert paper() and after() and stories.names()
print(*optimizers(), *surfaces.names(), *diagnostics.names(), *stories.names(), *settings.datasets.names())
"""


def test_the_app_goes_on_with_what_is_left(tmp_path: Path) -> None:
    """The first screen has its other lanes, on another surface; a story or a section that rests on Adam is left out."""
    for folder in ("optim_viz", "surfaces"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "plotly.min.js"))
    gone = (
        "update_rules/adam",
        "diagnostics/loss",
        "schedules/cosine",
        "stories/heavy_ball",
        "models/mlp",
        "datasets/mnist",
    )
    for file in (*(f"optim_viz/{name}.py" for name in gone), "surfaces/catalog/narrow_valley.py"):
        (tmp_path / file).unlink(missing_ok=True)
    lanes = [lane.optimizer for lane in Scenario.default().lanes if lane.optimizer != "adam"]
    command = [sys.executable, "-W", "error", "-c", USED_EVERYWHERE, *lanes]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert not {"adam", "loss", "narrow_valley", "heavy_ball", "late_bursts", "mnist"} & set(done.stdout.split())
