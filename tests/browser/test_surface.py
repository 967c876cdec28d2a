"""The surface: views, zoom, the start point, formulas, and the parameters of the sparse toys."""

from __future__ import annotations

import math
import re

import pytest
from playwright.sync_api import expect

from optim_viz import surfaces
from tests.browser.adam_numbers import assert_arithmetic, shown_run
from tests.browser.conftest import OpenLab
from tests.browser.in_page import AXIS, FLAT
from tests.browser.lab_page import LabPage, assert_same_frame, numbers

pytestmark = pytest.mark.long

PLACE = f"""(point) => {{
  const plot = document.querySelector("{FLAT}");
  const [box, axis] = [plot.getBoundingClientRect(), {AXIS}];
  return [box.x + axis(plot, "xaxis").at(point[0]), box.y + axis(plot, "yaxis").at(point[1])];
}}"""


def place(lab: LabPage, x: float, y: float) -> tuple[float, float]:
    """Return where a point of the surface is in the window."""
    px, py = lab.page.evaluate(PLACE, [x, y])
    return px, py


def surface_axes(lab: LabPage) -> dict[str, list[float]]:
    return {name: span for name, span in lab.axes().items() if "ov-surface" in name}


def start_of(lab: LabPage) -> list[float]:
    return [float(part) for part in lab.entry("Start x, y").input_value().split(",")]


# ---- views -----------------------------------------------------------------------------------------------------------


def test_the_surface_is_looked_at_from_all_sides(open_lab: OpenLab, subtests: pytest.Subtests) -> None:
    lab = open_lab("steps=100&time=80").settle()
    looks = (
        side_by_side_has_one_panel_for_each_lane_in_sight,
        zoom_in_out_and_back,
        wheel_and_pan_move_the_view_and_not_the_start,
        one_scale_for_both_axes_unless_filled_and_the_link_says_so,
        the_pointer_reads_about_how_high_the_ground_is,
        overlay_side_by_side_and_3d,
    )
    for look in looks:
        with subtests.test(look.__name__):
            look(lab)


def overlay_side_by_side_and_3d(lab: LabPage) -> None:
    lab.page.mouse.move(2, 2)
    overlay = lab.settle().pixels()[0]
    lab.button("Side by side").click()
    lab.until_told(view="panels")
    lab.until(PANELS, "one panel a lane", 5)
    axes = surface_axes(lab.settle())
    assert len({tuple(span) for name, span in axes.items() if " x" in name}) == 1, "the panels share their axes"
    assert lab.pixels()[0] != overlay
    lab.button("3D").click()
    lab.until_told(view="3d")
    lab.until("(stage) => stage.querySelector('.ov-surface .js-plotly-plot canvas')?.checkVisibility()", "a 3D plot")
    assert lab.button("Start point").is_hidden(), "the start cannot be dragged in 3D"
    lab.until(INKED, "trails are drawn over the 3D surface")
    middle = lab.page.locator(".ov-surface").bounding_box()
    assert middle is not None
    x, y = middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2
    lab.page.mouse.move(x, y)
    lab.page.mouse.down()
    lab.page.mouse.move(x + 80, y + 20, steps=4)
    lab.page.mouse.up()
    lab.until_address("camera=")
    turned = lab.scenario.camera
    assert turned is not None, "the link has the side that it is seen from"
    the_wheel_leads_neither_into_the_middle_nor_out_of_sight(lab)
    lab.button("Overlay").click()
    lab.until_told(view="overlay", time=80)
    lab.page.mouse.move(2, 2)
    assert lab.settle().pixels()[0] == overlay, "back in the overlay, the picture is as it was"


def the_wheel_leads_neither_into_the_middle_nor_out_of_sight(lab: LabPage) -> None:
    """At the point that it looks at, the eye's matrices would be no numbers, and nothing would be drawn any more."""
    for turns, nearer in ((-5000, True), (9000, False)):
        before, shown = lab.scenario.camera, lab.page.evaluate(CAMERA)
        assert before is not None
        for _ in range(3):
            lab.page.mouse.wheel(0, turns)
        lab.until(f"(stage, shown) => {CAMERA} !== shown", "the address has another eye", shown)
        now = lab.settle().scenario.camera
        assert now is not None
        assert (math.hypot(*now) < math.hypot(*before)) == nearer
        lab.until(INKED, "trails are drawn over the 3D surface")


CAMERA = "new URLSearchParams(location.search).get('camera')"
PANELS = f"(stage, count) => stage.querySelectorAll('{FLAT} [data-axis^=xaxis]').length === count"
INKED = """(stage) => {
  const canvas = stage.querySelector(".ov-surface > canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Uint32Array(data.buffer).some(Boolean);
}"""


def side_by_side_has_one_panel_for_each_lane_in_sight(lab: LabPage) -> None:
    lab.button("Hide AdaGrad").click()
    lab.button("Side by side").click()
    lab.until(PANELS, "four panels", 4)
    lab.button("Show AdaGrad").click()
    lab.until(PANELS, "five again", 5)
    lab.button("Overlay").click()
    lab.until_told(view="overlay", pending="false")
    lab.settle()


def zoom_in_out_and_back(lab: LabPage) -> None:
    whole = surface_axes(lab)
    lab.button("Zoom in").click()
    lab.until_address("zoom=")
    near = surface_axes(lab.settle())
    assert all(near[name][0] > span[0] and near[name][1] < span[1] for name, span in whole.items()), (whole, near)
    lab.button("Zoom out").click()
    lab.settle()
    lab.button("Reset zoom").click()
    lab.until("() => !location.search.includes('zoom=')", "the whole domain again")
    assert surface_axes(lab.settle()) == whole
    assert lab.time == 80


def wheel_and_pan_move_the_view_and_not_the_start(lab: LabPage) -> None:
    mouse = lab.page.mouse
    mouse.move(*place(lab, 1, 0.5))
    mouse.wheel(0, -300)
    lab.until_address("zoom=")
    wheeled = surface_axes(lab.settle())
    assert wheeled["ov-surface xaxis"][1] - wheeled["ov-surface xaxis"][0] < 20
    mouse.down()
    mouse.move(*place(lab, 1.8, 0.2), steps=8)
    mouse.up()
    lab.until(
        f"(stage, before) => ({AXIS})(stage.querySelector('{FLAT}'), 'xaxis').range[0] < before",
        "the view follows the hand",
        wheeled["ov-surface xaxis"][0],
    )
    assert lab.settle().scenario.start == (-8.0, 1.0), "a pan is not a click"
    lab.button("Reset zoom").click()
    lab.until("() => !location.search.includes('zoom=')", "the whole domain again")


# ---- the landscape ---------------------------------------------------------------------------------------------------

COLOURS = f"""(stage, points) => {{
  const [canvas, plot] = [".ov-ground", "{FLAT}"].map((one) => stage.querySelector(one));
  const [xaxis, yaxis] = ["xaxis", "yaxis"].map((name) => ({AXIS})(plot, name));
  const ratio = canvas.width / canvas.getBoundingClientRect().width;
  const pixel = (axis, value) => Math.round(axis.at(value) * ratio);
  return points.map(([x, y]) => [...canvas.getContext("2d").getImageData(pixel(xaxis, x), pixel(yaxis, y), 1, 1).data]);
}}"""


def lightness(lab: LabPage, *points: tuple[float, float]) -> list[int]:
    """Return red + green + blue of the ground at points of the surface; -1 where nothing is drawn."""
    stage = "document.querySelector('[data-testid=stage]')"
    colours = lab.page.evaluate(f"(points) => ({COLOURS})({stage}, points)", points)
    return [sum(colour[:3]) if colour[3] else -1 for colour in colours]


def one_scale_for_both_axes_unless_filled_and_the_link_says_so(lab: LabPage) -> None:
    unit = f"""(stage) => {{
      const axes = ["xaxis", "yaxis"].map((name) => ({AXIS})(stage.querySelector("{FLAT}"), name));
      const [x, y] = axes.map(({{ length, range }}) => length / (range[1] - range[0]));
      return Math.abs(x / y - 1)"""
    lab.until(f"{unit} < 0.01; }}", "a unit is as long in x as in y")
    floor, wall, corner = lightness(lab, (1.5, 0), (1.5, 4), (-8.9, -5))
    assert 0 <= floor < wall < corner, "the floor is dark, the walls pale, and the picture is whole to its corners"
    expect(lab.page.locator(".ov-stretched")).to_have_text("", use_inner_text=True)
    lab.button("Fill").click()
    lab.until_address("axes=fill")
    lab.until(f"{unit} > 0.5; }}", "y is stretched")
    (x0, x1), (y0, y1) = lab.scenario.domain
    assert list(surface_axes(lab).values()) == [[x0, x1], [y0, y1]]
    assert re.fullmatch(r"y stretched [2-9](\.\d)?×", lab.page.locator(".ov-stretched").inner_text())
    lab.button("Equal scale").click()
    lab.until("() => !location.search.includes('axes=')", "the usual scale is not written")
    lab.until(f"{unit} < 0.01; }}", "one scale again")


def what_is_undefined_is_hatched_and_said(lab: LabPage) -> None:
    expect(lab.page.locator(".ov-hatched")).to_have_text("the loss is undefined here", use_inner_text=True)
    row = lightness(lab, *((-1.5 + k / 50, 0.31) for k in range(10)))
    assert len(set(row)) > 1, "strokes on a plain ground"
    lab.type("Formula", "log(-1 - x**2)")
    lab.until(
        "(stage) => stage.querySelector('.ov-hatched').textContent.includes('everywhere')",
        "undefined everywhere is said",
    )
    assert lab.page.locator(".ov-heights").is_hidden()
    lab.type("Formula", "x**2 + y**2")
    lab.page.locator(".ov-hatched").wait_for(state="hidden")


READING = """(stage) => {
  const reading = stage.querySelector(".ov-ground-reading:not([hidden])");
  return reading !== null && reading.textContent.includes("loss about");
}"""


def the_pointer_reads_about_how_high_the_ground_is(lab: LabPage) -> None:
    valley, mouse = lab.scenario.surface_object(), lab.page.mouse
    reading = lab.page.locator(".ov-ground-reading")
    for x, y in ((1.0, 1.5), (-4.0, 0.3), (-6.0, -1.0)):
        mouse.move(*place(lab, x, y))
        lab.until(READING, "the loss under the pointer is said")
        loss, px, py = numbers(reading.inner_text())
        assert (px, py) == (pytest.approx(x, abs=0.02), pytest.approx(y, abs=0.02))
        assert loss == pytest.approx(float(valley.loss(px, py)), rel=0.08)
    mouse.down()
    assert reading.is_hidden(), "nothing stands in the way of a drag"
    mouse.up()
    lab.button("Zoom in").hover()
    assert reading.is_hidden()


def detail_finer_than_the_picture_is_said_in_words(lab: LabPage) -> None:
    words = "(stage, said) => [...stage.querySelectorAll('.ov-ground-bar [role=status]')].some("
    words += "(one) => one.checkVisibility() && one.textContent.includes('not resolved at this zoom')) === said"
    lab.type("Formula", "sin(1000*x) + y**2")
    lab.until(words, "the flat picture says that it is too coarse", True)
    lab.button("3D").click()
    lab.until_told(view="3d")
    lab.until(words, "so does the picture in 3D", True)
    lab.type("Formula", "sin(48*x) + 0.1*y")
    lab.until_address("sin(48*x)")
    lab.until(words, "waves that only the flat picture resolves", True)
    lab.button("Overlay").click()
    lab.until_told(view="overlay")
    lab.until(words, "and that it resolves", False)


# ---- the start point -------------------------------------------------------------------------------------------------


def test_the_start_and_the_runs_settings(open_lab: OpenLab, subtests: pytest.Subtests) -> None:
    lab = open_lab("lane=sgd,lr=0.01&lane=adam,lr=0.15&show=1&time=20").settle()
    parts = (
        a_bad_start_is_named_at_its_field,
        a_click_on_the_surface_sets_the_start,
        the_start_can_be_dragged,
        arrow_keys_move_the_start,
        steps_noise_and_seed,
    )
    for part in parts:
        with subtests.test(part.__name__):
            part(lab)


def undo(lab: LabPage) -> None:
    """Take back the one change of the start that was made."""
    lab.button("Undo").click()
    lab.until_address("start=-8,1")
    lab.until_told(pending="false", time=20)
    lab.settle()


def a_click_on_the_surface_sets_the_start(lab: LabPage) -> None:
    lab.page.mouse.click(*place(lab, 1.5, -1.2))
    lab.until("() => !location.search.includes('start=-8,1')", "the start is no longer where it was")
    x, y = lab.settle().scenario.start
    assert (abs(x - 1.5) < 0.1, abs(y + 1.2) < 0.1) == (True, True), (x, y)
    assert start_of(lab) == [x, y]
    assert_arithmetic(lab, shown_run(lab.scenario), 20)
    undo(lab)


def the_start_can_be_dragged(lab: LabPage) -> None:
    mouse = lab.page.mouse
    before = lab.pixels()[0]
    mouse.move(*place(lab, -8, 1))
    mouse.down()
    mouse.move(*place(lab, -2, -0.5), steps=12)
    lab.until(
        "(stage) => Math.abs(parseFloat(stage.querySelector('[aria-label=\"Start x, y\"]').value) + 2) < 0.2", "-2"
    )
    lab.until_told(pending="false")
    assert lab.pixels()[0] != before, "nothing was repainted during the drag"
    mouse.up()
    x, y = lab.settle().scenario.start
    assert (abs(x + 2) < 0.1, abs(y + 0.5) < 0.1) == (True, True), (x, y)
    assert lab.time == 20
    assert_arithmetic(lab, shown_run(lab.scenario), 20)
    undo(lab)


def arrow_keys_move_the_start(lab: LabPage) -> None:
    lab.button("Start point").focus()
    lab.page.keyboard.press("ArrowRight")
    lab.page.keyboard.press("Shift+ArrowUp")
    lab.until("() => !/start=-8,1(&|$)/.test(decodeURIComponent(location.search))", "the start moved")
    x, y = lab.settle().scenario.start
    assert -8 < x < -7.5, x
    assert 1 < y < 2, y
    assert lab.time == 20, "arrows on the start point leave the clock alone"


def a_bad_start_is_named_at_its_field(lab: LabPage) -> None:
    before = lab.frame()
    for text in ("1e9, 0", "a, b", "1", "1, 2, 3", ""):
        lab.type("Start x, y", text)
        problem = lab.problem("Start x, y")
        problem.wait_for()
        assert "start" in (problem.text_content() or "")
        assert_same_frame(before, lab.settle().frame())
        lab.type("Start x, y", "-8, 1")
        problem.wait_for(state="hidden")


def steps_noise_and_seed(lab: LabPage) -> None:
    for field, bad, good, part in (
        ("Steps", "20001", "120", "steps=120"),
        ("Gradient noise", "-1", "0.25", "noise=0.25"),
        ("Seed", "1.5", "9", "seed=9"),
    ):
        lab.type(field, bad)
        lab.problem(field).wait_for()
        lab.type(field, good)
        lab.until_address(part)
        lab.problem(field).wait_for(state="hidden")
    lab.until_told(pending="false", steps=120, time=20)
    assert_arithmetic(lab, shown_run(lab.settle().scenario), 20)


# ---- formulas and parameters -----------------------------------------------------------------------------------------


FORMULA = "surface=formula&formula=log(x)%2By**2&domain=-2,2,-2,2&start=1,1&lane=adam,lr=0.1&time=3"


def test_formulas_and_other_surfaces(open_lab: OpenLab, subtests: pytest.Subtests) -> None:
    lab = open_lab(FORMULA).settle()
    parts = (
        what_is_undefined_is_hatched_and_said,
        detail_finer_than_the_picture_is_said_in_words,
        the_domain_of_a_formula,
        a_formula_good_and_bad,
        another_surface_brings_its_start_and_its_whole_domain,
        k_and_batch_size_of_a_sparse_surface,
        a_picture_of_another_shape_is_whole_too,
    )
    for part in parts:
        with subtests.test(part.__name__):
            part(lab)


def choose_surface(lab: LabPage, label: str) -> None:
    lab.page.get_by_role("combobox", name="Surface", exact=True).select_option(label=label)


def a_formula_good_and_bad(lab: LabPage) -> None:
    choose_surface(lab, "Booth")
    lab.until_address("surface=booth")
    lab.seek(15)
    choose_surface(lab, "Your own formula")
    lab.until_address("surface=formula")
    lab.type("Formula", "x**2 + 3*y**2 + sin(x*y)")
    lab.until_address("formula=x**2")
    assert lab.settle().problem("Formula").is_hidden()
    assert_arithmetic(lab, shown_run(lab.scenario), 15)
    before = lab.frame()
    for bad in ("x**2 +", "x**2 + z", "__import__('os')", "9**9**9**9", "(" * 300, ""):
        lab.type("Formula", bad)
        lab.problem("Formula").wait_for()
        assert (lab.problem("Formula").text_content() or "").strip()
        expect(lab.entry("Formula"), "what was typed stays, to be mended").to_have_value(bad)
        assert_same_frame(before, lab.settle().frame())
        lab.type("Formula", "x**2 + 3*y**2 + sin(x*y)")
        lab.problem("Formula").wait_for(state="hidden")


def the_domain_of_a_formula(lab: LabPage) -> None:
    lab.button("Fill").click()
    lab.until_address("axes=fill")
    lab.type("Domain", "-3, 3, -2, 2")
    lab.until_address("domain=-3,3,-2,2")
    assert list(surface_axes(lab.settle()).values()) == [[-3, 3], [-2, 2]]
    lab.type("Domain", "3, -3, 0, 1")
    lab.problem("Domain").wait_for()
    assert list(surface_axes(lab.settle()).values()) == [[-3, 3], [-2, 2]]


def k_and_batch_size_of_a_sparse_surface(lab: LabPage) -> None:
    choose_surface(lab, surfaces.get("sparse_least_squares").title)
    lab.until_address("surface=sparse_least_squares")
    lab.seek(30)
    k = lab.page.locator(".ov-parameters input")
    k.nth(0).fill("25")
    k.nth(0).press("Enter")
    lab.until_address("k=25")
    k.nth(1).fill("4")
    k.nth(1).press("Enter")
    lab.until_address("batch_size=4")
    assert dict(lab.settle().scenario.parameters) == {"k": 25, "batch_size": 4}
    assert_arithmetic(lab, shown_run(lab.scenario), 30)
    k.nth(0).fill("0")
    k.nth(0).press("Enter")
    lab.page.locator(".ov-parameters [role=alert]").first.wait_for()
    assert dict(lab.settle().scenario.parameters) == {"k": 25, "batch_size": 4}


def another_surface_brings_its_start_and_its_whole_domain(lab: LabPage) -> None:
    lab.button("Zoom in").click()
    lab.until_address("zoom=")
    lab.seek(12)
    choose_surface(lab, "Beale")
    lab.until_address("surface=beale")
    lab.until_told(pending="false")
    scenario = lab.settle().scenario
    assert scenario.zoom is None
    assert scenario.start == scenario.surface_object().start
    (x0, x1), (y0, y1) = scenario.domain
    assert list(surface_axes(lab).values()) == [[x0, x1], [y0, y1]]
    assert_arithmetic(lab, shown_run(scenario), 12)


def a_picture_of_another_shape_is_whole_too(lab: LabPage) -> None:
    """The first answer fits usual shapes; a narrow panel shows more, and its grid is fetched."""
    choose_surface(lab, "Rosenbrock")
    lab.until_address("surface=rosenbrock")
    lab.settle()
    lab.page.set_viewport_size({"width": 1600, "height": 520})
    lab.until(
        f"(stage) => {{ const {{ range }} = ({AXIS})(stage.querySelector('{FLAT}'), 'xaxis'); "
        f"const at = 0.49 * (range[1] - range[0]); const [a, b] = ({COLOURS})(stage, [[-at, 1], [at, 1]]); "
        "return a[3] > 0 && b[3] > 0; }",
        "the ground reaches both sides",
    )
    lab.page.set_viewport_size({"width": 1440, "height": 900})
