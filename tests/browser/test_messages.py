"""What is wrong with several fields at once can be read at each of them: no message covers another."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPage, OpenLab

BROKEN = (
    "surface=formula&formula=x%2B&domain=e&start=a&steps=b&noise=c&seed=d"
    "&lane=adam,lr=x,beta1=y,beta2=z&lane=sgd,lr=w&time=5"
)
BOXES = """(stage) => [...stage.querySelectorAll("[role=alert]")]
  .filter((one) => one.textContent && one.checkVisibility({ visibilityProperty: true }))
  .map((one) => {
    const { left, top, right, bottom } = one.getBoundingClientRect();
    return { text: one.textContent, left, top, right, bottom };
  })"""


@pytest.mark.parametrize("width", [1440, 390])
def test_no_message_covers_another(open_lab: OpenLab, new_page: NewPage, width: int) -> None:
    lab = open_lab(BROKEN, page=new_page(width=width, height=844))
    lab.stage.evaluate("(stage) => { for (const one of stage.querySelectorAll('.ov-settings')) one.open = true; }")
    boxes = lab.stage.evaluate(BOXES)
    for name in ("start", "steps", "noise", "seed"):
        assert any(name in box["text"] for box in boxes), f"nothing is said of {name}"
    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            apart = (
                one["right"] <= other["left"]
                or other["right"] <= one["left"]
                or one["bottom"] <= other["top"]
                or other["bottom"] <= one["top"]
            )
            assert apart, f"{one['text']!r} and {other['text']!r} cover each other"


@pytest.mark.parametrize(
    ("query", "opened"),
    [
        ("steps=b&noise=c", True),
        ("steps=b&noise=c&surface=quadratic&kappa=x&lane=momentum,lr=y,dampening=z", True),
        ("steps=b&noise=c&surface=nowhere", False),
    ],
)
def test_wrong_settings_open_their_panel_unless_it_would_lie_over_a_note(
    open_lab: OpenLab, query: str, opened: bool
) -> None:
    """Alone they are told at their fields; beside a message that has no field all stand in one note, whole."""
    lab = open_lab(f"{query}&lane=adam&time=5")
    note, field = lab.page.locator(".ov-note:not(.ov-muted)"), lab.page.get_by_label("Steps", exact=True)
    expect(lab.page.locator(".ov-settings")).to_have_js_property("open", opened)
    expect(field).to_be_visible(visible=opened)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(note).to_be_visible(visible=not opened)
    if not opened:
        for words in ("nowhere", "steps must be a whole number", "noise must be a number"):
            expect(note).to_contain_text(words)
        assert note.evaluate("(note) => note.scrollHeight <= note.clientHeight"), "part of it is out of sight"
