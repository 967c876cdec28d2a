"""What is in sight without scrolling, on a laptop and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import NewPage, OpenLab
from tests.browser.lab_page import TWO_FRAMES, LabPage

PHONE = {"width": 390, "height": 844, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
SCROLLS = """(axis) => {
  const size = axis === "x" ? "Width" : "Height";
  return [...document.querySelectorAll("html, body, .stApp, .stMain, .stMainBlockContainer, .ov-root, .ov-stage")]
    .map((one) => [one.className || one.tagName, one[`scroll${size}`], one[`client${size}`]])
    .filter(([, content, room]) => content > room + 1)
    .map(([name, content, room]) => `${name}: ${content} in ${room} px`);
}"""


def box(thing: Locator) -> dict[str, float]:
    found = thing.bounding_box()
    assert found is not None, f"{thing} is not in sight"
    return {
        "left": found["x"],
        "top": found["y"],
        "right": found["x"] + found["width"],
        "bottom": found["y"] + found["height"],
    }


def assert_inside(lab: LabPage, name: str, thing: Locator) -> None:
    size = lab.page.viewport_size
    assert size is not None
    at = box(thing)
    inside = at["left"] >= 0 and at["top"] >= 0 and at["right"] <= size["width"] and at["bottom"] <= size["height"]
    assert inside, f"{name} reaches out of the window: {at}"


def plot_title(lab: LabPage, text: str) -> Locator:
    return lab.page.locator(".ov-curves .ov-chart-title", has_text=text).first


OVERLAPS = """() => [...document.querySelectorAll(".ov-stage .ov-plot")].flatMap((plot) => {
  const texts = [...plot.querySelectorAll("svg text")].filter((one) => one.textContent.trim() && one.checkVisibility())
    .map((one) => ({ words: one.textContent, box: one.getBoundingClientRect() }));
  const across = ({ box: a }, { box: b }) => a.left < b.right - 2 && b.left < a.right - 2;
  const along = ({ box: a }, { box: b }) => a.top < b.bottom - 3 && b.top < a.bottom - 3;
  return texts.flatMap((one, i) => texts.slice(i + 1).filter((other) => across(one, other) && along(one, other))
    .map((other) => `${one.words} on ${other.words}`));
})"""
"""Lists words of a plot that lie on each other: titles of axes on the numbers beside them."""


FILLED = """(stage) => {
  const [canvas, bar, holder] = [".ov-surface > canvas", ".ov-ground-bar", ".ov-surface"]
    .map((one) => stage.querySelector(one).getBoundingClientRect());
  return Math.abs(canvas.width - holder.width) < 2 && Math.abs(canvas.bottom - bar.top) < 2;
}"""


def resized(lab: LabPage, width: int, height: int) -> LabPage:
    """Make the window larger or smaller and wait until the picture fills its place."""
    lab.page.set_viewport_size({"width": width, "height": height})
    lab.page.evaluate(TWO_FRAMES)
    lab.until(FILLED, "the canvas is as large as its place")
    return lab.settle()


def test_on_a_laptop(open_lab: OpenLab, new_page: NewPage, subtests: pytest.Subtests) -> None:
    lab = open_lab("time=150", page=new_page(color_scheme="light")).settle()
    parts = (
        an_empty_slot_takes_no_room,
        all_is_in_sight_at_once_in_both_themes,
        a_resized_window_is_filled_again,
        a_picture_without_room_goes_on_once_it_has_some,
        type_and_picture_grow_with_the_window,
        no_width_makes_the_page_scroll_sideways,
        present_mode_shows_picture_caption_and_clock_in_large_type,
        drawers_open_with_one_click_and_stay_open,
    )
    for part in parts:
        with subtests.test(part.__name__):
            part(lab)


def all_is_in_sight_at_once_in_both_themes(lab: LabPage) -> None:
    all_is_in_sight_at_once(lab)
    lab.page.emulate_media(color_scheme="dark")
    lab.until("(stage) => getComputedStyle(stage.closest('.stApp')).backgroundColor === 'rgb(20, 23, 26)'", "dark")
    all_is_in_sight_at_once(lab.settle())
    lab.page.emulate_media(color_scheme="light")
    lab.until("(stage) => getComputedStyle(stage.closest('.stApp')).backgroundColor === 'rgb(255, 255, 255)'", "light")
    lab.settle()


def all_is_in_sight_at_once(lab: LabPage) -> None:
    for axis in "xy":
        scrolls = lab.page.evaluate(SCROLLS, axis)
        assert not scrolls, f"the page scrolls ({axis}): {scrolls}"
    for name in ("SGD lr", "Momentum momentum", "RMSProp alpha", "Adam lr", "Adam beta1", "Adam beta2", "Time"):
        assert_inside(lab, name, lab.slider(name))
    assert_inside(lab, "the surface", lab.page.locator(".ov-surface"))
    assert_inside(lab, "the curves", lab.page.locator(".ov-curves").first)
    for title in ("loss", "m̂x", "m̂y", "v̂x", "v̂y"):
        assert_inside(lab, f"the plot {title}", plot_title(lab, title))
    assert not (found := lab.page.evaluate(OVERLAPS)), found
    surface, curves = box(lab.page.locator(".ov-surface")), box(lab.page.locator(".ov-curves").first)
    assert surface["right"] <= curves["left"] + 1, "surface and curves overlap"
    main = lab.page.locator(".ov-main")
    assert area(surface) > 0.5 * area(box(main)), "the surface takes less than half of what stands under the header"
    assert area(surface) > 2 * area(curves), "the surface is by far the largest"


def area(of: dict[str, float]) -> float:
    return (of["right"] - of["left"]) * (of["bottom"] - of["top"])


def an_empty_slot_takes_no_room(lab: LabPage) -> None:
    empty = lab.page.evaluate("""() => [...document.querySelectorAll(".ov-slot")]
      .filter((slot) => slot.checkVisibility() && slot.getBoundingClientRect().height < 1)
      .map((slot) => slot.className)""")
    assert not empty


def a_resized_window_is_filled_again(lab: LabPage) -> None:
    axes, pixels = lab.axes(), lab.pixels()
    resized(lab, 1300, 760)
    assert lab.pixels() != pixels
    resized(lab, 1440, 900)
    assert lab.axes() == axes
    assert lab.pixels() == pixels, "as in a window that was opened at this size"


def a_picture_without_room_goes_on_once_it_has_some(lab: LabPage) -> None:
    """Hidden by its host, taken out of the page, or in a window of a few lines: nothing fails, and it plays on."""
    resize = "() => new Promise((done) => { dispatchEvent(new Event('resize')); setTimeout(done, 300); })"
    lab.seek(0)
    lab.button("Play").click()
    for take, give in (
        ("stage.style.display = 'none'", "stage.style.display = ''"),
        ("globalThis.place = stage.parentNode; stage.remove()", "place.append(stage)"),
    ):
        page = lab.stage.element_handle()
        page.evaluate(f"(stage) => {{ {take}; }}")
        lab.page.evaluate(resize)
        page.evaluate(f"(stage) => {{ {give}; }}")
    lab.page.set_viewport_size({"width": 1440, "height": 60})
    lab.page.evaluate(resize)
    resized(lab, 1440, 900)
    lab.seek(150)
    lab.button("Play").click()
    lab.until("({dataset}) => Number(dataset.time) > 152", "it plays on")
    lab.seek(150)


def type_and_picture_grow_with_the_window(lab: LabPage) -> None:
    for width, height, least in ((1280, 720, 13), (1920, 1080, 14), (2560, 1440, 16.5)):
        the_picture_is_large(resized(lab, width, height), least)


def the_picture_is_large(lab: LabPage, least: float) -> None:
    """Fail unless type is at least so many pixels large, the surface takes half the room, and nothing is cut."""
    for axis in "xy":
        scrolls = lab.page.evaluate(SCROLLS, axis)
        assert not scrolls, f"the page scrolls ({axis}): {scrolls}"
    assert lab.stage.evaluate("(stage) => parseFloat(getComputedStyle(stage).fontSize)") >= least
    column = "(stage) => [stage.querySelector('.ov-lanes')].map((one) => one.scrollWidth - one.clientWidth)[0]"
    assert lab.stage.evaluate(column) <= 0, "nothing of a card is cut at the side"
    assert area(box(lab.page.locator(".ov-surface"))) > 0.5 * area(box(lab.page.locator(".ov-main")))
    labels = lab.page.locator(".ov-curves .ov-chart-title").first
    assert labels.evaluate("(text) => parseFloat(getComputedStyle(text).fontSize)") >= least * 0.75
    for title in ("loss", "m̂x", "v̂y"):
        assert_inside(lab, f"the plot {title}", plot_title(lab, title))


def no_width_makes_the_page_scroll_sideways(lab: LabPage) -> None:
    for width in (1161, 1101, 1024, 768, 600, 390, 320):
        lab.page.set_viewport_size({"width": width, "height": 844})
        lab.settle()
        assert not (found := lab.page.evaluate(SCROLLS, "x")), f"the page scrolls sideways at {width}: {found}"


def present_mode_shows_picture_caption_and_clock_in_large_type(lab: LabPage) -> None:
    resized(lab, 1280, 720)
    lab.page.keyboard.press("p")
    wide = "(stage) => stage.querySelector('.ov-surface canvas').getBoundingClientRect().width > 1180"
    lab.until(wide, "the picture takes the whole width")
    expect(lab.button("Leave")).to_be_visible()
    for part in (".ov-lanes", ".ov-side", ".ov-top", ".ov-tabs"):
        expect(lab.page.locator(part), f"{part} is shown").to_be_hidden()
    small = lab.page.evaluate("""() => [...document.querySelectorAll(".ov-stage *")]
      .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".ov-unseen, .ov-plot"))
      .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
      .map((one) => [one.textContent.slice(0, 30), parseFloat(getComputedStyle(one).fontSize)])
      .filter(([, size]) => size < 18)""")
    assert not small, f"type below 18 px: {small}"
    for axis in "xy":
        scrolls = lab.page.evaluate(SCROLLS, axis)
        assert not scrolls, f"the page scrolls ({axis}): {scrolls}"
    lab.page.keyboard.press("ArrowRight")
    lab.until_told(time=151)
    lab.page.keyboard.press("Escape")
    lab.until("(stage) => stage.querySelector('.ov-lanes').checkVisibility()", "Escape leaves")
    lab.button("Present").click()
    lab.until(wide, "the button does what the key does")
    lab.button("Leave").click()
    lab.until("(stage) => stage.querySelector('.ov-lanes').checkVisibility()", "so does the other button")


def drawers_open_with_one_click_and_stay_open(lab: LabPage) -> None:
    """Each takes its room from the picture alone, nothing scrolls, and the next visit finds them as they were left."""
    resized(lab, 1440, 900)
    titles = {"This step in numbers": ".ov-arithmetic", "More plots": ".ov-more", "The surface": ".ov-about"}
    high = box(lab.page.locator(".ov-surface"))["bottom"]
    for title, content in titles.items():
        expect(lab.button(title)).to_have_attribute("aria-expanded", "false")
        expect(lab.page.locator(content)).to_be_hidden()
        lab.open_drawer(title)
        assert_inside(lab, title, lab.page.locator(content))
    assert box(lab.page.locator(".ov-surface"))["bottom"] < high - 150
    for axis in "xy":
        scrolls = lab.page.evaluate(SCROLLS, axis)
        assert not scrolls, f"the page scrolls ({axis}): {scrolls}"
    lab.button("The surface").click()
    lab.page.reload()
    lab.until_opened()
    found = {title: lab.button(title).get_attribute("aria-expanded") for title in titles}
    assert found == {"This step in numbers": "true", "More plots": "true", "The surface": "false"}
    assert all(lab.arithmetic()["θ"])
    for title in ("This step in numbers", "More plots"):
        lab.button(title).click()
    lab.until("(stage) => stage.querySelector('.ov-tray').hidden", "a tray without an open drawer takes no room")


def test_on_a_phone(open_lab: OpenLab, new_page: NewPage, subtests: pytest.Subtests) -> None:
    lab = open_lab("time=150", page=new_page(**PHONE)).settle()
    parts = (
        controls_are_large_enough_for_a_finger,
        two_fingers_zoom_the_picture_and_not_the_page,
        the_surface_comes_first_and_the_clock_stays,
        a_smaller_phone_shows_the_whole_clock,
        nothing_lies_over_another,
    )
    for part in parts:
        with subtests.test(part.__name__):
            part(lab)


def controls_are_large_enough_for_a_finger(lab: LabPage) -> None:
    """24 x 24 CSS pixels is what WCAG 2.2 (2.5.8) asks for."""
    small = lab.page.evaluate("""() => [...document.querySelectorAll(".ov-stage :is(button, select, input, summary)")]
      .filter((one) => one.checkVisibility() && one.type !== "checkbox")
      .map((one) => [one.ariaLabel || one.textContent, one.getBoundingClientRect()])
      .filter(([, { width, height }]) => width < 24 || height < 24)
      .map(([name, { width, height }]) => `${name}: ${width} x ${height}`)""")
    assert not small, small


def the_surface_comes_first_and_the_clock_stays(lab: LabPage) -> None:
    assert not (found := lab.page.evaluate(SCROLLS, "x")), f"the page scrolls sideways: {found}"
    tops = {name: box(lab.page.locator(f".ov-{name}"))["top"] for name in ("surface", "curves-pane", "tabs", "lanes")}
    assert min(tops, key=tops.__getitem__) == "surface", tops
    surface = box(lab.page.locator(".ov-surface"))
    assert surface["bottom"] <= 844, "the whole surface is in sight at first"
    leader = lab.page.locator(".ov-leader")
    expect(leader).to_have_text(f"First: {lab.page.locator('.ov-first button').inner_text()}", use_inner_text=True)
    assert_inside(lab, "who was first", leader)
    sentence, sheet = (lab.page.locator(name) for name in (".ov-story-line p:not([hidden])", ".ov-lanes"))
    assert_inside(lab, "what happens here", sentence)
    assert box(sentence)["bottom"] <= box(sheet)["top"], "the sheet lies over the sentence"
    clock = lab.page.get_by_role("group", name="Clock", exact=True)
    slider = lab.slider("Adam beta2")
    assert box(clock)["top"] - surface["bottom"] < 2, "the clock stands under the picture"
    for name, one in {"the clock": clock, "the chosen lane's slider": slider}.items():
        assert_inside(lab, name, one)
    assert box(slider)["top"] > 844 * 0.6, "the sliders are within a thumb's reach"
    lab.page.locator(".ov-tabs").scroll_into_view_if_needed()
    lab.until("(stage) => stage.closest('[data-testid=stMain]').scrollTop > 100", "the page scrolls")
    assert_inside(lab, "the picture, which sticks", lab.page.locator(".ov-surface"))
    assert_inside(lab, "the clock, which sticks", clock)
    assert box(clock)["bottom"] <= box(slider)["top"], "the clock lies over the slider"
    lab.button("Step forward").tap()
    lab.until_told(time=151)
    sheet = lab.page.get_by_role("group", name="Lane under the thumb")
    sheet.get_by_role("button", name="Momentum").tap()
    assert_inside(lab, "the slider of another lane", lab.slider("Momentum momentum"))
    expect(slider).to_be_hidden()
    lab.button("Sliders").tap()
    expect(lab.slider("Momentum momentum"), "the sheet folds away").to_be_hidden()


def a_smaller_phone_shows_the_whole_clock(lab: LabPage) -> None:
    """The sheet gives way: at 390 x 664 what a browser's own bars leave of 844 is seen, at 360 x 600 a small screen."""
    lab.button("Sliders").tap()
    for width, height in ((390, 664), (360, 600)):
        lab.page.set_viewport_size({"width": width, "height": height})
        lab.stage.evaluate("(stage) => stage.closest('[data-testid=stMain]').scrollTo(0, 0)")
        lab.until(
            """(stage) => {
              const box = (name) => stage.querySelector(name).getBoundingClientRect();
              const [clock, sheet] = [box(".ov-clock"), box(".ov-lanes")];
              return clock.bottom <= sheet.top && sheet.bottom - sheet.top >= 140;
            }""",
            f"the clock is seen whole above the sheet at {width} x {height}",
        )
    lab.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})


def nothing_lies_over_another(lab: LabPage) -> None:
    for width in (320, 350, 360, 375, 390, 402, 412, 430, 441, 480, 600, 700):
        resized(lab, width, 844)
        over = lab.page.evaluate("""() => {
          const menu = document.querySelector("[data-testid=stMainMenu] button");
          const apart = (one, other) => {
            const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
            return a.left >= b.right || b.left >= a.right || a.top >= b.bottom || b.top >= a.bottom;
          };
          const all = (names) => [...document.querySelectorAll(names)].filter((one) => one.checkVisibility());
          const clock = all(".ov-clock :is(button, input, select, span):not(.ov-unseen, :empty:is(span))");
          return [
            ...all(".ov-top :is(button, select, input, summary, a, span)").map((one) => [one, menu]),
            ...all(".ov-leader").flatMap((one) => all(".ov-zoom button").map((other) => [one, other])),
            ...clock.flatMap((one, i) => clock.slice(i + 1).map((other) => [one, other])),
          ].filter(([one, other]) => !one.contains(other) && !apart(one, other))
            .map((pair) => pair.map((one) => one.ariaLabel || one.textContent));
        }""")
        assert not over, (width, over)


def two_fingers_zoom_the_picture_and_not_the_page(lab: LabPage) -> None:
    fingers = lab.page.context.new_cdp_session(lab.page)
    at = box(lab.page.locator(".ov-surface"))
    x, y = (at["left"] + at["right"]) / 2, (at["top"] + at["bottom"]) / 2

    def touch(kind: str, apart: float) -> None:
        points = [{"x": x - apart / 2, "y": y, "id": 0}, {"x": x + apart / 2, "y": y, "id": 1}]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points if kind != "touchEnd" else []})

    before = max(high - low for name, (low, high) in lab.axes().items() if "ov-surface xaxis" in name)
    touch("touchStart", 80)
    for apart in (100, 120, 140, 160):
        touch("touchMove", apart)
    touch("touchEnd", 0)
    lab.until(
        """(_, before) => {
          const [x0, x1] = (new URLSearchParams(location.search).get("zoom") ?? "").split(",").map(Number);
          return Math.abs((x1 - x0) / before - 0.5) < 0.05;
        }""",
        "twice the distance shows half as much",
        before,
    )
    assert lab.page.evaluate("visualViewport.scale") == 1, "the page was zoomed"
    assert lab.scenario.start == (-8, 1), "two fingers move no start"
    fingers.detach()
