"""A real server and a real Chromium; every page that a test opens must stay free of errors.

Fixtures for tests:
    app_url    the address of the one server that all tests share
    server     a server of the test's own, which it may kill
    page       a page of 1440x900 that one test after the other uses
    new_page   makes pages in fresh contexts, also of other sizes, themes and motion preferences
    open_lab   goes to the lab in a page, waits until the stage has painted, and returns a LabPage
    allowed    regular expressions of console messages that this test provokes on purpose
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
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

expect.set_options(timeout=30_000)  # two workers and their browsers may share two slow cores

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


@pytest.fixture
def new_page(browser: Browser, allowed: list[str]) -> Iterator[NewPage]:
    """Make a page in a fresh context: `new_page(width=390, height=844, color_scheme="dark", reduced_motion="reduce")`.

    At the test's end every page is closed, and the test fails on any uncaught error, console error or warning, or
    request that left this computer.
    """
    problems: list[str] = []
    contexts: list[BrowserContext] = []

    def make(width: int = 1440, height: int = 900, **options: object) -> Page:
        page = watched_page(browser, problems, width, height, **options)
        contexts.append(page.context)
        return page

    yield make
    for context in contexts:
        context.close()
    assert_no(problems, allowed)


@pytest.fixture(scope="session")
def shared_page(browser: Browser) -> tuple[Page, list[str]]:
    """The page that most tests use one after the other (its cache makes opening the lab twice as fast)."""
    problems: list[str] = []
    return watched_page(browser, problems, 1440, 900), problems


@pytest.fixture
def page(shared_page: tuple[Page, list[str]], allowed: list[str]) -> Iterator[Page]:
    """A page of 1440x900 in which nothing is open; fails the test as those of `new_page` do."""
    shared, problems = shared_page
    problems.clear()
    yield shared
    with suppress(PlaywrightError):  # what the lab remembers ends with the test; a page without an origin has nothing
        origin = shared.evaluate("location.origin")
        shared.goto(f"{origin}/_stcore/health")  # the lab is left, which it remembers too
        shared.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    shared.goto("about:blank")
    assert_no(problems, allowed)


def watched_page(browser: Browser, problems: list[str], width: int, height: int, **options: object) -> Page:
    """Make a page that writes down whatever should not happen in it."""
    context = browser.new_context(viewport={"width": width, "height": height}, **options)  # pyright: ignore
    context.set_default_timeout(30_000)
    context.add_init_script(WIRE)
    page = context.new_page()

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
    return page


def assert_no(problems: list[str], allowed: list[str]) -> None:
    """Fail if anything was written down that the test did not provoke on purpose."""
    expected = re.compile("|".join((*HARMLESS, *allowed)))
    unexpected = [problem for problem in problems if not expected.search(problem)]
    assert not unexpected, "\n".join(unexpected)


@pytest.fixture
def open_lab(page: Page, app_url: str) -> OpenLab:
    """Open the lab and wait for its first painted frame: `open_lab()`, `open_lab("surface=beale", page=other)`."""

    def go(query: str = "", *, page: Page = page, url: str = app_url) -> LabPage:
        page.goto(f"{url}/?{query}" if query else f"{url}/")
        return LabPage(page).until_opened()

    return go
