"""The one clock: it plays, stops, steps, scrubs both ways, by buttons and by keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPage, OpenLab
from tests.browser.in_page import AXIS, TOLD
from tests.browser.lab_page import LabPage


def test_the_first_screen_plays_by_itself_stops_at_the_end_and_plays_anew(open_lab: OpenLab) -> None:
    lab = open_lab(plays=True)
    lab.until("(stage) => stage.dataset.playing === 'true'", "the first screen plays with nothing clicked")
    lab.page.evaluate(TOLD, "time")
    early = lab.time
    lab.until("(stage, early) => Number(stage.dataset.time) >= early + 20", f"time goes on from {early}", early)
    lab.until_told(seconds=60, playing="false", time=300)
    times = [int(time) for time in lab.page.evaluate("told.time")]
    assert times == sorted(times), "time went backwards while playing"
    assert lab.told("lanes") == "5"
    assert lab.told("steps") == "300"
    lab.button("Play").click()
    lab.until(
        "({dataset}) => dataset.playing === 'true' && Number(dataset.time) < 290", "it plays from the start again"
    )


def test_a_person_who_prefers_reduced_motion_sees_a_still_picture(open_lab: OpenLab, new_page: NewPage) -> None:
    lab = open_lab(plays=True, page=new_page(reduced_motion="reduce")).settle()
    assert lab.told("playing") == "false"
    assert lab.time == 300, "the still picture shows the whole run"
    lab.button("Play").click()
    lab.until_told(playing="true")  # whoever asks for motion gets it


def test_the_clock_is_moved(open_lab: OpenLab, subtests: pytest.Subtests) -> None:
    lab = open_lab("lane=adam&time=50&speed=0.5")
    parts = (
        buttons_play_pause_step_and_restart,
        keys_move_the_clock,
        keys_in_a_text_field_are_left_alone,
        the_time_slider_scrubs_both_ways_while_the_pointer_is_down,
        a_press_on_a_plot_moves_the_clock,
        a_typed_step_is_sought_and_a_wrong_one_is_told,
        speed_changes_how_fast_it_plays,
        a_loop_plays_between_two_steps_until_it_is_cleared,
    )
    for part in parts:
        with subtests.test(part.__name__):
            part(lab)


def choose_speed(lab: LabPage, speed: str) -> None:
    lab.page.get_by_role("combobox", name="Speed", exact=True).select_option(speed)


def buttons_play_pause_step_and_restart(lab: LabPage) -> None:
    assert (lab.time, lab.told("playing")) == (50, "false"), "a link with a time opens still at that step"
    lab.button("Step forward").click()
    lab.until_told(time=51, playing="false")
    lab.button("Step back").click()
    lab.button("Step back").click()
    lab.until_told(time=49, playing="false")
    lab.button("Play").click()
    lab.until("({dataset}) => dataset.playing === 'true' && Number(dataset.time) > 52", "Play plays on from step 49")
    lab.button("Pause").click()
    lab.until_told(playing="false")
    stopped = lab.time
    assert 52 < stopped < 300
    lab.button("Step forward").click()
    lab.until_told(time=stopped + 1)
    lab.button("Restart").click()
    lab.until(
        "({dataset}, stopped) => dataset.playing === 'true' && Number(dataset.time) < stopped",
        "Restart plays from the start",
        stopped,
    )


def keys_move_the_clock(lab: LabPage) -> None:
    lab.seek(100)
    choose_speed(lab, "0.1")
    lab.page.evaluate("document.activeElement.blur()")
    keys = lab.page.keyboard
    for key, time in [
        ("ArrowRight", 101),
        ("Shift+ArrowRight", 111),
        ("ArrowLeft", 110),
        ("Shift+ArrowLeft", 100),
        ("End", 300),
        ("ArrowRight", 300),
        ("Home", 0),
        ("ArrowLeft", 0),
    ]:
        keys.press(key)
        lab.until_told(time=time, playing="false")
    keys.press(" ")
    lab.until_told(playing="true")
    keys.press(" ")
    lab.until_told(playing="false")
    lab.button("Copy link").focus()  # keys for the clock work wherever the focus is, unless it uses them itself
    keys.press("End")
    lab.until_told(time=300)


def keys_in_a_text_field_are_left_alone(lab: LabPage) -> None:
    lab.seek(100)
    lab.page.locator(".ov-settings > summary").click()
    lab.entry("Steps").focus()
    for key in ("Home", "ArrowRight", " ", "End"):
        lab.page.keyboard.press(key)
    assert lab.settle().time == 100, "a key typed into a field moved the clock"
    lab.page.keyboard.press("Escape")


def the_time_slider_scrubs_both_ways_while_the_pointer_is_down(lab: LabPage) -> None:
    lab.seek(0)
    mouse = lab.page.mouse
    mouse.move(*lab.grip("Time"))
    mouse.down()
    lab.page.evaluate(TOLD, "time")
    for share in [n / 20 for n in (*range(21), *range(20, 4, -1))]:
        mouse.move(*lab.grip("Time", share))
    lab.until("({dataset}) => Math.abs(Number(dataset.time) - 75) <= 4", "the step at a quarter of the way")
    mouse.up()
    times = [int(time) for time in lab.page.evaluate("told.time")]
    assert max(times) == 300, "the end was never painted"
    turn = times.index(300)
    assert len(set(times[:turn])) >= 10, f"few steps were painted on the way there: {times}"
    assert len(set(times[turn:])) >= 8, f"few steps were painted on the way back: {times}"


def a_press_on_a_plot_moves_the_clock(lab: LabPage) -> None:
    lab.seek(0)
    axis = lab.page.evaluate(f"""() => {{
      const plot = document.querySelector(".ov-curves .ov-plot");
      const box = plot.getBoundingClientRect();
      const [x, y] = ["xaxis", "yaxis"].map((name) => ({AXIS})(plot, name));
      return {{ x: box.x + x.offset + x.length / 2, y: box.y + y.offset + 20 }};
    }}""")
    lab.page.mouse.click(axis["x"], axis["y"])
    lab.until("({dataset}) => Math.abs(Number(dataset.time) - 150) <= 2", "the middle of the loss plot is step 150")


def speed_changes_how_fast_it_plays(lab: LabPage) -> None:
    lab.type("Steps", "2000")
    lab.until_told(steps=2000, pending="false")
    lab.page.keyboard.press("Escape")
    choose_speed(lab, "0.25")
    slow = steps_in_a_second(lab)
    choose_speed(lab, "4")
    fast = steps_in_a_second(lab)
    assert fast > 4 * slow, f"{slow:.0f} steps a second at 1/4 x, {fast:.0f} at 4 x"
    lab.seek(0)


def steps_in_a_second(lab: LabPage) -> float:
    lab.seek(0)
    lab.button("Play").click()
    lab.until("({dataset}) => dataset.playing === 'true' && Number(dataset.time) > 0", "it plays")
    return lab.page.evaluate("""() => new Promise((done) => {
      const { dataset } = document.querySelector("[data-testid=stage]");
      const [from, since] = [Number(dataset.time), performance.now()];
      setTimeout(() => done(((Number(dataset.time) - from) * 1000) / (performance.now() - since)), 1000);
    })""")


def a_typed_step_is_sought_and_a_wrong_one_is_told(lab: LabPage) -> None:
    lab.seek(100)
    lab.type("Step", "42")
    lab.until_told(time=42, playing="false")
    told = lab.entry("Step").locator("xpath=..").get_by_role("alert")
    for wrong in ("301", "-1", "2.5", "soon"):
        lab.type("Step", wrong)
        assert f'from 0 to 300, not "{wrong}"' in told.inner_text()
    assert lab.time == 42
    lab.entry("Step").press("Escape")
    assert told.is_hidden()
    expect(lab.entry("Step")).to_have_value("42")
    lab.type("Step", "300")
    lab.until_told(time=300)


def a_loop_plays_between_two_steps_until_it_is_cleared(lab: LabPage) -> None:
    choose_speed(lab, "1")
    lab.seek(20)
    lab.button("Loop start").click()
    lab.type("Step", "30")
    lab.until_told(time=30)
    lab.button("Loop end").click()
    expect(lab.button("Loop end")).to_have_attribute("aria-pressed", "true")
    assert lab.page.get_by_text("Plays from step 20 to 30, again and again.").count() == 1
    lab.page.evaluate(TOLD, "time")
    lab.button("Play").click()
    lab.until(
        "() => told.time.filter((time, i) => i && Number(time) < Number(told.time[i - 1])).length >= 2",
        "it loops twice",
    )
    times = [int(time) for time in lab.page.evaluate("told.time")]
    assert set(times) <= set(range(20, 31)), f"steps outside the loop were shown: {times}"
    lab.until_address("loop=20,30")
    assert "time=" not in lab.page.url, "a link to what plays has no step"
    lab.page.reload()
    lab.until_opened()
    lab.page.evaluate(TOLD, "time")
    lab.until("() => told.time.some((time, i) => Number(time) < Number(told.time[i - 1]))", "the link loops")
    assert {int(time) for time in lab.page.evaluate("told.time")} <= set(range(20, 31))
    lab.button("Clear the loop").click()
    lab.until("({dataset}) => Number(dataset.time) > 31", "without a loop it plays on")
    lab.until("() => !location.search.includes('loop=')", "the loop leaves the link")
    expect(lab.button("Clear the loop")).to_have_count(0)
