"""Pinned lanes stay as ghosts while something is changed: seen, held against, in the link, and undone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from optim_viz import surfaces
from optim_viz.rollout import rollout
from tests.browser.conftest import OpenLab
from tests.browser.lab_page import LabPage, numbers

QUERY = "surface=narrow_valley&steps=300&start=-8,1&lane=momentum,lr=0.006&lane=adam,lr=0.15&time=300"
CHANGES = """() => Object.fromEntries([...document.querySelectorAll(".ov-scoreboard tbody tr")]
  .map((row) => [row.querySelector("button").textContent, row.querySelector(".ov-change").innerText]))"""
INK = """(stage) => {
  const canvas = stage.querySelector(".ov-ghosts canvas");
  const { width, height } = canvas;
  return width > 0 && canvas.getContext("2d").getImageData(0, 0, width, height).data.some((value) => value > 0);
}"""


def changes(lab: LabPage) -> dict[str, str]:
    """Return each lane's difference to its pinned run, as the scoreboard has it."""
    return lab.page.evaluate(CHANGES)


def until_change(lab: LabPage, title: str, part: str) -> None:
    lab.until(
        f"(stage, [title, part]) => ({CHANGES})()[title]?.includes(part)", f"{title} says {part!r}", [title, part]
    )


def test_before_and_after(open_lab: OpenLab) -> None:
    lab = open_lab(QUERY).settle()
    lab.page.keyboard.press("g")
    lab.until_told(pinned=2, undo=1)
    lab.until_address("pin=momentum,lr=0.006&pin=adam,lr=0.15")
    until_change(lab, "Adam", "same")
    assert not lab.page.evaluate(f"({INK})(document.querySelector('[data-testid=stage]'))")
    # A change: the old trail is seen, and the difference is that of two ordinary runs.
    lab.type("lr of Adam, typed", "0.4")
    until_change(lab, "Adam", "sooner")
    lab.until(INK, "the pinned trail of Adam is drawn")
    valley = surfaces.get("narrow_valley")
    before, after = (rollout(valley, "adam", start=(-8, 1), steps=300, lr=lr) for lr in (0.15, 0.4))
    loss, steps = changes(lab)["Adam"].split("\n")
    assert numbers(loss.lstrip("+")) == pytest.approx([after.loss[-1] - before.loss[-1]], rel=6e-2)
    assert steps == f"{int(before.steps_to(1e-3)) - int(after.steps_to(1e-3))} sooner"
    assert changes(lab)["Momentum"] == "same"
    lab.seek(40)
    until_change(lab, "Adam", "\u2212" if after.loss[40] < before.loss[40] else "+")
    # The link shows before and after to whoever opens it.
    lab.until_address("lane=adam,lr=0.4")
    lab.until_address("time=40")
    assert lab.scenario.pin is not None
    address = lab.page.url
    lab.page.goto("about:blank")
    lab.page.goto(address)
    lab = LabPage(lab.page).until_opened()
    lab.until_told(pinned=2, time=40)
    lab.until(INK, "the pinned trail of Adam is drawn again")
    # Another surface lets the pin go, and says so; undo brings it back.
    lab.page.get_by_role("combobox", name="Surface", exact=True).select_option("beale")
    lab.until_told(pinned=0)
    lab.page.get_by_text("ghosts keep to one surface").wait_for()
    lab.settle().button("Undo").click()
    lab.until_told(pinned=2)
    lab.settle().button("Unpin").click()
    lab.until_told(pinned=0)
    lab.until("(stage) => stage.dataset.undo === '1' && !location.search.includes('pin=')", "unpinning is one change")
    expect(lab.page.get_by_role("columnheader", name="vs pinned")).to_have_count(0)
    lab.settle().page.keyboard.press("Control+z")
    lab.until_told(pinned=2)
    lab.page.locator("[data-name='3d']").click()
    lab.until_told(view="3d")
    lab.until(INK, "the pinned trail is drawn in 3D")
