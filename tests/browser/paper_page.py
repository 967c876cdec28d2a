"""The paper page in a browser, in the words of the person who uses it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from optim_viz.pages.paper.sections import sections
from tests.browser.in_page import STANDS

STREAMLIT_PROBES = r"Failed to load resource: .* 404"
"""On a page below the root Streamlit looks for its server there first, which Chromium reports as an error."""


class PaperPage:
    """One page with the paper page in it."""

    def __init__(self, page: Page, url: str, query: str = "") -> None:
        """Open the page and wait until every section is there; plots are painted as they come near."""
        self.page = page
        page.goto(f"{url}/paper{query}")
        links = page.get_by_role("link", name="Link to this section as it stands")
        expect(links).to_have_count(len(sections()), timeout=60_000)
        # A key that comes earlier may take along what a control was before it had its value.
        page.wait_for_function(STANDS, timeout=60_000)

    @classmethod
    def on(cls, page: Page) -> PaperPage:
        """Take a page that is open already, and is made of sections too."""
        made = cls.__new__(cls)
        made.page = page
        return made

    def plot(self, key: str) -> Locator:
        """Return a plot."""
        return self.page.get_by_test_id(f"plot-{key}")

    def words(self, key: str) -> Locator:
        """Return words that follow controls."""
        return self.page.get_by_test_id(f"words-{key}")

    def paints(self, key: str) -> int:
        """Return how often a plot has been painted."""
        return int(self.plot(key).get_attribute("data-paints") or 0)

    def painted(self, key: str, before: int) -> None:
        """Bring a plot into sight and wait until it has been painted more often than before."""
        self.plot(key).scroll_into_view_if_needed()
        self.page.wait_for_function(
            "([key, before]) => Number(document.querySelector(`[data-testid='plot-${key}']`)?.dataset.paints) > before",
            arg=[key, before],
            timeout=60_000,
        )

    def control(self, key: str) -> Locator:
        """Return the widget of a key, "s4.length"."""
        return self.page.locator(f".st-key-{key.replace('.', '-')}")

    def press(self, key: str, stroke: str, plot: str) -> None:
        """Press a key in a slider, and wait until its plot has been painted anew."""
        slider = self.control(key).get_by_role("slider")
        before = self.paints(plot)
        slider.focus()
        slider.press(stroke)
        self.painted(plot, before)

    def option(self, key: str, words: str, plot: str) -> None:
        """Choose one of several options."""
        before = self.paints(plot)
        self.control(key).get_by_text(words, exact=True).click()
        self.painted(plot, before)

    def fact(self, label: str) -> Locator:
        """Return a number and its label."""
        return self.page.locator(".ov-facts > div").filter(has_text=label)

    def metric(self, label: str) -> str:
        """Return the number under a label."""
        return self.fact(label).locator("dd").inner_text()

    def curve(self, plot: str, name: str) -> list[float]:
        """Return the heights of a curve as they are drawn."""
        self.painted(plot, 0)
        return self.plot(plot).evaluate(
            "(plot, name) => [...plot._fullData.find((trace) => trace.name === name).y]", name
        )

    def until_metric(self, label: str, value: str) -> None:
        """Wait until the number under a label is this one."""
        self.fact(label).locator("dd").filter(has_text=value).wait_for()
