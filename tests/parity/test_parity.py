"""A run beside torch.optim itself, beside optax where it is there, and what is said where it is not."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections.abc import Mapping
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

import optim_viz
from optim_viz.parity import against_optax, against_torch
from optim_viz.parity.__main__ import main
from optim_viz.scenario import Scenario

WITH_TORCH = [name for name in optim_viz.optimizers() if optim_viz.optimizer(name).torch_twin is not None]


@pytest.mark.parametrize("name", WITH_TORCH)
@pytest.mark.parametrize("schedule", [None, "one_cycle"])
def test_every_rule_is_torchs_to_rounding(name: str, schedule: str | None) -> None:
    run = optim_viz.rollout("sparse_least_squares", name, steps=60, noise=0.1, seed=7, lr=0.01, schedule=schedule)
    found = against_torch(run)
    assert found.largest < 1e-12
    assert found.steps == 60
    assert found.beside == f"torch.optim.{run.rule.torch_twin}"
    assert found.beside in str(found)


def test_a_difference_is_found_where_it_is() -> None:
    run = optim_viz.rollout("booth", "sgd", steps=10, lr=0.01)
    theta = run.theta.copy()
    theta[4, 1] += 0.25
    found = against_torch(dataclasses.replace(run, theta=theta))
    assert (found.step, found.largest) == (4, pytest.approx(0.25))
    assert str(found) == "torch.optim.SGD: at most 0.25 apart (step 4), 10 steps in float64"


def test_a_run_that_diverges_is_compared_as_far_as_it_is_finite() -> None:
    run = optim_viz.rollout("rosenbrock", "sgd", steps=50, lr=1.0)
    found = against_torch(run)
    assert found.steps == int(run.diverged_at) - 1 > 0
    assert found.largest == 0
    assert str(found) == f"torch.optim.SGD: the same in every digit, {found.steps} steps in float64"


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("lion", {}, "torch.optim has no Lion"),
        ("adam", {"eps_hat": True}, "torch.optim.Adam has no eps_hat = True"),
        ("adamw", {"eps_in_root": True}, "torch.optim.AdamW has no eps_in_root = True"),
        ("momentum", {"lr_inside": True}, "torch.optim.SGD has no lr_inside = True"),
        ("adam", {"lr": [0.1, 0.2]}, "only one run on a surface is compared"),
    ],
)
def test_what_cannot_be_compared_is_said(name: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        against_torch(optim_viz.rollout("booth", name, steps=3, **given))
    with pytest.raises(ValueError, match="not a replay"):
        against_torch(optim_viz.replay("sgd", [[1.0, 1.0]]))


class Descent:
    """Gradient descent with the interface of an optimizer of optax, in NumPy."""

    def __init__(self, learning_rate: Any, off: float = 0.0) -> None:
        self.rate, self.off = learning_rate, off

    def init(self, params: np.ndarray) -> int:
        del params
        return 0

    def update(self, grad: np.ndarray, count: int, params: np.ndarray) -> tuple[np.ndarray, int]:
        del params
        return -self.rate(count) * grad + self.off, count + 1


def stand_in(monkeypatch: pytest.MonkeyPatch, **functions: Any) -> list[bool]:
    """Put modules in the place of jax and optax; returns what jax was told of float64."""
    told: list[bool] = []

    def update(_: str, value: bool) -> None:
        told.append(value)

    jax, numpy, optax = ModuleType("jax"), ModuleType("jax.numpy"), ModuleType("optax")
    vars(numpy).update(asarray=np.asarray)
    vars(jax).update(config=SimpleNamespace(jax_enable_x64=False, update=update), numpy=numpy)
    vars(optax).update(functions)
    for name, module in {"jax": jax, "jax.numpy": numpy, "optax": optax}.items():
        monkeypatch.setitem(sys.modules, name, module)
    return told


def test_optax_is_stepped_with_the_rate_and_the_gradient_of_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    told = stand_in(monkeypatch, sgd=Descent)
    given: Mapping[str, Any] = {"lr": 0.02, "weight_decay": 0.1, "noise": 0.3, "seed": 4, "schedule": "cosine"}
    found = against_optax(optim_viz.rollout("booth", "sgd", steps=20, **given))
    assert found.beside == "optax.sgd"
    assert found.largest < 1e-14
    assert told == [True, False]
    stand_in(monkeypatch, sgd=lambda learning_rate: Descent(learning_rate, off=1e-3))
    assert against_optax(optim_viz.rollout("booth", "sgd", steps=1, **given)).largest == pytest.approx(1e-3)


def test_where_optax_is_not_installed_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optax", None)
    with pytest.raises(ImportError, match="optax is not installed; to compare with it: pip install optax"):
        against_optax(optim_viz.rollout("booth", "sgd", steps=2))


@pytest.mark.parametrize("name", optim_viz.optimizers())
def test_optaxs_name_and_arguments_are_declared_or_refused(name: str) -> None:
    rule = optim_viz.optimizer(name)
    refused: list[str] = []
    for convention in rule.conventions or (None,):
        given = {} if convention is None else rule.convention_settings(convention)
        try:
            function, arguments = rule.optax(rule.complete(given))
        except ValueError as error:
            refused.append(str(error))
        else:
            assert function.isidentifier()
            assert not {"learning_rate", "lr"} & arguments.keys()
    assert all("optax" in message for message in refused)


def test_the_worker_tells_both_and_nobody_else_imports_torch() -> None:
    link = "surface=booth&start=0,0&steps=30&noise=0.1&seed=3&lane=adam,lr=0.1"
    told = json.loads(main(Scenario.from_url(link)[0].to_json()))
    assert told["torch"].startswith("torch.optim.Adam: ")
    assert "optax" in told["optax"]
    code = "import sys, optim_viz.parity, optim_viz.stage.parity; print('torch' in sys.modules, 'optax' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
