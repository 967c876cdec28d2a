"""Hostile text in a real Chromium: it is read as it was written, nothing is fetched, nothing can be clicked.

Pages made by `new_page` fail their test at any request that leaves this computer.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import SERVER_GONE, NewPage
from tests.browser.lab_server import LabServer
from tests.browser.paper_page import STREAMLIT_PROBES, PaperPage
from tests.pages.hostile import HOSTILE, LINES

pytestmark = pytest.mark.long

SOME = HOSTILE[::3]  # all of them are read by the tests of tests/pages; here a browser shows what they become
SETTLED = "() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
INTERPRETED = """(root) => [...root.querySelectorAll("a, img, code, em, strong, del, .katex, .stMarkdownColoredText,"
  + " [role=img], li, h1, h2, h3, blockquote")]
  .filter((element) => element.checkVisibility())
  .map((element) => element.outerHTML.slice(0, 200))"""

NAMES = (
    r"""(fields) => fields.map((field) => field.closest("[class*=st-key-s]").className.match(/st-key-(s\d+)-(\w+)/))"""
)


@pytest.fixture(autouse=True)
def _streamlit_looks_around(allowed: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed.append(STREAMLIT_PROBES)
    monkeypatch.setenv("OPTIM_VIZ_HOME", str(tmp_path / "home"))


def foreign(page: Page) -> list[str]:
    """Return what on a page leads to, or comes from, the host of the hostile texts."""
    return page.evaluate(
        """() => [...document.querySelectorAll("[href], [src]")]
          .filter((element) => /a[.]io$/.test(new URL(element.href ?? element.src, location).hostname))
          .map((element) => element.outerHTML.slice(0, 200))"""
    )


def test_every_element_shows_text_as_text(new_page: NewPage, tmp_path: Path, allowed: list[str]) -> None:
    allowed.extend(SERVER_GONE)
    page = new_page()
    with LabServer(tmp_path / "log.txt", "tests/browser/plain_text_app.py") as server:
        page.goto(server.url)
        page.locator(f".st-key-line-{len(LINES) - 1} input").wait_for(state="attached")
        page.wait_for_function(SETTLED)
        for number, line in enumerate(LINES):
            block = page.locator(f".st-key-line-{number}")
            words = block.locator(
                "[data-testid=stMarkdownContainer], [data-testid=stCaptionContainer]"
            ).all_inner_texts()
            assert [each.replace("\u2060", "").strip() for each in words] == [line] * 6
        assert page.get_by_test_id("stMain").evaluate(INTERPRETED) == []


def test_the_papers_fields(app_url: str, new_page: NewPage) -> None:
    page = new_page()
    PaperPage(page, app_url)
    page.get_by_test_id("stTextInput").first.wait_for(state="attached")  # Streamlit loads that widget's code late
    fields = page.get_by_test_id("stTextInput").evaluate_all(NAMES)
    assert fields
    for at in range(0, len(SOME), len(fields)):
        hostile = SOME[at : at + len(fields)]
        query = urlencode(
            {f"{section}.{name}": f"1 {text} 2" for (_, section, name), text in zip(fields, hostile, strict=False)}
        )
        PaperPage(page, app_url, f"?{query}")
        told = page.get_by_test_id("stAlertContentError").evaluate_all("(all) => all.map((each) => each.textContent)")
        assert len(told) == len(hostile)
        assert all(any(text in each.replace("\u2060", "") for each in told) for text in hostile)
        assert foreign(page) == []


def test_training_and_lab(app_url: str, new_page: NewPage) -> None:
    page = new_page()
    for hostile in SOME:
        page.goto(f"{app_url}/train?{urlencode({'activation': hostile, 'lane': hostile, 'widths': hostile})}")
        page.get_by_test_id("stAlertContentWarning").filter(has_text="activation").wait_for()
        assert foreign(page) == []
        query = urlencode(
            {"surface": "formula", "formula": hostile, "lane": [hostile, "adam"], "x": hostile}, doseq=True
        )
        page.goto(f"{app_url}/?{query}")
        page.locator("[data-testid=stage][data-frames]").wait_for()
        assert foreign(page) == []
