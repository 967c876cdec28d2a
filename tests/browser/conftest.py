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
from typing import Any
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


@dataclass(eq=False)
class WatchedPage:
    """A page, and what should not have happened in it since it was handed out."""

    page: Page
    problems: list[str]


@dataclass(eq=False)
class Room:
    """A browser context and its pages that one test after the other uses, by the script that runs in each document."""

    context: BrowserContext
    pages: dict[str, WatchedPage]


class Pages:
    """Pages that one test after the other uses; two that are open at once have two contexts.

    A page that has loaded the app before has its scripts compiled: to open the lab there takes a third of the work of a
    first time, and a new page of a context that knows the app two thirds. What a test left behind is cleared before the
    next test gets it.
    """

    def __init__(self, browser: Browser) -> None:
        """Start without any; they are made when asked for."""
        self.browser = browser
        self.free: dict[str, list[Room]] = {}

    def take(
        self, script: str, kept: bool, permissions: list[str], kind: dict[str, object]
    ) -> tuple[Room, WatchedPage]:
        """Return a page with this script, and its context, which nobody else uses; `kind` is the context's options."""
        waiting = self.free.get(repr(sorted(kind.items())))
        room = waiting.pop() if waiting else self._new_room(kind)
        room.context.grant_permissions(permissions)
        one = room.pages.get(script) if kept else None
        if one is None:
            one = watched(room.context.new_page())
            one.page.add_init_script(script)
            if kept:
                room.pages[script] = one
        return room, one

    def _new_room(self, kind: dict[str, object]) -> Room:
        context = self.browser.new_context(**kind)  # pyright: ignore[reportArgumentType]
        context.set_default_timeout(60_000)
        context.add_init_script(WIRE)
        return Room(context, {})

    def give_back(self, room: Room, one: WatchedPage, kind: dict[str, object]) -> None:
        """Empty a page and its context for the next test, and close what is not kept."""
        page, address = one.page, urlsplit(one.page.url)
        try:
            if address.scheme == "http":
                page.goto(f"{page.evaluate('location.origin')}/_stcore/health")  # the lab writes down how it is left
                page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
            page.goto("about:blank")
        except PlaywrightError:  # its server is gone, say
            room.pages = {script: other for script, other in room.pages.items() if other is not one}
            blank = room.context.new_page()
            origin = f"{address.scheme}://{address.netloc}"
            wanted = {"origin": origin, "storageTypes": "all"}
            page.close()
            room.context.new_cdp_session(blank).send("Storage.clearDataForOrigin", wanted)
        ours = [other.page for other in room.pages.values()]
        for other in room.context.pages:
            if other not in ours:
                other.close()
        room.context.clear_permissions()
        room.context.clear_cookies()
        self.free.setdefault(repr(sorted(kind.items())), []).append(room)


@pytest.fixture(scope="session")
def pages(browser: Browser) -> Pages:
    """The pages that `new_page` hands out."""
    return Pages(browser)


@pytest.fixture
def new_page(pages: Pages, allowed: list[str]) -> Iterator[NewPage]:
    """Hand out pages that share nothing with each other, and on which nothing is open.

    `new_page(width=390, height=844, color_scheme="dark", reduced_motion="reduce")`; `script` is run in each document
    of the page before its own; `kept=False` gives a new one, for a test that changes the page itself or counts its
    past; other options are those of Playwright's contexts. At the test's end the test fails on any uncaught error,
    console error or warning, or request that left this computer.
    """
    taken: list[tuple[Room, WatchedPage, dict[str, object]]] = []

    def make(width: int = 1440, height: int = 900, script: str = "", kept: bool = True, **options: Any) -> Page:
        media = {name: options.pop(name, None) for name in ("color_scheme", "reduced_motion")}
        room, one = pages.take(script, kept, options.pop("permissions", []), options)
        one.problems.clear()
        one.page.bring_to_front()  # of a page behind another, Chromium draws one frame a second
        taken.append((room, one, options))
        one.page.set_viewport_size({"width": width, "height": height})
        one.page.emulate_media(**{name: value or "null" for name, value in media.items()})  # pyright: ignore
        return one.page

    yield make
    for room, one, kind in taken:
        pages.give_back(room, one, kind)
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
