"""Every rule against its twin, on random quadratics and random gradients with random settings.

The twin is the class in torch.optim that the rule names or, where there is none, the reference in tests/truths.
"""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import optim_viz
from optim_viz.update_rules import UpdateRule
from tests.truths.twin import Twin
from tests.update_rules.quadratic import quadratic

STEPS = 50
RULES = [optim_viz.optimizer(name) for name in optim_viz.optimizers()]
WITH_TORCH = [rule for rule in RULES if rule.torch_twin is not None]


def has(rule: UpdateRule, chosen: dict[str, Any]) -> bool:
    """Tell whether the class in torch.optim can do this."""
    try:
        rule.torch_kwargs(rule.complete(chosen))
    except ValueError:
        return False
    return True


def moderate(rule: UpdateRule, data: st.DataObject) -> dict[str, Any]:
    """Draw settings that the twin has from the sliders' own stops, and so that steps do not amplify rounding."""
    chosen: dict[str, Any] = {}
    for each in rule.hyperparameters:
        stops = each.stops()
        if each.name == "lr":
            stops = [stop for stop in stops if stop <= max(0.05, float(each.default))]
        # Of the ways in which others differ the twin knows none.
        stops = [stop for stop in stops if rule.torch_twin is None or has(rule, {**chosen, each.name: stop})]
        chosen[each.name] = data.draw(st.sampled_from(stops), label=each.name)
    second = rule.torch_state(chosen).second
    if second is not None and second.minus_square_of is not None:  # v - ḡ² loses all its digits to cancellation
        chosen["eps"] = data.draw(st.sampled_from([1e-3, 1e-2, 1e-1, 1.0]), label="eps")
        assume(all(chosen[each.name] > 0.5 for each in rule.hyperparameters if each.primary and each.complement))
    if "turned" in rule.states:  # across the newest gradients there is little but rounding, which eps must outweigh
        chosen["eps"] = data.draw(st.sampled_from([1e-1, 1.0]), label="eps")
    return chosen


def tolerance(rule: UpdateRule) -> float:
    """Return how far two paths may part: rules of our own clip and mix, so that a rounding error grows on the way."""
    return 1e-9 if rule in WITH_TORCH else 1e-6


# Seeds, not numbers, are drawn: hypothesis likes round ones, from which steps of a round length hit a minimum exactly,
# where the sign of a rounding error decides what a rule of signs does next.
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@settings(max_examples=20, deadline=None)
@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
def test_a_path_equals_the_twins(rule: UpdateRule, data: st.DataObject, seed: int) -> None:
    chosen = moderate(rule, data)
    draw = np.random.default_rng(seed)
    angle = draw.uniform(0, np.pi)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    start = (draw.uniform(-5, 5), draw.uniform(-5, 5))
    surface = quadratic(turn @ np.diag(draw.uniform(0.1, 10, 2)) @ turn.T, start)

    def grad_at(point: np.ndarray) -> np.ndarray:
        return np.array([float(each) for each in surface.grad(*point)])

    run = optim_viz.rollout(surface, rule.name, steps=STEPS, **chosen)
    twin, path = Twin(rule, chosen, start), [np.array(start)]
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            twin.step(grad_at(twin.theta), grad_at)
            path.append(twin.theta)
    finite = int(run.diverged_at) if run.diverged_at >= 0 else STEPS + 1
    near = tolerance(rule)
    np.testing.assert_allclose(run.theta[:finite], path[:finite], rtol=near, atol=near)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@settings(max_examples=20, deadline=None)
@given(data=st.data(), seed=st.integers(0, 2**32 - 1), rare=st.booleans())
def test_given_gradients_lead_where_they_lead_the_twin(
    rule: UpdateRule, data: st.DataObject, seed: int, rare: bool
) -> None:
    chosen = moderate(rule, data)
    draw = np.random.default_rng(seed)
    grads = draw.normal(size=(STEPS, 2)) * 10 ** draw.uniform(-3, 3)
    if rare:
        grads *= draw.random(size=(STEPS, 2)) < 0.2
    run = optim_viz.replay(rule.name, grads, theta0=(1.0, -2.0), **chosen)
    twin, path = Twin(rule, chosen, (1.0, -2.0)), [np.array([1.0, -2.0])]
    with np.errstate(all="ignore"):
        for grad in grads:
            twin.step(grad)
            path.append(twin.theta)
    finite = int(run.diverged_at) if run.diverged_at >= 0 else STEPS + 1
    np.testing.assert_allclose(run.theta[:finite], path[:finite], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("rule", WITH_TORCH, ids=lambda rule: rule.name)
def test_defaults_are_torchs_or_the_file_says_why(rule: UpdateRule) -> None:
    assert rule.torch_twin is not None
    theirs = getattr(torch.optim, rule.torch_twin)([torch.zeros(2, requires_grad=True)]).defaults
    document = __import__(rule.update.__module__, fromlist=["x"]).__doc__ or ""
    for name, value in rule.torch_kwargs(rule.complete({})).items():
        if value == theirs[name] or f"default {name} is" in document.replace("\n", " "):
            continue
        assert isinstance(value, bool), name  # the switch that makes it this rule
        assert f"{name}={value}" in rule.source + document
