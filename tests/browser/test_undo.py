"""Nothing is lost: undo and redo, by buttons, keys and the browser's own Back and Forward."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from optim_viz import rollout
from tests.browser.conftest import NewPage, OpenLab
from tests.browser.lab_page import LabPage
from tests.browser.lab_server import LabServer
from tests.browser.paper_page import STREAMLIT_PROBES
from tests.browser.test_surface import place

pytestmark = pytest.mark.long

Act = Callable[[LabPage], object]


def typed(name: str, text: str) -> Act:
    return lambda lab: lab.type(name, text)


def clicked(name: str) -> Act:
    return lambda lab: lab.button(name).click()


def chosen(name: str, label: str) -> Act:
    return lambda lab: lab.page.get_by_role("combobox", name=name, exact=True).select_option(label=label)


def slid(lab: LabPage) -> None:
    lab.page.mouse.move(*lab.grip("Adam lr"))
    lab.page.mouse.down()
    lab.page.mouse.move(*lab.grip("Adam lr", 0.4), steps=6)
    lab.page.mouse.up()


def started_elsewhere(lab: LabPage) -> None:
    lab.page.mouse.click(*place(lab, 1.5, -1))


TEN: list[Act] = [
    slid,
    typed("Steps", "260"),
    started_elsewhere,
    clicked("Remove SGD"),
    clicked("Side by side"),
    typed("lr of RMSProp, typed", "0.02"),
    clicked("Overlay"),
    clicked("Hide AdaGrad"),
    clicked("Add an optimizer"),
    chosen("Surface", "Beale"),
]


def picture(lab: LabPage) -> tuple[str, list[str]]:
    """Return the address and the pixels, once all is still."""
    lab.settle()
    return lab.page.url, lab.pixels()


def test_ten_changes_are_undone_and_done_again(open_lab: OpenLab, new_page: NewPage) -> None:
    """Buttons all the way back, then the keys, then the browser's own: address and pixels are those of each end."""
    lab = open_lab("time=150", page=new_page(kept=False))
    expect(lab.button("Undo")).to_have_attribute("aria-disabled", "true")
    first = picture(lab)
    entries = lab.page.evaluate("history.length")
    for count, act in enumerate(TEN, 1):
        act(lab)
        lab.until_told(undo=count, redo=0, pending="false")
    assert lab.page.evaluate("history.length") == entries + len(TEN), "one entry a change"
    last = picture(lab)
    for left in reversed(range(len(TEN))):
        lab.button("Undo").click()
        lab.until_told(undo=left, redo=len(TEN) - left)
    assert picture(lab) == first
    expect(lab.button("Undo")).to_have_attribute("aria-disabled", "true")
    for _ in TEN:
        lab.page.keyboard.press("Control+Shift+Z")
    lab.until_told(undo=len(TEN), redo=0)
    assert picture(lab) == last
    expect(lab.button("Redo")).to_have_attribute("aria-disabled", "true")
    lab.page.go_back()
    lab.page.go_back()
    lab.until_told(undo=8, redo=2, lanes=4)
    lab.page.go_forward()
    lab.until_told(undo=9, redo=1, lanes=5)
    lab.page.keyboard.press("Control+Z")
    lab.page.keyboard.press("Control+y")
    lab.until_told(undo=9, pending="false")
    assert lab.page.evaluate("history.length") == entries + len(TEN)


# ---- the lab comes back ----------------------------------------------------------------------------------------------


def test_the_lab_comes_back_as_it_was_left(
    open_lab: OpenLab, new_page: NewPage, app_url: str, allowed: list[str]
) -> None:
    """From Paper and Train, by link and by Back; after a reload; at the bare address; a link that says more wins."""
    allowed.append(STREAMLIT_PROBES)
    page = new_page()
    lab = open_lab("surface=beale&lane=adam,lr=0.05&lane=sgd&steps=120&time=70", page=page)
    lab.type("Seed", "7")
    lab.until_told(undo=1, pending="false")
    lab.type("Steps", "140")
    lab.until_told(undo=2, pending="false")
    lab.until_address("seed=7")
    left = picture(lab)
    pages = page.get_by_role("navigation", name="Pages")
    pages.get_by_role("link", name="Train").click()
    page.wait_for_url("**/train")
    page.get_by_role("button", name="Launch").wait_for()
    pages.get_by_role("link", name="Lab").click()
    lab.until_opened()
    lab.until_told(time=70, steps=140, lanes=2, undo=2)
    assert picture(lab) == left
    pages.get_by_role("link", name="Paper").click()
    page.wait_for_url("**/paper")
    pages.get_by_role("link", name="Lab").click()
    lab.until_opened()
    lab.until_told(time=70, steps=140, lanes=2, undo=2)
    assert picture(lab) == left
    lab.button("Undo").click()
    lab.until_told(steps=120, undo=1, redo=1, pending="false")
    lab.button("Redo").click()
    lab.until_told(steps=140, redo=0, pending="false")
    page.reload()
    lab.until_opened()
    lab.until_told(steps=140, undo=2)
    assert picture(lab) == left
    page.go_back()  # the first entry of this page: what lies before it is Paper
    page.wait_for_url("**/paper")
    page.go_back()
    lab.until_opened()
    lab.until_told(steps=140, undo=2, time=70)
    page.goto(f"{app_url}/?lane=momentum&time=5")
    lab.until_opened()
    lab.until_told(lanes=1, time=5, undo=0)
    page.goto(app_url)
    lab.until_opened()
    lab.until_told(lanes=1, time=5)


def test_a_server_that_is_restarted_loses_nothing(open_lab: OpenLab, new_page: NewPage, server: LabServer) -> None:
    """While it is away the page says so; then the lab goes on with what is on screen, not with what was opened."""
    lab = open_lab("lane=adam,lr=0.15&lane=sgd&time=60", page=new_page(), url=server.url)
    working = lab.page.get_by_text("Computing …", exact=True)
    expect(working).to_be_hidden()
    with server.paused():
        lab.type("Steps", "260")
        working.wait_for(state="visible")
    lab.until_told(undo=1, pending="false")
    working.wait_for(state="hidden")
    lab.button("Zoom in").click()
    lab.until_address("zoom=")
    left = picture(lab)
    server.kill()
    away = lab.page.get_by_role("dialog").filter(has_text="not responding")
    away.wait_for()
    with server:
        away.wait_for(state="hidden", timeout=90_000)
        lab.settle()
        lab.until_told(steps=260, time=60, lanes=2, undo=1, redo=0, pending="false")
        assert picture(lab) == left
        lab.type("lr of Adam, typed", "0.05")
        lab.until_told(undo=2, pending="false")
        assert (lab.scenario.steps, lab.scenario.lanes[0].hyperparameters["lr"]) == (260, 0.05)
        lab.button("Undo").click()
        lab.until_told(undo=1, redo=1, steps=260)


def test_without_storage_the_lab_works_and_forgets(open_lab: OpenLab, new_page: NewPage) -> None:
    forbidden = (
        "for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name,"
        " { get() { throw new DOMException('forbidden', 'SecurityError'); } });"
    )
    page = new_page(script=forbidden, kept=False)
    lab = open_lab("lane=adam,lr=0.05&time=70", page=page)
    lab.type("Seed", "7")
    lab.until_told(undo=1, pending="false")
    lab.button("Undo").click()
    lab.until_told(undo=0, redo=1, pending="false")
    page.reload()
    lab.until_opened()
    lab.until_told(lanes=1, time=70)


# ---- clicks on the landscape -----------------------------------------------------------------------------------------


def particle(lab: LabPage, lane: int) -> tuple[float, float]:
    """Return where a lane's particle is in the window, from Python's own run."""
    scenario = lab.scenario
    chosen = scenario.lanes[lane]
    run = rollout(
        scenario.surface_object(),
        chosen.optimizer,
        start=scenario.start,
        steps=scenario.steps,
        **chosen.hyperparameters,
    )
    x, y = run.theta[lab.time]
    return place(lab, float(x), float(y))


def test_what_a_hand_does_on_the_landscape_can_be_undone(open_lab: OpenLab, subtests: pytest.Subtests) -> None:
    lab = open_lab("lane=sgd,lr=0.018&lane=adam,lr=0.15&steps=200&time=60&show=1").settle()
    parts = (
        clicks_on_ground_and_particles,
        a_double_click_at_a_hands_pace,
        a_slow_double_click,
        a_click_on_the_ring_moves_nothing,
        a_drag_of_the_start_is_one_change,
        another_surface_at_the_end_plays,
    )
    for part in parts:
        with subtests.test(part.__name__):
            part(lab)


def clicks_on_ground_and_particles(lab: LabPage) -> None:
    """A particle chooses its lane, open ground starts there, a double click shows all; undo brings a start back."""
    lab.page.mouse.click(*particle(lab, 0))
    lab.until_address("show=0")
    assert lab.scenario.start == (-8.0, 1.0)
    lab.until_told(undo=0)
    lab.page.mouse.click(*place(lab, 1.5, -1.2))
    lab.until_told(undo=1, pending="false")
    assert abs(lab.scenario.start[0] - 1.5) < 0.1
    lab.button("Undo").click()
    lab.until_told(undo=0, redo=1, pending="false")
    assert lab.scenario.start == (-8.0, 1.0)
    lab.button("Zoom in").click()
    lab.until_address("zoom=")
    lab.page.mouse.dblclick(*place(lab, -5, 0.8))
    lab.until("() => !location.search.includes('zoom=')", "the double click shows the whole surface again")
    lab.settle()
    assert (lab.scenario.start, lab.told("undo"), lab.told("redo")) == ((-8.0, 1.0), "0", "1")


def a_double_click_is_one_if_the_system_says_so(lab: LabPage, pause: int) -> None:
    """How fast two clicks have to be is the system's setting. A hand is slow: the ring lies below the second click."""
    lab.button("Zoom in").click()
    lab.until_address("zoom=")
    mouse, at = lab.page.mouse, place(lab, -5, 0.8)
    mouse.move(*at)
    for count in (1, 2):
        mouse.down(click_count=count)
        mouse.up(click_count=count)
        lab.page.wait_for_timeout(pause)
    lab.until("() => !location.search.includes('zoom=')", "the double click shows the whole surface again")
    lab.settle()
    assert lab.scenario.start == (-8.0, 1.0)
    while lab.told("undo") != "0":
        before = int(lab.told("undo") or 0)
        lab.button("Undo").click()
        lab.until_told(undo=before - 1, pending="false")
    if "zoom=" in lab.page.url:
        lab.page.mouse.dblclick(*place(lab, -5, 0.8))
        lab.until("() => !location.search.includes('zoom=')", "the whole surface is seen again")
        lab.settle()


def a_double_click_at_a_hands_pace(lab: LabPage) -> None:
    a_double_click_is_one_if_the_system_says_so(lab, 150)


def a_slow_double_click(lab: LabPage) -> None:
    a_double_click_is_one_if_the_system_says_so(lab, 600)


def a_click_on_the_ring_moves_nothing(lab: LabPage) -> None:
    lab.button("Start point").click(position={"x": 3, "y": 9})
    lab.settle()
    assert (lab.scenario.start, lab.told("undo")) == ((-8.0, 1.0), "0")


def a_drag_of_the_start_is_one_change(lab: LabPage) -> None:
    lab.until_told(undo=0)
    mouse = lab.page.mouse
    mouse.move(*place(lab, -8, 1))
    mouse.down()
    for x in (-6, -4, -2):
        mouse.move(*place(lab, x, -0.5), steps=4)
    mouse.up()
    lab.until_told(undo=1, pending="false")
    assert abs(lab.scenario.start[0] + 2) < 0.1
    lab.button("Start point").focus()
    lab.page.keyboard.down("ArrowRight")
    for _ in range(4):
        lab.page.keyboard.down("ArrowRight")
    lab.page.keyboard.up("ArrowRight")
    lab.until_told(undo=2, pending="false")
    lab.page.keyboard.press("Control+Z")
    lab.page.keyboard.press("Control+Z")
    lab.until_told(undo=0, redo=2, pending="false")
    assert lab.scenario.start == (-8.0, 1.0)


def another_surface_at_the_end_plays(lab: LabPage) -> None:
    lab.until_told(undo=0)
    lab.seek(200)
    lab.page.get_by_role("combobox", name="Surface", exact=True).select_option(label="Beale")
    lab.until("({dataset}) => dataset.playing === 'true' && Number(dataset.time) < 190", "it plays from the start")
    lab.button("Pause").click()
    lab.button("Undo").click()
    lab.until_told(time=200, playing="false", undo=0)


# The first picture in 3D is drawn only when it is told to; who is on the page sees all the rest meanwhile.
HELD_BACK = """
  const told = new Promise((go) => { window.drawNow = go; });
  let plotly;
  Object.defineProperty(window, "Plotly", { configurable: true, get: () => plotly, set: (given) => {
    const { react } = given;
    given.react = async (...all) => { await told; return react(...all); };
    plotly = given;
  } });
"""


def test_a_change_while_the_first_picture_is_drawn_can_be_undone(app_url: str, new_page: NewPage) -> None:
    page = new_page(script=HELD_BACK)
    page.goto(f"{app_url}/?lane=adam,lr=0.15&time=60&view=3d")
    lab = LabPage(page)
    lab.until("(stage) => stage.querySelector('.ov-undo, [aria-label=Undo]') !== null", "the controls stand")
    lab.type("Steps", "260")
    lab.page.wait_for_timeout(1500)  # long enough for the answer
    assert lab.told("pending") != "false", "the first picture is not there, so all is not settled"
    page.evaluate("drawNow()")
    lab.settle().until_told(undo=1, time=60, view="3d")
    lab.button("Undo").click()
    lab.until_told(undo=0, redo=1, steps=300)


# ---- named scenarios -------------------------------------------------------------------------------------------------


def said(lab: LabPage, words: str) -> None:
    lab.until("(stage, words) => stage.querySelector('.ov-toast').textContent.includes(words)", words, words)


def test_named_scenarios(open_lab: OpenLab, new_page: NewPage, tmp_path: Path) -> None:
    """Saved, renamed, deleted, brought back, opened, to a file and from one; a bad file loses nothing."""
    name = '<b onclick="window.hacked=1">Adam & "friends" 雪</b>'
    lab = open_lab("lane=adam,lr=0.15&steps=90&time=60", page=new_page())
    menu = lab.page.locator(".ov-scenarios > summary")
    saved = lab.page.get_by_role("list", name="Saved scenarios").get_by_role("listitem")
    menu.click()
    lab.type("Name of this scenario", name)
    lab.button(name).wait_for()
    lab.type("Name of this scenario", "second")
    lab.button("Rename second").click()
    lab.entry("New name of second").fill("third")
    lab.entry("New name of second").press("Enter")
    lab.button(f"Delete {name}").click()
    assert saved.all_inner_texts() == ["third", f"“{name}” is deleted.\nBring back"]
    lab.button("Bring back").click()
    assert saved.all_inner_texts() == ["third", name]
    with lab.page.expect_download() as download:
        lab.button("Save all to a file").click()
    file = tmp_path / "scenarios.json"
    download.value.save_as(file)
    assert [one["name"] for one in json.loads(file.read_text(encoding="utf-8"))["scenarios"]] == ["third", name]

    for content, words in (("{", "not JSON"), ('{"scenarios": [1]}', "entry 1"), ("[]", "no scenario")):
        bad = tmp_path / "bad.json"
        bad.write_text(content, encoding="utf-8")
        lab.page.get_by_label("File of scenarios").set_input_files(bad)
        said(lab, words)
        expect(saved).to_have_count(2)
    lab.page.keyboard.press("Escape")

    lab.type("Steps", "120")
    lab.until_told(steps=120, undo=1, pending="false")
    menu.click()
    lab.button(name).click()
    lab.until_told(steps=90, time=60, undo=2, pending="false")
    lab.button("Undo").click()
    lab.until_told(steps=120, undo=1)

    other = open_lab("lane=sgd&time=5", page=new_page())
    other.page.locator(".ov-scenarios > summary").click()
    other.page.get_by_label("File of scenarios").set_input_files(file)
    said(other, "Added “third”")
    other.page.reload()
    other.until_opened()
    other.page.locator(".ov-scenarios > summary").click()
    other.button("third").click()
    other.until_told(steps=90, time=60, lanes=1)
    assert other.page.evaluate("typeof window.hacked") == "undefined"
