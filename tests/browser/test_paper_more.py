"""Sections 1, 2, 7, 8, 9 and 10 of the paper page in Chromium: a control is moved, and numbers and plots follow."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.paper_page import STREAMLIT_PROBES, PaperPage

# Control, key, plots that must change, a text that must appear.
SLIDERS = [
    ("s1.momentum", "ArrowLeft", ("s1-speed", "s1-valley"), "it has 99 % of the terminal speed at step 29"),
    ("s1.lr", "ArrowLeft", ("s1-speed", "s1-valley"), "= 0.8636"),
    ("s2.share", "ArrowRight", ("s2-path", "s2-across"), "η = 0.0196 is below 2/L = 0.02"),
    ("s2.kappa", "ArrowLeft", ("s2-path", "s2-turned"), "2/L = 0.04"),
    ("s2.angle", "ArrowRight", ("s2-turned", "s2-loss"), "turned by 35°"),
    ("s7.k", "ArrowRight", ("s7-steps", "s7-ratios"), "0.222"),
    ("s8.rounds", "ArrowLeft", ("s8-toy", "s8-points", "s8-regret"), "T = 3,000"),
    ("s8.c", "ArrowRight", ("s8-points", "s8-regret"), "1.34"),
    ("s9.alpha", "ArrowLeft", ("s9-rates", "s9-sizes"), "at first 7.071 η"),
    ("s9.spike", "ArrowLeft", ("s9-spike",), "1.85"),
    ("s9.step", "ArrowRight", ("s9-ahead",), "After step 5"),
]
RADIOS = [
    ("s2.steps", "400", ("s2-turned", "s2-loss"), "after 400 steps"),
    ("s8.loss", "|x − z|", ("s8-toy",), "0.0137"),
    (
        "s10.preset",
        "256–256, sigmoid",
        ("s10-loss", "s10-accuracy"),
        "Every seed of RMSProp is above every one of Adam.",
    ),
]
BACK = {"ArrowLeft": "ArrowRight", "ArrowRight": "ArrowLeft"}
PLOTS = ("s1-valley", "s2-loss", "s7-ratios", "s8-regret", "s9-ahead", "s10-accuracy")
SECTION_TEXT = """(number) => {
  const heads = [...document.querySelectorAll("h2[id^=s]")];
  const range = document.createRange();
  range.setStartBefore(document.getElementById(`s${number}`));
  const next = heads[heads.findIndex((head) => head.id === `s${number}`) + 1];
  next ? range.setEndBefore(next) : range.setEndAfter(document.querySelector(".stMainBlockContainer"));
  return range.cloneContents().textContent;
}"""
DRAWN = "(plot) => JSON.stringify([plot.data, plot.layout.title, plot.layout.shapes])"


@pytest.fixture(autouse=True)
def _streamlit_looks_around(allowed: list[str]) -> None:
    allowed.append(STREAMLIT_PROBES)


def opened(page: Page, url: str, query: str = "") -> PaperPage:
    """Open the paper page and wait until these sections are there."""
    paper = PaperPage(page, url, query)
    for key in PLOTS:
        paper.plot(key).wait_for(state="attached")
    return paper


def number(control: str) -> int:
    """Return the section that a control belongs to."""
    return int(control.partition(".")[0][1:])


class Before:
    """What some plots showed before a control was moved."""

    def __init__(self, paper: PaperPage, keys: tuple[str, ...]) -> None:
        self.paper = paper
        for key in keys:
            paper.painted(key, 0)
        self.drawn = {key: paper.plot(key).evaluate(DRAWN) for key in keys}

    def until_changed(self, section: int, text: str) -> None:
        """Wait until the section says `text` and every one of the plots shows something else."""
        page = self.paper.page
        page.wait_for_function(f"([section, text]) => ({SECTION_TEXT})(section).includes(text)", arg=[section, text])
        for key, drawn in self.drawn.items():
            page.wait_for_function(
                f"""([key, drawn]) => ({DRAWN})(document.querySelector(`[data-testid="plot-${{key}}"]`)) !== drawn""",
                arg=[key, drawn],
            )

    def until_back(self) -> None:
        """Wait until every one of the plots shows what it did."""
        for key, drawn in self.drawn.items():
            self.paper.page.wait_for_function(
                f"""([key, drawn]) => ({DRAWN})(document.querySelector(`[data-testid="plot-${{key}}"]`)) === drawn""",
                arg=[key, drawn],
            )


def test_a_control_moves_numbers_and_plots(page: Page, app_url: str, subtests: pytest.Subtests) -> None:
    """One control after the other on one page, since opening it is most of the work; sliders go back afterwards."""
    paper = opened(page, app_url)
    for control, key, plots, text in SLIDERS:
        with subtests.test(control):
            before = Before(paper, plots)
            slider = paper.control(control).get_by_role("slider")
            slider.focus()
            slider.press(key)
            before.until_changed(number(control), text)
            page.wait_for_function("(control) => location.search.includes(control)", arg=control)
            slider.press(BACK[key])
            before.until_back()
            page.wait_for_function("(control) => !location.search.includes(control)", arg=control)
    for control, option, plots, text in RADIOS:
        with subtests.test(control):
            before = Before(paper, plots)
            paper.control(control).get_by_text(option, exact=True).click()
            before.until_changed(number(control), text)


def test_a_link_opens_what_it_says(page: Page, app_url: str) -> None:
    opened(page, app_url, "?s2.share=1.005&s7.k=100.0&s8.c=10.0&s9.step=20&s10.preset=single")
    for section, text in ((2, "diverges"), (7, "0.0902"), (8, "5.34"), (9, "−3.73"), (10, "SGD (")):
        assert text in page.evaluate(SECTION_TEXT, section)
