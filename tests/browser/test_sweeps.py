"""A sweep from the page, in a real Chromium, training on the digits: live, cancelled, resumed, finished and opened."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest
from playwright.sync_api import Page, expect

from optim_viz.launchers.local import process_of
from optim_viz.run_store import RunStore, StoreBusy
from optim_viz.scenario import parse_lane
from optim_viz.sweeps import plan_of, results
from tests.browser.conftest import NewPage
from tests.browser.in_page import STANDS
from tests.browser.lab_server import LabServer

pytestmark = pytest.mark.long

# Streamlit looks for its server below the page's own path first.
NOT_BELOW_THE_PAGE = r"Failed to load resource: the server responded with a status of 404"
# A run takes half a second.
FORM = "optimizer=sgd&optimizer=adam&lr=0.0001,1,5&batches=32&seeds=0,1&dataset=digits&widths=16&epochs=12"
RUNS = 20
WHERE = """(plot, [lr, loss]) => {
  const { left, top } = plot.getBoundingClientRect(), { xaxis, yaxis } = plot._fullLayout;
  return [left + xaxis._offset + xaxis.d2p(lr), top + yaxis._offset + yaxis.d2p(loss)];
}"""
STARTS = 120_000  # loading PyTorch on a busy machine


@pytest.fixture
def server(tmp_path: Path, allowed: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[LabServer]:
    """A server with a run store of its own."""
    monkeypatch.setenv("OPTIM_VIZ_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OPTIM_VIZ_RUNS_AT_ONCE", "1")  # so that there is time to cancel on any machine
    allowed.append(NOT_BELOW_THE_PAGE)
    with LabServer(tmp_path / "server.txt") as own:
        yield own
    store = RunStore()  # a test that failed may have left something training
    for sweep in store.list_sweeps():
        store.cancel_sweep(sweep.id)
    store.close()


def over(page: Page, count: int | None = None) -> re.Pattern[str]:
    """What the page says of how many runs are over."""
    return re.compile(rf"Sweep 1 {count if count is not None else '[1-9][0-9]*'} of {RUNS} runs over")


def kept() -> list[tuple[int, str, int, float | None]]:
    """What the store says of each run that is there: its state, how far it is, and its last test loss."""
    store = RunStore()
    losses = {
        each.run.id: each.test_loss for sweep in store.list_sweeps() for each in store.standings(sweep.id).values()
    }
    found = [(run.id, run.state, run.step, losses.get(run.id)) for run in store.list_runs()]
    store.close()
    return found


def held_trainer() -> psutil.Process:
    """Stop the process that trains once a run is over, so that the others are not over before somebody can cancel."""
    store = RunStore()
    until = time.monotonic() + STARTS / 1000
    try:
        while time.monotonic() < until:
            runs = store.list_runs()
            training = [run.handle for run in runs if run.state == "running" and run.handle]
            process = process_of(training[0]) if training and not all(run.active for run in runs) else None
            if process is not None:
                process.suspend()
                try:  # stopped in the midst of writing it would hold the store, and nobody could cancel
                    with store.file.writing():
                        return process
                except StoreBusy:
                    process.resume()
            time.sleep(0.02)
    finally:
        store.close()
    raise AssertionError("no run was over and another one training")


def test_a_sweep_is_seen_live_cancelled_resumed_finished_and_opened(
    server: LabServer, new_page: NewPage, subtests: pytest.Subtests
) -> None:
    page = new_page()
    page.goto(f"{server.url}/sweeps?{FORM}")
    expect(page.get_by_text(f"{RUNS} runs", exact=True)).to_be_visible()
    page.wait_for_function(STANDS)  # what is still being put together may be replaced between a press and its release
    page.get_by_role("button", name="Start the sweep").click()
    page.wait_for_url("**/sweeps?sweep=1")
    state = page.get_by_role("status").filter(has_text="Sweep 1")
    table = page.get_by_role("region", name="Test loss at the end, by optimizer and learning rate")
    with subtests.test("cells fill while it goes on, and all stop when asked to"):
        expect(table.get_by_role("cell")).to_have_count(10)
        trainer = held_trainer()
        expect(state).to_contain_text(over(page), timeout=STARTS)
        expect(table.locator("a b").first).to_be_visible()
        page.get_by_role("button", name="Cancel all").click()
        expect(state).to_contain_text("cancelled")
        trainer.resume()
        resume = page.get_by_role("button", name="Resume")
        expect(resume).to_be_visible()
        expect(state).to_contain_text(over(page, RUNS))
        expect(state).to_contain_text("cancelled")
    with subtests.test("what was cancelled goes on, and the best is marked"):
        expect(page.get_by_role("button", name="Cancel all")).to_have_count(0)
        page.wait_for_function(STANDS)
        resume.click()
        expect(state).not_to_contain_text("cancelled", timeout=STARTS)
        expect(state).to_contain_text(over(page, RUNS), timeout=STARTS)
        expect(page.get_by_role("button", name="Cancel all")).to_have_count(0)
        best = table.locator(".sw-best")
        expect(best).to_have_count(1)
        expect(best).to_contain_text("best")
    with subtests.test("the page says what the store does, and 20 runs were no 20 processes"):
        store = RunStore()
        plan = plan_of(store.get_sweep(1))[1]
        found = results(plan, store.standings(1))
        assert found.best is not None
        assert f"{found.best.loss:.4g}" in best.inner_text()
        handles = {run.handle for run in store.list_runs()}
        assert len(store.list_runs()) == RUNS
        assert len(handles) <= 4, "processes of their own for nearly every run"
        store.close()
    with subtests.test("what is best can be trained, a cell opens its runs, and a point of the curve its one"):
        assert found.best is not None
        page.get_by_role("link", name="Train this").click()
        expect(page.get_by_role("button", name="Launch")).to_be_visible()
        (text,) = parse_qs(urlsplit(page.url).query)["lane"]
        lane = parse_lane(text)
        assert (lane.optimizer, lane.hyperparameters["lr"]) == (plan.optimizers[found.best.optimizer], found.best.lr)
        page.go_back()
        runs = [run for run in found.best.runs if run.standing is not None]
        best.click()
        page.wait_for_url(f"**/train?compare={','.join(str(run.standing.run.id) for run in runs if run.standing)}")
        expect(page.get_by_role("region", name="What differs, and where each lane stands")).to_be_visible()
        page.go_back()
        curve = page.get_by_test_id("plot-sweep-1-curve")
        curve.scroll_into_view_if_needed()
        page.wait_for_function("(one) => one.dataset.paints > 0", arg=curve.element_handle())
        x, y = curve.evaluate(WHERE, [found.best.lr, runs[0].test_loss])
        page.mouse.move(x - 3, y)
        page.mouse.click(x, y)
        numbers = "|".join(
            str(run.standing.run.id) for run in runs if run.standing
        )  # their points may be one on screen
        page.wait_for_url(re.compile(rf"/train\?run=({numbers})$"))
    with subtests.test("deleted, it is left by the page, and Undo brings all its runs back as they were"):
        listed = page.locator("[class*=st-key-train-open-sweep-] button")
        undo = page.get_by_role("button", name="Undo")
        before = kept()
        assert len(before) == RUNS
        page.goto(f"{server.url}/sweeps?sweep=1")
        expect(state).to_contain_text(over(page, RUNS))
        cells = table.inner_text()
        for reloaded in (False, True):
            page.wait_for_function(STANDS)
            page.get_by_role("button", name="Delete", exact=True).click()
            page.wait_for_url(f"{server.url}/sweeps")
            expect(page.get_by_text(f"{RUNS} runs deleted")).to_be_visible()
            expect(page.get_by_role("button", name="Start the sweep")).to_be_visible()
            expect(listed).to_have_count(0)
            assert kept() == []
            if reloaded:
                page.reload()
            undo.click()
            expect(undo).to_have_count(0)
            assert kept() == before
            listed.click()
            page.wait_for_url("**/sweeps?sweep=1")
            expect(state).to_contain_text(over(page, RUNS))
            expect(best).to_have_count(1)
            assert table.inner_text() == cells
