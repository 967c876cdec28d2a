"""Every rule against the torch.optim class that it names as its twin, on random quadratics with random settings."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import optim_viz

STEPS = 50
RULES = [optim_viz.optimizer(name) for name in optim_viz.optimizers()]


def quadratic(a: float, b: float, c: float, start: tuple[float, float]) -> Any:
    """Make the surface (a x² + 2 b x y + c y²) / 2, as much of it as a rollout asks for."""
    return SimpleNamespace(
        start=start,
        draws=lambda steps, seed: None,
        loss=lambda x, y: 0.5 * (a * x * x + 2 * b * x * y + c * y * y),
        grad_unchecked=lambda x, y: (a * x + b * y, b * x + c * y),
    )


def torch_path(twin: str, kwargs: dict[str, Any], matrix: np.ndarray, start: tuple[float, float]) -> np.ndarray:
    """Walk the same quadratic with torch.optim: (T+1, 2)."""
    theta = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    hessian = torch.tensor(matrix)
    optimizer = getattr(torch.optim, twin)([theta], **kwargs)
    path = [theta.detach().numpy().copy()]
    for _ in range(STEPS):
        theta.grad = hessian @ theta.detach()
        optimizer.step()
        path.append(theta.detach().numpy().copy())
    return np.array(path)


def moderate(rule: optim_viz.UpdateRule) -> st.SearchStrategy[dict[str, Any]]:
    """Draw settings from the sliders' own stops, lr small enough that fifty steps do not amplify rounding."""
    choices = {each.name: st.sampled_from(each.stops()) for each in rule.hyperparameters}
    lr = next(each for each in rule.hyperparameters if each.name == "lr")
    choices["lr"] = st.sampled_from([stop for stop in lr.stops() if stop <= 0.05])
    if "bias_correction" in choices:
        choices["bias_correction"] = st.just(True)
    if "centered" in choices:  # centered, v - ḡ² loses all digits to cancellation when the gradient hardly changes
        choices["eps"] = st.sampled_from([1e-3, 1e-2, 1e-1, 1.0])
    return st.fixed_dictionaries(choices)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_equals_torch(rule: optim_viz.UpdateRule, data: st.DataObject) -> None:
    angle = data.draw(st.floats(0, np.pi), label="angle")
    curvatures = data.draw(st.tuples(st.floats(0.1, 10), st.floats(0.1, 10)), label="curvatures")
    start = data.draw(st.tuples(*[st.floats(-5, 5).filter(lambda x: abs(x) > 1e-3)] * 2), label="start")
    chosen = data.draw(moderate(rule), label="hyperparameters")
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.diag(curvatures) @ turn.T
    run = optim_viz.rollout(
        quadratic(matrix[0, 0], matrix[0, 1], matrix[1, 1], start), rule.name, steps=STEPS, **chosen
    )
    assert rule.torch_twin is not None
    path = torch_path(rule.torch_twin, rule.torch_kwargs(rule.complete(chosen)), matrix, start)
    finite = int(run.diverged_at) if run.diverged_at >= 0 else STEPS + 1
    np.testing.assert_allclose(run.theta[:finite], path[:finite], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_defaults_are_torchs(rule: optim_viz.UpdateRule) -> None:
    assert rule.torch_twin is not None
    twin = getattr(torch.optim, rule.torch_twin)([torch.zeros(2, requires_grad=True)])
    theirs = {**twin.defaults, "beta1": 0, "beta2": 0, "bias_correction": True}
    theirs["beta1"], theirs["beta2"] = twin.defaults.get("betas", (0, 0))
    own = {"momentum": 0.9} if rule.name in ("momentum", "nesterov") else {}  # their files say why
    for each in rule.hyperparameters:
        assert each.default == own.get(each.name, theirs[each.name]), each.name


@pytest.mark.parametrize("name", ["adam", "amsgrad"])
def test_torch_has_no_switch_for_the_bias_correction(name: str) -> None:
    rule = optim_viz.optimizer(name)
    with pytest.raises(ValueError, match="bias_correction"):
        rule.torch_kwargs(rule.complete({"bias_correction": False}))


def test_dampening_without_momentum_does_nothing_in_torch_and_here() -> None:
    chosen: dict[str, Any] = {"lr": 0.01, "momentum": 0.0, "dampening": 0.5}
    rule = optim_viz.optimizer("momentum")
    run = optim_viz.rollout(quadratic(1.0, 0.3, 4.0, (2.0, -1.0)), "momentum", steps=STEPS, **chosen)
    path = torch_path("SGD", rule.torch_kwargs(rule.complete(chosen)), np.array([[1.0, 0.3], [0.3, 4.0]]), (2.0, -1.0))
    np.testing.assert_allclose(run.theta, path, rtol=1e-12)
