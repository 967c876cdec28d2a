"""What is taken away from an open lab is what it shows, to the last digit: data in three formats, scripts, LaTeX."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from optim_viz import exports, tables
from tests.browser.adam_numbers import shown_run
from tests.browser.conftest import NewPage, OpenLab
from tests.browser.lab_page import LabPage

ROOT = Path(__file__).resolve().parents[2]
LINK = "surface=beale&steps=50&seed=3&noise=0.05&lane=adam,lr=0.1&lane=lion,lr=0.02&lane=sgd,lr=0.01&show=0&time=23"


def test_what_is_taken_away_is_what_is_shown(
    open_lab: OpenLab, new_page: NewPage, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    lab = open_lab(LINK, page=new_page(permissions=["clipboard-read", "clipboard-write"])).settle()
    parts = (
        the_files_hold_the_numbers_on_screen,
        the_scoreboard_is_saved_as_it_stands,
        the_pytorch_script_ends_where_the_lab_does,
        a_copied_script_and_latex_are_python_s_own,
        the_places_of_the_clouds_are_offered_once_there_are_some,
    )
    for part in parts:
        with subtests.test(part.__name__):
            part(lab, tmp_path)


def chosen(lab: LabPage, entry: str) -> Locator:
    lab.page.get_by_label("More", exact=True).click()
    lab.button(entry).click()
    return lab.page.get_by_role("dialog", name=entry)


def saved(lab: LabPage, what: str, form: str, folder: Path) -> tables.Table:
    dialog = chosen(lab, "Save data")
    dialog.get_by_role("radio", name=what).check()
    dialog.get_by_role("radio", name=form).check()
    with lab.page.expect_download() as download:
        dialog.get_by_role("button", name="Save the file", exact=True).click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    dialog.wait_for(state="hidden")
    return tables.read(file)


def the_files_hold_the_numbers_on_screen(lab: LabPage, folder: Path) -> None:
    lab.open_drawer("This step in numbers")
    table = lab.page.get_by_role("table", name="This step, in numbers")
    shown: dict[str, float] = {}
    for symbol, column in {"m = ": "m", "v̂ = ": "v_hat", "θ = ": "theta"}.items():
        row = table.get_by_role("row").filter(has=lab.page.get_by_role("rowheader", name=re.compile(f"^{symbol}")))
        for axis, cell in zip("xy", row.get_by_role("cell").all(), strict=True):
            cell.click()
            digits = lab.page.locator(".ov-digits").inner_text()
            shown[f"{column}_{axis}"] = float(digits.rpartition(" = ")[2].replace("−", "-"))
    run = shown_run(lab.scenario)
    found = [saved(lab, "Every step of the runs", form, folder) for form in ("CSV", "JSON", "Parquet")]
    for one in found:
        assert one == found[0]
        rows = one["lane"] == "Adam"
        at = {column.name.replace("theta_", ""): column.values[rows][23] for column in one.columns}
        for name, value in shown.items():
            assert at[name.removeprefix("theta_")] == value, name
        for name, values in {"x": run.theta[:, 0], "y": run.theta[:, 1], "loss": run.loss}.items():
            np.testing.assert_array_equal(one[name][rows], values)
        for name, values in run.state.items():
            np.testing.assert_array_equal(one[f"{name}_y"][rows][1:], values[:, 1])


def the_scoreboard_is_saved_as_it_stands(lab: LabPage, folder: Path) -> None:
    table = saved(lab, "The scoreboard, at step 23", "CSV", folder)
    board = lab.page.get_by_role("table", name="Scoreboard")
    for title, loss, distance in zip(table["lane"].tolist(), table["loss"], table["distance"], strict=True):
        cells = board.get_by_role("row").filter(has=lab.page.get_by_role("button", name=title)).get_by_role("cell")
        for place, value in ((0, loss), (1, distance)):
            cells.nth(place).hover()
            expect(cells.nth(place)).to_have_attribute("title", re.compile(".+"))
            assert float((cells.nth(place).get_attribute("title") or "").replace("−", "-")) == value


def the_pytorch_script_ends_where_the_lab_does(lab: LabPage, folder: Path) -> None:
    dialog = chosen(lab, "Copy script or LaTeX")
    dialog.get_by_role("radio", name="PyTorch").check()
    expect(dialog.get_by_role("textbox", name="Script")).to_have_value(re.compile("import torch"))
    with lab.page.expect_download() as download:
        dialog.get_by_role("button", name="Save as a file").click()
    file = folder / "script.py"
    download.value.save_as(file)
    dialog.get_by_role("button", name="Close").click()
    done = subprocess.run([sys.executable, file], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    found = re.findall(r"^(.+): step 50: x = (.+), y = (.+); from the lab: (.+)$", done.stdout, re.MULTILINE)
    assert [title for title, *_ in found] == ["Adam", "Lion", "SGD"]
    assert all(float(apart) < 1e-12 for *_, apart in found)
    run = shown_run(lab.scenario)
    assert [float(found[0][1]), float(found[0][2])] == pytest.approx(run.theta[-1].tolist(), abs=1e-12)


def a_copied_script_and_latex_are_python_s_own(lab: LabPage, folder: Path) -> None:
    dialog = chosen(lab, "Copy script or LaTeX")
    for title, name in (("optim_viz", "python"), ("LaTeX", "latex"), ("optax", "optax")):
        dialog.get_by_role("radio", name=title).check()
        text = exports.script(lab.scenario, name)
        expect(dialog.get_by_role("textbox", name="Script")).to_have_value(text)
        dialog.get_by_role("button", name="Copy", exact=True).click()
        dialog.get_by_text("Copied.").wait_for()
        assert lab.page.evaluate("navigator.clipboard.readText()") == text
    lab.page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    expect(lab.page.get_by_label("More", exact=True)).to_be_focused()


def the_places_of_the_clouds_are_offered_once_there_are_some(lab: LabPage, folder: Path) -> None:
    dialog = chosen(lab, "Save data")
    expect(dialog.get_by_role("radio", name="Every place of the clouds")).to_have_count(0)
    lab.page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    lab.button("Cloud").click()
    lab.until_address("cloud=")
    found = saved(lab, "Every place of the clouds", "CSV", folder)
    assert found == exports.clouds_table(lab.scenario)
    assert len(found) == 3 * 64 * 51
