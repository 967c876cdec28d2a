"""Odd text in fields, odd files and odd numbers: an answer in words, never an error on the page (new_page watches)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPage, OpenLab
from tests.browser.lab_page import LabPage
from tests.browser.test_links import choose

WELL = {"lanes": [{"optimizer": "adam"}]}
FILES: dict[str, dict[str, object]] = {
    "start is text": {**WELL, "start": "over there"},
    "start is nothing": {**WELL, "start": None},
    "start is half": {**WELL, "start": [1]},
    "zoom is malformed": {**WELL, "zoom": [[1], "x"]},
    "domain is malformed": {**WELL, "surface": "formula", "formula": "x*y", "domain": 7},
    "a colour that is none": {"lanes": [{"optimizer": "adam", "colour": 99, "marker": "cat"}]},
    "settings of anything": {"lanes": [{"optimizer": "adam", "hyperparameters": [], "visible": "maybe"}]},
    "plots of anything": {**WELL, "plots": [[], {}, 5]},
    "many unknown keys": {**WELL, **{f"k{n}": 1 for n in range(900)}},
}


def test_odd_files_leave_a_working_lab(open_lab: OpenLab, tmp_path: Path, subtests: pytest.Subtests) -> None:
    lab = open_lab("time=5&show=4").settle()
    file = tmp_path / "scenario.json"
    with subtests.test("a file of one lane opens without a word, though another lane was chosen"):
        chosen(lab, file, WELL)
        lab.until_told(lanes=1)
        expect(lab.settle().page.locator("div.ov-note")).to_be_hidden()
    for name, content in FILES.items():
        with subtests.test(name):
            chosen(lab, file, {"lanes": [{"optimizer": "sgd"}, {"optimizer": "momentum"}]})
            lab.until("({dataset}) => dataset.pending === 'false' && dataset.lanes === '2'", "two lanes are shown")
            chosen(lab, file, content)
            lab.until("({dataset}) => dataset.pending === 'false' && dataset.lanes === '1'", "the file's lane is shown")
            lab.settle()
            lab.seek(3)
            assert len(lab.arithmetic()["θ"][0]) == 3, "the lab works"
            assert lab.scenario.lanes[0].optimizer == "adam"
    with subtests.test("a longer scenario opens at its own step and speed"):
        chosen(lab, file, {**WELL, "steps": 100, "time": 50, "speed": 1})
        lab.until_told(steps=100, time=50, pending="false")
        chosen(lab, file, {**WELL, "steps": 900, "time": 700, "speed": 4})
        lab.until_told(steps=900, time=700)
        assert lab.settle().time == 700
        expect(lab.page.get_by_role("combobox", name="Speed", exact=True)).to_have_value("4")
        assert (lab.scenario.time, lab.scenario.speed) == (700, 4)


def chosen(lab: LabPage, file: Path, content: Mapping[str, object]) -> None:
    """Open a scenario from a file."""
    file.write_text(json.dumps(content), encoding="utf-8")
    choose(lab, file)


def test_unusable_text_is_answered_at_its_field(open_lab: OpenLab, subtests: pytest.Subtests) -> None:
    lab = open_lab("surface=formula&formula=x*y&steps=90&lane=adam&time=5")
    with subtests.test("a domain"):
        for text in ("-1,1", "somewhere", "", "1,2,3,4,5", "2,1,0,0", "<b>x</b>"):
            lab.type("Domain", text)
            expect(lab.problem("Domain")).to_contain_text("domain must be")
            lab.type("Domain", "-2,2,-1,1")
            expect(lab.problem("Domain")).to_have_count(0)
    with subtests.test("a number that is none"):
        for text in ("1,000", "0x10", "1e400", "ten"):
            lab.type("Steps", text)
            expect(lab.problem("Steps")).to_contain_text(text)
        assert lab.settle().told("steps") == "90"


EXTREMES = (
    "surface=formula&formula=1e-320*x",
    "surface=formula&formula=5&noise=1e-310",
    "surface=formula&formula=1e300*x**2",
    "surface=formula&formula=1e-300*(x**2%2By**2)&lane=adam&lane=sgd,lr=1e10",
    "surface=formula&formula=5",
)


def test_the_largest_and_smallest_numbers_are_drawn(open_lab: OpenLab, subtests: pytest.Subtests) -> None:
    for query in EXTREMES:
        with subtests.test(query):
            lab = open_lab(f"{query}&time=5").settle()
            lab.seek(9)
            lab.until_address("time=9")
            assert lab.scenario.formula, "the address that the lab writes is read back"
    lab.page.reload()
    lab.until_opened().settle()


def test_forty_unknown_values_leave_room_for_the_picture(open_lab: OpenLab, new_page: NewPage) -> None:
    query = "&".join(f"unknown{n}={n}" for n in range(40))
    lab = open_lab(f"{query}&time=5", page=new_page(width=1280, height=720)).settle()
    note = lab.page.locator("div.ov-note").bounding_box()
    picture = lab.page.locator(".ov-surface").first.bounding_box()
    assert note is not None
    assert note["height"] <= 100
    assert picture is not None
    assert picture["height"] >= 400
    lab.seek(7)
