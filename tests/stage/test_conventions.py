"""Conventions on their way to the browser: titles, how far two of them are apart, and torch beside a lane."""

from __future__ import annotations

import json
import subprocess
import time
from typing import Any

import numpy as np
import pytest

import optim_viz
from optim_viz.scenario import Lane, Scenario, lane_titles
from optim_viz.stage import parity as module
from optim_viz.stage.answer import Kept, answer
from tests.stage.decoder import decode

LINK = "surface=booth&steps=80&start=-5,4&lane=sgd&lane=momentum,lr=0.02{0}&lane=momentum,lr=0.02,lr_inside=true{0}"


def header_of(link: str, **wishes: object) -> dict[str, Any]:
    scenario, problems = Scenario.from_url(link)
    assert not problems
    return decode(answer({"seq": 1, "scenario": None, "have": [], **wishes}, Kept(scenario))[0])[0]


def test_two_conventions_are_named_and_their_distance_is_told() -> None:
    header = header_of(LINK.format(",schedule=step:step_size=20"))
    assert [lane["title"] for lane in header["lanes"]] == ["SGD", "Momentum torch", "Momentum Keras"]
    assert [lane["differs"] for lane in header["lanes"]] == [[], [], []]
    assert [lane["convention"] for lane in header["lanes"]] == ["", "torch", "Keras"]
    plan = optim_viz.schedules.get("step", step_size=20)
    one, other = (
        optim_viz.rollout("booth", "momentum", start=(-5, 4), steps=80, lr=0.02, lr_inside=inside, schedule=plan)
        for inside in (False, True)
    )
    away = np.hypot(*(one.theta - other.theta).T)
    assert header["lanes"][2]["apart"] == {"lane": 1, "distance": away.max(), "step": int(away.argmax())}
    assert away.max() > 0.1
    assert [lane["apart"] for lane in header["lanes"][:2]] == [None, None]
    still = header_of(LINK.format(""))["lanes"][2]["apart"]
    assert 0 <= still["distance"] < 1e-12, "while lr stays the two are the same to rounding"


def test_lanes_that_differ_in_more_are_not_compared() -> None:
    for other in ("lr=0.03", "lr=0.02,momentum=0.5", "lr=0.02,schedule=cosine"):
        header = header_of(f"lane=momentum,lr=0.02&lane=momentum,lr_inside=true,{other}")
        assert [lane["apart"] for lane in header["lanes"]] == [None, None]
    header = header_of("lane=adam&lane=adam")
    assert [lane["apart"] for lane in header["lanes"]] == [None, None]


def test_a_diverged_run_is_compared_as_far_as_both_are_finite() -> None:
    (_, told) = (
        lane["apart"]
        for lane in header_of("surface=rosenbrock&steps=90&lane=momentum,lr=1&lane=momentum,lr=1,averaged=true")[
            "lanes"
        ]
    )
    assert np.isfinite(told["distance"])
    assert told["step"] < 90


def test_a_mixture_is_told_by_its_values() -> None:
    lanes = [Lane("rmsprop"), Lane("rmsprop", {"eps_in_root": True})]
    assert lane_titles(lanes) == ("RMSProp √(v+ε) off", "RMSProp √(v+ε) on")
    lanes = [Lane("adam", {"lr": 0.1}), Lane("adam", {"lr": 0.2, "eps_hat": True})]
    assert lane_titles(lanes) == ("Adam torch, lr 0.1", "Adam Keras, lr 0.2")


def until_done(link: str, lane: int) -> list[str]:
    for _ in range(200):
        told = header_of(link, parity=lane)["parity"]
        assert told["lane"] == lane
        if told["done"]:
            return told["told"]
        time.sleep(0.01)
    pytest.fail("the worker did not end")


def test_the_worker_is_asked_once_and_its_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Scenario] = []

    def run(command: list[str], *, input: str, **_: Any) -> subprocess.CompletedProcess[str]:
        assert command[-2:] == ["-m", "optim_viz.parity"]
        asked.append(Scenario.from_json(input)[0])
        return subprocess.CompletedProcess(command, 0, json.dumps({"torch": "equal", "optax": "not there"}), "")

    monkeypatch.setattr(module.subprocess, "run", run)
    link = "surface=booth&steps=17&seed=99&lane=sgd&lane=adam,lr=0.123,schedule=cosine"
    assert until_done(link, 1) == until_done(f"{link}&view=panels", 1) == ["equal", "not there"]
    (scenario,) = asked
    wanted = Scenario.from_url(link)[0]
    assert (scenario.surface, scenario.start, scenario.steps, scenario.seed) == ("booth", wanted.start, 17, 99)
    assert scenario.lanes == wanted.lanes[1:]
    assert "parity" not in header_of(link)
    for odd in (2, -1, True, "0", None):
        assert "parity" not in header_of(link, parity=odd)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            subprocess.TimeoutExpired("python", 120),
            "torch took longer than 120 seconds and was stopped; try fewer steps",
        ),
        (subprocess.CalledProcessError(1, "python", stderr="a\nNo module\n"), "torch could not be run: No module"),
        (subprocess.CalledProcessError(-9, "python", stderr=""), "torch could not be run: it said nothing"),
        (OSError("no memory"), "torch could not be run: no memory"),
    ],
)
def test_a_worker_that_fails_is_told(error: Exception, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(module.subprocess, "run", run)
    assert until_done(f"surface=booth&steps=18&seed={abs(hash(words)) % 10000}&lane=sgd", 0) == [words]
