"""Slider stops and validation, for every hyperparameter of every rule."""

import math
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import optim_viz
from optim_viz import update_rules
from optim_viz.update_rules import Hyperparameter, Interval
from optim_viz.update_rules.hyperparameter import FRACTION, NON_NEGATIVE, POSITIVE, UNIT

EVERY = [
    pytest.param(each, id=f"{name}-{each.name}")
    for name in optim_viz.optimizers()
    for each in optim_viz.optimizer(name).hyperparameters
]


# What fine stops depend on; rules share most of their sliders.
DIFFERENT = {
    repr((each.scale, each.stops(), each.allowed)): each
    for name in optim_viz.optimizers()
    for each in optim_viz.optimizer(name).hyperparameters
}


def significant(value: Decimal) -> int:
    """Count significant digits."""
    return len(value.normalize().as_tuple().digits)


@pytest.mark.parametrize("each", EVERY)
def test_stops(each: Hyperparameter) -> None:
    stops = each.stops()
    if each.scale == "choice":
        assert stops == (False, True)
        return
    assert len(stops) == 65
    assert all(low < high for low, high in pairwise(stops))
    assert each.default in stops
    assert all(each.allowed.contains(stop) for stop in stops)
    assert stops[0] == (0.0 if each.zero else each.low)
    assert stops[-1] == each.high
    for stop in stops:
        shown = Decimal(repr(stop))
        assert significant(1 - shown if each.complement else shown) <= 3
        assert each.check(stop) == stop


@pytest.mark.parametrize("each", EVERY)
def test_facts(each: Hyperparameter) -> None:
    assert each.symbol
    assert each.help.endswith(".")
    assert each.allowed.contains(each.default)
    assert isinstance(each.default, bool) == (each.scale == "choice")


@pytest.mark.parametrize("each", DIFFERENT.values(), ids=lambda each: each.name)
def test_fine_stops_are_ten_times_nearer_round_and_around_the_value(each: Hyperparameter) -> None:
    if each.scale == "choice":
        with pytest.raises(ValueError, match="on or off"):
            each.fine_stops(1.0)
        return
    stops = [float(stop) for stop in each.stops()]
    between = [(low + high) / 2 for low, high in pairwise(stops)]
    outside = [value for value in (stops[0] / 3, stops[-1] * 3) if each.allowed.contains(value)]
    for value in (*stops, *between, *outside):
        fine = each.fine_stops(value)
        at = fine.index(value)
        assert len(fine) <= 66
        assert all(low < high for low, high in pairwise(fine))
        assert all(each.allowed.contains(stop) for stop in fine)
        step = max(high - low for low, high in pairwise(fine))
        assert at >= 16 or not each.allowed.contains(fine[0] - step) or fine[0] <= step
        assert len(fine) - at > 16 or not each.allowed.contains(fine[-1] + step)
        near = min(range(len(stops)), key=lambda i: abs(stops[i] - value))
        if stops[0] <= value <= stops[-1]:
            gap = max(high - low for low, high in pairwise(stops[max(0, near - 1) : near + 2]))
            assert step <= gap / 9.5, (value, step, gap)
        assert all(significant(Decimal(repr(stop))) <= 7 for stop in fine if stop != value)
        assert each.fine_stops(fine[at]) == fine


def test_a_threshold_is_met_exactly() -> None:
    """The stops of a learning rate are 20 % apart: 0.0191, 0.0229; gradient descent's limit on a valley is 0.02."""
    lr = next(each for each in optim_viz.optimizer("sgd").hyperparameters if each.name == "lr")
    assert 0.0191 in lr.stops()
    assert 0.02 in lr.fine_stops(0.0191)
    assert set(lr.fine_stops(0.0192)) == set(lr.fine_stops(0.02)) == set(lr.fine_stops(0.0191)) - {0.0191}


def test_stops_of_a_decay_crowd_towards_one() -> None:
    beta2 = next(each for each in optim_viz.optimizer("adam").hyperparameters if each.name == "beta2")
    stops = beta2.stops()
    assert stops[0] == 0.0
    assert sum(stop > 0.99 for stop in stops) > 25
    assert 0.999 in stops


def test_interval() -> None:
    half_open = Interval(0.0, 1.0, open_high=True)
    assert str(half_open) == "[0, 1)"
    assert str(Interval(0.0, math.inf, open_low=True, open_high=True)) == "(0, inf)"
    assert half_open.contains(0.0)
    assert not any(half_open.contains(value) for value in (1.0, -1e-9, math.nan, math.inf))
    assert Interval(0.0, 1.0).contains(1.0)


@pytest.mark.parametrize(
    ("interval", "words"),
    [(POSITIVE, "above 0"), (NON_NEGATIVE, "of at least 0"), (FRACTION, "from 0 to below 1"), (UNIT, "from 0 to 1")],
)
def test_a_person_reads_an_interval_in_words(interval: Interval, words: str) -> None:
    """A student need not know what "(0, inf)" is."""
    assert interval.words == words
    low = Hyperparameter("lr", "η", 0.1, 1e-3, 1.0, "log", "Step size.", interval)
    with pytest.raises(ValueError, match=f"lr = -1.0 is outside .*: it must be a number {words}"):
        low.check(-1)


def test_one_sign_is_one_hyperparameter_and_one_hyperparameter_has_one_sign() -> None:
    """Momentum is μ, the learning rate η, α the decay of RMSProp alone, whatever a rule or its paper calls them."""
    pairs = {
        (each.symbol, each.name) for name in update_rules.names() for each in update_rules.get(name).hyperparameters
    }
    signs, names = [sign for sign, _ in pairs], [name for _, name in pairs]
    assert sorted(signs) == sorted(set(signs)), "a sign of two hyperparameters"
    assert sorted(names) == sorted(set(names)), "a hyperparameter with two signs"
    assert {("η", "lr"), ("μ", "momentum"), ("β₁", "beta1"), ("β₂", "beta2")} <= pairs


@pytest.mark.parametrize(
    ("optimizer", "given", "message"),
    [
        ("adam", {"beta1": 1.0}, r"beta1 = 1\.0 is outside \[0, 1\)"),
        ("adam", {"beta2": 1.5}, r"beta2 = 1\.5 is outside \[0, 1\)"),
        ("adam", {"beta2": -0.1}, r"beta2 = -0\.1 is outside \[0, 1\)"),
        ("adam", {"lr": 0.0}, r"lr = 0\.0 is outside \(0, inf\)"),
        ("adam", {"lr": math.inf}, r"lr = inf is outside \(0, inf\): it must be a number above 0, at most 1.8e308"),
        ("adam", {"lr": -1}, r"lr = -1\.0 is outside \(0, inf\)"),
        ("adam", {"lr": math.nan}, r"lr = nan is outside \(0, inf\)"),
        ("adam", {"lr": math.inf}, r"lr = inf is outside \(0, inf\)"),
        ("adam", {"lr": [0.1, -0.2]}, r"lr = -0\.2 is outside \(0, inf\)"),
        ("adam", {"lr": "fast"}, r"lr = 'fast' is not a number in \(0, inf\)"),
        ("adam", {"lr": None}, r"lr = None is not a number"),
        ("adam", {"lr": True}, r"lr = True is not a number"),
        ("adam", {"lr": 1j}, r"lr = 1j is not a number"),
        ("adam", {"lr": [[0.1], [0.1, 0.2]]}, r"lr = .* is not a number"),
        ("adam", {"eps": -1e-8}, r"eps = -1e-08 is outside \[0, inf\)"),
        ("adam", {"weight_decay": -0.1}, r"weight_decay = -0\.1 is outside \[0, inf\)"),
        ("adam", {"bias_correction": 1}, r"bias_correction = 1 is not True or False"),
        (
            "adam",
            {"momentum": 0.9},
            r"adam has no hyperparameter 'momentum': did you mean beta1\? It has lr, beta1, beta2",
        ),
        ("sgd", {"beta1": 0.9}, r"sgd has no hyperparameter 'beta1'; it has lr, weight_decay"),
        ("momentum", {"momentum": -0.5}, r"momentum = -0\.5 is outside \[0, inf\)"),
        ("momentum", {"dampening": 1.5}, r"dampening = 1\.5 is outside \[0, 1\]"),
        ("nesterov", {"dampening": 0.5}, r"nesterov has no hyperparameter 'dampening'"),
        ("rmsprop", {"alpha": 1.0}, r"alpha = 1\.0 is outside \[0, 1\)"),
        ("rmsprop", {"centered": 0.5}, r"centered = 0\.5 is not True or False"),
        ("adagrad", {"lr_decay": -1.0}, r"lr_decay = -1\.0 is outside \[0, inf\)"),
        ("adagrad", {"initial_accumulator_value": -1.0}, r"initial_accumulator_value = -1\.0 is outside"),
    ],
)
def test_impossible_values_are_refused(optimizer: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        optim_viz.rollout("booth", optimizer, **given)
    with pytest.raises(ValueError, match=message):
        optim_viz.replay(optimizer, [[1.0, 1.0]], **given)


@pytest.mark.parametrize("value", [1, np.float32(0.5), np.int64(2), np.array(0.25), [0.1, 0.2], (1, 2)])
def test_every_kind_of_number_is_accepted(value: Any) -> None:
    run = optim_viz.rollout("booth", "adam", lr=value, steps=2)
    assert run.batch_shape == np.shape(value)


def test_a_meaning_names_only_what_stands_for_something() -> None:
    with pytest.raises(ValueError, match="the meaning of lr names \\['half_life'\\]; known are value, memory"):
        Hyperparameter("lr", "η", 0.1, 1e-3, 1.0, "log", "Step size.", POSITIVE, meaning="halves in {half_life} steps")


@pytest.mark.parametrize("name", update_rules.names())
def test_every_symbol_of_a_rule_is_explained(name: str) -> None:
    """What a rule shows it says in a sentence: each state one, and each decay over how many steps it averages."""
    rule = update_rules.get(name)
    assert set(rule.meanings) == set(rule.states)
    assert set(rule.symbols) == set(rule.states)
    for sentence in (*rule.meanings.values(), *(each.help for each in rule.hyperparameters)):
        assert sentence[0].isupper() or sentence[0] in "m1vβ"
        assert sentence.endswith(".")
    for each in rule.hyperparameters:
        assert not each.meaning.endswith(".")
