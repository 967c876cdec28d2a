"""What a rule shows beside its particle, and clouds of further starts: explained, counted, in the link, undone."""

from __future__ import annotations

import re

import numpy as np
from playwright.sync_api import expect

from optim_viz import rollout, starts_around, surfaces
from tests.browser.conftest import OpenLab
from tests.browser.lab_page import LabPage

QUERY = (
    "surface=himmelblau&start=0,0&steps=120&time=120&show=0&lane=schedule_free,lr=0.01&lane=full_adagrad,lr=0.5"
    "&lane=sam,lr=0.01,rho=0.4"
)
SHARES = """() => [...document.querySelectorAll(".ov-scoreboard tbody tr")]
  .map((row) => [row.querySelector("button").textContent, row.querySelector(".ov-share").textContent])"""


def words(lab: LabPage, name: str) -> str:
    """Return what the key of this name says."""
    key = lab.page.get_by_role("img", name=name, exact=True)
    key.focus()
    lab.page.keyboard.press("Tab")  # by the keyboard, as whoever uses no pointer
    lab.page.keyboard.press("Shift+Tab")
    lab.until(
        "(stage, name) => stage.querySelector('.ov-explain:not([hidden])')?.innerText.startsWith(name)",
        f"{name} is explained",
        name,
    )
    return lab.page.locator(".ov-explain").inner_text()


def test_marks_are_explained_and_clouds_are_counted(open_lab: OpenLab) -> None:
    lab = open_lab(QUERY).settle()
    run = rollout("himmelblau", "sam", lr=0.01, rho=0.4, start=(0, 0), steps=120)
    said = words(lab, "w of SAM")
    assert "The point that it climbs to" in said
    x, y = (float(each) for each in re.findall(r"x (\S+), y (\S+)\.", said.replace("\u2212", "-"))[0])
    np.testing.assert_allclose([x, y], run.state["climbed"][-1], rtol=1e-3)
    assert "44 pixels" in words(lab, "L^(\u22121/2) of Full-matrix AdaGrad")
    for name in ("z of Schedule-Free SGD", "x\u0304 of Schedule-Free SGD"):
        expect(lab.page.get_by_role("img", name=name, exact=True), name).to_have_count(1)
    # A cloud by its key: every lane has one, and the board counts those that have arrived, as the runs themselves do.
    lab.page.keyboard.press("c")
    lab.until_told(clouds=3, undo=1)
    lab.until_address("cloud=64,0.1")
    side = min(high - low for low, high in surfaces.get("himmelblau").domain)
    starts = starts_around((0.0, 0.0), 0.1 * side, 64)
    cloud = rollout("himmelblau", "full_adagrad", lr=0.5, start=starts, steps=120)
    wanted = f"{int(((cloud.steps_to(1e-3) >= 0) & (cloud.steps_to(1e-3) <= 120)).sum())}/64"
    lab.until(
        f"(stage, wanted) => ({SHARES})().some(([title, text]) => title.startsWith('Full') && text === wanted)",
        f"the board says {wanted}",
        wanted,
    )
    # Another size, typed; then all is undone.
    lab.type("Cloud: starts, spread", "16, 0.3")
    lab.until_address("cloud=16,0.3")
    lab.until(f"() => ({SHARES})().every(([, text]) => text.endsWith('/16'))", "clouds of 16 are counted")
    lab.page.keyboard.press("Escape")
    lab.button("Undo").click()
    lab.until_address("cloud=64,0.1")
    lab.button("Undo").click()
    lab.until_told(clouds=0, undo=0)
