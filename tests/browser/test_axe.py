"""axe-core, the rules of the Web Content Accessibility Guidelines as a program, finds nothing serious on any page.

axe-core comes from npm (`package.json`) into node_modules; it is read as text and run inside the page.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import NewPage
from tests.browser.lab_page import TWO_FRAMES
from tests.browser.paper_page import STREAMLIT_PROBES
from tests.browser.test_access import SHADES

pytestmark = pytest.mark.long

AXE = Path(__file__).resolve().parent.parent.parent / "node_modules" / "axe-core" / "axe.min.js"
PAGES = {
    "lab": ("/?time=60", "[data-testid=stage][data-frames]"),
    "maps": ("/maps?cells=16&steps=50", ".mp-plot[data-paints]"),
    "train": ("/train", ".ov-header"),
    "sweeps": ("/sweeps", ".st-key-sweeps-fields"),
    "paper": ("/paper", "[data-testid^=plot-] .main-svg"),
    "after": ("/after", "[data-testid^=plot-] .main-svg"),
}
STILL = """(shade) => {
  const app = document.querySelector("[data-testid=stApp]");
  return app.dataset.testScriptState === "notRunning" && getComputedStyle(app).backgroundColor === shade
    && document.querySelectorAll("[data-testid=stSkeleton]").length === 0;
}"""
RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.filter(({ impact }) => ["serious", "critical"].includes(impact)).map(({ id, impact, nodes }) =>
    `${impact} ${id}, ${nodes.length} times: ${nodes.slice(0, 4).map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}"""


def until_still(page: Page, scheme: str) -> None:
    """Wait until all of a page stands in this theme."""
    page.wait_for_function(STILL, arg=SHADES[scheme], timeout=60_000)
    page.evaluate(TWO_FRAMES)
    page.wait_for_function(STILL, arg=SHADES[scheme], timeout=60_000)  # a theme may have the page made once more


def violations(page: Page) -> list[str]:
    """Return what axe-core calls serious or critical in the page as it stands."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(RUN)


def test_axe_finds_nothing_serious(
    new_page: NewPage, app_url: str, allowed: list[str], subtests: pytest.Subtests
) -> None:
    allowed.append(STREAMLIT_PROBES)
    assert AXE.is_file(), "axe-core is not installed: run `npm ci` in the repository, which `python3 run.py test` does"
    page = new_page(color_scheme="light")
    for name, (path, ready) in PAGES.items():
        page.goto(app_url + path)
        page.locator(ready).first.wait_for(timeout=60_000)
        until_still(page, "light")
        if name == "lab":
            for button in page.locator(".ov-tabs [aria-expanded]").all():
                button.click()
            page.locator(".ov-settings > summary").click()
        with subtests.test(f"{name}, light"):
            assert not violations(page)
        page.emulate_media(color_scheme="dark")
        until_still(page, "dark")
        with subtests.test(f"{name}, dark"):
            assert not violations(page)
        page.emulate_media(color_scheme="light")
    page.evaluate("document.querySelector('.ov-header').append(document.createElement('img'))")
    assert any("image-alt" in one for one in violations(page)), "axe-core does not notice a picture without a name"
