"""Dragging a slider: exact runs at once, no server needed, everything else stays where it was."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import optim_viz
from optim_viz.scenario import Scenario
from tests.browser.adam_numbers import assert_arithmetic, shown_run
from tests.browser.conftest import NewPage, OpenLab
from tests.browser.in_page import TOLD
from tests.browser.lab_page import ANY, LabPage, assert_same_frame
from tests.browser.lab_server import LabServer

SLIDER = "Adam beta2"
BETA2 = next(item for item in optim_viz.optimizer("adam").hyperparameters if item.name == "beta2")
STOPS = BETA2.stops()


def drag(lab: LabPage, name: str, *shares: float, moves: int = 25) -> list[str]:
    """Press on a slider's thumb and move it with the mouse; the button stays down. Returns the stops painted."""
    mouse = lab.page.mouse
    at = lab.grip(name)
    mouse.move(*at)
    mouse.down()
    lab.page.evaluate(TOLD, "stop")
    for share in shares:
        to = lab.grip(name, share)
        mouse.move(*to, steps=moves)
        at = to
    lab.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return lab.page.evaluate("told.stop")


def value_of(lab: LabPage) -> float:
    return float(lab.slider(SLIDER).get_attribute("aria-valuetext") or "nan")


def test_dragging_needs_no_server_and_moves_nothing_else(
    open_lab: OpenLab, new_page: NewPage, server: LabServer
) -> None:
    """With the server killed, Adam beta2 runs through its stops; each is the exact run, in view and time kept."""
    lab = open_lab("time=150&zoom=-9,2,-1.5,1.5&axes=fill", page=new_page(), url=server.url).settle()
    before, sent = lab.frame(), lab.page.evaluate("wire.sent")
    server.kill()
    stops = drag(lab, SLIDER, 0.05, 0.95, 0.3)
    seen = {int(stop.removeprefix("Adam:beta2:")) for stop in stops}
    assert len(seen) >= 15, f"only these stops were painted: {sorted(seen)}"
    assert lab.page.evaluate("wire.sent") == sent, "the page sent a message while the slider was dragged"
    after = lab.frame()
    assert (after["time"], lab.told("playing")) == (150, "false"), "the drag moved the clock"
    assert after["axes"] == before["axes"], "the drag moved an axis"
    for name, one, other in zip(("surface", "curves"), before["pixels"], after["pixels"], strict=True):
        assert one != other, f"nothing was repainted over the {name}"
    stop = int(stops[-1].split(":")[-1])
    assert value_of(lab) == STOPS[stop]
    assert_arithmetic(lab, shown_run(Scenario.default(), beta2=float(STOPS[stop])), 150)
    lab.page.mouse.up()
    lab.until("(stage) => stage.dataset.time === '150'", "the picture stays after the release")
    assert value_of(lab) == STOPS[stop], "without a server the dragged run stays on screen"


def test_a_slider_by_mouse_by_keys_and_by_its_field(open_lab: OpenLab, subtests: pytest.Subtests) -> None:
    lab = open_lab("time=10").settle()
    parts = (
        arrow_keys_move_a_slider_one_stop,
        a_double_click_brings_the_default_back,
        a_typed_value_between_the_stops_is_taken_exactly,
        a_bad_typed_value_is_named_at_its_control_and_the_picture_stays,
        a_drag_while_playing_goes_on_playing,
        a_switch_and_a_further_setting,
    )
    for part in parts:
        with subtests.test(part.__name__):
            part(lab)


def test_a_release_commits_the_value_and_its_link_shows_the_same_frame(open_lab: OpenLab, new_page: NewPage) -> None:
    lab = open_lab("time=120").settle()
    lab.button("Zoom in").click()
    lab.until_address("zoom=")
    zoomed = {name: span for name, span in lab.axes().items() if "ov-surface" in name}
    drag(lab, SLIDER, 0.9, 0.6)
    lab.page.mouse.up()
    value = value_of(lab)
    lab.until_address(f"beta2={value!r}")
    assert lab.settle().scenario.lanes[4].hyperparameters["beta2"] == value
    assert {name: span for name, span in lab.axes().items() if "ov-surface" in name} == zoomed, "the zoom was lost"
    other = open_lab(lab.page.url.split("?")[1], page=new_page()).settle()
    assert_same_frame(lab.frame(), other.frame())
    assert_arithmetic(other, shown_run(other.scenario), 120)


def a_drag_while_playing_goes_on_playing(lab: LabPage) -> None:
    lab.seek(40)
    lab.page.get_by_role("combobox", name="Speed", exact=True).select_option("0.1")
    lab.button("Play").click()
    lab.until_told(playing="true")
    lab.page.evaluate(TOLD, "time")
    drag(lab, SLIDER, 0.2, 0.7)
    assert lab.told("playing") == "true"
    lab.page.mouse.up()
    lab.settle()
    times = [int(time) for time in lab.page.evaluate("told.time")]
    assert lab.told("playing") == "true", "the release stopped the clock"
    assert 40 <= lab.time < 300
    assert times == sorted(times), "time jumped back"


def arrow_keys_move_a_slider_one_stop(lab: LabPage) -> None:
    at = STOPS.index(BETA2.default)
    lab.slider(SLIDER).focus()
    for key, stop in (("ArrowRight", at + 1), ("ArrowRight", at + 2), ("ArrowLeft", at + 1)):
        lab.page.keyboard.press(key)
        lab.until_told(stop=f"Adam:beta2:{stop}", time=10)
        assert value_of(lab) == STOPS[stop]
    lab.until_address(f"beta2={STOPS[at + 1]!r}")


def a_double_click_brings_the_default_back(lab: LabPage) -> None:
    before = lab.settle().scenario.lanes[4].hyperparameters
    assert before["beta2"] != 0.999
    lab.slider(SLIDER).dblclick(position={"x": 20, "y": 12})
    lab.until("() => !location.search.includes('beta2')", "beta2 is the default again")
    assert value_of(lab.settle()) == 0.999
    assert lab.scenario.lanes[4].hyperparameters == {**before, "beta2": 0.999}


def a_typed_value_between_the_stops_is_taken_exactly(lab: LabPage) -> None:
    lab.seek(33)
    assert 0.99731 not in STOPS
    lab.type("beta2 of Adam, typed", "0.99731")
    lab.until_address("beta2=0.99731")
    assert value_of(lab.settle()) == 0.99731
    assert_arithmetic(lab, shown_run(Scenario.default(), beta2=0.99731), 33)


def a_bad_typed_value_is_named_at_its_control_and_the_picture_stays(lab: LabPage) -> None:
    lab.seek(33)
    before = lab.frame()
    name = "beta2 of Adam, typed"
    for text in ("1.5", "-0.1", "1", "nan", "fast", "1e999", ""):
        lab.type(name, text)
        lab.until(
            "(_, text) => [...document.querySelectorAll('.ov-slider [role=alert]')].some("
            "(one) => one.checkVisibility() && ['beta2', text].every((part) => one.textContent.includes(part)))",
            f"a message at the control that names beta2 and {text!r}",
            text if text != "1e999" else "",
        )
        expect(lab.problem(name)).to_be_visible()
        expect(lab.entry(name)).to_have_attribute("aria-invalid", "true")
        expect(lab.entry(name), "what was typed stays, to be mended").to_have_value(text)
    assert_same_frame(before, lab.settle().frame())
    lab.type(name, "0.99")
    lab.until_address("beta2=0.99")
    assert lab.settle().problem(name).is_hidden()
    expect(lab.entry(name)).not_to_have_attribute("aria-invalid", ANY)


def a_switch_and_a_further_setting(lab: LabPage) -> None:
    lab.seek(5)
    lab.settle()
    lab.page.get_by_label("More settings of Adam", exact=True).click()
    lab.page.get_by_role("checkbox", name="Adam bias_correction", exact=True).uncheck()
    lab.until_address("bias_correction=false")
    lab.slider("Adam eps").focus()
    lab.settle()  # the runs of its stops are here, after the strips that a change brings
    lab.page.keyboard.press("End")
    lab.until("(stage) => (stage.dataset.stop ?? '').startsWith('Adam:eps:')", "eps is dragged like the others")
    lab.until_address("eps=")
    scenario = lab.settle().scenario
    assert scenario.lanes[4].hyperparameters["bias_correction"] is False
    update = shown_run(scenario).update[4]
    for axis in (0, 1):
        assert abs(lab.arithmetic()["Δθ"][axis][-1] / update[axis] - 1) < 6e-4
