"""The axes of the flat plots stand where plotly.js puts them and do in a hand what its own do; when 3D is loaded."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import NewPage, OpenLab
from tests.browser.in_page import AXIS, FLAT
from tests.browser.lab_page import LabPage

pytestmark = pytest.mark.long

PLOTLYS = (
    """async () => {
  const folder = document.querySelector("script[src$='/plotly.min.js']").src.replace("plotly.min.js", "");
  const { layoutOf } = await import(`${folder}draw/light_plot.js`);
  const words = (plot) => {
    const { left, top } = plot.getBoundingClientRect();
    return [...plot.querySelectorAll("svg text")].map((text) => {
      const { x, y, width, height } = text.getBoundingClientRect();
      return { words: text.textContent.replaceAll("\\u200b", ""), x: x + width / 2 - left, y: y + height / 2 - top };
    }).filter(({ words }) => words).sort((a, b) => a.words.localeCompare(b.words) || a.x - b.x || a.y - b.y);
  };
  const compared = [];
  for (const plot of [...document.querySelectorAll(".ov-plot")].filter((one) => one.checkVisibility())) {
    const layout = layoutOf(plot);
    const there = document.createElement("div");
    there.style.cssText = "position: absolute; left: 0; top: 0";
    plot.parentElement.append(there);
    const traces = Object.keys(layout).filter((key) => key.startsWith("xaxis"))
      .map((key) => ({ x: [null], y: [null], xaxis: key.replace("axis", ""), yaxis: key.replace("xaxis", "y") }));
    await Plotly.newPlot(there, traces, structuredClone(layout), { displayModeBar: false, responsive: false });
    const axes = [...plot.querySelectorAll("[data-axis]")].map(({ dataset: { axis: name } }) => {
      const [axis, { range, _offset, _length }] = [("""
    + AXIS
    + """)(plot, name), there._fullLayout[name]];
      return { name, ours: [...axis.range, axis.offset, axis.length], plotlys: [...range, _offset, _length] };
    });
    compared.push({ axes, ours: words(plot), plotlys: words(there) });
    there.remove();
  }
  return compared;
}"""
)
"""Has plotly.js draw what each flat plot is drawn from, and returns both."""


def assert_as_plotly_draws(lab: LabPage, plots: int, axes: int) -> None:
    compared: list[dict[str, Any]] = lab.page.evaluate(PLOTLYS)
    assert len(compared) == plots
    assert sum(len(plot["axes"]) for plot in compared) == axes
    for plot in compared:
        for axis in plot["axes"]:
            assert axis["ours"] == pytest.approx(axis["plotlys"], rel=1e-6, abs=0.5), axis["name"]
        ours, plotlys = plot["ours"], plot["plotlys"]
        assert [one["words"] for one in ours] == [one["words"] for one in plotlys]
        far = [(one, other) for one, other in zip(ours, plotlys, strict=True) if apart(one, other) > 3]
        assert not far, f"words that stand elsewhere: {far}"


def apart(one: dict[str, Any], other: dict[str, Any]) -> float:
    return max(abs(one[side] - other[side]) for side in "xy")


def choose_3d(lab: LabPage) -> None:
    lab.button("3D").click()
    lab.until_told(view="3d", pending="false")


def test_axes_stand_where_plotly_puts_them(open_lab: OpenLab, new_page: NewPage) -> None:
    lab = open_lab("steps=300&time=0", page=new_page(color_scheme="light")).settle()
    choose_3d(lab)
    lab.button("Overlay").click()
    lab.until_told(view="overlay")
    assert_as_plotly_draws(lab.settle(), plots=2, axes=2 + 10)
    lab.button("Side by side").click()
    lab.until_told(view="panels")
    assert_as_plotly_draws(lab.settle(), plots=2, axes=10 + 10)


# ---- what a hand does to them ----------------------------------------------------------------------------------------

SEEN = f"""() => ["xaxis", "yaxis"].map((name) => {{
  const plot = document.querySelector("{FLAT}");
  const [box, axis] = [plot.getBoundingClientRect(), ({AXIS})(plot, name)];
  return {{ range: axis.range, from: axis.offset + (name === "xaxis" ? box.x : box.y), length: axis.length }};
}})"""


def spans(lab: LabPage) -> tuple[list[float], list[float]]:
    x, y = lab.page.evaluate(SEEN)
    return x["range"], y["range"]


class Hand:
    """The mouse on the landscape, by shares of the plot's width and height from the upper left; beyond, pixels away."""

    def __init__(self, lab: LabPage) -> None:
        """Take the whole surface in sight."""
        self.lab = lab
        self.x, self.y = lab.page.evaluate(SEEN)

    def at(self, x: float, y: float, right: float = 0, down: float = 0) -> tuple[float, float]:
        """Return a place in the window."""
        return self.x["from"] + x * self.x["length"] + right, self.y["from"] + y * self.y["length"] + down

    def drags(self, start: tuple[float, float], right: float, down: float) -> tuple[list[float], list[float]]:
        """Drag and return the ranges while the button is still down."""
        mouse = self.lab.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move(start[0] + right / 2, start[1] + down / 2)
        mouse.move(start[0] + right, start[1] + down)
        held = spans(self.lab)
        mouse.up()
        return held

    def wholly(self) -> None:
        """See the whole surface again."""
        self.lab.page.mouse.move(2, 2)
        self.lab.button("Reset zoom").click()
        whole = [self.x["range"], self.y["range"]]
        same = f"(_, whole) => JSON.stringify(({SEEN})().map(({{ range }}) => range)) === JSON.stringify(whole)"
        self.lab.until(same, "the whole surface is in sight", whole)


def test_axes_in_a_hand(open_lab: OpenLab, subtests: pytest.Subtests) -> None:
    lab = open_lab("steps=60&time=0&axes=fill").settle()
    hand = Hand(lab)
    looks = (
        an_axis_is_dragged_alone,
        an_end_is_dragged_and_the_other_stays,
        a_corner_drags_both_ends,
        shift_draws_a_frame_around_what_is_to_be_seen,
        the_wheel_over_an_axis_zooms_it_alone,
        an_end_is_written_down,
    )
    for look in looks:
        with subtests.test(look.__name__):
            look(hand)
            hand.wholly()
    assert lab.settle().scenario.start == (-8.0, 1.0), "nothing of this is a click on the landscape"


def an_axis_is_dragged_alone(hand: Hand) -> None:
    (x0, x1), y = hand.x["range"], hand.y["range"]
    moved = hand.drags(hand.at(0.5, 1, down=8), 60, 15)
    by = 60 * (x1 - x0) / hand.x["length"]
    assert moved == (pytest.approx([x0 - by, x1 - by]), y)
    hand.lab.until_address("zoom=")


def an_end_is_dragged_and_the_other_stays(hand: Hand) -> None:
    x, (y0, y1) = hand.x["range"], hand.y["range"]
    (low, high), same = hand.drags(hand.at(0.05, 1, down=8), 0.2 * hand.x["length"], 0)
    assert (high, same) == (x[1], [y0, y1])
    assert high - low == pytest.approx((x[1] - x[0]) / 0.8), "what was held is under the hand"
    hand.wholly()
    same, (low, high) = hand.drags(hand.at(0, 0.05, right=-8), 0, -0.1 * hand.y["length"])
    assert (same, low) == (x, y0)
    assert high < y1, "an end that is dragged out of the plot lets less be seen"


def a_corner_drags_both_ends(hand: Hand) -> None:
    (x0, x1), (y0, y1) = hand.x["range"], hand.y["range"]
    near = hand.drags(hand.at(1, 0, right=4, down=-4), -0.1 * hand.x["length"], 0.2 * hand.y["length"])
    assert near == (pytest.approx([x0, x0 + (x1 - x0) / 0.9]), pytest.approx([y0, y0 + (y1 - y0) / 0.8]))


def shift_draws_a_frame_around_what_is_to_be_seen(hand: Hand) -> None:
    (x0, x1), (y0, y1) = hand.x["range"], hand.y["range"]
    page = hand.lab.page
    page.keyboard.down("Shift")
    right, down = 0.4 * hand.x["length"], 0.5 * hand.y["length"]
    assert hand.drags(hand.at(0.2, 0.3), right, down) == ([x0, x1], [y0, y1]), "it is applied at the end"
    page.keyboard.up("Shift")
    x, y = spans(hand.lab)
    assert x == pytest.approx([x0 + 0.2 * (x1 - x0), x0 + 0.6 * (x1 - x0)], rel=0.02)
    assert y == pytest.approx([y0 + 0.2 * (y1 - y0), y0 + 0.7 * (y1 - y0)], rel=0.02)
    expect(page.locator(".ov-zoom-frame"), "the frame goes").to_have_count(0)


def the_wheel_over_an_axis_zooms_it_alone(hand: Hand) -> None:
    (x0, x1), (y0, y1) = hand.x["range"], hand.y["range"]
    page = hand.lab.page
    page.mouse.move(*hand.at(0.25, 1, down=8))
    page.mouse.wheel(0, -100)
    hand.lab.until_address("zoom=")
    (low, high), same = spans(hand.lab)
    assert same == [y0, y1]
    assert 0.85 < (high - low) / (x1 - x0) < 0.95
    held = x0 + 0.25 * (x1 - x0)
    assert (held - low) / (high - low) == pytest.approx(0.25, abs=0.01), "what is under the pointer stays there"


def an_end_is_written_down(hand: Hand) -> None:
    page, lab = hand.lab.page, hand.lab
    x, (y0, y1) = hand.x["range"], hand.y["range"]
    page.mouse.click(*hand.at(0.97, 1, down=8))
    field = page.get_by_role("textbox", name="Right end of x", exact=True)
    expect(field).to_be_focused()
    assert float(field.input_value()) == pytest.approx(x[1], rel=1e-5)
    field.fill("not a number")
    field.press("Enter")
    assert spans(lab) == (x, [y0, y1])
    page.mouse.click(*hand.at(0, 0.97, right=-8))
    page.get_by_role("textbox", name="Lower end of y", exact=True).press("Escape")
    expect(page.locator(".ov-end")).to_have_count(0)
    page.mouse.click(*hand.at(0, 0.03, right=-8))
    upper = page.get_by_role("textbox", name="Upper end of y", exact=True)
    upper.fill(str(y0 + 1))
    upper.press("Enter")
    assert spans(lab) == (x, pytest.approx([y0, y0 + 1]))
    lab.until_address("zoom=")


# ---- 3D is loaded when somebody wants it -----------------------------------------------------------------------------

LOADED = "() => [...document.scripts].filter(({ src }) => src.endsWith('/plotly.min.js')).length"


def test_3d_is_loaded_when_it_is_chosen_and_tried_again_when_it_fails(
    open_lab: OpenLab, new_page: NewPage, allowed: list[str]
) -> None:
    allowed.append(r"Failed to load resource")
    page = new_page(kept=False)
    lab = open_lab("steps=60&time=20", page=page).settle()
    assert page.evaluate(LOADED) == 0, "the flat picture needs none of it"
    asked: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route)

    page.route(re.compile(r"/plotly\.min\.js"), hold)
    with page.expect_request(re.compile(r"/plotly\.min\.js")):
        lab.button("3D").click()
    note = page.locator(".ov-solid-note")
    expect(note).to_have_text("Loading 3D …")
    lab.until_told(view="overlay", pending="true")
    expect(page.locator(FLAT).last, "the flat picture stands meanwhile").to_be_visible()
    lab.page.keyboard.press("ArrowRight")
    lab.until_told(time=21)
    asked.pop().abort()
    expect(note).to_contain_text("3D cannot be shown: plotly.min.js could not be loaded")
    lab.until_told(view="overlay", pending="false")
    page.unroute(re.compile(r"/plotly\.min\.js"))
    choose_3d(lab)
    lab.until("(stage) => stage.querySelector('.ov-surface .js-plotly-plot canvas')?.checkVisibility()", "a 3D plot")
    expect(note).to_be_hidden()
    expect(page.locator(".ov-axes").first, "the flat picture is gone").to_be_hidden()
    lab.button("Overlay").click()
    lab.until_told(view="overlay")


def test_a_link_that_opens_in_3d_loads_it_at_once(open_lab: OpenLab, new_page: NewPage) -> None:
    lab = open_lab("steps=60&time=20&view=3d", page=new_page())
    lab.until_told(view="3d", pending="false")
    lab.until("(stage) => stage.querySelector('.ov-surface .js-plotly-plot canvas')?.checkVisibility()", "a 3D plot")


NO_WEBGL = """
const given = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return /webgl/.test(kind) ? null : given.call(this, kind, ...more);
};
"""


def test_a_browser_without_webgl_says_so_and_keeps_the_flat_picture(open_lab: OpenLab, new_page: NewPage) -> None:
    page = new_page(kept=False)
    page.add_init_script(NO_WEBGL)
    lab = open_lab("steps=60&time=20", page=page).settle()
    lab.button("3D").click()
    expect(page.locator(".ov-solid-note")).to_contain_text("3D cannot be shown: this browser draws no WebGL")
    lab.until_told(view="overlay", pending="false")
    expect(page.locator(FLAT).last).to_be_visible()
    assert page.evaluate(LOADED) == 0, "nothing is loaded that cannot draw"
