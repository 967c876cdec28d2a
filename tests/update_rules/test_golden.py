"""Every rule against stored numbers of torch.optim or of an independent reference: place, loss, gradient and state."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optim_viz
from optim_viz.update_rules import TorchMoment

GOLDEN = Path(__file__).parents[1] / "truths" / "golden"


def golden(name: str) -> dict[str, Any]:
    path = GOLDEN / f"{name}.json"
    assert path.exists(), f"write it: python tests/truths/make_golden.py {name}"
    return json.loads(path.read_text(encoding="utf-8"))


def moment(declared: TorchMoment, keys: dict[str, str], state: dict[str, Any], t: int) -> np.ndarray:
    """Work out a moment from the twin's state as the rule declares it."""
    held = {keys[name]: np.array(value) for name, value in state.items()}
    value = held[declared.key]
    if declared.minus_square_of is not None:
        value = value - held[declared.minus_square_of] ** 2
    return value / declared.divisor(t)


def state_at(run: optim_viz.Trajectory, declared: TorchMoment, keys: dict[str, str], own: str, t: int) -> np.ndarray:
    """Return a recorded state after step t; less the square of the mean where the moment is a variance."""
    means = [name for name, key in keys.items() if key == declared.minus_square_of]
    return run.state[own][t - 1] - sum(run.state[name][t - 1] ** 2 for name in means)


@pytest.mark.parametrize("name", optim_viz.optimizers())
def test_golden(name: str) -> None:
    rule, stored = optim_viz.optimizer(name), golden(name)
    assert len({case["surface"] for case in stored["cases"]}) >= 2
    for case in stored["cases"]:
        run = optim_viz.rollout(case["surface"], name, start=case["start"], steps=1000, **case["hyperparameters"])
        assert run.diverged_at == -1
        declared = rule.torch_state(run.hyperparameters)
        compared = 0
        for text, truth in case["trajectory"].items():
            t = int(text)
            if t > 10 and 100 * truth["rounding_dev"] + 1e-12 > 1e-9:
                continue  # rounding alone moves these digits: a limit cycle amplifies it
            near: dict[str, Any] = {"rtol": 1e-9, "atol": 1e-9}
            np.testing.assert_allclose(run.theta[t], truth["pos"], **near)
            np.testing.assert_allclose(run.loss[t], truth["f"], **near)
            np.testing.assert_allclose(run.grad[t - 1], truth["grad_before_step"], **near)
            for state, value in truth["state"].items():
                np.testing.assert_allclose(run.state[state][t - 1], value, **near)
            for each, drawn in ((declared.first, rule.first_moment), (declared.second, rule.second_moment)):
                if each is not None:
                    found = moment(each, stored["keys"], truth["state"], t)
                    assert any(
                        np.allclose(state_at(run, each, stored["keys"], own, t), found, **near) for own in drawn
                    ), each
            compared += 1
        assert compared >= 3


@pytest.mark.parametrize("name", optim_viz.optimizers())
def test_a_case_leaves_the_defaults_and_none_is_compared_at_minima_alone(name: str) -> None:
    stored = golden(name)
    assert any(case["hyperparameters"] for case in stored["cases"])
    for case in stored["cases"]:
        assert np.hypot(*case["trajectory"]["1"]["grad_before_step"]) > 1e-3
        assert np.hypot(*case["trajectory"]["10"]["grad_before_step"]) > 1e-3
