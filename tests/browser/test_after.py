"""The page "After Adam" in Chromium: every section is painted, and its words and plots follow a control."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from optim_viz.pages.after.sections import sections
from tests.browser.conftest import NewPage
from tests.browser.paper_page import STREAMLIT_PROBES, PaperPage

THERE = tuple(f"{section.prefix}-" for section in sections())
PLOTS = tuple(
    key
    for key in ("a1-paths", "a1-dial", "a2-ball", "a2-schulz", "a3-points", "a3-losses", "a4-decays", "a5-sweep")
    if key.startswith(THERE)
)


def test_sections_are_painted_and_follow_their_controls(new_page: NewPage, app_url: str, allowed: list[str]) -> None:
    allowed.append(STREAMLIT_PROBES)
    page = new_page()
    page.goto(f"{app_url}/after?a2.layout=column")
    links = page.get_by_role("link", name="Link to this section as it stands")
    expect(links).to_have_count(len(sections()), timeout=60_000)
    after = PaperPage.on(page)
    for key in PLOTS:
        after.painted(key, 0)
    after.words("a1-losses").get_by_text("at 30°", exact=True).wait_for(state="attached")
    after.plot("a1-paths").scroll_into_view_if_needed()
    after.press("a1.angle", "ArrowRight", "a1-paths")
    after.words("a1-losses").get_by_text("at 35°", exact=True).wait_for(state="attached")
    page.wait_for_url("**a1.angle=35**")
    expect(page).to_have_url(re.compile("a2.layout=column"))
    after.words("a2-values").get_by_text("As a column").wait_for(state="attached")
    after.option("a2.layout", "a diagonal", "a2-ball")
    after.words("a2-values").get_by_text("sign descent").wait_for(state="attached")
