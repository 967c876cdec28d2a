"""Rules that torch does not have, against pytorch_optimizer's classes: code that neither we nor their authors wrote.

Where its form is not the one of the paper, the case says which setting makes the two one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import pytorch_optimizer
import torch

import optim_viz

BETAS = {"beta1": 0.8, "beta2": 0.95}
# rule -> its class, our settings, theirs where they have other names
CASES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "lion": ("Lion", {**BETAS, "weight_decay": 0.1}, {}),
    "signum": ("SignSGD", {"momentum": 0.7, "weight_decay": 0.1}, {}),
    "schedule_free": ("ScheduleFreeSGD", {"momentum": 0.9}, {"weight_decay": 0.0}),
    "ademamix": (
        "AdEMAMix",
        {**BETAS, "beta3": 0.99, "alpha": 3.0, "eps": 1e-6, "weight_decay": 0.1},
        {"betas": (0.8, 0.95, 0.99), "weight_decouple": True},
    ),
    # It clips at t^¼, one step later than the paper: so its bound is put back.
    "adopt": (
        "ADOPT",
        {**BETAS, "eps": 1e-6, "weight_decay": 0.1},
        {"weight_decouple": False, "clip_lambda": lambda step: (step - 1) ** 0.25},
    ),
    "adan": (
        "Adan",
        {**BETAS, "beta3": 0.9, "eps": 1e-6, "weight_decay": 0.1},
        {"betas": (0.8, 0.95, 0.9), "max_grad_norm": 0.0},
    ),
    # Without its slow mean its AdEMAMix is AdamW, and can be cautious.
    "cautious": (
        "AdEMAMix",
        {**BETAS, "eps": 1e-6, "weight_decay": 0.1},
        {"betas": (0.8, 0.95, 0.99), "alpha": 0.0, "cautious": True, "weight_decouple": True},
    ),
    # It starts from g_0 = 0, which makes no difference while gradients are longer than 1: they count by direction. It
    # adds eps before it corrects the root: a small one hides that.
    "mars": (
        "MARS",
        {**BETAS, "gamma": 0.05, "eps": 1e-12, "weight_decay": 0.1},
        {"optimize_1d": True, "mars_type": "adamw"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_path_is_theirs(name: str) -> None:
    kind, given, theirs = CASES[name]
    arguments = {key: value for key, value in given.items() if not key.startswith("beta")} | theirs
    if "beta1" in given:
        arguments = {"betas": (given["beta1"], given["beta2"])} | arguments
    run = optim_viz.rollout("narrow_valley", name, steps=40, lr=0.02, **given)
    param = torch.tensor(run.theta[0], requires_grad=True)
    optimizer = getattr(pytorch_optimizer, kind)([param], lr=0.02, **arguments)
    path = [run.theta[0]]
    for _ in range(40):
        param.grad = param.detach() * torch.tensor([1.0, 100.0], dtype=torch.float64)
        optimizer.step()
        path.append(param.detach().numpy().copy())
    np.testing.assert_allclose(run.theta, path, rtol=1e-9, atol=1e-9)
