"""The numbers are those that NumPy finds from torch.optim's own state and steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from optim_viz import monitors
from optim_viz.monitors.sample import Layer, Sample
from optim_viz.training.monitoring import _read
from optim_viz.update_rules import TorchState
from tests.monitors.samples import digits, sample, spec
from tests.training.engine import usual_loop

STEPS, LR = 3, 0.02


def flat(tensors: Sequence[Tensor]) -> np.ndarray:
    return np.concatenate([tensor.detach().numpy().ravel() for tensor in tensors])


def by_hand(text: str, make: type[torch.optim.Optimizer], **options: float) -> dict[str, dict[str, np.ndarray]]:
    """Step torch's optimizer as the samples are; returns what the last step left, by layer, "" for all."""
    data = digits()
    given = spec(text)
    network = given.network.build(given.options, (1, 8, 8), 10, 0)
    optimizer = make(network.parameters(), lr=LR, **options)  # pyright: ignore[reportCallIssue]
    before: list[Tensor] = []
    for x, y in zip(data.train_x.split(16)[:STEPS], data.train_y.split(16), strict=False):
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(x), y).backward()
        before = [param.detach().clone() for param in network.parameters()]
        optimizer.step()
    params = list(network.parameters())
    parts = {"": slice(0, 4), "layer 1": slice(0, 2), "layer 2": slice(2, 4)}
    grads = [param.grad for param in params if param.grad is not None]
    states = [optimizer.state[param] for param in params]
    return {
        name: {
            "before": flat(before[part]),
            "update": flat(params[part]) - flat(before[part]),
            "grad": flat(grads[part]),
        }
        | {
            key: flat([state[key] for state in states[part]])
            for key in ("exp_avg", "exp_avg_sq")
            if states and key in states[0]
        }
        for name, part in parts.items()
    }


def test_norms_ratios_cosines_and_rates_are_those_of_numpy() -> None:
    text = f"adam,lr={LR}"
    known = by_hand(text, torch.optim.Adam)
    given, _ = sample(text, STEPS)
    found = {
        name: _read(monitors.get(name).measure(given)) for name in monitors.names() if not monitors.get(name).costly
    }

    def cosine(a: np.ndarray, b: np.ndarray) -> float:
        return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))

    for layer, own in known.items():
        m, v = own["exp_avg"] / (1 - 0.9**STEPS), own["exp_avg_sq"] / (1 - 0.999**STEPS)
        expected = {
            "gradient_norm": np.linalg.norm(own["grad"]),
            "first_moment_norm": np.linalg.norm(m),
            "second_moment_norm": np.linalg.norm(np.sqrt(v)),
            "update_ratio": np.linalg.norm(own["update"]) / np.linalg.norm(own["before"]),
            "update_cosine": cosine(own["update"], -own["grad"]),
            "moment_cosine": cosine(m, own["grad"]),
        }
        for name, value in expected.items():
            if (name, layer) != ("gradient_norm", ""):  # which is an event of its own
                assert found[name][layer] == pytest.approx(value, rel=1e-9), (name, layer)
        rates = LR / (np.sqrt(v) + 1e-8)
        upper, lower = np.sort(rates)[[len(rates) // 2, (len(rates) - 1) // 2]]
        assert lower * (1 - 1e-9) <= found["effective_rate"][layer] <= upper * (1 + 1e-9)


def test_gradient_descent_goes_straight_down_and_has_no_moments() -> None:
    given, _ = sample(f"sgd,lr={LR}")
    for value in _read(monitors.get("update_cosine").measure(given)).values():
        assert value == pytest.approx(1.0, abs=1e-12)
    for name in ("first_moment_norm", "second_moment_norm", "moment_cosine", "effective_rate"):
        assert monitors.get(name).measure(given) == {}


def tried(network: nn.Module, x: Tensor, layers: list[str]) -> Sample:
    """A sample of a network that has never been trained."""
    none = torch.zeros(1, dtype=x.dtype)
    layer = Layer(none, none, none, None, None)
    y = torch.zeros(len(x), dtype=torch.int64)
    return Sample(1, 0.1, TorchState(), None, dict.fromkeys(layers, layer), 0.0, network, x, y, 0.0, 0)


def test_dead_units_are_those_that_no_example_lights() -> None:
    first, second = nn.Linear(2, 4), nn.Linear(4, 2)
    with torch.no_grad():
        first.weight.copy_(torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]]))
        first.bias.copy_(torch.tensor([0.0, 0.5, -3.0, 0.0]))
        second.weight.zero_()
        second.bias.copy_(torch.tensor([1.0, -1.0]))
    network = nn.Sequential(first, nn.ReLU(), second, nn.ReLU())
    x = torch.tensor([[0.2, 1.0], [0.4, 2.0]])  # unit 1: x > 0 lit; 2: 0.5 - x lit; 3: y - 3 dead; 4: -y dead
    found = _read(monitors.get("dead_units").measure(tried(network, x, ["0", "2"])))
    assert found == pytest.approx({"": 3 / 6, "0": 0.5, "2": 0.5})


def test_a_dead_channel_is_one_that_is_0_everywhere() -> None:
    convolution = nn.Conv2d(1, 3, 1)
    with torch.no_grad():
        convolution.weight.copy_(torch.tensor([1.0, 1.0, -1.0]).reshape(3, 1, 1, 1))
        convolution.bias.copy_(torch.tensor([0.0, -0.9, 0.0]))  # pyright: ignore[reportOptionalMemberAccess]
    x = torch.linspace(0.1, 1.0, 8).reshape(2, 1, 2, 2)  # the second channel is lit by the brightest pixel alone
    found = _read(monitors.get("dead_units").measure(tried(nn.Sequential(convolution, nn.ReLU()), x, ["0"])))
    assert found == pytest.approx({"": 1 / 3, "0": 1 / 3})


def test_a_network_without_relu_has_no_dead_units() -> None:
    assert monitors.get("dead_units").measure(sample("sgd", activation="tanh")[0]) == {}


def test_the_loop_beside_is_the_usual_one() -> None:
    """What `by_hand` steps is the network that the engine trains."""
    given = spec("sgd")
    own = given.network.build(given.options, (1, 8, 8), 10, 0)
    usual = usual_loop.network([64, 7, 10], "relu", 0, torch.float64)
    assert all(torch.equal(a, b) for a, b in zip(own.parameters(), usual.parameters(), strict=True))
