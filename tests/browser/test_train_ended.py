"""Runs that have ended: their curves and states, several of them compared, and the way to the lab and back.

What they logged is written into the store by the test, so nothing is trained here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import optim_viz
from optim_viz.comparison import TrainingSpec, events
from optim_viz.run_store import RunStore, heartbeat, queue
from tests.browser.conftest import SERVER_GONE, NewPage
from tests.browser.in_page import STANDS
from tests.browser.lab_page import LabPage
from tests.browser.lab_server import LabServer
from tests.browser.paper_page import STREAMLIT_PROBES

pytestmark = pytest.mark.long

FIVE = ("adam,lr=0.001,beta2=0.99", "adam,lr=0.3,beta2=0.9", "sgd,lr=0.01", "adagrad,lr=0.01", "rmsprop,lr=0.001")
TWO = ("adam,lr=0.001,beta2=0.99", "sgd,lr=0.3")
STEPS = 400
LAYERS = ("layer 1", "layer 2", "layer 3")
STILL = """async (one) => {
  const width = one.offsetWidth;
  await new Promise((done) => setTimeout(done, 200));
  return one.offsetWidth === width && Math.abs(one.getBoundingClientRect().width - width) < 1; // it opens by growing
}"""
APART = """(plot) => {
  const { _fullLayout: full } = plot;
  const holder = plot.getBoundingClientRect();
  const area = { right: holder.left + full.xaxis._offset + full.xaxis._length };
  const boxes = [...plot.querySelectorAll(".annotation-text")]
    .map((one) => ({ text: one.textContent, box: one.getBoundingClientRect() }));
  const wrong = [];
  for (const { text, box } of boxes) {
    const inside = box.right <= holder.right + 1 && box.top >= holder.top - 1 && box.bottom <= holder.bottom + 1;
    if (!inside) wrong.push(`${text} is cut`);
    if (box.left < area.right - 1) wrong.push(`${text} lies on the curves`);
  }
  for (const [i, one] of boxes.entries()) for (const other of boxes.slice(i + 1)) {
    const apart = one.box.top >= other.box.bottom - 3 || other.box.top >= one.box.bottom - 3;
    if (!apart) wrong.push(`${one.text} lies on ${other.text}`);
  }
  return { labels: boxes.length, wrong };
}"""


def loss(lane: int, step: int) -> float:
    """A curve that falls fast and then wavers, and ends within 0.01 of all the others."""
    return 0.9 + 0.002 * lane + 1.4 * math.exp(-step / 8) + 0.02 * math.sin(1.7 * step)


def logged(lanes: int) -> Iterator[events.Event]:
    """What a run of 400 steps and two epochs tells."""
    yield events.Start(0, STEPS, STEPS // 2, 269_322, LAYERS, "cpu (2 threads)", "2.13.0")
    for lane in range(lanes):
        for step in range(1, STEPS + 1):
            yield events.Step(lane, step, 1 + (step > STEPS // 2), loss(lane, step), loss(lane, step))
        for step in range(20, STEPS + 1, 20):
            for layer in LAYERS:
                for name in events.QUANTITIES:
                    yield events.Quantiles(lane, step, layer, name, 0.01, 0.02, 0.03, 0.04, 0.05)
            for number, layer in enumerate(("", *LAYERS), 1):
                yield events.Monitored(lane, "update_ratio", layer, step, number / 1000, math.nan)
            yield events.Monitored(lane, "sharpness", "", step, step / 10, 30.0)
        yield events.MonitorReport(lane, "sharpness", STEPS, 20, 1.0, "")
        for epoch in (1, 2):
            step = epoch * STEPS // 2
            yield events.Clock(lane, step, step / 100)
            yield events.Epoch(lane, epoch, step, 0.9, 0.91 + lane / 1000, 0.9 + lane / 1000, 1234.0, 0.0)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server whose store holds two runs."""
    home = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPTIM_VIZ_HOME", str(home))
        store = RunStore()
        for lanes, more in ((FIVE, {}), (TWO, {"seed": 7})):
            given: dict[str, Any] = {"lanes": list(lanes), "epochs": 2, **more}
            store.create(TrainingSpec.from_dict(given).to_dict())
            claim = queue.claim_next(store.file, store.watch)
            assert claim is not None
            heartbeat.finish(store.file, claim, "finished", "", list(logged(len(lanes))))
        store.close()
        with LabServer(home / "server.txt") as server:
            yield server.url


@pytest.fixture(autouse=True)
def _what_pages_say(allowed: list[str]) -> None:
    allowed.extend((STREAMLIT_PROBES, *SERVER_GONE))


def plot(page: Page, name: str) -> Locator:
    """A chart, once it is painted."""
    found = page.get_by_test_id(f"plot-{name}")
    found.scroll_into_view_if_needed()
    expect(found.locator(".main-svg").first).to_be_attached(timeout=60_000)
    return found


def assert_labels_apart(page: Page, names: tuple[str, ...], least: int) -> None:
    for name in names:
        found = plot(page, name).evaluate(APART)
        assert found["labels"] >= least, f"the curves of {name} are not named"
        assert not found["wrong"], f"{name}: {found['wrong']}"


def test_a_runs_curves_labels_and_states(trained: str, new_page: NewPage) -> None:
    page = new_page()
    page.goto(f"{trained}/train?run=1")
    charts = ("train-loss", "train-test_accuracy", "train-test_loss")
    assert_labels_apart(page, charts, len(FIVE))
    # The end of the smoothed curve is a mean of the last losses, not of where the run began.
    smoothing = page.get_by_role("slider", name="Smoothing")
    smoothing.press("Home")
    for _ in range(int(smoothing.get_attribute("max") or 0)):
        smoothing.press("ArrowRight")
        if (smoothing.get_attribute("aria-valuetext") or "").startswith("0.98:"):
            break
    ends = "(plot) => plot._fullData.filter(({ opacity }) => opacity === 1).map(({ y }) => y.at(-1))"
    page.wait_for_function(f"() => ({ends})(document.querySelector('[data-testid=plot-train-loss]')).length === 5")
    weights = 0.98 ** np.arange(STEPS)[::-1]
    for lane, end in enumerate(plot(page, "train-loss").evaluate(ends)):
        losses = np.array([loss(lane, step) for step in range(1, STEPS + 1)])
        assert end == pytest.approx(float((weights * losses).sum() / weights.sum()), rel=1e-3)
        assert end == pytest.approx(float(losses[-50:].mean()), rel=0.01)
    # The last lane has no first moment: its panel opens on what it has, as that of a lane that has both does.
    bands = plot(page, "train-bands-1")
    for lane in ("AdaGrad", "RMSProp"):
        chooser = page.get_by_role("combobox", name=re.compile("State of"))
        chooser.click()
        page.get_by_role("option", name=lane).click()
        expect(bands).to_have_attribute("aria-label", re.compile(f"^Quantiles of .* of {lane} in layer 1; median"))
        assert "m̂" not in (bands.get_attribute("aria-label") or ""), "it has no such thing"
        drawn = bands.evaluate("(plot) => plot._fullData.map(({ y }) => y.length)")
        assert len(drawn) == 5
        assert min(drawn) == STEPS // 20, "the state's chart is empty"
    # The plots menu draws what the server had not sent: a monitor of one layer, and one beside its dashed limit.
    page.get_by_text(re.compile(r"^Plots: \d+ of \d+$")).click()
    menu = page.get_by_role("group", name="Plots")
    for title in ("Update / parameters", "Sharpness"):
        menu.get_by_role("checkbox", name=title, exact=True).check()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    page.get_by_role("combobox", name="Layer", exact=True).first.select_option("layer 2")
    page.wait_for_url(re.compile(r"plots=.*update_ratio.*sharpness.*&layer=layer%202"))
    last = "(name) => document.querySelector(`[data-testid=plot-train-${name}]`)?._fullData?.map(({ y }) => y.at(-1))"
    page.wait_for_function(f"() => ({last})('update_ratio')?.every((value) => value === 0.003)")
    expect(page.get_by_role("heading", name="Update / parameters, layer 2")).to_be_visible()
    page.wait_for_function(f"() => ({last})('sharpness')?.length === 10")  # five lanes, each with its limit
    assert sorted(plot(page, "train-sharpness").evaluate("(one) => one._fullData.map(({ y }) => y.at(-1))")) == [
        *[30.0] * 5,
        *[40.0] * 5,
    ]
    page.reload()
    page.wait_for_function(f"() => ({last})('update_ratio')?.every((value) => value === 0.003)", timeout=60_000)
    expect(page.locator(".tr-notes").filter(has_text="50 ms each")).to_be_visible()
    # On a phone, names that are too long shrink to their numbers.
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(
        "() => document.querySelector('[data-testid=plot-train-loss]').getBoundingClientRect().width < 390"
    )
    page.wait_for_function(
        "({ clientWidth, _fullLayout }) => _fullLayout.width === Math.floor(clientWidth)",
        arg=plot(page, "train-loss").element_handle(),
    )
    assert_labels_apart(page, charts, len(FIVE))
    # All lanes go to the lab, and the lab keeps its own scenario for the way back.
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("link", name="Open all in the lab").click()
    lab = LabPage(page).until_opened()
    lab.until_told(lanes=len(FIVE))
    assert [lane.optimizer for lane in lab.scenario.lanes] == [text.split(",")[0] for text in FIVE]


def test_two_worlds_share_one_clock_and_the_link_keeps_it(trained: str, new_page: NewPage) -> None:
    page = new_page()
    page.goto(f"{trained}/train?run=1")
    worlds = page.locator(".tw")
    worlds.get_by_role("heading", name="m̂ on the surface").scroll_into_view_if_needed(timeout=60_000)
    for chart in ("toy.m_hat", "network.m_hat", "toy.sqrt_v_hat", "network.sqrt_v_hat", "path"):
        plot(page, f"train-worlds-1-{chart}")
    # One cursor: in every chart it stands where its axis has the step, whatever moved it.
    stands = """() => [...document.querySelectorAll(".tw-cursor")].map((mark) => {
      const { xaxis } = mark.previousElementSibling._fullLayout;
      const box = mark.getBoundingClientRect();
      const left = mark.parentElement.getBoundingClientRect().left + xaxis._offset;
      return Math.round(10 ** xaxis.p2l(box.left + box.width / 2 - left));
    })"""
    clock = worlds.get_by_role("slider", name="Step in both worlds")
    clock.press("Home")
    expect(worlds).to_have_attribute("data-step", "1")
    assert page.evaluate(stands) == [1, 1, 1, 1]
    for _ in range(20):
        clock.press("ArrowRight")
    step = int(worlds.get_attribute("data-step") or 0)
    assert step == 21, "every one of the first steps is a stop"
    assert page.evaluate(stands) == [21] * 4
    toy = optim_viz.rollout("rosenbrock", "adam", lr=0.3, beta2=0.9, steps=STEPS)
    worlds.get_by_role("combobox", name="Surface").select_option("rosenbrock")
    expect(worlds).to_have_attribute("data-shown", "rosenbrock 1 layer 1")
    worlds.get_by_role("combobox", name="Layer").select_option("layer 2")
    expect(worlds).to_have_attribute("data-shown", "rosenbrock 1 layer 2")
    expect(worlds).to_have_attribute("data-step", "21")
    x, y = toy.state["m_hat"][20]
    said = worlds.locator("section", has=page.get_by_role("heading", name="m̂ on the surface")).first
    expect(said.locator(".tw-value")).to_have_text(f"x {x:.3g}, y {y:.3g}".replace("-", "−"))
    network = worlds.locator("section", has=page.get_by_role("heading", name="m̂ in the network")).first
    expect(network.locator(".tw-value")).to_have_text("median 0.03, 10–90 % 0.02 to 0.04, at step 20")
    page.wait_for_url(re.compile(r"toy=rosenbrock&toy_lane=1&toy_layer=layer%202&toy_step=21"))
    page.reload()
    expect(worlds).to_have_attribute("data-shown", "rosenbrock 1 layer 2", timeout=60_000)
    expect(worlds).to_have_attribute("data-step", "21")
    worlds.get_by_role("button", name="Play both worlds").click()
    page.wait_for_function("() => Number(document.querySelector('.tw').dataset.step) > 30")
    clock.press("Space")
    expect(worlds.get_by_role("button", name="Play both worlds")).to_be_visible()
    expect(worlds.get_by_role("link", name="Open this run in the lab")).to_have_attribute(
        "href", "./?surface=rosenbrock&steps=400&noise=0&lane=adam,lr=0.3,beta2=0.9"
    )


def test_chosen_lanes_of_several_runs_are_compared_and_the_link_shows_the_same(trained: str, new_page: NewPage) -> None:
    page = new_page()
    page.goto(f"{trained}/train")
    names = page.locator("[class*=st-key-train-open-]")
    expect(names).to_have_count(2, timeout=60_000)
    expect(page.get_by_role("button", name="Launch")).to_be_visible()
    page.wait_for_function(STANDS)
    box = names.first.bounding_box()
    assert box is not None
    assert box["x"] < 300, "the runs stand at the left"
    assert box["y"] < 450, "the runs are in sight at once"
    for run in (1, 2):
        page.get_by_role("checkbox", name=f"Select run {run}").check(force=True)
        expect(
            page.get_by_role("button", name=re.compile(f"^Compare.* {'2 runs' if run == 2 else 'run 1'}"))
        ).to_be_visible()
    red = page.get_by_role("button", name="Delete 2 runs").evaluate("(one) => getComputedStyle(one).color")
    page.get_by_role("button", name="Compare 2 runs").click()
    page.wait_for_url("**/train?compare=1%2C2")
    table = page.get_by_role("region", name="What differs, and where each lane stands")
    expect(table.get_by_role("row")).to_have_count(1 + len(FIVE) + len(TWO))
    assert_labels_apart(page, ("train-loss", "train-test_accuracy"), 7)
    page.get_by_text("Choose lanes").click()
    group = page.get_by_role("toolbar", name=re.compile("^Run 1"))
    group.get_by_role("button", name="RMSProp").click()
    page.wait_for_url("**/train?compare=1.0%2C1.1%2C1.2%2C1.3%2C2")
    expect(table.get_by_role("row")).to_have_count(len(FIVE) + len(TWO))
    expect(table.get_by_role("row").filter(has_text="RMSProp")).to_have_count(0)
    heads = table.get_by_role("columnheader").all_inner_texts()
    assert {"lr", "Seed"} <= set(heads), heads
    rows = table.get_by_role("row").all_inner_texts()
    other = new_page(width=390, height=844)
    other.goto(page.url)
    again = other.get_by_role("region", name="What differs, and where each lane stands").get_by_role("row")
    expect(again).to_have_count(len(rows), timeout=60_000)
    assert again.all_inner_texts() == rows
    assert_labels_apart(other, ("train-loss",), 6)
    channels = [float(part) for part in re.findall(r"[\d.]+", red)[:3]]
    assert channels[0] > 1.5 * max(channels[1:]), f"deletion is {red}, not red"


def test_a_run_that_is_downloaded_can_be_imported(trained: str, new_page: NewPage, tmp_path: Path) -> None:
    page = new_page()
    page.goto(f"{trained}/train?run=2&runs.group=dataset")
    page.wait_for_function(STANDS)
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download JSON").click()
    file = tmp_path / "run.json"
    download.value.save_as(file)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Import").click()
    field = page.locator("input[type=file]")
    field.set_input_files({"name": "no.json", "mimeType": "application/json", "buffer": b"{}"})
    expect(page.get_by_role("alert")).to_have_text(
        "Nothing was imported: the file is no export of a run: it has no 'run'"
    )
    field.set_input_files(file)
    page.wait_for_url("**/train?run=3&runs.group=dataset")
    expect(page.get_by_role("status").filter(has_text="Run 3")).to_contain_text("finished, imported")
    page.wait_for_function(STANDS)  # the charts of the run before are gone
    expect(page.get_by_role("region", name="Where each optimizer stands").get_by_role("row")).to_have_count(3)
    expect(page.get_by_test_id("plot-train-loss")).to_have_count(1)
    # Every control of the list says what the link says, those in a popover too, and the run can be deleted again.
    page.get_by_role("button", name="Filter and group").click()
    expect(page.get_by_test_id("stPopoverBody").get_by_text("Data set").last).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Notes, name, delete").click()
    page.get_by_role("textbox", name="Notes on run 3").fill("from <b>elsewhere</b>")
    page.get_by_role("textbox", name="Notes on run 3").press("Control+Enter")
    expect(page.locator(".st-key-train-main .tr-run-notes")).to_have_text("from <b>elsewhere</b>")
    page.reload()
    page.wait_for_function(STANDS)
    page.get_by_role("button", name="Notes, name, delete").click()
    expect(page.get_by_role("textbox", name="Notes on run 3")).to_have_value("from <b>elsewhere</b>")
    page.get_by_role("button", name="Delete run 3").click()
    page.wait_for_url("**/train?runs.group=dataset")
    expect(page.locator("[class*=st-key-train-open-]")).to_have_count(2)
    # What is typed is one entry of the history, however often one pauses.
    entries, field = page.evaluate("history.length"), page.get_by_role("textbox", name="Filter runs")
    for typed in ("a", "ad", "ada"):
        field.press_sequentially(typed[-1])
        page.wait_for_url(f"**/train?runs.group=dataset&runs.find={typed}")
    assert page.evaluate("history.length") == min(50, entries + 1)  # a browser keeps 50
    page.go_back()
    page.wait_for_url("**/train?runs.group=dataset")
    expect(field).to_have_value("")


def test_an_error_in_a_lanes_text_stays_in_its_box(trained: str, new_page: NewPage) -> None:
    page = new_page(width=1280, height=720)
    page.goto(f"{trained}/train?lane=sgd,lr=0.01&lane=adam,lr=0.001")
    menus = page.locator("[class*=st-key-train-more-] button")
    expect(menus).to_have_count(2)  # else the last that is there may be the first lane's
    page.wait_for_function(STANDS)
    menus.last.click()
    box = page.get_by_test_id("stPopoverBody")
    field = box.get_by_role("textbox", name="Adam as text")
    field.fill("adam,lr=0.001")
    page.wait_for_function(STILL, arg=box.element_handle())
    before = box.bounding_box()
    field.fill("adam,lr=0.001," + "beta_of_something_else=0.123456789012345678901234567890" * 3)
    field.press("Enter")
    alert = box.get_by_role("alert")
    expect(alert).to_be_visible()
    after, words = box.bounding_box(), alert.bounding_box()
    assert before is not None
    assert after is not None
    assert words is not None
    assert after["width"] == pytest.approx(before["width"], abs=1)
    assert after["x"] + after["width"] <= 1280
    assert after["y"] + after["height"] <= 720
    assert words["x"] + words["width"] <= after["x"] + after["width"]
    alert.scroll_into_view_if_needed()
    expect(alert).to_be_in_viewport()
