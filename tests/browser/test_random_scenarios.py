"""Random valid scenarios under a restless hand: frames go on, and no page or console error comes (`open_lab` watches).

For longer: `python -m tests.browser --labs 300 --seed 1`, and with `--labs 1 --first 17` one of them again.
"""

from __future__ import annotations

import os
from random import Random

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenLab
from tests.browser.lab_page import LabPage
from tests.fuzz.scenarios import scenario

COUNT = int(os.environ.get("OPTIM_VIZ_RANDOM_LABS", "4"))
SEED = os.environ.get("OPTIM_VIZ_RANDOM_SEED", "0")
FIRST = int(os.environ.get("OPTIM_VIZ_RANDOM_FIRST", "0"))
SIZES = ((1440, 900), (1280, 720), (1920, 1080), (820, 1180), (390, 844))
KEYS = ("Space", "ArrowRight", "ArrowLeft", "Home", "End", "g", "b", "Escape")
MOST_STEPS, MOST_LANES, DEEDS = 1000, 5, 8
MORE_FRAMES = "({dataset}, before) => Number(dataset.frames) > before"


def test_frames_go_on_whatever_is_shown_and_done(open_lab: OpenLab, page: Page, subtests: pytest.Subtests) -> None:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(error.message))
    for number in range(FIRST, FIRST + COUNT):
        draw = Random(f"{SEED}/{number}")  # noqa: S311 - repeatable
        shown = scenario(draw, MOST_STEPS, MOST_LANES)
        with subtests.test(f"seed {SEED}, {number}", link=shown.to_url()):
            width, height = draw.choice(SIZES)
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=draw.choice(("light", "dark")))
            lab = open_lab(shown.to_url())
            for _ in range(DEEDS):
                deed(lab, draw)
            page.keyboard.press("Escape")
            before = int(lab.told("frames") or 0)
            lab.seek(shown.steps if lab.time < shown.steps else 0)
            lab.until(MORE_FRAMES, "frames go on", before)
            assert lab.scenario.lanes, "the address that the lab writes is read back without a word"
            assert not problems
        problems.clear()


def deed(lab: LabPage, draw: Random) -> None:
    """Zoom, drag, click or press a key, somewhere on the picture."""
    page, box = lab.page, lab.page.locator(".ov-surface").first.bounding_box()
    assert box is not None
    x, y = (box["x"] + draw.uniform(0.1, 0.9) * box["width"], box["y"] + draw.uniform(0.1, 0.9) * box["height"])
    match draw.randrange(5):
        case 0:
            page.mouse.move(x, y)
            page.mouse.wheel(0, draw.choice((-2000, -300, 100, 900)))
        case 1:
            page.mouse.move(x, y)
            page.mouse.down()
            page.mouse.move(x + draw.uniform(-200, 200), y + draw.uniform(-200, 200), steps=3)
            page.mouse.up()
        case 2:
            page.mouse.click(x, y)
        case 3:
            page.mouse.dblclick(x, y)
        case _:
            page.keyboard.press(draw.choice(KEYS))
