"""`optim-viz app --data FILE --optimizer PACKAGE.MODULE:CLASS`, as a person types it in a folder of their own."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import optim_viz
from optim_viz import outside, surfaces
from tests.browser.conftest import SERVER_GONE
from tests.browser.lab_page import LabPage
from tests.browser.lab_server import ROOT, LabServer

OWN = '''
import torch


class Halving(torch.optim.Optimizer):
    """Gradient descent that remembers half of each step."""

    def __init__(self, params, lr=0.01):
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                half = self.state[p].setdefault("half", torch.zeros_like(p))
                half.mul_(0.5).add_(p.grad, alpha=0.5)
                p.sub_(half, alpha=group["lr"])
'''
HEIGHTS = "age,height\n1,2.1\n2,3.9\n3,6.2\n4,8.1\n5,9.8\n"


class CommandServer(LabServer):
    """The command, started in a folder that holds a table and a module."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "server.txt", runner=("-m", "optim_viz"))
        (folder / "own_steps.py").write_text(OWN, encoding="utf-8")
        (folder / "heights.csv").write_text(HEIGHTS, encoding="utf-8")
        self.command = [*self.command[:-2], "app", "--data", "heights.csv", "--optimizer", "own_steps:Halving"]
        self.cwd = folder
        self.environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPTIM_VIZ_HOME": str(folder / "home")}


def path_end(lab: LabPage) -> list[float]:
    """Return where the chosen lane stands, as the arithmetic tells it."""
    x, y = lab.arithmetic()["θ after"]
    return [*x, *y]


def test_a_table_and_a_class_of_ones_own(
    tmp_path: Path, page: Page, allowed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fit is the ground, the class a lane; it plays, a drag gives another path, and the numbers are saved."""
    allowed.extend(SERVER_GONE)
    with CommandServer(tmp_path) as server:
        page.goto(f"{server.url}/?surface=heights&steps=30&lane=own_steps:Halving,lr=0.01&plots=loss,state.half")
        lab = LabPage(page).until_opened()
        assert "heights.csv, 5 rows. In the lab: surface=heights" in server.log.read_text(encoding="utf-8")
        lab.until("(stage) => Number(stage.dataset.time) >= 2", "it plays")
        expect(page.get_by_role("combobox", name="Surface", exact=True)).to_have_value("heights")
        lab.until("(stage) => stage.querySelector('.ov-card > .ov-note').hidden", "the class runs", seconds=120)
        lab.seek(30)
        before = path_end(lab)
        page.mouse.move(*lab.grip("Halving lr"))
        lab.until_told(pending="false", waiting="0", seconds=120)
        page.mouse.down()
        page.mouse.move(*lab.grip("Halving lr", 0.3), steps=4)
        lab.until("({dataset}) => (dataset.stop ?? '').startsWith('Halving:lr:')", "the drag is painted")
        assert path_end(lab) != before
        page.mouse.up()
        lab.until_told(pending="false")
        lab.until("(stage) => stage.querySelector('.ov-card > .ov-note').hidden", "the new run is here", seconds=120)
        lr = float(lab.slider("Halving lr").get_attribute("aria-valuetext") or "nan")
        assert lr != 0.01
        lab.until_address(f"lane=own_steps:Halving,lr={lr!r}")
        page.locator(".ov-menu summary", has_text="More").click()
        with page.expect_download() as saved:
            lab.button("Save data").click()
            lab.button("Save the file").click()
        rows = list(csv.DictReader(saved.value.path().read_text(encoding="utf-8").splitlines()))

    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv(outside.VARIABLE, "own_steps:Halving")
    surface = surfaces.from_csv(tmp_path / "heights.csv")
    run = optim_viz.rollout(surface, "own_steps:Halving", lr=lr, steps=30)
    assert [row["lane"] for row in rows] == ["Halving"] * 31
    for name, values in {"x": run.theta[:, 0], "y": run.theta[:, 1], "loss": run.loss}.items():
        np.testing.assert_allclose([float(row[name]) for row in rows], values, rtol=1e-15)
    assert rows[0]["half_x"] == ""
    np.testing.assert_allclose([float(row["half_y"]) for row in rows[1:]], run.state["half"][:, 1], rtol=1e-15)
