"""From the lab to a real network and back: train on MNIST, draw the loss plane, open it in the lab."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from optim_viz import tables
from optim_viz.planes import jobs
from optim_viz.run_store import RunStore
from tests.browser.in_page import STANDS
from tests.browser.lab_page import LabPage
from tests.browser.lab_server import LabServer

pytestmark = pytest.mark.long

NOT_BELOW_THE_PAGE = r"Failed to load resource: the server responded with a status of 404"
SLOW = 120_000  # PyTorch is loaded twice, on a busy machine
SMALL = "dataset=mnist&widths=8&examples=2000&epochs=1&batch_size=50&tests_per_epoch=1"
LANES = "surface=quadratic&lane=sgd,lr=0.05&lane=adam,lr=0.01"


@pytest.fixture
def server(tmp_path: Path, allowed: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[LabServer]:
    """A server with a run store of its own."""
    monkeypatch.setenv("OPTIM_VIZ_HOME", str(tmp_path / "home"))
    allowed.append(NOT_BELOW_THE_PAGE)
    with LabServer(tmp_path / "server.txt") as own:
        yield own
    store = RunStore()  # a test that failed may have left something training
    for run in store.list_runs():
        if run.active:
            store.request_cancel(run.id)
    store.close()


STANDS_STILL = """() => {
  const { scrollHeight: height } = document.querySelector("[data-testid=stMain]");
  const now = performance.now();
  if (globalThis.height !== height) Object.assign(globalThis, { height, since: now });
  return height > innerHeight && now - globalThis.since > 2000;
}"""
"""Nothing is drawn above any more: a list that is open would stay where its field was."""


def test_lab_to_training_to_the_plane_and_back_into_the_lab(
    server: LabServer, new_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = new_page()
    page.goto(f"{server.url}/?{LANES}")
    page.get_by_role("link", name="Train these on a real network").click()
    page.wait_for_url("**/train?lane=*")
    page.goto(f"{page.url}&{SMALL}")
    page.wait_for_function(STANDS)
    page.get_by_role("button", name="Launch").click()
    page.wait_for_url("**/train?run=1*")
    expect(page.get_by_role("status").filter(has_text="Run 1")).to_contain_text("finished", timeout=SLOW)

    page.goto(f"{server.url}/train?run=1")  # at rest: nothing is mounted anew under the pointer
    page.wait_for_function(STANDS_STILL, timeout=SLOW)
    points = page.get_by_role("combobox", name="Points")
    points.focus()
    points.fill("25")
    points.press("Enter")
    page.get_by_text("625 evaluations of the network").wait_for()
    page.get_by_role("button", name="Draw the plane").click()
    into_the_lab = page.get_by_role("link", name="Open the plane in the lab")
    page.get_by_role("button", name="Cancel the plane").or_(into_the_lab).wait_for(timeout=SLOW)
    into_the_lab.wait_for(timeout=2 * SLOW)  # its process gives way to all others
    expect(page.get_by_role("status").filter(has_text="between those of the grid")).to_contain_text("at 200 points")
    expect(page.get_by_role("region", name="Paths beside the plane").get_by_role("row")).to_have_count(3)

    store = RunStore()
    plane = jobs.look(store.path, 1, 1).result
    store.close()
    assert plane is not None
    for part, table in {"grid": plane.table(), "paths": plane.paths_table()}.items():
        with page.expect_download() as download:
            page.locator(f".st-key-plane_1_1_{part}-save").get_by_role("button", name="Parquet").click()
        assert download.value.suggested_filename == f"optim_viz_plane_1_1_{part}.parquet"
        download.value.save_as(tmp_path / "plane.parquet")
        assert tables.read(tmp_path / "plane.parquet") == table

    into_the_lab.click()
    lab = LabPage(page)
    lab.until('(stage) => stage.dataset.paths === "2"', "the paths of the network lie beside the lanes")
    assert lab.scenario.surface == "plane_1_1"
    assert lab.scenario.titles() == ("SGD", "Adam")
    assert lab.scenario.steps == 40
    shown = page.locator("select:has(option[value=plane_1_1])")
    expect(shown).to_have_value("plane_1_1")
    expect(shown.locator("option:checked")).to_have_text("Run 1: plane of the paths")
