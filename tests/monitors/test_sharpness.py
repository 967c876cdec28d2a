"""Sharpness is the eigenvalue of the dense Hessian, and full-batch training shows the edge of stability."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.func import functional_call

from optim_viz import datasets, monitors, optimizer, optimizers
from optim_viz.comparison import TrainingSpec
from optim_viz.comparison.events import Monitored
from optim_viz.monitors import hessian as products
from optim_viz.monitors.hessian import Hessian
from optim_viz.monitors.lanczos import NotConverged, largest_eigenvalue, random_start
from optim_viz.training.engine import train
from optim_viz.training.monitoring import _read
from tests.monitors.samples import sample


def dense(network: nn.Module, x: Tensor, y: Tensor, l2: float = 0.0) -> np.ndarray:
    """The whole Hessian, by torch.autograd.functional.hessian."""
    named = dict(network.named_parameters())

    def loss(vector: Tensor) -> Tensor:
        pieces = vector.split([param.numel() for param in named.values()])
        params = {name: piece.view_as(p) for (name, p), piece in zip(named.items(), pieces, strict=True)}
        penalty = sum((param**2).sum() for param in params.values() if param.dim() > 1)
        return nn.functional.cross_entropy(functional_call(network, params, x), y) + l2 * penalty

    start = torch.cat([param.detach().reshape(-1) for param in named.values()])
    return torch.autograd.functional.hessian(loss, start).numpy()  # pyright: ignore[reportAttributeAccessIssue]


CASES = [
    ("sgd,lr=0.05", {"activation": "tanh"}),
    ("sgd,lr=0.05,weight_decay=0.3", {"activation": "relu", "l2": 0.01}),
    ("adam,lr=0.01", {"activation": "softplus"}),
    ("adam,lr=0.01,beta1=0.5,weight_decay=0.3", {"activation": "tanh", "l2": 0.01}),
    ("rmsprop,lr=0.01,momentum=0.5", {"activation": "tanh"}),
    ("adagrad,lr=0.01,lr_decay=0.1", {"activation": "tanh"}),
]


@pytest.mark.parametrize(("text", "values"), CASES, ids=[text for text, _ in CASES])
def test_both_kinds_are_the_dense_eigenvalue(text: str, values: dict[str, object]) -> None:
    """P is worked out from torch's own state, as Cohen et al. (2022) write it."""
    given, lane = sample(text, widths=(4,), sharpness_examples=40, **values)
    full = dense(lane.network, given.x, given.y, given.l2)
    with torch.no_grad():
        sharpness = _read(monitors.get("sharpness").measure(given))
        conditioned = _read(monitors.get("preconditioned_sharpness").measure(given))
    assert sharpness[""] == pytest.approx(np.linalg.eigvalsh(full)[-1], rel=1e-3)
    kind, options = type(lane.optimizer), lane.optimizer.param_groups[0]
    states = [lane.optimizer.state[param] for param in lane.params]
    if kind is torch.optim.SGD:
        assert conditioned == {}
        return
    if kind is torch.optim.Adam:
        beta1, beta2 = options["betas"]
        v = np.concatenate([state["exp_avg_sq"].numpy().ravel() for state in states]) / (1 - beta2**3)
        p = (1 - beta1**3) * (np.sqrt(v) + options["eps"])
        limit = (2 + 2 * beta1) / (1 - beta1) / options["lr"]
    elif kind is torch.optim.RMSprop:
        v = np.concatenate([state["square_avg"].numpy().ravel() for state in states])
        p, limit = np.sqrt(v) + options["eps"], (2 + 2 * 0.5) / options["lr"]
    else:
        v = np.concatenate([state["sum"].numpy().ravel() for state in states])
        p, limit = (1 + 2 * 0.1) * (np.sqrt(v) + options["eps"]), 2 / options["lr"]
    whole = full + options["weight_decay"] * np.eye(len(full))
    exact = np.linalg.eigvalsh(whole / np.sqrt(np.outer(p, p)))[-1]
    assert conditioned[""] == pytest.approx(exact, rel=1e-3)
    assert monitors.get("preconditioned_sharpness").bound(given) == pytest.approx(limit)


def test_the_limits_are_the_published_ones() -> None:
    """2/lr, (2 + 2 momentum)/lr less the decay, 38/lr for Adam."""
    sharpness, conditioned = monitors.get("sharpness"), monitors.get("preconditioned_sharpness")
    assert sharpness.bound(sample("sgd,lr=0.05")[0]) == pytest.approx(40)
    assert sharpness.bound(sample("momentum,lr=0.05,momentum=0.9,weight_decay=0.5")[0]) == pytest.approx(
        3.8 / 0.05 - 0.5
    )
    assert conditioned.bound(sample("adam,lr=0.001")[0]) == pytest.approx(38_000)
    assert conditioned.bound(sample("sgd")[0]) is None
    assert sharpness.bound(sample("adam")[0]) is None


def dividing() -> list[str]:
    """The rules that declare what they divide by."""
    rules = [optimizer(name) for name in optimizers()]
    return [rule.name for rule in rules if rule.torch_state(rule.complete({})).preconditioner is not None]


@pytest.mark.parametrize("name", dividing())
def test_beyond_the_declared_limit_a_rule_with_p_held_fixed_leaves_a_quadratic(name: str) -> None:
    """One direction of curvature 1: u is the rule's own mean of gradients, and P = 1."""
    rule = optimizer(name)
    given = rule.complete({})
    declared = rule.torch_state(given).preconditioner
    assert declared is not None
    beta1, momentum = given.get("beta1", 0.0), given.get("momentum", 0.0)
    for share, leaves in ((0.98, False), (1.02, True)):
        lr, x, u = share * declared.units, 1.0, 0.0
        for _ in range(2000):
            u = momentum * u + x if not beta1 else beta1 * u + (1 - beta1) * x
            x -= lr * u
        assert (abs(x) > 1e3) == leaves


def test_a_product_is_the_dense_one_in_parts_and_in_float64(monkeypatch: pytest.MonkeyPatch) -> None:
    given, lane = sample("sgd", widths=(4,), sharpness_examples=40)
    full = dense(lane.network, given.x, given.y, 0.02)
    vector = random_start(len(full), 3, given.x)
    expected = full @ vector.numpy()
    own = Hessian(lane.network, given.x, given.y, l2=0.02)
    np.testing.assert_allclose(own(vector).numpy(), expected, rtol=1e-9, atol=1e-12)
    network = copy.deepcopy(lane.network)
    single = Hessian(network.float(), given.x.float(), given.y, l2=0.02, dtype=torch.float64)
    np.testing.assert_allclose(single(vector).numpy(), expected, rtol=1e-4, atol=1e-6)  # its weights are rounded
    assert single(vector).dtype == torch.float64
    assert next(network.parameters()).dtype == torch.float32
    monkeypatch.setattr(products, "ROWS", 7)
    np.testing.assert_allclose(
        Hessian(network.double(), given.x.float().double(), given.y, l2=0.02)(vector).numpy(),
        single(vector).numpy(),
        rtol=1e-9,
        atol=1e-12,
    )


@pytest.mark.parametrize("spectrum", [[-9.0, 1.0, 2.0, 5.0], [3.0], [0.0, 0.0, 0.0], [-1.0, -2.0, -4.0], [2.0] * 6])
def test_the_largest_eigenvalue_is_not_the_largest_in_magnitude(spectrum: list[float]) -> None:
    turn = torch.from_numpy(np.linalg.qr(np.random.default_rng(0).standard_normal((len(spectrum),) * 2))[0])
    matrix = turn @ torch.diag(torch.tensor(spectrum, dtype=torch.float64)) @ turn.T
    start = random_start(len(spectrum), 1, matrix)
    assert largest_eigenvalue(lambda v: matrix @ v, start).value == pytest.approx(max(spectrum), abs=1e-9)


def test_what_does_not_converge_says_so() -> None:
    matrix = torch.diag(torch.linspace(0, 1, 400, dtype=torch.float64))
    with pytest.raises(NotConverged, match=r"not known to 0\.0% after 5 products: it is about 0\.\d+"):
        largest_eigenvalue(lambda v: matrix @ v, random_start(400, 0, matrix), tolerance=1e-4, most=5)
    with pytest.raises(NotConverged, match="product 1 of the Hessian with a vector is not finite"):
        largest_eigenvalue(lambda v: v * np.nan, random_start(4, 0, matrix))


def test_full_batch_adam_comes_to_the_adaptive_edge_of_stability() -> None:
    """All training digits, 64-4-4-10 with tanh and λ = 0.001, seed 0, Adam with lr 0.03: 38/lr is 1266.7.

    Cohen et al. (2022), section 3: the preconditioned sharpness rises until it is about 38/lr, and stays there. Here it
    is below half of that early on, and late within 20 % of it; its median within 10 %. A network that learns the digits
    by heart (64-8-8-10, without λ) comes to 0.6 of the limit and falls again, as its loss does.
    """
    data = datasets.get("digits").load()
    given = TrainingSpec.from_dict(
        {
            **{"lanes": ["adam,lr=0.03"], "dataset": "digits", "widths": [4, 4], "activation": "tanh", "seed": 0},
            **{"epochs": 400, "batch_size": 1438, "sharpness": 20, "sharpness_examples": 1438, "l2": 0.001},
            **{"tests_per_epoch": 1},
        }
    )
    told: list[Monitored] = []
    train(given, data=data, on_event=lambda event: told.append(event) if isinstance(event, Monitored) else None)
    found = [event for event in told if event.monitor == "preconditioned_sharpness"]
    limits = [event.bound for event in found]
    assert limits == pytest.approx([38 / 0.03] * len(found))
    share = np.array([event.value for event in found]) / limits
    steps = np.array([event.step for event in found])
    assert share[(steps > 10) & (steps < 65)].max() < 0.5
    late = share[steps > 200]
    assert len(late) >= 8
    assert late.min() > 0.8
    assert late.max() < 1.2
    assert abs(np.median(late) - 1) < 0.1


def test_full_batch_gradient_descent_comes_to_the_edge_of_stability_and_stays() -> None:
    """All training digits, 64-8-8-10 with tanh, seed 0, lr 0.25: after one step the sharpness is 6.3; 2/lr is 8."""
    data = datasets.get("digits").load()
    given = TrainingSpec.from_dict(
        {
            **{"lanes": ["sgd,lr=0.25"], "dataset": "digits", "widths": [8, 8], "activation": "tanh", "seed": 0},
            **{"epochs": 320, "batch_size": 1438, "sharpness": 17, "sharpness_examples": 1438, "tests_per_epoch": 1},
        }
    )
    told: list[Monitored] = []
    train(given, data=data, on_event=lambda event: told.append(event) if isinstance(event, Monitored) else None)
    found = [event for event in told if event.monitor == "sharpness"]
    assert {event.bound for event in found} == {8.0}
    assert found[0].value < 0.85 * 8
    late = [event.value for event in found if event.step > 100]
    assert len(late) >= 10
    assert max(late) < 1.1 * 8
    assert min(late) > 0.9 * 8
