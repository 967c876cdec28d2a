"""Outside optimizers in the lab: run by a process of their own, nearest stop first, refused in their lane."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optim_viz
from optim_viz import outside
from optim_viz.outside import Refused
from optim_viz.scenario import Scenario
from optim_viz.stage import outside_runs
from optim_viz.stage.answer import Kept, answer, opened
from optim_viz.stage.lane_run import RunSpec, run_specs
from optim_viz.stage.outside_lanes import standing_still
from optim_viz.stage.outside_runs import RUNS, OutsideRuns, Result
from tests.stage.decoder import channels, decode

LINK = (
    "surface=booth&start=0,0&steps=40&lane=pytorch_optimizer:Lion,lr=0.05&lane=torch.optim:SparseAdam&lane=sgd,lr=0.01"
    "&plots=loss,state.exp_avg"
)


@pytest.fixture(scope="module", autouse=True)
def no_process_stays() -> Iterator[None]:
    yield
    RUNS.close()


def asked(kept: Kept, **request: Any) -> tuple[dict[str, Any], dict[str, Any], Kept]:
    message, kept = answer({"seq": 1, "scenario": None, **request}, kept)
    return *decode(message), kept


def spec_of(optimizer: str, lr: float = 0.05) -> RunSpec:
    (spec,) = run_specs(Scenario.from_url(f"surface=booth&start=0,0&steps=40&lane={optimizer},lr={lr}")[0])
    return spec


def test_a_lane_runs_a_family_fills_and_a_refusal_is_told() -> None:
    kept = opened(LINK)
    assert not kept.problems
    assert kept.scenario.titles() == ("Lion", "SparseAdam", "SGD")
    assert "lane=pytorch_optimizer:Lion,lr=0.05" in kept.scenario.to_url()
    deadline = time.monotonic() + 120
    header, arrays, kept = asked(kept)
    first = header["lanes"][2]
    assert first["note"] == "", "a built-in lane never waits"
    while any(lane["waiting"] for lane in header["lanes"]) and time.monotonic() < deadline:
        header, arrays, kept = asked(kept)
    lion, refused, _ = header["lanes"]
    assert lion["note"] == ""
    assert "does not support dense gradients" in refused["note"]
    assert {each["name"] for each in header["outside"]} == {"pytorch_optimizer:Lion", "torch.optim:SparseAdam"}
    alone = optim_viz.rollout("booth", "pytorch_optimizer:Lion", lr=0.05, start=(0, 0), steps=40)
    own = channels(header, arrays, lion["key"])
    np.testing.assert_array_equal(own["theta_x"], alone.theta[:, 0])
    np.testing.assert_array_equal(own["m_y"][1:], alone.state["exp_avg"][:, 1])
    assert (channels(header, arrays, refused["key"])["theta_x"] == 0).all(), "it stays at the start"
    (curve,) = lion["curves"]["state.exp_avg"]
    np.testing.assert_array_equal(own[f"{curve['channel']}_x"][1:], alone.state["exp_avg"][:, 0])
    assert [each["id"] for each in header["charts"]] == ["loss", "state.exp_avg_x", "state.exp_avg_y"]
    offered = {each["name"]: each["help"] for each in header["states"]}
    assert offered["state.exp_avg"] == "Kept by Lion."
    assert (lion["lines"], lion["recorded"]) == ([], ["exp_avg"])
    assert header["lanes"][2]["recorded"] == [], "the lines of a rule of our own say more"

    wish = [{"lane": 0, "hyperparameter": "lr"}]
    counts = list[int]()
    while time.monotonic() < deadline:
        header, arrays, kept = asked(kept, families=wish)
        counts.append(header["families"][0]["waiting"])
        if not counts[-1]:
            break
    (family,) = header["families"]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == 0
    at = family["stops"].index(0.0501) if 0.0501 in family["stops"] else 20
    alone = optim_viz.rollout("booth", "pytorch_optimizer:Lion", lr=family["stops"][at], start=(0, 0), steps=40)
    stop = channels(header, arrays, family["key"])["theta_y"][at]
    np.testing.assert_array_equal(stop, alone.theta[:, 1])
    assert set(family["notes"]) == {""}
    assert family["recorded"] == lion["recorded"]
    assert family["curves"] == lion["curves"]


def test_the_menu_offers_what_is_installed_and_the_script_names_it() -> None:
    message, _ = answer(None, opened("surface=booth"))
    offered = decode(message)[0]["catalog"]["outside"]
    names = {each["name"] for each in offered}
    assert {"torch.optim:Adamax", "pytorch_optimizer:Lion", "torch_optimizer:Yogi"} <= names
    assert "optim_viz.rollout(surface, 'pytorch_optimizer:Lion', lr=0.05" in opened(LINK).scenario.to_python()
    scenario, problems = Scenario.from_url("lane=os:system&lane=adam")
    assert [lane.optimizer for lane in scenario.lanes] == ["adam"]
    assert "unknown optimizer 'os:system'" in str(problems[0])


def test_lanes_of_one_name_and_two_packages_are_told_apart() -> None:
    scenario, _ = Scenario.from_url("lane=adam,lr=0.1&lane=torch.optim:Adam,lr=0.1&lane=torch.optim:Adam,lr=0.2")
    assert scenario.titles() == ("Adam", "Adam (torch.optim) lr 0.1", "Adam (torch.optim) lr 0.2")


class Slow(OutsideRuns):
    """Runs nothing, slowly, and writes down what it was to run."""

    def __init__(self) -> None:
        super().__init__()
        self.order: list[float] = []

    def _perform(self, spec: RunSpec) -> Result:
        self.order.append(dict(spec.hyperparameters)["lr"])
        time.sleep(0.02)
        return standing_still(spec)


def test_lanes_come_first_families_take_turns_and_what_nobody_asks_for_is_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outside_runs, "FORGET", 0.5)
    runs = Slow()
    one = [spec_of("torch.optim:SGD", 1.0 + index) for index in range(40)]
    two = [spec_of("torch.optim:SGD", 100.0 + index) for index in range(40)]
    found = runs.family("one", one, wait=5.0)
    assert found[0] is not None, "the nearest stop is waited for"
    runs.family("two", two)
    lane = runs.lane(spec_of("torch.optim:SGD", 7777.0), wait=5.0)
    assert lane is not None
    assert runs.order.index(7777.0) <= 4, "a lane on screen does not wait for families"
    deadline = time.monotonic() + 10
    while runs._next() is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(runs.order) < 81, "both were dropped before they were done"
    for own in ([lr for lr in runs.order if lr < 100], [lr for lr in runs.order if 100 <= lr < 7777]):
        assert own == sorted(own), "the order is the one that was asked for"
        assert len(own) >= 3, "both had their turn"


HANGING = '''
import time
import torch

class Hanging(torch.optim.SGD):
    """Waits for ever where lr is above 1, and talks."""

    def __init__(self, params, lr=0.1):
        super().__init__(params, lr=lr)

    def step(self, closure=None):
        print("said by a class")
        if self.param_groups[0]["lr"] > 1:
            time.sleep(600)
        super().step()
'''


def test_a_class_that_hangs_is_ended_and_the_next_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hanging_steps.py").write_text(HANGING, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv(outside.VARIABLE, "hanging_steps:Hanging")
    monkeypatch.setattr(outside_runs, "SECONDS_A_RUN", 30.0)
    runs = OutsideRuns()
    try:
        good = runs.lane(spec_of("hanging_steps:Hanging", 0.01), wait=90)
        assert isinstance(good, optim_viz.Trajectory)
        monkeypatch.setattr(outside_runs, "SECONDS_A_RUN", 1.0)
        hangs = runs.lane(spec_of("hanging_steps:Hanging", 2.0), wait=90)
        assert isinstance(hangs, Refused)
        assert "took longer than 1 seconds" in str(hangs)
        monkeypatch.setattr(outside_runs, "SECONDS_A_RUN", 30.0)
        assert isinstance(runs.lane(spec_of("hanging_steps:Hanging", 0.02), wait=90), optim_viz.Trajectory)
    finally:
        runs.close()
