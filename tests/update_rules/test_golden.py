"""Every rule against torch.optim's own numbers, stored: place, loss, gradient and state."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optim_viz

TRUTHS = Path(__file__).parent.parent / "truths"
CASES = json.loads((TRUTHS / "golden.json").read_text())["cases"]

STATE_NAMES = {"sum": "sum", "grad_avg": "grad_avg", "exp_avg": "m", "exp_avg_sq": "v", "square_avg": "v"}


def rule_of(case: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Translate torch's class and arguments into a rule and its hyperparameters."""
    given = dict(case["kwargs"])
    if "betas" in given:
        given["beta1"], given["beta2"] = given.pop("betas")
    if case["torch_optimizer"] == "SGD":
        return "nesterov" if given.pop("nesterov", False) else "momentum" if "momentum" in given else "sgd", given
    if given.pop("amsgrad", False):
        return "amsgrad", given
    return case["torch_optimizer"].lower(), given


def test_the_cases_cover_every_rule() -> None:
    assert {rule_of(case)[0] for case in CASES} == set(optim_viz.optimizers())
    assert len(CASES) == 42


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['label']}-{case['surface']}")
def test_golden(case: dict[str, Any]) -> None:
    name, hyperparameters = rule_of(case)
    run = optim_viz.rollout(case["surface"], name, start=case["start"], steps=1000, **hyperparameters)
    assert run.diverged_at == -1
    compared = 0
    for text, truth in case["trajectory"].items():
        t = int(text)
        if t > 100 and 100 * truth["rounding_dev"] + 1e-12 > 1e-9:
            continue  # rounding alone moves these digits: a limit cycle amplifies it
        np.testing.assert_allclose(run.theta[t], truth["pos"], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(run.loss[t], truth["f"], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(run.grad[t - 1], truth["grad_before_step"], rtol=1e-9, atol=1e-9)
        for torch_name, value in truth["state"].items():
            mine = {"momentum_buffer": "buffer" if name == "rmsprop" else "velocity", "max_exp_avg_sq": "v_max"}
            recorded = run.state[(STATE_NAMES | mine)[torch_name]]
            np.testing.assert_allclose(recorded[t - 1], value, rtol=1e-9, atol=1e-9)
        compared += 1
    assert compared >= 4
