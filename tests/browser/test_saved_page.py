"""The lab as a page in one file: from disk, with the network off, it shows the lab's numbers and can be dragged."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from optim_viz.saved_page import handout
from tests.browser.adam_numbers import assert_arithmetic, shown_run
from tests.browser.conftest import NewPage, OpenLab
from tests.browser.in_page import AXIS, FLAT
from tests.browser.lab_page import LabPage

QUERY = "steps=300&lane=sgd,lr=0.018&lane=adam,lr=0.1,beta2=0.97&show=1&time=57"


def test_the_lab_as_a_page(open_lab: OpenLab, new_page: NewPage, tmp_path: Path, subtests: pytest.Subtests) -> None:
    lab = open_lab(QUERY).settle()
    lab.page.get_by_label("More", exact=True).click()
    lab.button("Save as a page").click()
    dialog = lab.page.get_by_role("dialog", name="Save as a page")
    dialog.get_by_text("optim_viz_narrow_valley.html").wait_for()
    with lab.page.expect_download() as download:
        dialog.get_by_role("button", name="Save the page", exact=True).click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert lab.page.url.split("?")[0] in file.read_text(encoding="utf-8"), "the page leads back to where it was saved"
    page = new_page(kept=False, offline=True)
    page.goto(file.as_uri())
    saved = LabPage(page).until_opened()
    saved.until_told(pending="false")
    with subtests.test("a handout in a frame of another page"):
        a_handout_opens_in_a_frame_of_another_page(new_page(kept=False, offline=True), tmp_path)
    parts = (
        it_shows_the_numbers_of_the_lab,
        its_axes_are_the_labs,
        it_zooms_and_pans,
        a_slider_shows_the_run_at_each_stop,
        one_change_a_lane_is_inside,
        what_is_not_inside_is_said,
        copied_words_are_as_long_as_those_on_screen,
        it_plays,
    )
    for part in parts:
        with subtests.test(part.__name__):
            part(saved, lab)
    with subtests.test("3D, with plotly.js inside"):
        plotly_brings_3d(lab, new_page(kept=False, offline=True), tmp_path)


def it_shows_the_numbers_of_the_lab(saved: LabPage, lab: LabPage) -> None:
    for step in (57, 1, 300):
        for one in (lab, saved):
            one.seek(step)
        assert saved.arithmetic() == lab.arithmetic()
        board = [one.page.get_by_role("table", name="Scoreboard").inner_text() for one in (lab, saved)]
        assert board[0].replace("Pin", "").replace("Cloud", "").split() == board[1].split()


WORDS = """(lab) => [...document.querySelectorAll(".ov-curves .ov-plot svg text")]
  .map((text) => text.textContent.replaceAll("\u200b", "")).filter(Boolean).sort()"""
SEEN = f"""() => {{
  const [x, y] = ["xaxis", "yaxis"].map((name) => ({AXIS})(document.querySelector("{FLAT}"), name));
  return [...x.range, ...y.range, x.offset, y.offset, x.length, y.length];
}}"""


def its_axes_are_the_labs(saved: LabPage, lab: LabPage) -> None:
    assert len(saved.page.evaluate(WORDS)) > 20
    assert saved.page.evaluate(WORDS) == lab.page.evaluate(WORDS)
    expect(saved.button("3D")).to_be_hidden()
    expect(lab.button("3D")).to_be_visible()


def it_zooms_and_pans(saved: LabPage, lab: LabPage) -> None:
    x0, x1, y0, y1, left, top, width, height = whole = saved.page.evaluate(SEEN)
    box = saved.page.locator(FLAT).bounding_box()
    assert box is not None
    at = (round(box["x"] + left + width * 0.25), round(box["y"] + top + height * 0.25))
    share = ((at[0] - box["x"] - left) / width, 1 - (at[1] - box["y"] - top) / height)
    saved.page.mouse.move(*at)
    saved.page.mouse.wheel(0, -100)
    saved.until_told(pending="false")
    near = saved.page.evaluate(SEEN)
    closer = math.exp(-0.1)  # as plotly.js has it
    held = (x0 + share[0] * (x1 - x0), y0 + share[1] * (y1 - y0))
    wanted = [held[0] + (x - held[0]) * closer for x in (x0, x1)] + [held[1] + (y - held[1]) * closer for y in (y0, y1)]
    assert near[:4] == pytest.approx(wanted, rel=1e-6)
    saved.page.mouse.down()
    saved.page.mouse.move(at[0] + 30, at[1] + 20)
    saved.page.mouse.move(at[0] + 60, at[1] + 40)
    saved.page.mouse.up()
    far = saved.page.evaluate(SEEN)
    across, up = (near[1] - near[0]) / width * 60, (near[3] - near[2]) / height * 40
    wanted = [near[0] - across, near[1] - across, near[2] + up, near[3] + up]
    assert far[:4] == pytest.approx(wanted, rel=1e-6)
    saved.page.mouse.dblclick(*at)
    saved.until(
        f"(_, whole) => ({SEEN})().every((value, i) => Math.abs(value - whole[i]) < 1e-9)", "all is seen", whole
    )
    saved.until_told(pending="false")


def plotly_brings_3d(lab: LabPage, page: Page, folder: Path) -> None:
    lab.page.get_by_label("More", exact=True).click()
    lab.button("Save as a page").click()
    dialog = lab.page.get_by_role("dialog", name="Save as a page")
    dialog.get_by_label("with the runs at every stop").uncheck()
    dialog.get_by_label("with 3D").check()
    dialog.get_by_text(re.compile(r"html: 2\.\d MB")).wait_for()
    with lab.page.expect_download() as download:
        dialog.get_by_role("button", name="Save the page", exact=True).click()
    download.value.save_as(folder / "solid.html")
    page.goto((folder / "solid.html").as_uri())
    solid = LabPage(page).until_opened()
    solid.button("3D").click()
    solid.until("(stage) => stage.querySelector('.ov-surface .js-plotly-plot canvas')?.checkVisibility()", "a 3D plot")


def a_slider_shows_the_run_at_each_stop(saved: LabPage, lab: LabPage) -> None:
    slider = saved.slider("Adam beta2")
    saved.seek(57)
    for key in ("ArrowRight", "ArrowRight", "PageUp"):
        before = slider.get_attribute("aria-valuetext") or ""
        slider.press(key)
        expect(slider).not_to_have_attribute("aria-valuetext", before)
        saved.until_told(pending="false")
        beta2 = float(slider.get_attribute("aria-valuetext") or "nan")
        assert beta2 != 0.97
        assert_arithmetic(saved, shown_run(lab.scenario, beta2=beta2), 57)
    link = saved.page.get_by_role("link", name="Open it in the full lab")
    saved.until(
        "(_, value) => document.querySelector('.ov-inside a').href.includes(value)",
        "the link follows",
        f"{beta2:g}"[:6],
    )
    assert str(link.get_attribute("href")).startswith(lab.page.url.split("?")[0])


def one_change_a_lane_is_inside(saved: LabPage, lab: LabPage) -> None:
    saved.slider("Adam lr").press("ArrowRight")
    saved.page.get_by_text("This page holds one change a lane: beta2 went back to 0.97.").wait_for()
    lr = float(saved.slider("Adam lr").get_attribute("aria-valuetext") or "nan")
    assert lr > 0.1
    assert_arithmetic(saved, shown_run(lab.scenario, lr=lr), 57)


def what_is_not_inside_is_said(saved: LabPage, lab: LabPage) -> None:
    before = saved.arithmetic()
    box = saved.page.locator(".ov-surface").bounding_box()
    assert box is not None
    saved.page.mouse.click(box["x"] + box["width"] / 3, box["y"] + box["height"] / 4)
    saved.page.get_by_text("This page does not hold another start; the full lab does.").wait_for()
    saved.seek(57)
    assert saved.arithmetic() == before
    for gone in ("Save data", "Add an optimizer", "Stories"):
        expect(saved.button(gone)).to_be_hidden()


COPIED = """async () => {
  const drawn = new Map(), { fillText } = CanvasRenderingContext2D.prototype;
  navigator.clipboard.write = ([item]) => item.getType("image/png");
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    if (this.canvas.isConnected === false) drawn.set(text, this.measureText(text).width);
    return fillText.call(this, text, ...rest);
  };
  const more = [...document.querySelectorAll("button")].find((one) => one.textContent === "Copy picture");
  more.click();
  CanvasRenderingContext2D.prototype.fillText = fillText;
  const shown = [...document.querySelectorAll(".ov-curves svg tspan:first-child")];
  return shown.map((one) => [drawn.get(one.textContent) ?? 0, one.getComputedTextLength()]);
}"""


def copied_words_are_as_long_as_those_on_screen(saved: LabPage, lab: LabPage) -> None:
    lengths = saved.page.evaluate(COPIED)
    assert len(lengths) >= 4
    for copied, shown in lengths:
        assert copied == pytest.approx(shown, rel=0.01)


def it_plays(saved: LabPage, lab: LabPage) -> None:
    saved.seek(0)
    saved.button("Play").click()
    saved.until("(stage) => Number(stage.dataset.time) > 3", "it plays")


def a_handout_opens_in_a_frame_of_another_page(page: Page, folder: Path) -> None:
    text = f"# One valley\n\nTwice.\n\n?surface=narrow_valley&{QUERY}\n\n?surface=booth&{QUERY}&start=0,0"
    (folder / "handout.html").write_text(handout([text]).html, encoding="utf-8")
    course = folder / "course.html"
    course.write_text('<iframe sandbox="allow-scripts" src="handout.html" width="1300" height="400"></iframe>')
    page.goto(course.as_uri())
    inside = page.frame_locator("iframe")
    first, second = inside.locator("figure").nth(0), inside.locator("figure").nth(1)
    expect(inside.get_by_role("heading", name="One valley")).to_be_visible()
    expect(first.frame_locator("iframe").get_by_test_id("stage")).to_have_attribute("data-time", "57")
    expect(second.locator("iframe")).to_have_count(0)  # it begins when it is seen
    second.scroll_into_view_if_needed()
    expect(second.frame_locator("iframe").get_by_test_id("stage")).to_have_attribute("data-time", "57")
    expect(first.locator("svg.still")).to_be_hidden()
    page.emulate_media(media="print")
    expect(first.locator("svg.still")).to_be_visible()
    expect(first.locator("iframe")).to_be_hidden()
    expect(first.get_by_text("?surface=narrow_valley&start=")).to_be_visible()
