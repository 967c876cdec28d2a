"""A real server and a real Chromium; every page that a test opens must stay free of errors.

Fixtures for tests:
    app_url    the address of the one server that all tests share
    server     a server of the test's own, which it may kill
    page       a page of 1440x900
    new_page   makes pages that share nothing, also of other sizes, themes and motion preferences
    open_lab   goes to the lab in a page, waits until the stage has painted, and returns a LabPage
    allowed    regular expressions of console messages that this test provokes on purpose
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.browser.in_page import WIRE
from tests.browser.lab_page import LabPage
from tests.browser.lab_server import LabServer, chromium_options

HARMLESS = (
    # Plotly's 3D view reads pixels back to find the point under the pointer; advice about speed, not a fault.
    r"Canvas2D: Multiple readback operations",
    r"GPU stall due to ReadPixels",
)
SERVER_GONE = (
    r"WebSocket",
    r"ERR_(CONNECTION|EMPTY|SOCKET)",
    r"server endpoint",
    r"server is not responding",
    r"disconnected from server",
    r"Failed to load script",
)

expect.set_options(timeout=60_000)  # two workers and their browsers may share two slow cores

NewPage = Callable[..., Page]
OpenLab = Callable[..., LabPage]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder as a browser test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the one server that all tests share."""
    with LabServer(tmp_path_factory.mktemp("server") / "log.txt") as shared:
        yield shared.url


@pytest.fixture
def server(tmp_path: Path, allowed: list[str]) -> Iterator[LabServer]:
    """A server of the test's own: `server.url`, `server.kill()`. What a page says of its end is allowed."""
    allowed.extend(SERVER_GONE)
    with LabServer(tmp_path / "server.txt") as own:
        yield own


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; pages come from `new_page`, each in a fresh context."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**chromium_options())  # pyright: ignore[reportArgumentType]
        yield chromium
        chromium.close()


@pytest.fixture
def allowed() -> list[str]:
    """Regular expressions of console messages that the test provokes on purpose; append to it."""
    return []


@dataclass
class WatchedPage:
    """A page, and what should not have happened in it since it was handed out."""

    page: Page
    problems: list[str]


class Pages:
    """Pages that one test after the other uses: each has a context of its own.

    A page that has loaded the app before has its scripts compiled: to open the lab there takes a third of the work of a
    first time. What a test left behind in it is cleared before the next test gets it.
    """

    def __init__(self, browser: Browser) -> None:
        """Start without any; they are made when asked for."""
        self.browser = browser
        self.free: dict[str, list[WatchedPage]] = {}

    def take(self, kind: str, script: str, used: bool, **options: object) -> WatchedPage:
        """Return a page of this kind that nobody uses; `kind` names the script and the options of its context."""
        if used and (waiting := self.free.get(kind)):
            return waiting.pop()
        context = self.browser.new_context(**options)  # pyright: ignore[reportArgumentType]
        context.set_default_timeout(60_000)
        context.add_init_script(WIRE + script)
        return watched(context.new_page())

    def give_back(self, kind: str, one: WatchedPage) -> None:
        """Empty a page for the next test; one that cannot be emptied is closed."""
        page = one.page
        try:
            for other in page.context.pages:
                if other != page:
                    other.close()
            if page.url.startswith("http"):
                page.goto(f"{page.evaluate('location.origin')}/_stcore/health")  # the lab writes down how it is left
                page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
            page.goto("about:blank")
        except PlaywrightError:  # its server is gone, say
            page.context.close()
        else:
            self.free.setdefault(kind, []).append(one)


@pytest.fixture(scope="session")
def pages(browser: Browser) -> Pages:
    """The pages that `new_page` hands out."""
    return Pages(browser)


@pytest.fixture
def new_page(pages: Pages, allowed: list[str]) -> Iterator[NewPage]:
    """Hand out pages that share nothing with each other, and on which nothing is open.

    `new_page(width=390, height=844, color_scheme="dark", reduced_motion="reduce")`; `script` is run in each document
    of the page before its own; `kept=False` gives a new one, for a test that changes the page itself or counts its
    past. At the test's end the test fails on any uncaught error, console error or warning, or request that left this
    computer.
    """
    taken: list[tuple[str, WatchedPage, bool]] = []

    def make(width: int = 1440, height: int = 900, script: str = "", kept: bool = True, **options: object) -> Page:
        media = {name: options.pop(name, None) for name in ("color_scheme", "reduced_motion")}
        kind = repr((script, sorted(options.items())))
        one = pages.take(kind, script, kept, **options)
        one.problems.clear()
        taken.append((kind, one, kept))
        one.page.set_viewport_size({"width": width, "height": height})
        one.page.emulate_media(**{name: value or "null" for name, value in media.items()})  # pyright: ignore
        return one.page

    yield make
    for kind, one, kept in taken:
        if kept:
            pages.give_back(kind, one)
        else:
            one.page.context.close()
    assert_no([problem for _, one, _ in taken for problem in one.problems], allowed)


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A page of 1440x900 in which nothing is open; fails the test as all of `new_page` do."""
    return new_page()


def watched(page: Page) -> WatchedPage:
    """Write down whatever should not happen in a page."""
    problems: list[str] = []

    def note(kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            problems.append(f"console {kind}: {text}")

    def watch(url: str) -> None:
        if urlsplit(url).scheme in ("http", "https", "ws", "wss") and urlsplit(url).hostname != "127.0.0.1":
            problems.append(f"request to a stranger: {url}")

    page.on("pageerror", lambda error: problems.append(f"uncaught: {error}"))
    page.on("console", lambda message: note(message.type, message.text))
    page.on("request", lambda request: watch(request.url))
    page.on("websocket", lambda socket: watch(socket.url))
    return WatchedPage(page, problems)


def assert_no(problems: list[str], allowed: list[str]) -> None:
    """Fail if anything was written down that the test did not provoke on purpose."""
    expected = re.compile("|".join((*HARMLESS, *allowed)))
    unexpected = [problem for problem in problems if not expected.search(problem)]
    assert not unexpected, "\n".join(unexpected)


@pytest.fixture
def open_lab(page: Page, app_url: str) -> OpenLab:
    """Open the lab and wait for its first painted frame: `open_lab()`, `open_lab("surface=beale", page=other)`.

    A link without a step plays by itself, which is work for nothing while a test does something else: such a link is
    opened at step 0 instead, unless `plays`.
    """

    def go(query: str = "", *, page: Page = page, url: str = app_url, plays: bool = False) -> LabPage:
        if not plays and "time=" not in query:
            query = f"{query}&time=0" if query else "time=0"
        page.goto(f"{url}/?{query}" if query else f"{url}/")
        return LabPage(page).until_opened()

    return go
