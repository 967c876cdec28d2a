"""The script of a scenario repeats its run, digit for digit."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from optim_viz.rollout import rollout
from optim_viz.scenario import Lane, Scenario, lane_titles

ROOT = Path(__file__).resolve().parents[2]
DEFAULT = Scenario.default()
SCENARIOS = {
    "first screen": DEFAULT,
    "noise": replace(DEFAULT, noise=0.5, seed=3, steps=40),
    "minibatches": Scenario.from_url("surface=sparse_least_squares&k=7&seed=2&steps=50&lane=adam&lane=adagrad,lr=0.1")[
        0
    ],
    "formula": replace(
        DEFAULT,
        surface="formula",
        formula="x**2 + sin(3*y)",
        start=(0.5, 0.25),
        lanes=(Lane("adam"), Lane("adam")),
        lane=0,
    ),
    "cloud": replace(DEFAULT, steps=20, cloud=(5, 0.1)),
    "choices": replace(DEFAULT, lanes=(Lane("rmsprop", {"lr": 0.01, "centered": True, "momentum": 0.5}),), lane=0),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_script_ends_where_the_lab_ends(name: str) -> None:
    scenario = SCENARIOS[name]
    command = [sys.executable, "-c", scenario.to_python()]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, encoding="utf-8").stdout
    clouds = re.findall(r"^(.+), 5 starts: losses at the end from .+ to .+$", printed, re.MULTILINE)
    assert clouds == (list(lane_titles(scenario.lanes, plain=True)) if scenario.cloud else [])
    found = re.findall(r"^(.+): x = (.+), y = (.+), loss = (.+)$", printed, re.MULTILINE)
    assert [title for title, *_ in found] == list(lane_titles(scenario.lanes, plain=True))
    for lane, (_, x, y, loss) in zip(scenario.lanes, found, strict=True):
        run = rollout(
            scenario.surface_object(),
            lane.optimizer,
            start=scenario.start,
            steps=scenario.steps,
            noise=scenario.noise,
            seed=scenario.seed,
            **lane.hyperparameters,
        )
        assert [float(x), float(y), float(loss)] == [*run.theta[-1], run.loss[-1]]


def test_a_formula_stays_text_in_the_script() -> None:
    scenario = replace(DEFAULT, surface="formula", formula="x**2 +\ty**2")
    assert repr(scenario.formula) in scenario.to_python()
