"""Losses on a plane, held against loading the parameters of each point and evaluating the network, in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from optim_viz import models
from optim_viz.planes.plane import random_plane
from optim_viz.training import plane_loss
from optim_viz.training.plane_loss import PlaneLoss, network_loss

L2 = 0.003


def built(name: str, options: dict[str, Any]) -> nn.Module:
    model = models.get(name)
    return model.build(model.complete(options), (1, 8, 8), 10, 0).double()


def one_by_one(network: nn.Module, vector: np.ndarray, x: torch.Tensor, y: torch.Tensor) -> float:
    """The usual way: load_state_dict, one forward pass, the mean."""
    state, place = {}, 0
    for name, param in network.named_parameters():
        state[name] = torch.tensor(vector[place : place + param.numel()]).reshape(param.shape)
        place += param.numel()
    network.load_state_dict(state)
    with torch.no_grad():
        penalty = sum(float(param.square().sum()) for param in network.parameters() if param.dim() > 1)
        return float(nn.functional.cross_entropy(network(x), y)) + L2 * penalty


class Residual(nn.Module):
    """A network whose first layer is not the first thing that its input meets."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(64, 64)
        self.last = nn.Linear(64, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        flat = x.flatten(1)
        return self.last(flat + self.layer(flat).relu())


@pytest.mark.parametrize("at_once", [1, 10**9], ids=["a point at a time", "a row at a time"])
@pytest.mark.parametrize("name", [*models.names(), "residual"])
def test_every_model_has_the_loss_that_a_plain_evaluation_gives(
    name: str, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plane_loss, "_VALUES_AT_ONCE", {"cpu": at_once, "gpu": at_once})
    monkeypatch.setattr(plane_loss, "_MOST_VALUES", 10_000)  # several blocks of examples, for the larger ones
    network = Residual().double() if name == "residual" else built(name, {})
    rng = np.random.default_rng(1)
    x, y = torch.tensor(rng.standard_normal((50, 1, 8, 8))), torch.tensor(rng.integers(0, 10, 50))
    centre = nn.utils.parameters_to_vector(network.parameters()).detach().numpy()
    plane = random_plane(centre, [tuple(param.shape) for param in network.parameters()])
    loss = PlaneLoss(network, plane, x, y, L2)
    xs = np.array([-1.5, 0.0, 2.0])
    found = loss.row(xs, 0.7)
    expected = [one_by_one(network, centre + a * plane.first + 0.7 * plane.second, x, y) for a in xs]
    np.testing.assert_allclose(found, expected, rtol=1e-10)
    np.testing.assert_allclose(loss.at(xs[:1], np.array([0.7])), expected[:1], rtol=1e-10)
    assert network_loss(network, centre, x, y, L2) == pytest.approx(one_by_one(network, centre, x, y), rel=1e-12)
