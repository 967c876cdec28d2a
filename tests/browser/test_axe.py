"""axe-core, the rules of the Web Content Accessibility Guidelines as a program, finds nothing serious on any page.

axe-core comes from npm (`package.json`) into node_modules; it is read as text and run inside the page.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import NewPage
from tests.browser.paper_page import STREAMLIT_PROBES

AXE = Path(__file__).resolve().parent.parent.parent / "node_modules" / "axe-core" / "axe.min.js"
PAGES = {
    "lab": ("/?time=60", "[data-testid=stage][data-frames]"),
    "maps": ("/maps?cells=16&steps=50", ".mp-plot[data-paints]"),
    "train": ("/train", ".ov-header"),
    "paper": ("/paper", "[data-testid^=plot-] .main-svg"),
    "after": ("/after", "[data-testid^=plot-] .main-svg"),
}
RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.filter(({ impact }) => ["serious", "critical"].includes(impact)).map(({ id, impact, nodes }) =>
    `${impact} ${id}, ${nodes.length} times: ${nodes.slice(0, 4).map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}"""


def violations(page: Page) -> list[str]:
    """Return what axe-core calls serious or critical in the page as it stands."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(RUN)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(new_page: NewPage, app_url: str, allowed: list[str], scheme: str) -> None:
    allowed.append(STREAMLIT_PROBES)
    assert AXE.is_file(), "axe-core is not installed: run `npm ci` in the repository, which `python3 run.py test` does"
    page = new_page(color_scheme=scheme)
    found: dict[str, list[str]] = {}
    for name, (path, ready) in PAGES.items():
        page.goto(app_url + path)
        page.locator(ready).first.wait_for(timeout=60_000)
        page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000)
        page.wait_for_function("document.querySelectorAll('[data-testid=stSkeleton]').length === 0", timeout=60_000)
        if name == "lab":
            for button in page.locator(".ov-tabs [aria-expanded]").all():
                button.click()
            page.locator(".ov-settings > summary").click()
        found[name] = violations(page)
    page.evaluate("document.querySelector('.ov-header').append(document.createElement('img'))")
    assert any("image-alt" in one for one in violations(page)), "axe-core does not notice a picture without a name"
    assert not any(found.values()), "\n".join(f"{name}: {one}" for name, ones in found.items() for one in ones)
