"""What every update rule promises, as functions of the rule: the tests run each of them over the whole registry."""

from __future__ import annotations

import ast
import copy
import operator
import re
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

import optim_viz
from optim_viz.update_rules import MARKERS, UpdateRule
from optim_viz.update_rules.looks import PALETTE

Check = Callable[[UpdateRule], None]
CHECKS: list[Check] = []

OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
}
FUNCTIONS: dict[str, tuple[Callable[..., Any], int]] = {
    "sqrt": (np.sqrt, 1),
    "abs": (np.abs, 1),
    "sign": (np.sign, 1),
    "max": (np.maximum, 2),
    "min": (np.minimum, 2),
}


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
            function, count = FUNCTIONS[name]
            assert len(arguments) == count
            return function(*(evaluate(argument, names) for argument in arguments))
        case ast.Name(name):
            return names[name]
        case ast.Constant(value):
            return value
    raise AssertionError(ast.dump(node))


def names_of(run: optim_viz.Trajectory, rule: UpdateRule, finite: int) -> dict[str, Any]:
    """Give every name a line may use its value at each finite step: arrays (T, 2), t (T, 1)."""
    names: dict[str, Any] = dict(run.hyperparameters)
    names["t"] = np.arange(1, finite + 1)[:, np.newaxis]
    if run.schedule is not None:
        names["lr"] = run.lr[:finite, np.newaxis]
    names["grad"], names["update"] = run.grad[:finite], run.update[:finite]
    names["theta_prev"], names["theta"] = run.theta[:finite], run.theta[1 : finite + 1]
    first = run.first_state()
    for name, values in run.state.items():
        names[name] = values[:finite]
        names[f"{name}_prev"] = np.concatenate([np.broadcast_to(getattr(first, name), (1, 2)), values])[:finite]
    wide = {name: value for name, value in names.items() if np.shape(value) == (finite, 2)}
    return names | {f"{name}_other": value[:, ::-1] for name, value in wide.items()}


def assert_lines_hold(run: optim_viz.Trajectory, rule: UpdateRule) -> None:
    """Each line, evaluated on the recorded numbers, gives the recorded result at every step."""
    finite = int(run.diverged_at) - 1 if run.diverged_at > 0 else run.steps
    names = names_of(run, rule, finite)
    with np.errstate(all="ignore"):
        for line in rule.lines(run.hyperparameters):
            value = evaluate(ast.parse(line.expression, mode="eval"), names)
            # The recorded update is the step that was taken: adding it to theta rounds at theta's size. What a state
            # was, and what is added to it, may cancel: then it rounds at the size that it had.
            larger = names["theta"] if line.target == "update" else names.get(f"{line.target}_prev", 0.0)
            rounding = 16 * np.finfo(float).eps * np.abs(larger)
            error = np.abs(value - names[line.target])
            assert (error <= 1e-12 * np.abs(names[line.target]) + rounding).all(), f"{line.target} = {line.expression}"


def numeric(rule: UpdateRule) -> list[str]:
    return [each.name for each in rule.hyperparameters if each.scale != "choice"]


def all_on(rule: UpdateRule) -> dict[str, Any]:
    """Every option switched on: choices True, what may be 0 at 0.1."""
    given: dict[str, Any] = {}
    for each in rule.hyperparameters:
        if each.scale == "choice":
            given[each.name] = True
        elif each.zero or each.default == 0:
            given[each.name] = 0.1
    return given


def all_off(rule: UpdateRule) -> dict[str, Any]:
    """What a first stop at 0 switches off."""
    return {each.name: 0.0 for each in rule.hyperparameters if each.zero}


def settings_of(rule: UpdateRule, **given: Any) -> Any:
    """Prepare a rule as the loop does."""
    complete = rule.complete(given)
    return rule.prepare(
        {name: np.asarray(value) if name in numeric(rule) else value for name, value in complete.items()}, 10
    )


def check(function: Check) -> Check:
    CHECKS.append(function)
    return function


@check
def facts_are_stated(rule: UpdateRule) -> None:
    assert all((rule.name, rule.title, rule.latex, rule.source))
    assert rule.latex.count("{") == rule.latex.count("}")
    assert set(rule.symbols) == set(rule.states)
    assert {*rule.first_moment, *rule.second_moment, *rule.measured} <= set(rule.states)
    assert rule.distance_estimate in (*rule.states, "")
    assert rule.probe is not None or not rule.measured
    for point in rule.points:
        assert point.state in rule.states
        assert rule.meanings[point.state].endswith(".")
        assert point.marker in MARKERS
    if rule.ellipse is not None:
        assert {rule.ellipse.diagonal, rule.ellipse.cross} <= set(rule.states)
        assert rule.ellipse.power < 0
        assert rule.ellipse.meaning.endswith(".")
    document = sys.modules[rule.update.__module__].__doc__ or ""
    assert "Source:" in document
    assert rule.look is None or rule.look in PALETTE


@check
def hyperparameters_are_stated(rule: UpdateRule) -> None:
    names = [each.name for each in rule.hyperparameters]
    assert len(set(names)) == len(names)
    assert not set(names) & set(rule.states)
    assert any(each.primary for each in rule.hyperparameters)
    for each in rule.hyperparameters:
        assert re.fullmatch(r"[A-Z][^$\\_*`]{8,98}\.", each.help), each.help  # one plain sentence
        assert len(each.words.split()) <= 4
        assert each.symbol
        values = each.stops()
        assert each.default in values
        for value in values:
            each.check(value)


@check
def lines_compute_every_state_then_the_step(rule: UpdateRule) -> None:
    for given in ({}, all_on(rule), all_off(rule)):
        lines = rule.lines(rule.complete(given))
        computed = [name for name in rule.states if name not in rule.measured]
        assert [line.target for line in lines] == [*computed, "update", "theta"]


@check
def lines_show_only_terms_that_apply(rule: UpdateRule) -> None:
    shown = " ".join(line.expression for line in rule.lines(rule.complete(all_off(rule))))
    for name in all_off(rule):
        if name not in numeric_that_start_a_state(rule):
            assert not re.search(rf"\b{name}\b", shown), name
    shown = " ".join(line.expression for line in rule.lines(rule.complete(all_on(rule))))
    for name in all_off(rule):
        if name not in numeric_that_start_a_state(rule):
            assert re.search(rf"\b{name}\b", shown), name


def numeric_that_start_a_state(rule: UpdateRule) -> set[str]:
    """Hyperparameters that a state starts from: they enter no line."""
    params = np.zeros((2, 1))
    base = rule.complete({})
    found: set[str] = set()
    for name in numeric(rule):
        other = base | {name: 0.25 if base[name] != 0.25 else 0.3}
        before, after = rule.first_state(params, base), rule.first_state(params, other)
        if any(not np.array_equal(one, two) for one, two in zip(before, after, strict=True)):
            found.add(name)
    return found


@check
def state_has_the_declared_fields_shaped_like_params(rule: UpdateRule) -> None:
    params = np.zeros((2, 4, 3))
    settings = settings_of(rule)
    state = rule.init(params, settings)
    update, after = rule.update(np.ones_like(params), state, params, 1, settings)
    assert state._fields == after._fields == rule.states
    assert {array.shape for array in (*state, *after, update)} == {params.shape}
    assert {array.dtype for array in (*state, *after, update)} == {np.dtype(np.float64)}


@check
def states_of_one_number_are_declared(rule: UpdateRule) -> None:
    """Those that both coordinates have alike, to rounding, in runs whose gradients have nothing in common."""
    alike = set(rule.states)
    for given in ({}, all_on(rule)):
        grads = np.random.default_rng(2).normal(size=(30, 2))
        run = optim_viz.replay(rule.name, grads, theta0=(3.0, -2.0), **given)
        for name, values in run.state.items():
            if not np.allclose(*values.T, rtol=1e-9, atol=1e-12 * np.abs(values).max()):
                alike.discard(name)
    assert alike == set(rule.shared)


@check
def update_is_pure(rule: UpdateRule) -> None:
    for given in (all_off(rule), all_on(rule)):
        generator = np.random.default_rng(0)
        params, grad = generator.normal(size=(2, 3)), generator.normal(size=(2, 3))
        settings = settings_of(rule, **given)
        state = rule.init(params, settings)
        for t in range(1, 9):
            before = copy.deepcopy((grad, state, params, settings))
            first, after = rule.update(grad, state, params, t, settings)
            again, after_again = rule.update(grad, state, params, t, settings)
            np.testing.assert_equal((grad, state, params, settings), before)
            np.testing.assert_equal((again, after_again), (first, after))
            for array in (grad, params, *state):
                assert not np.shares_memory(array, first)
            state = after


@check
def a_probe_is_pure_and_keeps_the_shape(rule: UpdateRule) -> None:
    if rule.probe is None:
        return
    for given in (all_off(rule), all_on(rule)):
        generator = np.random.default_rng(0)
        params, grad = generator.normal(size=(2, 3)), generator.normal(size=(2, 3))
        settings = settings_of(rule, **given)
        state = rule.init(params, settings)
        before = copy.deepcopy((grad, state, params, settings))
        point, after = rule.probe(grad, state, params, 1, settings)
        np.testing.assert_equal((grad, state, params, settings), before)
        np.testing.assert_equal(rule.probe(grad, state, params, 1, settings), (point, after))
        assert point.shape == params.shape
        assert point.dtype == np.float64
        assert after._fields == rule.states


@check
def without_gradient_and_options_nothing_moves(rule: UpdateRule) -> None:
    run = optim_viz.replay(rule.name, np.zeros((20, 2)), theta0=(3.0, -2.0), **all_off(rule))
    assert (run.theta == [3.0, -2.0]).all()
    assert run.diverged_at == -1


@check
def it_descends_an_easy_bowl(rule: UpdateRule) -> None:
    run = optim_viz.rollout("booth", rule.name, steps=400)
    assert run.loss[-1] < run.loss[0]


@check
def defaults_fill_in_slider_order(rule: UpdateRule) -> None:
    last = rule.hyperparameters[-1]
    value = last.stops()[-1]
    complete = rule.complete({last.name: value})
    assert list(complete) == [each.name for each in rule.hyperparameters]
    assert complete[last.name] == value
    assert complete | {last.name: last.default} == {each.name: each.default for each in rule.hyperparameters}
    for name in numeric(rule):
        three = [rule.complete({})[name]] * 3
        assert rule.complete({name: np.array(three)})[name].tolist() == three


@check
def a_lane_of_a_batch_is_the_run_alone(rule: UpdateRule) -> None:
    """Bit for bit, for every slider, choices and different steps at which something sets in among them."""
    generator = np.random.default_rng(1)
    for each in rule.hyperparameters:
        stops: Any = np.array(each.stops())[:: 1 if each.scale == "choice" else 9]
        base = all_on(rule) if generator.random() < 0.5 else {}
        base.pop(each.name, None)
        batch = optim_viz.rollout("rosenbrock", rule.name, steps=30, noise=0.5, **(base | {each.name: stops}))
        for lane, stop in enumerate(stops):
            own = base | {each.name: stop.item()}
            alone = optim_viz.rollout("rosenbrock", rule.name, steps=30, noise=0.5, **own)
            np.testing.assert_array_equal(batch.theta[lane], alone.theta)
            np.testing.assert_array_equal(batch.update[lane], alone.update)
            for name in rule.states:
                np.testing.assert_array_equal(batch.state[name][lane], alone.state[name])


@check
def a_short_run_is_the_start_of_a_long_one(rule: UpdateRule) -> None:
    short, long = (optim_viz.rollout("beale", rule.name, steps=steps, noise=0.1) for steps in (12, 40))
    np.testing.assert_array_equal(short.theta, long.theta[:13])


@check
def lines_hold_with_defaults_and_with_everything_on(rule: UpdateRule) -> None:
    for given in ({}, all_on(rule), all_off(rule)):
        assert_lines_hold(optim_viz.rollout("himmelblau", rule.name, steps=40, noise=0.5, **given), rule)


@check
def the_rate_of_each_step_is_what_counts(rule: UpdateRule) -> None:
    """With a rate that stays, a schedule changes no bit; with one that moves, each line has the rate of its step."""
    if "lr" not in rule.complete({}):
        return
    for given in ({}, all_on(rule), all_off(rule)):
        still, level = (
            optim_viz.rollout("himmelblau", rule.name, steps=30, noise=0.5, schedule=schedule, **given)
            for schedule in (None, optim_viz.schedules.get("step", gamma=1.0))
        )
        np.testing.assert_array_equal(still.theta, level.theta)
        for name in ("warmup", "cosine"):
            moved = optim_viz.rollout("himmelblau", rule.name, steps=30, noise=0.5, schedule=name, **given)
            # Rprop has the rate of the first step only, and a wave begins with all of it.
            assert name == "cosine" or not np.array_equal(moved.theta, still.theta)
            assert_lines_hold(moved, rule)


@check
def moments_and_limits_are_plain_numbers(rule: UpdateRule) -> None:
    for given in ({}, all_off(rule)):
        complete = rule.complete(given)
        state, limit = rule.torch_state(complete), rule.stability(complete)
        for moment in filter(None, (state.first, state.second)):
            assert all(moment.divisor(step) > 0 for step in (1, 2, 10, 1000, 100_000))
        if limit is not None:
            assert "lr" in complete
            assert limit.units > 0
            assert limit.words
            assert limit.curvature
