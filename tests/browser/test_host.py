"""The stage on a page that is not Streamlit's: a host of a few lines is enough for the lab to play and to answer.

And on one that does what Streamlit does at its worst: makes the stage's place anew.
"""

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
from playwright.sync_api import Page, expect

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

STREAMLIT = """<!doctype html>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="stage.css">
<body></body>
<script type="module">
  import mount from "./hosts/streamlit_lab.js";
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  let [place, request, runs] = [null, null, 1];
  const setStateValue = (name, value) => { request = value; void run(); };
  const run = async () => {
    const data = bytes(await window.ask(JSON.stringify(request), runs));
    mount({ data, parentElement: place, setStateValue });
  };
  window.anew = (asked) => {  // a run of the page that a request of the stage came in the way of
    if (!asked) request = null;
    runs += 1;
    place?.remove();
    place = Object.assign(document.createElement("div"), { innerHTML: '<div class="ov-root"></div>' });
    document.body.append(place);
    return run();
  };
  addEventListener("popstate", () => window.anew(true));
  await window.anew(false);
</script>"""


class Quiet(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        pages = {"/": PAGE, "/streamlit": STREAMLIT}
        if (path := self.path.partition("?")[0]) in pages:
            body = pages[path].encode()
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


@pytest.fixture
def page(new_page: NewPage) -> Page:
    page = new_page(kept=False)
    kept = Kept(Scenario.default())

    def ask(text: str, page_runs: int = 0) -> str:
        nonlocal kept
        message, kept = answer(json.loads(text), kept, page_runs=page_runs)
        return base64.b64encode(message).decode()

    page.expose_function("ask", ask)
    return page


def test_another_host_shows_the_lab(page: Page, address: str) -> None:
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


def test_a_stage_that_loses_its_place_goes_on_in_the_next(page: Page, address: str) -> None:
    """Each undo goes through the browser's history, and each such run of the page costs the stage its place."""
    page.goto(f"{address}streamlit")
    lab = LabPage(page).until_opened()
    lab.seek(150)
    first = lab.scenario.steps
    for count, steps in enumerate((200, 240), 1):
        lab.type("Steps", str(steps))
        lab.until_told(undo=count, steps=steps, pending="false")
    stage = page.locator("[data-testid=stage]")
    page.evaluate("window.built = document.querySelector('[data-testid=stage]')")
    page.evaluate("anew(true)")
    lab.until_told(undo=2, redo=0, steps=240, time=150, playing="false")
    lab.button("Undo").click()
    lab.until_told(undo=1, redo=1, steps=200, time=150, pending="false")
    lab.button("Undo").click()
    lab.until_told(undo=0, redo=2, steps=first, time=150, pending="false")
    lab.button("Redo").click()
    lab.until_told(undo=1, redo=1, steps=200, time=150, pending="false")
    expect(stage).to_have_count(1)
    assert page.evaluate("built.isConnected")
    page.evaluate("anew(false)")  # who comes back to the page opens it
    page.wait_for_function("() => !built.isConnected")
    lab.until_opened()
    expect(stage).to_have_count(1)
