"""A press is a click however long it takes: nothing under the pointer may be made anew between down and up."""

from __future__ import annotations

import pytest

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
  const all = document.querySelectorAll(".ov-stage :is(button, summary, a, tbody tr)");
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
HIT = "(index) => window.clicked.splice(0).some((target) => window.controls[index].contains(target))"


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
        if not lab.page.evaluate(HIT, index):
            lost.append(control["name"])
    assert pressed > 50, f"only {pressed} controls were in sight"
    return lost


@pytest.mark.parametrize("playing", [False, True])
def test_every_press_is_a_click(open_lab: OpenLab, playing: bool) -> None:
    lab = open_lab("lane=sgd,lr=0.018&lane=momentum,lr=0.006&lane=adam,lr=0.15&show=1&time=60").settle()
    if playing:
        lab.button("Play").click()
    assert lost_presses(lab) == []
