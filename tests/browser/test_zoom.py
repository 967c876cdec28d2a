"""Enlarged to 200 %: a window of 1440x900 has 720x450 of CSS's pixels then, and all is still there to be used."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.lab_page import LabPage
from tests.browser.paper_page import STREAMLIT_PROBES
from tests.browser.test_axe import PAGES, until_still
from tests.browser.test_layout import SCROLLS

pytestmark = pytest.mark.long

BEYOND = """() => {
  const unseen = (one) => { // what stands there for the ear alone, in a box of a pixel
    for (let at = one; at; at = at.parentElement) if (at.clientWidth === 1 && at.clientHeight === 1) return true;
    return false;
  };
  const scrolls = (one) => {
    for (let at = one.parentElement; at && !at.matches(".stMain, .stApp"); at = at.parentElement) {
      if (["auto", "scroll"].includes(getComputedStyle(at).overflowX) && at.scrollWidth > at.clientWidth) return true;
    }
    return false;
  };
  return [...document.querySelectorAll(".stMain :is(button, input, select, textarea, summary, a[href], h1, h2, h3, p)")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !unseen(one))
    .filter((one) => !one.closest("[aria-hidden=true], .ov-unseen"))
    .map((one) => [one, one.getBoundingClientRect()])
    .filter(([one, box]) => box.width > 1 && (box.right > innerWidth + 1 || box.left < -1) && !scrolls(one))
    .map(([one, box]) => `${one.tagName} ${one.ariaLabel ?? one.textContent.slice(0, 40)}: to ${box.right}`);
}"""


def test_at_200_percent(new_page: NewPage, app_url: str, allowed: list[str], subtests: pytest.Subtests) -> None:
    allowed.append(STREAMLIT_PROBES)
    page = new_page(720, 450, device_scale_factor=2, color_scheme="light")
    for name, (path, ready) in PAGES.items():
        with subtests.test(name):
            page.goto(app_url + path)
            page.locator(ready).first.wait_for(timeout=60_000)
            until_still(page, "light")
            assert not page.evaluate(SCROLLS, "x"), "the page scrolls sideways"
            assert not page.evaluate(BEYOND), "something lies beyond the edge and cannot be scrolled to"
            if name == "lab":
                the_labs_main_job(page)


def the_labs_main_job(page: Page) -> None:
    """Play, stop, scrub and move a slider, each where it can be seen."""
    lab = LabPage(page)
    lab.button("Play").click()
    lab.until_told(playing="true")
    lab.button("Pause").click()
    lab.seek(42)
    slider = lab.slider("Adam lr")
    slider.scroll_into_view_if_needed()
    expect(slider).to_be_in_viewport(ratio=1)
    slider.focus()
    page.keyboard.press("ArrowRight")
    lab.until_address("lane=adam,lr=")
    lab.settle()
    canvas = page.locator(".ov-surface > canvas")
    canvas.scroll_into_view_if_needed()
    expect(canvas).to_be_in_viewport(ratio=0.5)
    box = canvas.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) > 200, f"the picture is {box['width']:.0f} x {box['height']:.0f}"
