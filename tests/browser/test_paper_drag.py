"""Plots of the paper page follow a control before the server answers, with the figures that it would send."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.browser.paper_page import STREAMLIT_PROBES, PaperPage

DRAWN = "(plot) => JSON.stringify([plot.data, plot.layout.shapes, plot.layout.annotations])"
CHANGES = """(prefix) => {
  globalThis.changes = {};
  for (const observer of globalThis.observers ?? []) observer.disconnect();
  globalThis.observers = [];
  for (const words of document.querySelectorAll(`[data-testid^="${prefix}"]`)) {
    const { testid } = words.dataset;
    const observer = new MutationObserver(() => { changes[testid] = (changes[testid] ?? 0) + 1; });
    observer.observe(words, { childList: true });
    observers.push(observer);
  }
}"""
QUIET = """() => document.querySelector("[data-testid=stApp]").dataset.testScriptState !== "running"
  && performance.now() - wire.last > 600"""


@pytest.fixture(autouse=True)
def _streamlit_looks_around(allowed: list[str]) -> None:
    allowed.append(STREAMLIT_PROBES)


def family_of(paper: PaperPage, control: str) -> None:
    """Wait until the page holds a control's family."""
    paper.page.locator(f'[data-family="{control}"]').wait_for(state="attached")
    paper.page.wait_for_function(QUIET)


def test_a_drag_needs_no_message(new_page: NewPage, app_url: str) -> None:
    paper = PaperPage(new_page(), app_url)
    for plot in ("s1-valley", "s1-speed"):
        paper.painted(plot, 0)
    slider = paper.control("s1.momentum")
    slider.scroll_into_view_if_needed()
    box = slider.get_by_role("slider").bounding_box()
    assert box
    at, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    paper.page.mouse.move(at, y)
    family_of(paper, "s1.momentum")
    before = {plot: paper.plot(plot).evaluate(DRAWN) for plot in ("s1-speed", "s1-valley")}
    facts = paper.words("s1-facts").inner_text()
    messages = paper.page.evaluate("[wire.sent, wire.received]")
    paper.page.mouse.down()
    for step in range(1, 9):
        paper.page.mouse.move(at - 30 * step, y)
    for plot, drawn in before.items():
        paper.page.wait_for_function(
            f"([plot, drawn]) => ({DRAWN})(document.querySelector(`[data-testid=plot-${{plot}}]`)) !== drawn",
            arg=[plot, drawn],
        )
    assert paper.words("s1-facts").inner_text() != facts
    assert paper.page.evaluate("[wire.sent, wire.received]") == messages
    paper.page.mouse.up()
    paper.page.wait_for_url("**/paper?s1.momentum=*")


MOVES = (
    ("s1.lr", "ArrowLeft", ("s1-speed", "s1-valley")),
    ("s4.length", "ArrowLeft", ("s4-plot",)),
    ("s4.sequence", "ArrowLeft", ("s4-plot",)),
    ("s5.corrected", "Space", ("s5-plot",)),
    ("s6.after", "ArrowRight", ("s6-plot",)),
    ("s9.gradient", "ArrowRight", ("s9-rates", "s9-sizes")),
)


def test_what_is_shown_at_once_is_what_the_server_sends(
    new_page: NewPage, app_url: str, subtests: pytest.Subtests
) -> None:
    """A plot is painted once and words change once: what the server sends after that is the same."""
    paper = PaperPage(new_page(), app_url)
    for control, stroke, plots in MOVES:
        with subtests.test(control):
            the_server_sends_the_same(paper, control, stroke, plots)


def the_server_sends_the_same(paper: PaperPage, control: str, stroke: str, plots: tuple[str, ...]) -> None:
    for plot in plots:
        paper.painted(plot, 0)
    box = paper.control(control)
    box.locator("input[type=range], input[type=radio]:checked, input[type=checkbox]").first.focus()
    family_of(paper, control)
    before = {plot: (paper.paints(plot), paper.plot(plot).evaluate(DRAWN)) for plot in plots}
    section = control.partition(".")[0]
    paper.page.evaluate(CHANGES, f"words-{section}-")
    sent = paper.page.evaluate("wire.received")
    paper.page.keyboard.press(stroke)
    for plot, (paints, _) in before.items():
        paper.painted(plot, paints)
    paper.page.wait_for_function(f"(sent) => wire.received > sent && ({QUIET})()", arg=sent)
    for plot, (paints, drawn) in before.items():
        assert paper.plot(plot).evaluate(DRAWN) != drawn
        assert paper.paints(plot) == paints + 1
    said = paper.page.evaluate("changes")
    assert said or control == "s5.corrected"  # the switch changes a plot only
    assert all(times == 1 for times in said.values())


def test_fields_that_a_choice_asks_for_come_and_go_at_once(new_page: NewPage, app_url: str) -> None:
    paper = PaperPage(new_page(), app_url, "?s6.silence=0")
    growing, typed = paper.control("s6.active"), paper.control("s6.typed")
    expect(growing).to_be_visible()
    expect(typed).to_be_hidden()
    paper.page.wait_for_function(QUIET)
    paper.page.evaluate(
        """() => document.addEventListener("click", () => setTimeout(() => {
          const seen = (key) => document.querySelector(`.st-key-s6-${key}`).checkVisibility();
          globalThis.atOnce = [seen("active"), seen("typed"), wire.received];
        }), { capture: true, once: true })"""
    )
    received = paper.page.evaluate("wire.received")
    paper.control("s6.after").get_by_text("type your own", exact=True).click()
    paper.page.wait_for_function("() => globalThis.atOnce")
    assert paper.page.evaluate("atOnce") == [False, True, received]
    expect(paper.words("s6-numbers")).to_contain_text("4 typed gradients")
    expect(growing).to_be_hidden()
    expect(paper.control("s4.typed")).to_be_hidden()
    expect(paper.control("s4.mean")).to_be_hidden()


def test_a_value_between_two_stops_stays_when_its_family_comes(new_page: NewPage, app_url: str) -> None:
    paper = PaperPage(new_page(), app_url, "?s2.angle=33")
    paper.painted("s2-turned", 0)
    drawn = paper.plot("s2-turned").evaluate(DRAWN)
    slider = paper.control("s2.angle").get_by_role("slider")
    slider.focus()
    family_of(paper, "s2.angle")
    slider.press("Shift")
    paper.page.wait_for_timeout(300)
    assert paper.plot("s2-turned").evaluate(DRAWN) == drawn
    slider.press("ArrowRight")
    paper.page.wait_for_function(
        f"(drawn) => ({DRAWN})(document.querySelector('[data-testid=plot-s2-turned]')) !== drawn", arg=drawn
    )
