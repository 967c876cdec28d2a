"""What every update rule promises, and what the registry does with it."""

import ast
import copy
from typing import Any

import numpy as np
import pytest

import optim_viz
from optim_viz import update_rules

RULES = [optim_viz.optimizer(name) for name in optim_viz.optimizers()]
LANES = np.array([0.5, 1.0, 2.0])


def settings_of(rule: optim_viz.UpdateRule, **given: Any) -> Any:
    """Prepare a rule as the loop does."""
    complete = rule.complete(given)
    switches = {each.name for each in rule.hyperparameters if each.scale == "choice"}
    values = {name: value if name in switches else np.asarray(value) for name, value in complete.items()}
    return rule.prepare(values, 10)


def test_the_folder_is_the_list() -> None:
    expected = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "amsgrad")
    assert optim_viz.optimizers() == expected == update_rules.names()
    assert optim_viz.optimizer("adam") is update_rules.get("adam")


def test_an_unknown_optimizer_is_named_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"unknown optimizer 'adan': did you mean adam\? Known: sgd, momentum"):
        optim_viz.optimizer("adan")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_facts(rule: optim_viz.UpdateRule) -> None:
    assert all((rule.name, rule.title, rule.latex, rule.source))
    names = [each.name for each in rule.hyperparameters]
    assert len(set(names)) == len(names)
    assert names[0] == "lr"
    assert set(rule.symbols) == set(rule.states)
    assert {*rule.first_moment, *rule.second_moment} <= set(rule.states)
    assert rule.latex.count("{") == rule.latex.count("}")
    for line in rule.lines(rule.complete({})):
        ast.parse(line.expression, mode="eval")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_state_has_the_declared_fields_shaped_like_params(rule: optim_viz.UpdateRule) -> None:
    params = np.zeros((2, 4, 3))
    settings = settings_of(rule)
    state = rule.init(params, settings)
    update, after = rule.update(np.ones_like(params), state, params, 1, settings)
    assert state._fields == after._fields == rule.states
    assert {array.shape for array in (*state, *after, update)} == {params.shape}
    assert {array.dtype for array in (*state, *after, update)} == {np.dtype(np.float64)}


@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_update_is_pure(rule: optim_viz.UpdateRule, decay: float) -> None:
    generator = np.random.default_rng(0)
    params, grad = generator.normal(size=(2, 3)), generator.normal(size=(2, 3))
    settings = settings_of(rule, weight_decay=decay)
    state = rule.init(params, settings)
    for t in (1, 2, 3):
        before = copy.deepcopy((grad, state, params, settings))
        first, after = rule.update(grad, state, params, t, settings)
        again, after_again = rule.update(grad, state, params, t, settings)
        np.testing.assert_equal((grad, state, params, settings), before)
        np.testing.assert_equal((again, after_again), (first, after))
        for array in (grad, params, *state):
            assert not np.shares_memory(array, first)
        state = after


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_without_gradient_and_decay_nothing_moves(rule: optim_viz.UpdateRule) -> None:
    run = optim_viz.replay(rule.name, np.zeros((20, 2)), theta0=(3.0, -2.0), weight_decay=0.0)
    assert (run.theta == [3.0, -2.0]).all()
    assert run.diverged_at == -1


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_it_descends_an_easy_bowl(rule: optim_viz.UpdateRule) -> None:
    run = optim_viz.rollout("booth", rule.name, steps=400, lr=0.02)
    assert run.loss[-1] < run.loss[0]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_complete_adds_defaults_in_slider_order(rule: optim_viz.UpdateRule) -> None:
    complete = rule.complete({"weight_decay": 0.5})
    assert list(complete) == [each.name for each in rule.hyperparameters]
    assert complete["weight_decay"] == 0.5
    assert complete["lr"] == rule.hyperparameters[0].default
    assert rule.complete({"lr": LANES})["lr"].tolist() == LANES.tolist()
