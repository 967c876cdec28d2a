"""The arithmetic panel: each line, evaluated on the recorded numbers, gives the recorded result at every step."""

import ast
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import optim_viz

OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {"sqrt": np.sqrt, "max": np.maximum, "abs": np.abs, "sign": np.sign}


def evaluate(node: ast.AST, names: dict[str, Any]) -> Any:
    """Evaluate an expression of the lines' grammar; anything outside it is a KeyError or AssertionError."""
    match node:
        case ast.Expression(body):
            return evaluate(body, names)
        case ast.BinOp(left, op, right):
            return OPERATORS[type(op)](evaluate(left, names), evaluate(right, names))
        case ast.UnaryOp(op, operand):
            return OPERATORS[type(op)](evaluate(operand, names))
        case ast.Call(ast.Name(name), arguments):
            return FUNCTIONS[name](*(evaluate(argument, names) for argument in arguments))
        case ast.Name(name):
            return names[name]
        case ast.Constant(value):
            return value
    raise AssertionError(ast.dump(node))


def known(run: optim_viz.Trajectory, initial: float, finite: int) -> dict[str, Any]:
    """Give every name a line may use its value at each finite step: arrays (T, 2), t (T, 1)."""
    names: dict[str, Any] = dict(run.hyperparameters)
    names["t"] = np.arange(1, finite + 1)[:, np.newaxis]
    names["grad"], names["update"] = run.grad[:finite], run.update[:finite]
    names["theta_prev"], names["theta"] = run.theta[:finite], run.theta[1 : finite + 1]
    for name, values in run.state.items():
        names[name] = values[:finite]
        names[f"{name}_prev"] = np.concatenate([np.full((1, 2), initial), values])[:finite]
    return names


@pytest.mark.parametrize("name", optim_viz.optimizers())
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_every_line_is_true_at_every_step(name: str, data: st.DataObject) -> None:
    rule = optim_viz.optimizer(name)
    chosen: dict[str, Any] = {
        each.name: data.draw(st.sampled_from(each.stops()), label=each.name) for each in rule.hyperparameters
    }
    surface = data.draw(st.sampled_from(["narrow_valley", "rosenbrock", "himmelblau"]), label="surface")
    run = optim_viz.rollout(surface, name, steps=60, noise=data.draw(st.sampled_from([0.0, 0.5])), **chosen)
    finite = int(run.diverged_at) - 1 if run.diverged_at > 0 else run.steps
    names = known(run, chosen.get("initial_accumulator_value", 0.0), finite)
    with np.errstate(all="ignore"):
        for line in rule.lines(run.hyperparameters):
            value = evaluate(ast.parse(line.expression, mode="eval"), names)
            # The recorded update is the step that was taken: adding it to theta rounds at theta's size.
            rounding = 4 * np.finfo(float).eps * np.abs(names["theta"]) if line.target == "update" else 0.0
            error = np.abs(value - names[line.target])
            assert (error <= 1e-12 * np.abs(names[line.target]) + rounding).all(), f"{line.target} = {line.expression}"


@pytest.mark.parametrize("name", optim_viz.optimizers())
def test_lines_compute_every_state_then_the_step(name: str) -> None:
    rule = optim_viz.optimizer(name)
    lines = rule.lines(rule.complete({}))
    assert [line.target for line in lines] == [*rule.states, "update", "theta"]


def test_only_terms_that_apply_are_shown() -> None:
    for name in optim_viz.optimizers():
        rule = optim_viz.optimizer(name)
        off = rule.lines(rule.complete({"weight_decay": 0.0}))
        assert not any("weight_decay" in line.expression for line in off)
        on = rule.lines(rule.complete({"weight_decay": 0.1}))
        assert any("weight_decay" in line.expression for line in on)
    adam = optim_viz.optimizer("adam")
    assert [line.expression for line in adam.lines(adam.complete({"bias_correction": False}))][2:4] == ["m", "v"]
    momentum = optim_viz.optimizer("momentum")
    assert "dampening" not in momentum.lines(momentum.complete({}))[0].expression
    assert momentum.lines(momentum.complete({"momentum": 0.0}))[0].expression == "grad"
