"""`optim-viz app` of an installed wheel, in an empty folder: every page, with the shipped settings."""

from __future__ import annotations

import socket
import tomllib
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab_page import LabPage
from tests.browser.lab_server import LabServer
from tests.browser.paper_page import STREAMLIT_PROBES
from tests.package.installing import ROOT, Installed


class InstalledServer(LabServer):
    """`optim-viz app`, started in an empty folder."""

    def __init__(self, installed: Installed) -> None:
        super().__init__(installed.cwd.parent / "server.txt")
        self.command = [installed.command, "app"]
        self.cwd = installed.cwd
        self.environment = installed.environment()


@pytest.fixture(scope="module")
def served(installed: Installed) -> Iterator[LabServer]:
    with InstalledServer(installed) as server:
        yield server


def test_the_lab_plays_and_a_slider_moves_a_lane(served: LabServer, page: Page) -> None:
    page.goto(f"{served.url}/?surface=rosenbrock&lane=adam&steps=200")
    lab = LabPage(page).until_opened()
    lab.until("(stage) => Number(stage.dataset.time) >= 20", "the first screen plays")
    assert lab.told("lanes") == "1"
    slider = lab.slider("Adam lr")
    before = slider.get_attribute("aria-valuetext")
    slider.press("ArrowRight")
    lab.until("() => location.search.includes('lane=adam,lr=')", "the lane has another learning rate")
    assert slider.get_attribute("aria-valuetext") != before


def test_the_other_pages_open(served: LabServer, page: Page, allowed: list[str]) -> None:
    allowed.append(STREAMLIT_PROBES)
    page.goto(f"{served.url}/paper")
    expect(page.locator("[id=s1]")).to_be_attached()
    page.goto(f"{served.url}/train")
    expect(page.get_by_role("heading", name="Train a real network with several optimizers")).to_be_visible()


def test_the_shipped_settings_hold(served: LabServer, installed: Installed, page: Page) -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", served.port), timeout=5)  # it listens on 127.0.0.1 alone
    assert handshake(served, "127.0.0.1") == 101
    assert handshake(served, "stranger.example") == 403
    page.goto(f"{served.url}/?lane=adam")
    LabPage(page).until_opened()
    settings = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    size = page.evaluate("getComputedStyle(document.documentElement).fontSize")
    assert size == f"{settings['theme']['baseFontSize']}px"
    assert list(installed.cwd.iterdir()) == [], "the lab wrote into the folder it was started in"


def handshake(served: LabServer, host: str) -> int:
    """Return the status that a WebSocket opened under this name gets."""
    connection = HTTPConnection("127.0.0.1", served.port, timeout=10)
    headers = {"Host": f"{host}:{served.port}", "Upgrade": "websocket", "Connection": "Upgrade"}
    headers |= {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13"}
    connection.request("GET", "/_stcore/stream", headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status
