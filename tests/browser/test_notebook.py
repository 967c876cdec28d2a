"""The lab in JupyterLab and in marimo: it opens, plays, and a drag shows the numbers of a rollout."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast

import psutil
import pytest
from playwright.sync_api import Page

from optim_viz.scenario import Scenario
from tests.browser.adam_numbers import assert_arithmetic, shown_run
from tests.browser.conftest import NewPage
from tests.browser.lab_page import LabPage
from tests.browser.lab_server import ROOT, free_port

QUERY = "surface=narrow_valley&start=-8,1&steps=300&lane=sgd,lr=0.018&lane=adam,lr=0.1,beta2=0.97&show=1&time=57"
CELL = f"import optim_viz\noptim_viz.Lab({QUERY!r})"
TOKEN = "only-this-test"  # noqa: S105 - of a server that this test starts and ends
MARIMO = f"""
import marimo
app = marimo.App(width="full")

@app.cell
def _():
    import optim_viz
    optim_viz.Lab({QUERY!r})
    return
"""


@contextmanager
def served(folder: Path, *command: str) -> Iterator[int]:
    """Start a server that keeps everything in a folder of its own, and end it with all that it started."""
    port = free_port()
    homes = ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "XDG_CONFIG_HOME")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **{name: str(folder / f".{name}") for name in homes}}
    (folder / ".HOME").mkdir()
    log = folder / ".log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command, f"--port={port}"],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        until = time.monotonic() + 90
        while not _answers(f"http://127.0.0.1:{port}/"):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.2)
        yield port
    finally:
        started = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        for each in [*started, process]:
            each.kill()
        process.wait()


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def lab_in(page: Page) -> LabPage:
    """Return the lab in a cell's frame."""
    place = page.wait_for_selector("iframe[title='Optimizer lab']")
    frame = place and place.content_frame()
    assert frame is not None
    return LabPage(cast("Any", frame)).until_opened()


def grip(page: Page, lab: LabPage, name: str, share: float | None = None) -> tuple[float, float]:
    """Return where a slider's thumb is on the page, or would be at a share (0 to 1) of its way.

    A narrow cell shows the frame at a smaller scale, which Playwright's own boxes count or not, as the browser keeps
    the frame in a process of its own or not: so the frame is asked in its own pixels.
    """
    slider = lab.slider(name)
    slider.scroll_into_view_if_needed()
    left, top, width, height, at = slider.evaluate(
        """(range) => {
          const { x, y, width, height } = range.getBoundingClientRect();
          return [x, y, width, height, range.valueAsNumber / Number(range.max)];
        }"""
    )
    x, y, scale = page.locator("iframe[title='Optimizer lab']").evaluate(
        """(frame) => {
          const { x, y, width } = frame.getBoundingClientRect();
          return [x, y, width / frame.offsetWidth];
        }"""
    )
    thumb = 14
    inside = left + thumb / 2 + (width - thumb) * (at if share is None else share)
    return x + scale * inside, y + scale * (top + height / 2)


def it_opens_plays_and_drags(page: Page) -> None:
    lab = lab_in(page)
    lab.until_told(time=57, lanes=2, pending="false")
    scenario, problems = Scenario.from_url(QUERY)
    assert not problems
    assert_arithmetic(lab, shown_run(scenario), 57)
    lab.button("Play").press("Enter")
    lab.until("(stage) => Number(stage.dataset.time) > 60", "it plays")
    lab.seek(57)
    slider = lab.slider("Adam beta2")
    cast("Any", lab.page).evaluate(
        """() => {
          globalThis.sent = 0;
          const send = MessagePort.prototype.postMessage;
          MessagePort.prototype.postMessage = function (...all) { globalThis.sent += 1; return send.apply(this, all); };
        }"""
    )
    x, y = grip(page, lab, "Adam beta2")
    end, _ = grip(page, lab, "Adam beta2", 0.8)
    page.mouse.move(x, y)  # brings the runs at its stops, if they are not there
    lab.until_told(strips="0", pending="false")
    page.mouse.down()
    page.mouse.move(x + 2, y)
    lab.until("(stage) => (stage.dataset.stop ?? '').startsWith('Adam:beta2:')", "the family is shown")
    cast("Any", lab.page).evaluate("globalThis.sent = 0")
    for part in range(1, 9):
        page.mouse.move(x + (end - x) * part / 8, y)
    lab.until(
        "(stage) => Number((stage.dataset.stop ?? '').split(':')[2]) > 45", "it shows the stops under the pointer"
    )
    dragged = cast("Any", lab.page).evaluate("globalThis.sent")
    page.mouse.up()
    assert dragged == 0, "nothing is sent while a slider is dragged"
    lab.until_told(pending="false")
    beta2 = float(slider.get_attribute("aria-valuetext") or "nan")
    assert beta2 > 0.985
    assert_arithmetic(lab, shown_run(scenario, beta2=beta2), 57)
    # A notebook that moves the cell about has the frame loaded again: it begins anew.
    page.locator("iframe[title='Optimizer lab']").evaluate("(frame) => frame.parentElement.append(frame)")
    lab_in(page).until_told(time=57, lanes=2, pending="false")


def in_jupyterlab(new_page: NewPage, folder: Path) -> None:
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    import nbformat  # here, since it takes seconds to load, and each worker loads every file of tests

    cells = [nbformat.v4.new_code_cell(CELL)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "lab.ipynb")
    options = ("--no-browser", "--allow-root", "--ip=127.0.0.1", f"--IdentityProvider.token={TOKEN}")
    offline = ("--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate")
    with served(folder, "jupyterlab", *options, *offline) as port, closing(new_page(kept=False)) as page:
        page.goto(f"http://127.0.0.1:{port}/lab/tree/lab.ipynb?token={TOKEN}")
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()  # a cell that is run sooner is not run at all
        page.locator(".jp-CodeCell .jp-InputArea-editor").first.click()
        page.keyboard.press("Shift+Enter")
        it_opens_plays_and_drags(page)


def in_marimo(new_page: NewPage, folder: Path) -> None:
    (folder / "lab.py").write_text(MARIMO, encoding="utf-8")
    options = ("--headless", "--host=127.0.0.1", "--token", f"--token-password={TOKEN}")
    with served(folder, "marimo", "run", "lab.py", *options) as port, closing(new_page(kept=False)) as page:
        page.goto(f"http://127.0.0.1:{port}/?access_token={TOKEN}")
        it_opens_plays_and_drags(page)


def test_the_lab_in_notebooks(new_page: NewPage, tmp_path: Path, allowed: list[str], subtests: pytest.Subtests) -> None:
    allowed.append("was preloaded using link preload but not used")  # marimo's own pictures
    for notebook in (in_jupyterlab, in_marimo):
        folder = tmp_path / notebook.__name__
        folder.mkdir()
        with subtests.test(notebook.__name__):
            notebook(new_page, folder)
