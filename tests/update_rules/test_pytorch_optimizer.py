"""Rules that torch does not have, against pytorch_optimizer's classes: code that neither we nor their authors wrote.

Where its form is not the one of the paper, the case says which setting makes the two one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import pytorch_optimizer
import torch

import optim_viz
from optim_viz import surfaces

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


@pytest.fixture
def in_float64() -> Iterator[None]:
    """Let torch make tensors of float64: some classes keep sums and lengths in the default type."""
    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(usual)


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


def test_sam_climbs_and_steps_as_theirs() -> None:
    """Over the first steps, to six digits: it keeps the gradient's length in float32, and swings amplify rounding."""
    surface = surfaces.get("rosenbrock")
    run = optim_viz.rollout(surface, "sam", lr=1e-4, rho=0.3, steps=15)
    param = torch.tensor(run.theta[0], requires_grad=True)
    optimizer = pytorch_optimizer.SAM([param], torch.optim.SGD, lr=1e-4, rho=0.3)
    seen: list[np.ndarray] = []

    def closure() -> None:
        seen.append(param.detach().numpy().copy())
        param.grad = torch.tensor([float(each) for each in surface.grad(*param.detach().numpy())], dtype=torch.float64)

    path = [run.theta[0]]
    for _ in range(15):
        closure()
        optimizer.step(closure)  # pyright: ignore[reportArgumentType]  # it is called, and its value is not looked at
        path.append(param.detach().numpy().copy())
    np.testing.assert_allclose(run.theta, path, rtol=1e-6)
    np.testing.assert_allclose(run.state["climbed"], seen[1::2], rtol=1e-6)
    assert np.hypot(*(run.state["climbed"] - run.theta[:-1]).T) == pytest.approx(0.3, rel=1e-9)


@pytest.mark.usefixtures("in_float64")
@pytest.mark.parametrize(
    "switches", [{}, {"bias_correction": True}, {"safeguard_warmup": True, "d_coef": 0.5}], ids=str
)
@pytest.mark.parametrize("surface", ["narrow_valley", "beale"])
def test_prodigy_estimates_the_distance_as_theirs(surface: str, switches: dict[str, Any]) -> None:
    ground = surfaces.get(surface)
    given = {"lr": 0.7, "d0": 1e-4, "eps": 1e-6, "weight_decay": 0.01, **switches}
    run = optim_viz.rollout(ground, "prodigy", steps=80, **BETAS, **given)
    param = torch.tensor(run.theta[0], requires_grad=True)
    optimizer = pytorch_optimizer.Prodigy([param], betas=(BETAS["beta1"], BETAS["beta2"]), **given)
    path, estimates = [run.theta[0]], list[float]()
    for _ in range(80):
        param.grad = torch.tensor([float(each) for each in ground.grad(*param.detach().numpy())])
        optimizer.step()
        path.append(param.detach().numpy().copy())
        estimates.append(optimizer.param_groups[0]["d"])
    np.testing.assert_allclose(run.theta, path, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(run.state["d"], np.stack([estimates, estimates], axis=-1), rtol=1e-9)
    assert estimates[-1] > 100 * given["d0"]
