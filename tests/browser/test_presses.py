"""A press is a click however long it takes: nothing under the pointer may be made anew between down and up."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenLab
from tests.browser.lab_page import LabPage

# Clicks are caught before anything hears them, so that the page stays as it is; its own drawing goes on.
CATCH = """() => {
  window.clicked = [];
  addEventListener("click", (event) => {
    window.clicked.push(event.target);
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { capture: true });
  const kinds = ":is(button, summary, a, tbody tr)";
  // Rows change places while it plays: what counts is what lies under the pointer when it goes down.
  addEventListener("pointerdown", (event) => { window.pressed = event.target.closest(kinds); }, { capture: true });
  const all = document.querySelectorAll(`.ov-stage ${kinds}`);
  window.controls = [...all].filter((one) => one.checkVisibility() && !one.disabled);
  return window.controls.length;
}"""

# Another lane is made the chosen one first: a press on a card chooses its lane, which dresses it anew.
READY = """(index) => {
  const control = window.controls[index];
  const cards = [...document.querySelectorAll(".ov-card:not(.ov-chosen)")];
  const other = cards.find((card) => !card.contains(control));
  if (control.closest(".ov-card")) other?.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
  control.scrollIntoView({ block: "nearest" });
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => {
    const { x, y, width, height } = control.getBoundingClientRect();
    const at = [x + width / 2, y + height / 2];
    const name = control.getAttribute("aria-label") ?? control.textContent.slice(0, 40);
    resolve({ at, name, inSight: control.contains(document.elementFromPoint(...at)) });
  })));
}"""
FRAMES = "() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))"
HIT = "() => window.clicked.splice(0).some((target) => window.pressed?.contains(target))"


def lost_presses(lab: LabPage) -> list[str]:
    """Press each control in sight for two frames, and name those that heard of no click."""
    lost, pressed = list[str](), 0
    for index in range(lab.page.evaluate(CATCH)):
        control = lab.page.evaluate(READY, index)
        if not control["inSight"]:
            continue
        lab.page.mouse.move(*control["at"])
        lab.page.mouse.down()
        lab.page.evaluate(FRAMES)
        lab.page.mouse.up()
        pressed += 1
        if not lab.page.evaluate(HIT):
            lost.append(control["name"])
    assert pressed > 50, f"only {pressed} controls were in sight"
    return lost


@pytest.mark.parametrize("playing", [False, True])
def test_every_press_is_a_click(open_lab: OpenLab, playing: bool) -> None:
    lab = open_lab("lane=sgd,lr=0.018&lane=momentum,lr=0.006&lane=adam,lr=0.15&show=1&time=60").settle()
    if playing:
        lab.button("Play").click()
    assert lost_presses(lab) == []


def test_a_row_that_is_pressed_stays_under_the_pointer(open_lab: OpenLab) -> None:
    lab = open_lab("surface=narrow_valley&lane=momentum,lr=0.006&lane=adam,lr=0.15&show=0&time=30").settle()
    rows = lab.page.locator(".ov-scoreboard tbody button")
    expect(rows).to_have_text(["Momentum", "Adam"])
    lab.button("Choose Adam").hover()
    lab.page.mouse.down()
    lab.seek(160)
    assert rows.all_inner_texts() == ["Momentum", "Adam"], "the rows changed places under the pointer"
    lab.page.mouse.up()
    lab.until_address("show=1")
    expect(rows, "once it is let go they stand in their order").to_have_text(["Adam", "Momentum"])
