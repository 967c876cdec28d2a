"""The training page in a real Chromium, training on the digits: what is launched survives the page and the app."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from optim_viz.comparison import TrainingSpec
from optim_viz.run_store import RunStore
from tests.browser.in_page import STANDS
from tests.browser.lab_server import LabServer

pytestmark = pytest.mark.long

# Streamlit looks for its server below the page's own path first.
NOT_BELOW_THE_PAGE = r"Failed to load resource: the server responded with a status of 404"
SERVER_GONE = (
    r"WebSocket",
    r"ERR_(CONNECTION|EMPTY|SOCKET)",
    r"server endpoint",
    r"server is not responding",
    r"when disconnected from server",
    r"Failed to load (script|CSS)",
    r"Failed to fetch dynamically imported module",
)
SHORT = "dataset=digits&lane=sgd,lr=0.01&lane=adam,lr=0.001&widths=16&epochs=50&batch_size=32"
LONG = (
    "dataset=digits&lane=sgd,lr=0.01&lane=rmsprop,lr=0.001&widths=256,256&epochs=1000&batch_size=8"  # ends when told to
)
STARTS = 60_000  # loading PyTorch on a busy machine
LOSS = "[data-testid^=plot-train-loss]"


@pytest.fixture
def server(tmp_path: Path, allowed: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[LabServer]:
    """A server with a run store of its own."""
    monkeypatch.setenv("OPTIM_VIZ_HOME", str(tmp_path / "home"))
    allowed.extend((NOT_BELOW_THE_PAGE, *SERVER_GONE))
    with LabServer(tmp_path / "server.txt") as own:
        yield own
    store = RunStore()  # a test that failed may have left something training
    for run in store.list_runs():
        if run.active:
            store.request_cancel(run.id)
    store.close()


def launch(page: Page, server: LabServer, query: str) -> str:
    """Launch from the form and return the run's address."""
    page.goto(f"{server.url}/train?{query}")
    page.wait_for_function(STANDS)
    page.get_by_role("button", name="Launch").click()
    page.wait_for_url("**/train?run=*")
    return page.url


def last_step(page: Page) -> int:
    """The last step of the loss curve on screen; 0 while there is none."""
    return page.evaluate(
        f"""(() => {{
          const traces = document.querySelector("{LOSS}")?._fullData ?? [];
          return Math.max(0, ...traces.map(({{ x }}) => (x?.length ? x[x.length - 1] : 0)));
        }})()"""
    )


def moves_on(page: Page, beyond: int) -> int:
    """Wait until the loss curve goes past a step; return where it is then."""
    page.wait_for_function(
        f"""(step) => (document.querySelector("{LOSS}")?._fullData ?? [])
              .some(({{ x }}) => x?.length && x[x.length - 1] > step)""",
        arg=beyond,
        timeout=STARTS,
    )
    return last_step(page)


def lanes_of(address: str) -> list[str]:
    """The lanes that an address names."""
    return parse_qs(urlsplit(address).query)["lane"]


def traces(page: Page) -> dict[str, list[float | None]]:
    """The curves of the loss chart by name."""
    return page.evaluate(
        f"""Object.fromEntries(document.querySelector("{LOSS}")._fullData.map(({{ name, y }}) => [name, [...y]]))"""
    )


def ranges(page: Page) -> list[list[float]]:
    axes = "({ xaxis, yaxis }) => [xaxis.range, yaxis.range]"
    return page.evaluate(f"""({axes})(document.querySelector("{LOSS}")._fullLayout)""")


def zoom_in(page: Page) -> list[list[float]]:
    before = ranges(page)
    box = page.locator(LOSS).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 100, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + 240, box["y"] + 180, steps=6)
    page.mouse.up()
    page.wait_for_function(
        f"""(before) => document.querySelector("{LOSS}")._fullLayout.xaxis.range[1] < before""", arg=before[0][1]
    )
    return ranges(page)


def test_a_run_moves_is_reloaded_cancelled_deleted_and_brought_back(
    server: LabServer, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    address = launch(page, server, LONG)
    step = moves_on(page, 0)
    page.evaluate(f"""document.querySelector("{LOSS}").stamp = "the same\"""")
    whole = ranges(page)
    zoomed = zoom_in(page)
    step = moves_on(page, 0)
    assert ranges(page) == zoomed
    assert page.evaluate(f"""document.querySelector("{LOSS}").stamp""") == "the same"
    page.wait_for_url(f"{address}&limits=loss:*")  # the address says what is zoomed

    page.reload()
    moves_on(page, 0)
    page.wait_for_function(
        f"""(x) => document.querySelector("{LOSS}")._fullLayout.xaxis.range[1] < x""", arg=whole[0][1]
    )
    assert ranges(page)[0] == pytest.approx(zoomed[0], rel=1e-4)
    page.locator(f"{LOSS} .nsewdrag").dblclick()
    page.wait_for_function(
        f"""(x) => document.querySelector("{LOSS}")._fullLayout.xaxis.range[1] === x""", arg=whole[0][1]
    )
    assert ranges(page)[1][1] > zoomed[1][1], "a double click shows all there is, not the axis of an empty chart"
    step = moves_on(page, step)

    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("status").filter(has_text="Run 1")).to_contain_text("cancelled", timeout=30_000)
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    page.get_by_role("button", name="Notes, name, delete").click()
    page.get_by_role("button", name="Delete run 1").click()
    expect(page.get_by_role("button", name="Launch")).to_be_visible()
    expect(page.get_by_text("No run yet.")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("checkbox", name="Select run 1")).to_be_attached()
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()


def test_a_run_survives_the_death_of_the_app(server: LabServer, new_page: Callable[..., Page]) -> None:
    page = new_page()
    address = launch(page, server, SHORT)
    expect(page.get_by_role("button", name="Notes, name, delete")).to_be_visible()
    page.wait_for_selector(f"{LOSS} .main-svg")
    page.wait_for_load_state("networkidle")  # what the browser loads late is there
    server.kill()
    with server:
        state = page.get_by_role("status").filter(has_text="Run 1")
        expect(state).to_contain_text("finished", timeout=90_000)
        assert page.url == address
        expect(page.get_by_role("region", name="Where each optimizer stands").get_by_role("row")).to_have_count(3)
        moves_on(page, 50 * 45 - 1)
        assert last_step(page) == 50 * 45
        a_person_looks_closer(page)


def a_person_looks_closer(page: Page) -> None:
    """Smoothing, scale, axis, lanes, limits: all by keyboard or pointer, without asking the server."""
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append("frame")))
    before = traces(page)
    smoothing = page.get_by_role("slider", name="Smoothing")
    smoothing.press("End")
    expect(smoothing).to_have_attribute("aria-valuetext", "0.999: about 1,000 steps")
    page.wait_for_function(
        f"""(y) => document.querySelector("{LOSS}")._fullData.at(-1).y.at(-1) !== y""", arg=before["Adam"][-1]
    )
    after = traces(page)
    assert after["Adam, every batch"] == before["Adam, every batch"], "what was logged stays in sight"
    smoothing.press("Home")
    page.wait_for_function(f"""() => document.querySelector("{LOSS}")._fullData.length === 2""")
    logged = [value for value in after["Adam, every batch"] if value is not None]
    assert min(value for value in traces(page)["Adam"] if value is not None) == min(logged)

    page.get_by_role("button", name="Training loss, axis: log").click()
    page.wait_for_function(f"""() => document.querySelector("{LOSS}")._fullLayout.yaxis.type === "linear" """)
    page.get_by_role("radio", name="step").press("ArrowRight")
    page.wait_for_function(f"""() => document.querySelector("{LOSS}")._fullLayout.xaxis.range[1] === 50""")
    page.get_by_role("radio", name="epoch").press("ArrowRight")
    page.wait_for_function(
        f"""() => document.querySelector("{LOSS}")._fullLayout.xaxis.title.text === "seconds of training" """
    )
    page.get_by_role("textbox", name="Training loss, lower end of the axis").fill("0.5")
    upper = page.get_by_role("textbox", name="Training loss, upper end of the axis")
    upper.fill("1.5")
    upper.press("Enter")
    page.wait_for_function(f"""() => String(document.querySelector("{LOSS}")._fullLayout.yaxis.range) === "0.5,1.5" """)
    lanes = page.get_by_role("group", name="Lanes")
    lanes.get_by_role("button", name="SGD").press("o")
    page.wait_for_function(
        f"""() => String(document.querySelector("{LOSS}")._fullData.map(({{ name }}) => name)) === "SGD" """
    )
    expect(lanes.get_by_role("button", name="Adam")).to_have_attribute("aria-pressed", "false")
    lanes.get_by_role("button", name="Adam").click()
    page.wait_for_function(f"""() => document.querySelector("{LOSS}")._fullData.length === 2""")
    page.get_by_role("button", name="Reset the axes").click()
    page.wait_for_function("() => location.search.includes('x=seconds') && !location.search.includes('limits')")
    assert not sent


def test_every_view_is_shown_from_its_top(server: LabServer, new_page: Callable[..., Page]) -> None:
    """On a phone, where the buttons that lead on lie below the fold; what the page does by itself moves nothing."""
    page = new_page(width=390, height=844)
    main = page.get_by_test_id("stMain")

    def scrolled() -> int:
        return main.evaluate("(main) => main.scrollTop")

    def at_the_top() -> None:
        page.wait_for_function("""() => document.querySelector("[data-testid=stMain]").scrollTop === 0""")

    page.goto(f"{server.url}/train?lane=momentum,lr=0.01&{LONG}")
    button = page.get_by_role("button", name="Launch")
    expect(page.get_by_role("slider", name="RMSProp lr")).to_have_count(1, timeout=60_000)
    button.scroll_into_view_if_needed()
    assert scrolled() > 100
    button.click()
    page.wait_for_url("**/train?run=*")
    at_the_top()
    expect(page.get_by_role("status").filter(has_text="Run 1")).to_be_in_viewport()

    moves_on(page, 0)
    reset = page.get_by_role("heading", name="Inside the optimizer")
    reset.scroll_into_view_if_needed()
    progress = page.get_by_test_id("stProgress")
    before, said = scrolled(), progress.inner_text()
    assert before > 100
    expect(progress).not_to_have_text(said, timeout=STARTS)
    assert scrolled() == before, "a live chart's news do not scroll the page"

    page.get_by_role("button", name="New run with these lanes").click()
    expect(button).to_be_visible()
    at_the_top()
    page.wait_for_function(STANDS)  # what is still being put together may be replaced between a press and its release
    row = page.get_by_role("button", name="1. Momentum")
    expect(row).to_be_hidden()  # on a phone the runs are a drawer
    page.get_by_text("Runs (1)").click()
    row.click()
    page.wait_for_url("**/train?run=*")
    at_the_top()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_form_fits_a_phone_and_every_control_has_a_name(
    app_url: str, new_page: Callable[..., Page], allowed: list[str], scheme: str
) -> None:
    allowed.append(NOT_BELOW_THE_PAGE)
    page = new_page(width=390, height=844, color_scheme=scheme)
    page.goto(f"{app_url}/train")
    expect(page.get_by_role("button", name="Launch")).to_be_visible(timeout=STARTS)
    expect(page.get_by_role("slider", name="Adam lr")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    nameless = page.evaluate(
        """[...document.querySelectorAll(".stMain :is(button, input, select, textarea, a)")]
             .filter((each) => each.checkVisibility() && !each.closest("[aria-hidden=true]"))
             .filter((each) => !(each.ariaLabel || each.textContent.trim() || each.labels?.length
                                 || each.getAttribute("aria-labelledby")))
             .map((each) => each.outerHTML)"""
    )
    assert nameless == []


def test_all_lanes_go_from_the_lab_to_the_page_and_back(server: LabServer, new_page: Callable[..., Page]) -> None:
    """With their numbers, schedules and classes; what torch.optim does not have is left out, and said."""
    page = new_page()
    lanes = ["adam,lr=0.02,beta2=0.9,schedule=cosine", "sgd,lr=0.03", "torch.optim:Adamax,lr=0.04"]
    page.goto(f"{server.url}/?lane={'&lane='.join(lanes)}&lane=adam,lr=0.5,bias_correction=false")
    page.get_by_role("link", name="Train these on a real network").click(timeout=STARTS)
    page.wait_for_url("**/train?lane=*")
    expect(page.get_by_role("textbox", name="Adam lr, typed")).to_have_value("0.02", timeout=STARTS)
    expect(page.get_by_role("textbox", name="SGD lr, typed")).to_have_value("0.03")
    expect(page.get_by_role("textbox", name="Adamax lr, typed")).to_have_value("0.04")
    expect(page.get_by_role("button", name="Remove ")).to_have_count(3)
    expect(page.get_by_text("lane 4 is left out")).to_be_visible()
    page.get_by_role("button", name="Adam: ").click()
    expect(page.get_by_role("textbox", name="Adam as text")).to_have_value(lanes[0])
    expect(page.get_by_role("combobox", name="Adam schedule")).to_have_value("cosine")
    page.keyboard.press("Escape")
    with closing(RunStore()) as store:
        run_id = store.create(TrainingSpec.from_dict({"lanes": lanes_of(page.url)}).to_dict())
        store.request_cancel(run_id)  # nothing trains
    page.goto(f"{server.url}/train?run={run_id}")
    page.get_by_role("link", name="Open all in the lab").click(timeout=STARTS)
    page.wait_for_url("**/?lane=*")
    kept = [text.partition(",colour")[0].partition(",marker")[0] for text in lanes_of(page.url)]
    assert kept == lanes
