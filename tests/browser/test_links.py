"""A link is a run: copied, reloaded, saved, or mistyped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optim_viz.scenario import Scenario
from tests.browser.conftest import NewPage, OpenLab
from tests.browser.lab_page import LabPage, assert_same_frame

RICH = (
    "surface=sparse_least_squares&k=7&batch_size=2&start=0.30000000000000004,-1.25&steps=90&noise=0.1&seed=4294967295"
    "&lane=rmsprop,lr=0.0123456789,centered=true&lane=adam,lr=0.05,colour=6,marker=star&lane=sgd,lr=0.01,hidden"
    "&view=panels&speed=0.25&show=1&time=77"
)
# Each opens the lab once, so two faults that have nothing to do with each other share a link. That every single one is
# reported is held by tests/scenario.
HOSTILE = {
    "code, numbers that are none": "surface=__import__('os').system('id')"
    "&start=nan,inf&noise=NaN&seed=-1&steps=1e400&speed=1e9&zoom=1,1,1,1",
    "formula with code, no lanes": "surface=formula&formula=__import__('os').system('id')&lane=&view=4d&lane=,,,",
    "formula that explodes, too many lanes": "surface=formula&formula=9**9**9**9&" + "&".join(["lane=adam"] * 60),
    "formula of parentheses, numbers out of range": "surface=formula&formula="
    + "(" * 2000
    + "&start=1e300,0&steps=999999999&noise=101&seed=99999999999&show=99&time=-5",
    "formula without values, impossible hyperparameters": "surface=formula&formula=log(-1-x**2)&domain=1,1,1,1"
    "&lane=adam,beta1=1,lr=0&lane=sgd,lr=-1&lane=momentum,lr=inf,what=3",
    "markup, a long value": "surface=<img src=x onerror=window.hacked=1>&lane=<script>window.hacked=1</script>"
    "&seed=" + "9" * 6000,
    "broken escapes, unknown keys": "surface=%00%FF%FE&formula=%F0%28%8C%28&%ZZ=%ZZ&start=%E2%82"
    "&__proto__=1&constructor=2&k=5&view=overlay&view=3d",
}


def test_a_bad_link_gives_a_valid_lab_and_a_warning(open_lab: OpenLab, subtests: pytest.Subtests) -> None:
    for name, query in HOSTILE.items():
        with subtests.test(name):
            lab = open_lab(query)
            lab.until(
                "() => [...document.querySelectorAll('.ov-stage :is([role=status], [role=alert])')].some("
                "(one) => one.checkVisibility() && one.textContent.trim() !== '')",
                "a visible warning",
            )
            text = lab.page.locator("body").inner_text()
            for word in ("Traceback", "Exception", 'File "', "could not be drawn", "fault in the lab"):
                assert word not in text, f"the page shows {word!r}:\n{text[:2000]}"
            assert lab.page.evaluate("typeof window.hacked") == "undefined", "text from the link ran as code"
            lab.seek(3)
            assert len(lab.arithmetic()["θ"][0]) == 3, "the lab works"


def test_a_copied_link_opens_the_same_frame_in_a_fresh_browser(open_lab: OpenLab, new_page: NewPage) -> None:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    lab = open_lab("surface=himmelblau&steps=80&seed=3&noise=0.5", page=page).settle()
    lab.button("Copy link").click()
    lab.until_told(playing="false")
    lab.until("() => document.body.textContent.includes('Link copied')", "the page says that the link was copied")
    link = page.evaluate("navigator.clipboard.readText()")
    other = LabPage(new_page())
    other.page.goto(link)
    assert_same_frame(lab.settle().frame(), other.until_opened().settle().frame())


def test_a_rich_link(open_lab: OpenLab, new_page: NewPage, tmp_path: Path, subtests: pytest.Subtests) -> None:
    lab = open_lab(RICH).settle()
    with subtests.test("a saved file opens as the same frame"):
        a_saved_file_opens_as_the_same_frame(lab, open_lab("lane=adam&time=0", page=new_page()).settle(), tmp_path)
    with subtests.test("every control is in the link exactly"):
        every_control_is_in_the_link_exactly(lab)
    with subtests.test("a reload keeps the frame"):
        a_reload_keeps_the_frame(lab)


def every_control_is_in_the_link_exactly(lab: LabPage) -> None:
    """What a rich link says is what the lab writes back after it has been opened and touched."""
    lab.button("Step forward").click()
    lab.until_address("time=78")
    wanted, problems = Scenario.from_url(RICH.replace("time=77", "time=78"))
    assert not problems
    assert lab.scenario == wanted


def a_reload_keeps_the_frame(lab: LabPage) -> None:
    lab.seek(41)
    lab.until_address("time=41")
    before = lab.settle().frame()
    lab.page.reload()
    assert_same_frame(before, lab.until_opened().settle().frame())


def a_saved_file_opens_as_the_same_frame(lab: LabPage, other: LabPage, folder: Path) -> None:
    lab.page.get_by_label("More", exact=True).click()
    with lab.page.expect_download() as download:
        lab.button("Save scenario as JSON").click()
    file = folder / "scenario.json"
    download.value.save_as(file)
    lab.page.keyboard.press("Escape")
    scenario, problems = Scenario.from_json(file.read_text(encoding="utf-8"))
    assert not problems
    assert (scenario.lanes, scenario.time) == (lab.scenario.lanes, 77)
    choose(other, file)
    other.until_told(time=77, view="panels", lanes=3)
    assert_same_frame(lab.frame(), other.settle().frame())


def choose(lab: LabPage, file: Path) -> None:
    lab.page.locator(".ov-scenarios").evaluate("(menu) => { menu.open = true; }")  # it stays open after a bad file
    with lab.page.expect_file_chooser() as chooser:
        lab.button("Open a file").click()
    chooser.value.set_files(file)


def test_what_fails_is_told_and_the_first_scenario_is_a_click_away(
    open_lab: OpenLab, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    lab = open_lab("surface=beale&lane=adam&time=9").settle()
    with subtests.test("a bad file is named and the picture stays"):
        a_bad_file_is_named_and_the_picture_stays(lab, tmp_path / "scenario.json")
    with subtests.test("a refused clipboard shows the text to copy by hand"):
        lab.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')); }")
        lab.button("Copy link").click()
        field = lab.entry("Copy this")
        field.wait_for()
        assert "time=9" in field.input_value()
        lab.page.keyboard.press("Escape")
    with subtests.test("back to the first scenario"):
        lab.page.get_by_label("More", exact=True).click()
        lab.button("Back to the first scenario").click()
        lab.until_told(lanes=5, playing="true", seconds=30)


def a_bad_file_is_named_and_the_picture_stays(lab: LabPage, file: Path) -> None:
    before = lab.frame()
    for content, message in (
        ("not json at all {", "not JSON"),
        ("[1, 2, 3]", "no scenario"),
        (json.dumps({"lanes": 7}), "no scenario"),
        (json.dumps({"lanes": [], "steps": 1e9}), "steps"),
    ):
        file.write_text(content, encoding="utf-8")
        choose(lab, file)
        lab.until(
            "(stage, message) => [...stage.querySelectorAll('[role=status], [role=alert]')].some("
            "(one) => one.checkVisibility() && one.textContent.includes(message))",
            f"a message that holds {message!r} for the file {content!r}",
            message,
        )
        after = lab.settle().frame()
        assert (before["time"], before["arithmetic"]) == (after["time"], after["arithmetic"]), content
        assert lab.told("lanes") == "1"
    lab.page.keyboard.press("Escape")
