"""A reload, a line that is lost, a server that is started anew: what was going on goes on, or its loss is said."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from optim_viz.run_store import RunStore
from tests.browser.conftest import NewPage, OpenLab
from tests.browser.in_page import STANDS
from tests.browser.lab_page import LabPage
from tests.browser.lab_server import LabServer
from tests.browser.line import Line
from tests.browser.paper_page import STREAMLIT_PROBES
from tests.browser.test_train import LONG, SERVER_GONE, STARTS, last_step, moves_on
from tests.render.reading import frames

pytestmark = pytest.mark.long

BACK = 120_000  # milliseconds: Streamlit tries again after pauses that grow
SLOW = "surface=narrow_valley&steps=2000&speed=0.1&lane=sgd,lr=0.01&lane=adam,lr=0.05"
# A map of some seconds, so that it is not there before the line is lost; each part has a seed of its own.
MAP = "surface=narrow_valley&lane=adam,lr=0.1&lane=momentum,lr=0.01&cells=64&steps=6000&across=lr&up=x"
DRAWN = ".mp-plot[data-paints]"
PROGRESS = "[data-testid=stProgress]"


@pytest.fixture
def served(tmp_path: Path, allowed: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[LabServer]:
    """A server with a run store of its own, which the test may kill and start again."""
    monkeypatch.setenv("OPTIM_VIZ_HOME", str(tmp_path / "home"))
    allowed.extend((STREAMLIT_PROBES, r"net::ERR_", *SERVER_GONE))  # whatever was on its way when the line is lost
    with LabServer(tmp_path / "server.txt") as own:
        yield own
    with closing(RunStore()) as store:  # a test that failed may have left something training
        store.cancel_all([run.id for run in store.list_runs() if run.active])


@pytest.fixture
def line(served: LabServer) -> Iterator[Line]:
    """A line to that server."""
    with Line(served.port) as own:
        yield own


def away(page: Page) -> Locator:
    """What the page says while the server cannot be reached."""
    return page.get_by_role("dialog").filter(has_text="not responding")


@contextmanager
def started_anew(server: LabServer, page: Page) -> Iterator[None]:
    """The server dies; in the block it is away; then it is there again, and the page has found it."""
    server.kill()
    away(page).wait_for()
    yield
    server.__enter__()
    away(page).wait_for(state="hidden", timeout=BACK)


@contextmanager
def out_of_reach(line: Line, page: Page) -> Iterator[None]:
    """The line is lost; in the block the server is out of reach; then the page has found it again."""
    with line.lost():
        away(page).wait_for()
        yield
    away(page).wait_for(state="hidden", timeout=BACK)


# ---- play ------------------------------------------------------------------------------------------------------------


def test_what_plays_goes_on(
    open_lab: OpenLab, new_page: NewPage, served: LabServer, line: Line, subtests: pytest.Subtests
) -> None:
    lab = open_lab(f"{SLOW}&time=10", page=new_page(), url=line.url).settle()
    lab.button("Play").click()
    lab.until("({dataset}) => dataset.playing === 'true' && Number(dataset.time) > 12", "it plays")
    with subtests.test("after a reload, from where it was"):
        before = lab.time
        lab.page.reload()
        lab.until_opened()
        lab.until_told(playing="true")
        assert before <= lab.time < 1000, "neither from the start nor at the end"
    with subtests.test("while the line is lost, and after"):
        with out_of_reach(line, lab.page):
            plays_on(lab)
        an_edit_is_answered(lab, "0.02")
    with subtests.test("while the server is started anew, and after"):
        with started_anew(served, lab.page):
            plays_on(lab)
        an_edit_is_answered(lab, "0.03")
        assert lab.scenario.lanes[1].hyperparameters["lr"] == 0.05, "the rest is as it was"


def plays_on(lab: LabPage) -> None:
    before = lab.time
    lab.until("({dataset}, before) => Number(dataset.time) > before + 3", f"time goes on from {before}", before)
    assert lab.told("playing") == "true"


def an_edit_is_answered(lab: LabPage, rate: str) -> None:
    before = int(lab.told("undo") or 0)
    lab.type("lr of SGD, typed", rate)
    lab.until_told(seconds=90, undo=before + 1, pending="false")
    assert lab.scenario.lanes[0].hyperparameters["lr"] == float(rate)
    plays_on(lab)


# ---- a map -----------------------------------------------------------------------------------------------------------


def test_a_map_arrives(served: LabServer, line: Line, new_page: NewPage, subtests: pytest.Subtests) -> None:
    page = new_page()

    def begun(seed: int) -> None:
        page.goto(f"{line.url}/maps?{MAP}&seed={seed}")
        page.locator(PROGRESS).wait_for(timeout=BACK)

    with subtests.test("after a reload in the midst of it"):
        begun(1)
        page.reload()
        arrives(page)
    with subtests.test("after the line was lost in the midst of it"):
        begun(2)
        with out_of_reach(line, page):
            pass
        arrives(page)
    with subtests.test("after the server was started anew in the midst of it"):
        begun(3)
        with started_anew(served, page):
            pass
        arrives(page)


def arrives(page: Page) -> None:
    page.locator(f"[data-maps='2'] {DRAWN}").first.wait_for(timeout=BACK)
    expect(page.get_by_text("Cancelled."), "nobody has cancelled it").to_have_count(0)


# ---- a film ----------------------------------------------------------------------------------------------------------


def test_a_film_is_saved_or_its_loss_is_said(
    open_lab: OpenLab,
    new_page: NewPage,
    served: LabServer,
    line: Line,
    tmp_path: Path,
    subtests: pytest.Subtests,
) -> None:
    lab = open_lab("surface=booth&steps=400&lane=sgd,lr=0.03&time=12", page=new_page(), url=line.url).settle()
    with subtests.test("the line is lost before the order has left"):
        dialog = film(lab)
        with lab.page.expect_download(timeout=BACK) as download, line.lost():
            draw(dialog)
            away(lab.page).wait_for()
        assert frames_of(download.value.path()) == 40
    dialog.get_by_label("Last step").fill("240")  # long enough to be seen while it is drawn
    with subtests.test("the line is lost while it is drawn"):
        with lab.page.expect_download(timeout=BACK) as download:
            draw(dialog)
            expect(dialog.get_by_role("status")).to_contain_text("frames")
            with out_of_reach(line, lab.page):
                pass
        assert frames_of(download.value.path()) == 240
    with subtests.test("the server is started anew while it is drawn"):
        draw(dialog)
        expect(dialog.get_by_role("status")).to_contain_text("frames")
        with started_anew(served, lab.page):
            pass
        expect(dialog.get_by_role("status")).to_contain_text("begin again", timeout=BACK)
        expect(dialog.get_by_role("button", name="Draw and save", exact=True)).to_be_enabled()
    with subtests.test("a reload leaves the lab as it was, without the film"):
        draw(dialog)
        expect(dialog.get_by_role("status")).to_contain_text("frames")
        lab.page.reload()
        lab.until_opened()
        lab.until_told(time=12, steps=400, lanes=1)
        expect(lab.page.get_by_role("dialog", name="Save a picture or film")).to_be_hidden()


def film(lab: LabPage) -> Locator:
    """The dialog, about to draw a film of 40 small frames."""
    lab.page.get_by_label("More", exact=True).click()
    lab.button("Save a picture or film").click()
    dialog = lab.page.get_by_role("dialog", name="Save a picture or film")
    dialog.get_by_label("Format", exact=True).select_option("mp4")
    dialog.get_by_label("Size", exact=True).select_option("own")
    dialog.get_by_label("Pixels").fill("480x320")
    dialog.get_by_label("First step").fill("1")
    dialog.get_by_label("Last step").fill("40")
    return dialog


def draw(dialog: Locator) -> None:
    dialog.get_by_role("button", name="Draw and save", exact=True).click()


def frames_of(file: Path) -> int:
    return len(frames(file, 480, 320))


# ---- training --------------------------------------------------------------------------------------------------------


def test_a_run_is_watched_over_a_lost_line_and_from_two_apps(
    served: LabServer, line: Line, new_page: Callable[..., Page], tmp_path: Path, subtests: pytest.Subtests
) -> None:
    page = new_page()
    page.goto(f"{line.url}/train?{LONG}")
    page.wait_for_function(STANDS)
    page.get_by_role("button", name="Launch").click()
    page.wait_for_url("**/train?run=*")
    step = moves_on(page, 0)
    with subtests.test("the line is lost: the run trains on, and its curve goes on where it had been"):
        with out_of_reach(line, page):
            with closing(RunStore()) as store:
                until = store.get(1).step + 20
                end = time.monotonic() + BACK / 1000
                while store.get(1).step < until:
                    assert time.monotonic() < end, "the run does not train on"
                    page.wait_for_timeout(100)
            assert last_step(page) >= step, "what was drawn stays in sight"
        assert moves_on(page, until) >= until
    with subtests.test("another app on the same store shows it, and ends it for both"):
        another_app_shows_it_and_ends_it_for_both(page, new_page(), tmp_path, until)


def another_app_shows_it_and_ends_it_for_both(page: Page, beside: Page, folder: Path, step: int) -> None:
    with LabServer(folder / "other.txt") as second:
        beside.goto(f"{second.url}/train?run=1")
        moves_on(beside, step)
        with closing(RunStore()) as store:
            assert [run.state for run in store.list_runs()] == ["running"], "neither has started it twice"
        beside.get_by_role("button", name="Cancel").click()
        for each in (beside, page):
            state = each.get_by_role("status").filter(has_text="Run 1")
            expect(state).to_contain_text("cancelled", timeout=STARTS)
        beside.goto("about:blank")
