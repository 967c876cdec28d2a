"""The stage on a page that is not Streamlit's: a host of a few lines is enough for the lab to play and to answer."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from optim_viz.scenario import Scenario
from optim_viz.stage.answer import Kept, answer
from optim_viz.stage.assets_folder import asset_folder
from tests.browser.conftest import NewPage
from tests.browser.lab_page import LabPage

PAGE = """<!doctype html>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="stage.css">
<div id="lab" style="height: 100vh"></div>
<script type="module">
  import { loadPlotly } from "./draw/plotly.js";
  import { decode } from "./state/packet.js";
  import { Stage } from "./views/stage.js";
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  window.shown = "";
  const host = {
    send: async (request) => stage.receive(decode(bytes(await window.ask(JSON.stringify(request))))),
    style: () => ({ background: "", text: "", font: "" }),
    plotly: loadPlotly,
    address: {
      show: (query) => { window.shown = query; }, link: (query) => `lab?${query}`,
      named: true, entries: null, fragment: null,
    },
    tab: null,
    onLeave: () => {},
  };
  const stage = new Stage(document.getElementById("lab"), host);
  stage.receive(decode(bytes(await window.ask("null"))));
</script>"""


class Quiet(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/":
            body = PAGE.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        else:
            super().do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(Path(asset_folder())))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def test_another_host_shows_the_lab(new_page: NewPage, address: str) -> None:
    page = new_page(kept=False)
    kept = Kept(Scenario.default())

    def ask(text: str) -> str:
        nonlocal kept
        message, kept = answer(json.loads(text), kept)
        return base64.b64encode(message).decode()

    page.expose_function("ask", ask)
    page.goto(address)
    lab = LabPage(page).until_opened()
    lab.until("({dataset}) => Number(dataset.time) > 3 && dataset.lanes === '5'", "it plays")
    lab.seek(150)
    before = lab.pixels()
    lab.type("Steps", "200")
    lab.until_told(steps=200, time=150)
    lab.page.locator(".ov-plots summary").click()
    lab.page.locator(".ov-plots input").last.click()
    lab.until("() => window.shown.includes('plots=')", "the choice is written down by the host")
    assert lab.pixels() != before
    scenario, problems = Scenario.from_url(page.evaluate("window.shown"))
    assert not problems
    assert scenario.steps == 200
